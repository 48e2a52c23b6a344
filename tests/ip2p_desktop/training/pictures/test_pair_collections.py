"""Collections of pairs on disk: valid datasets after every change, whatever ends the program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import ImageUnreadable, OutputNotWritable
from ip2p_desktop.base.paths import collections_folder, sample_photos
from ip2p_desktop.training.pictures.collections.collection_list import (
    delete_collection,
    export_collection,
    listed_collections,
    new_folder,
    rename_collection,
)
from ip2p_desktop.training.pictures.collections.given_pictures import GivenImage, GivenPair
from ip2p_desktop.training.pictures.collections.pair_collection import (
    CollectionUnreadable,
    PairCollection,
    add_pair,
    create_collection,
    delete_unused,
    read_collection,
    remove_pairs,
    replace_picture,
    set_common_words,
    set_pair_words,
    write_collection,
)
from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def collection() -> PairCollection:
    return create_collection(new_folder(collections_folder(), "Snow on roofs"), "Snow on roofs")


def given(number: int, words: tuple[str, ...] = ()) -> GivenPair:
    photos = sample_photos()
    return GivenPair.of_files(photos[number], photos[-1 - number], words)


def dataset(collection: PairCollection, instruction: str = "") -> PairSet:
    return find_pairs([Source(collection.folder)], instruction=instruction)


def test_each_change_is_a_dataset(collection: PairCollection) -> None:
    collection = add_pair(collection, given(0))
    with pytest.raises(DatasetNotUsable, match="no text says what was changed"):
        dataset(collection)
    assert len(dataset(collection, "add snow").pairs) == 1
    collection = set_common_words(collection, ["add snow", "make it snow"])
    collection = add_pair(collection, given(1, ("make it foggy",)))
    wordings = [pair.instructions for pair in dataset(collection).pairs]
    assert wordings == [("add snow", "make it snow"), ("make it foggy",)]
    collection = set_pair_words(collection, [1], [])
    assert [pair.instruction for pair in dataset(collection).pairs] == ["add snow", "add snow"]
    collection = replace_picture(collection, 0, "after", given(2).edited)
    assert dataset(collection).pairs[0].edited.read() == sample_photos()[-3].read_bytes()
    collection = remove_pairs(collection, [0])
    assert len(dataset(collection).pairs) == 1
    assert read_collection(collection.folder) == collection


def test_copies_do_not_change_with_their_originals(collection: PairCollection, tmp_path: Path) -> None:
    before, after = tmp_path / "before.png", tmp_path / "after.webp"
    for path, colour in ((before, "red"), (after, "blue")):
        Image.new("RGB", (64, 64), colour).save(path)
    collection = add_pair(collection, GivenPair.of_files(before, after, ("make it blue",)))
    before.unlink()
    after.write_bytes(b"something else")
    (pair,) = dataset(collection).pairs
    assert pair.original.name == "0001-before.png"
    with Image.open(pair.edited.location[0]) as image:
        assert image.format == "WEBP"
    made = GivenPair(*[GivenImage("x", lambda: Image.new("RGB", (64, 64), "green"))] * 2, ("x",))
    collection = add_pair(collection, made)
    assert dataset(collection).pairs[1].original.name == "0002-before.png"


def test_what_is_no_photo_changes_nothing(collection: PairCollection, tmp_path: Path) -> None:
    text = tmp_path / "notes.png"
    text.write_text("words")
    collection = add_pair(collection, given(0, ("a",)))
    with pytest.raises(ImageUnreadable, match="not a photo"):
        add_pair(collection, GivenPair.of_files(sample_photos()[0], text))
    assert read_collection(collection.folder) == collection
    delete_unused(collection)
    assert len(list(collection.folder.iterdir())) == 4


def test_undo_has_the_images_until_the_collection_is_opened_again(collection: PairCollection) -> None:
    full = add_pair(collection, given(0, ("a",)))
    emptied = remove_pairs(full, [0])
    (collection.folder / "mine.txt").write_text("mine")
    write_collection(full)
    assert len(dataset(full).pairs) == 1
    write_collection(emptied)
    delete_unused(emptied)
    names = sorted(file.name for file in collection.folder.iterdir())
    assert names == ["collection.json", "metadata.jsonl", "mine.txt"]
    assert add_pair(emptied, given(0)).pairs[0].original == "0001-before.jpg"


def test_unknown_fields_are_kept_and_newer_versions_left_alone(collection: PairCollection) -> None:
    add_pair(collection, given(0, ("a",)))
    description, metadata = collection.folder / "collection.json", collection.folder / "metadata.jsonl"
    description.write_text(json.dumps({**json.loads(description.read_text()), "colour": "red"}))
    metadata.write_text(json.dumps({**json.loads(metadata.read_text()), "rating": 5}) + "\n")
    set_common_words(read_collection(collection.folder), ["b"])
    assert json.loads(description.read_text())["colour"] == "red"
    assert json.loads(metadata.read_text())["rating"] == 5
    description.write_text(json.dumps({"version": 99, "name": "Later"}))
    with pytest.raises(CollectionUnreadable, match="newer version"):
        read_collection(collection.folder)
    (listed,) = listed_collections(collections_folder())
    assert (listed.name, listed.pairs, "newer version" in listed.problem) == ("Later", 0, True)


def test_collections_are_listed_named_exported_and_deleted(
    collection: PairCollection, tmp_path: Path
) -> None:
    collection = add_pair(set_common_words(collection, ["add snow"]), given(0))
    add_pair(collection, given(1))
    other = create_collection(new_folder(collections_folder(), "Snow on roofs"), "Another")
    (collections_folder() / "not ours").mkdir()
    assert {each.name: each.pairs for each in listed_collections(collections_folder())} == {
        "Snow on roofs": 2,
        "Another": 0,
    }
    rename_collection(other.folder, "  Renamed ")
    assert read_collection(other.folder).name == "Renamed"
    exported = [export_collection(collection.folder, tmp_path) for _ in range(2)]
    assert [folder.name for folder in exported] == ["Snow on roofs", "Snow on roofs-2"]
    found = find_pairs([Source(exported[1])])
    assert [pair.instruction for pair in found.pairs] == ["add snow", "add snow"]
    (collection.folder / "mine.txt").write_text("mine")
    delete_collection(collection.folder)
    assert [file.name for file in collection.folder.iterdir()] == ["mine.txt"]
    delete_collection(other.folder)
    assert not other.folder.exists()
    assert listed_collections(collections_folder()) == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputNotWritable):
        create_collection(tmp_path / "pairs", "Pairs")


ADD_FOREVER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from ip2p_desktop.base.paths import sample_photos
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPair
from ip2p_desktop.training.pictures.collections.pair_collection import add_pair, create_collection
photos = sample_photos()
collection = create_collection(Path(sys.argv[1]), "Killed")
while True:
    collection = add_pair(collection, GivenPair.of_files(photos[0], photos[1], ("x",)))
    print(len(collection.pairs), flush=True)
"""


def test_a_killed_program_loses_no_pair_that_was_added(tmp_path: Path) -> None:
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        command = [sys.executable, "-c", ADD_FOREVER, str(folder), str(ROOT)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [int(process.stdout.readline()) for _ in range(3 + attempt)][-1]
            process.send_signal(signal.SIGKILL)
            told = max([told, *(int(line) for line in process.stdout.read().split())])
        collection = read_collection(folder)
        assert told <= len(collection.pairs) <= told + 1
        assert len(find_pairs([Source(folder)]).pairs) == len(collection.pairs)


def test_a_torn_line_and_a_missing_description_are_mended(collection: PairCollection) -> None:
    add_pair(collection, given(0, ("a",)))
    with (collection.folder / "metadata.jsonl").open("a") as file:
        file.write('{"original_image": "0002-be')
    (collection.folder / "collection.json").unlink()
    read = read_collection(collection.folder)
    assert (read.name, len(read.pairs)) == ("snow-on-roofs", 1)
    write_collection(read)
    assert len(dataset(add_pair(read, given(1, ("b",)))).pairs) == 2
