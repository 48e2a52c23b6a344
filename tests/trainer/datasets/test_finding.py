"""Folders with metadata and of the original release, and everything that can be wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.progress import Cancelled, CancelToken
from trainer.datasets import ColumnNames, DatasetLayout, DatasetNotUsable, PairSet, Source, find_pairs

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "pairs"


def found_in(folder: Path) -> PairSet:
    return find_pairs([Source(folder)])


def photos(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"photo")


def metadata(folder: Path, *lines: object) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "metadata.jsonl").write_text("\n".join(texts), encoding="utf-8")


def entry(original: str, edited: str, instruction: str = "make it snow") -> dict[str, str]:
    return {"original_image": original, "edited_image": edited, "edit_instruction": instruction}


def test_the_pairs_that_ship_with_the_tests() -> None:
    listing = found_in(ASSETS)
    assert (len(listing.pairs), listing.problems) == (8, ())
    assert listing.instructions == ("make it a photographic negative",)


def test_a_line_of_metadata_is_a_pair(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, entry("a.jpg", "b.jpg", " make it snow "), "")
    listing = found_in(tmp_path)
    assert listing.layout is DatasetLayout.METADATA
    (pair,) = listing.pairs
    assert (pair.original.name, pair.edited.name, pair.instructions) == ("a.jpg", "b.jpg", ("make it snow",))
    assert pair.original.read() == b"photo"


def test_other_usual_field_names_are_understood(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, {"input_image": "a.jpg", "output_image": "b.jpg", "edit_prompt": "more sun"})
    assert found_in(tmp_path).instructions == ("more sun",)


def test_columns_can_be_named(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    metadata(
        tmp_path, {"edited_image": "c.jpg", "was": "a.jpg", "is": "b.jpg", "how": "snow", "back": "thaw"}
    )
    columns = ColumnNames("was", "is", "how", "back")
    pairs = find_pairs([Source(tmp_path)], columns).pairs
    assert [(p.original.name, p.edited.name, p.instruction) for p in pairs] == [
        ("a.jpg", "b.jpg", "snow"),
        ("b.jpg", "a.jpg", "thaw"),
    ]


def test_several_wordings_of_an_edit(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, entry("a.jpg", "b.jpg") | {"edit_instruction": ["snow", " ", "let it snow"]})
    assert found_in(tmp_path).pairs[0].instructions == ("snow", "let it snow")


def test_an_empty_instruction_is_distinguished_from_a_missing_field(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, entry("a.jpg", "b.jpg"), entry("a.jpg", "b.jpg", "  "))
    assert found_in(tmp_path).problems == ("Line 2: the instruction is empty.",)


def test_metadata_as_csv(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    text = 'file_name,edited_image,text\na.jpg,b.jpg,"snow, please"\na.jpg,gone.jpg,snow\n'
    (tmp_path / "metadata.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    listing = found_in(tmp_path)
    assert listing.instructions == ("snow, please",)
    assert listing.problems == ("Line 3: gone.jpg is missing.",)


def test_instructions_are_listed_once_in_order(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, *(entry("a.jpg", "b.jpg", text) for text in ("snow", "rain", "snow")))
    assert found_in(tmp_path).instructions == ("snow", "rain")


def test_broken_lines_are_left_out_and_named(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    broken = ["{", "[1]", {"original_image": "a.jpg"}, entry("a.jpg", "gone.jpg"), "[" * 100_000]
    metadata(tmp_path, *broken, entry("a.jpg", "b.jpg"))
    listing = found_in(tmp_path)
    assert len(listing.pairs) == 1
    assert listing.problems == (
        "Line 1: not a JSON object.",
        "Line 2: not a JSON object.",
        "Line 3: needs original_image, edited_image and edit_instruction.",
        "Line 4: gone.jpg is missing.",
        "Line 5: not a JSON object.",
    )


def test_only_line_breaks_end_a_line(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    line = json.dumps(entry("a.jpg", "b.jpg", "two\u2028parts\x85here"), ensure_ascii=False)
    (tmp_path / "metadata.jsonl").write_bytes(b"\xef\xbb\xbf" + f"{line}\r\n{line}\r\n".encode())
    assert found_in(tmp_path).instructions == ("two\u2028parts\x85here",)


def test_a_name_too_long_for_the_disk_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    photos(tmp_path, "a.jpg", "b.jpg")
    metadata(tmp_path, entry("a.jpg", "x" * 5000), entry("a.jpg", "b.jpg"))
    listing = found_in(tmp_path)
    assert len(listing.pairs) == len(listing.problems) == 1


def test_metadata_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "metadata.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetNotUsable, match="is not UTF-8 text"):
        found_in(tmp_path)


def test_the_layout_of_the_original_release(tmp_path: Path) -> None:
    photos(tmp_path / "0001", "7_0.jpg", "7_1.jpg", "8_0.jpg", "8_1.jpg", "9_0.jpg")
    (tmp_path / "0001" / "prompt.json").write_text(json.dumps({"edit": "turn it to gold "}))
    (tmp_path / "seeds.json").write_text(json.dumps([["0001", ["7", 8, "9"]]]))
    listing = found_in(tmp_path)
    assert listing.layout is DatasetLayout.RELEASE
    assert [pair.original.name for pair in listing.pairs] == ["0001/7_0.jpg", "0001/8_0.jpg"]
    assert listing.instructions == ("turn it to gold",)
    assert listing.problems == ("Folder 0001: 9_1.jpg is missing.",)


def test_folders_of_the_release_that_are_not_there_are_counted(tmp_path: Path) -> None:
    photos(tmp_path / "0001", "7_0.jpg", "7_1.jpg")
    photos(tmp_path / "0002", "7_0.jpg", "7_1.jpg")
    photos(tmp_path / "0003", "7_0.jpg", "7_1.jpg")
    (tmp_path / "0001" / "prompt.json").write_text(json.dumps({"edit": "gold"}))
    (tmp_path / "0003" / "prompt.json").write_text(json.dumps({"edit": "  "}))
    (tmp_path / "seeds.json").write_text(
        json.dumps([[name, ["7"]] for name in ("0001", "0002", "0003", "0004")])
    )
    listing = found_in(tmp_path)
    assert len(listing.pairs) == 1
    assert listing.problems == (
        "Folder 0002: no readable prompt.json with an “edit”.",
        "Folder 0003: no readable prompt.json with an “edit”.",
        "Folder 0004 is missing.",
    )


def test_takes_of_one_folder_are_one_scene_and_caption_names_the_source(tmp_path: Path) -> None:
    photos(tmp_path / "0001", "7_0.jpg", "7_1.jpg", "8_0.jpg", "8_1.jpg")
    (tmp_path / "0001" / "prompt.json").write_text(json.dumps({"caption": "a ring", "edit": "gold"}))
    (tmp_path / "seeds.json").write_text(json.dumps([["0001", ["7", "8"]]]))
    assert [pair.scene for pair in found_in(tmp_path).pairs] == ["0001", "0001"]


def test_a_part_of_the_release_without_its_list(tmp_path: Path) -> None:
    for name in ("0002", "0001"):
        photos(tmp_path / "shard" / name, "7_0.jpg", "7_1.jpg", "8_0.jpg")
        (tmp_path / "shard" / name / "prompt.json").write_text(json.dumps({"input": "a", "edit": name}))
    listing = found_in(tmp_path)
    assert (listing.layout, listing.instructions) == (DatasetLayout.RELEASE, ("0001", "0002"))
    assert listing.problems == ("Folder 0001: 8_1.jpg is missing.", "Folder 0002: 8_1.jpg is missing.")


def test_a_copy_of_the_release_in_another_format(tmp_path: Path) -> None:
    photos(tmp_path / "0001", "7_0.png", "7_1.png")
    (tmp_path / "0001" / "prompt.json").write_text(json.dumps({"input": "a", "edit": "gold"}))
    (pair,) = found_in(tmp_path).pairs
    assert (pair.original.name, pair.edited.name, pair.instruction) == (
        "0001/7_0.png",
        "0001/7_1.png",
        "gold",
    )


def test_several_folders_keep_their_weights_and_know_whose_pairs_they_are(tmp_path: Path) -> None:
    for name in ("x", "y"):
        photos(tmp_path / name, "a.jpg", "b.jpg")
        metadata(tmp_path / name, entry("a.jpg", "b.jpg", name))
    listing = find_pairs([Source(tmp_path / "x", 1.0), Source(tmp_path / "y", 3.0)])
    assert [(pair.instruction, pair.source) for pair in listing.pairs] == [("x", 0), ("y", 1)]


@pytest.mark.parametrize("text", ["{", "3", '["0001"]', '{"0001": 3}'])
def test_seeds_of_another_shape(tmp_path: Path, text: str) -> None:
    (tmp_path / "seeds.json").write_text(text)
    with pytest.raises(DatasetNotUsable, match=r"seeds\.json is invalid"):
        found_in(tmp_path)


def test_folders_without_pairs(tmp_path: Path) -> None:
    with pytest.raises(DatasetNotUsable, match=r"nowhere is not there\. Put it back"):
        found_in(tmp_path / "nowhere")
    with pytest.raises(DatasetNotUsable, match=r"no metadata\.jsonl, seeds\.json or parquet"):
        found_in(tmp_path)
    metadata(tmp_path, entry("a.jpg", "b.jpg"))
    with pytest.raises(DatasetNotUsable, match=r"no complete image pair\. Line 1: a\.jpg is missing"):
        found_in(tmp_path)


def test_a_search_can_be_given_up() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        find_pairs([Source(ASSETS)], cancel=token)
