"""Parquet files as the public datasets come, read lazily."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from PIL import Image

from engine.errors import ImageUnreadable
from trainer.datasets import ColumnNames, DatasetLayout, DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.opening import open_pair

Find = Callable[[Path], PairSet]
Packed = Callable[[Path], Path]
ROOT = Path(__file__).resolve().parents[3]


def png(colour: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(data, "PNG")
    return data.getvalue()


def cell(colour: str) -> dict[str, Any]:
    return {"bytes": png(colour), "path": f"{colour}.png"}


def write(path: Path, columns: dict[str, list[Any]], group: int = 2) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, row_group_size=group)


PUBLIC = {
    "toy set": ("input_image", "edited_image", "edit_prompt", {}),
    "clip filtered": (
        *("original_image", "edited_image", "edit_prompt"),
        {"original_prompt": ["a"], "edited_prompt": ["b"]},
    ),
    "MagicBrush": (
        *("source_img", "target_img", "instruction"),
        {"img_id": ["7"], "turn_index": [1], "mask_img": [cell("white")]},
    ),
    "HQ-Edit": (
        *("input_image", "output_image", "edit"),
        {"input": ["a"], "output": ["b"], "inverse_edit": ["back"]},
    ),
    "UltraEdit": (
        *("source_image", "edited_image", "edit_prompt"),
        {"source_caption": ["a"], "target_caption": ["b"], "mask_image": [cell("white")]},
    ),
    "cartoonization": ("original_image", "cartoonized_image", "edit_prompt", {}),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_columns_of_every_public_dataset_are_known(tmp_path: Path, find: Find, name: str) -> None:
    original, edited, words, others = PUBLIC[name]
    write(
        tmp_path / "data" / "train-00000-of-00001.parquet",
        {**others, words: ["do it"], original: [cell("red")], edited: [cell("blue")]},
    )
    found = find(tmp_path)
    (pair,) = found.pairs
    assert (found.layout, pair.instruction, pair.part) == (DatasetLayout.PARQUET, "do it", "train")
    pictures = [picture.getpixel((0, 0)) for picture in open_pair(pair)]
    assert pictures == [(255, 0, 0), (0, 0, 255)]


def test_inverse_instructions_double_the_pairs_if_wanted(tmp_path: Path) -> None:
    columns = {
        "input_image": [cell("red"), cell("red")],
        "output_image": [cell("blue"), cell("blue")],
        "edit": ["there", "there"],
        "inverse_edit": ["back", ""],
    }
    write(tmp_path / "a.parquet", columns)
    pairs = find_pairs([Source(tmp_path)], ColumnNames(inverse_instruction="inverse_edit")).pairs
    assert [pair.instruction for pair in pairs] == ["there", "back", "there"]
    assert pairs[1].original == pairs[0].edited


def test_columns_can_be_named_and_pictures_be_plain_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"was": [png("red")], "is": [png("blue")], "how": ["do it"]})
    with pytest.raises(DatasetNotUsable, match=r"images are in was, is, text in how.*data\.columns"):
        find_pairs([Source(tmp_path)])
    (pair,) = find_pairs([Source(tmp_path)], ColumnNames("was", "is", "how")).pairs
    assert pair.edited.read() == png("blue")


def test_rows_of_all_groups_and_files_in_order(tmp_path: Path, find: Find) -> None:
    for file in range(2):
        texts = [f"{file}{row}" for row in range(5)]
        colours = [cell("red") for _ in texts]
        write(
            tmp_path / f"train-{file}.parquet",
            {"original_image": colours, "edited_image": colours, "edit": texts},
        )
    pairs = find(tmp_path).pairs
    assert [pair.instruction for pair in pairs] == [f"{file}{row}" for file in range(2) for row in range(5)]
    assert [pair.block for pair in pairs] == [1, 1, 2, 2, 3, 4, 4, 5, 5, 6]


def test_rows_without_words_or_pictures(tmp_path: Path, find: Find) -> None:
    write(
        tmp_path / "a.parquet",
        {
            "original_image": [cell("red"), cell("red")],
            "edited_image": [cell("red"), {"bytes": None, "path": "gone"}],
            "edit": [" ", "do it"],
        },
    )
    found = find(tmp_path)
    assert found.problems == ("a, group 0, row 0: the instruction is empty.",)
    with pytest.raises(ImageUnreadable, match=r"gone, which a\.parquet names, is missing"):
        open_pair(found.pairs[0])


def test_parquet_in_a_zip_or_by_itself(tmp_path: Path, find: Find, packed: Packed) -> None:
    columns = {"original_image": [cell("red")], "edited_image": [cell("blue")], "edit": ["do it"]}
    write(tmp_path / "set" / "a.parquet", columns)
    for place in (packed(tmp_path / "set"), tmp_path / "set" / "a.parquet"):
        assert find(place).pairs[0].edited.read() == png("blue")


def test_a_file_that_is_not_parquet(tmp_path: Path, find: Find) -> None:
    (tmp_path / "a.parquet").write_bytes(b"nonsense" * 10)
    with pytest.raises(DatasetNotUsable, match=r"a\.parquet is not a readable parquet or Arrow file"):
        find(tmp_path)


def test_without_the_library_the_error_names_what_to_install(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"edit": ["do it"]})
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from trainer.check import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "pip install pyarrow" in run.stderr
    assert run.stderr.count("\n") == 1


def test_words_by_number_and_a_suffix_in_capitals(tmp_path: Path, find: Find) -> None:
    columns = {
        "Original Image": pa.array([cell("red")] * 3),
        "edited_image": pa.array([cell("blue")] * 3),
        "edit_prompt": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
    write(tmp_path / "train.PARQUET", columns)
    for place in (tmp_path, tmp_path / "train.PARQUET"):
        assert [pair.instruction for pair in find(place).pairs] == ["a", "b", "a"]
    with Image.open(io.BytesIO(find(tmp_path).pairs[0].original.read())) as image:
        assert image.getpixel((0, 0)) == (255, 0, 0)


def test_equal_images_stored_once_and_a_feather_file(tmp_path: Path, find: Find) -> None:
    columns = {
        "original_image": pa.array([png("red")] * 2).dictionary_encode(),
        "edited_image": pa.array([png("blue"), png("lime")]).dictionary_encode(),
        "edit": ["a", "b"],
    }
    write(tmp_path / "a" / "data.parquet", columns)
    (tmp_path / "b").mkdir()
    feather.write_feather(pa.table(columns), tmp_path / "b" / "data.feather")
    for place in ("a", "b"):
        pairs = find(tmp_path / place).pairs
        assert [pair.instruction for pair in pairs] == ["a", "b"]
        assert [pair.original.read() for pair in pairs] == [png("red")] * 2
        assert [pair.edited.read() for pair in pairs] == [png("blue"), png("lime")]


@pytest.mark.parametrize("form", ["text", "category", "struct", "struct without bytes"])
def test_tables_that_name_their_images(tmp_path: Path, find: Find, packed: Packed, form: str) -> None:
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "A.png").write_bytes(png("red"))
    (folder / "images" / "b.png").write_bytes(png("blue"))
    paths = [pa.array([name]) for name in ("images\\a.PNG", "./images/b.png")]
    if form == "category":
        paths = [path.dictionary_encode() for path in paths]
    if form == "struct":
        paths = [pa.array([{"bytes": None, "path": path[0].as_py()}], BYTES_AND_PATH) for path in paths]
    if form == "struct without bytes":
        paths = [pa.array([{"path": path[0].as_py()}]) for path in paths]
    write(folder / "data.parquet", {"input_image": paths[0], "edited_image": paths[1], "edit": ["x"]})
    for place in (folder, packed(folder)):
        (pair,) = find(place).pairs
        assert (pair.original.read(), pair.edited.read()) == (png("red"), png("blue"))


BYTES_AND_PATH = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def test_a_file_that_a_table_names_and_that_is_missing(tmp_path: Path, find: Find) -> None:
    (tmp_path / "a.png").write_bytes(png("red"))
    columns = {
        "input_image": ["a.png", "a.png"],
        "edited_image": ["a.png", "deep/gone.png"],
        "edit": ["x", "y"],
    }
    write(tmp_path / "data.parquet", columns)
    found = find(tmp_path)
    assert [pair.instruction for pair in found.pairs] == ["x"]
    assert found.problems == ("data, group 0, row 1: deep/gone.png is missing.",)


def save_to_disk(folder: Path, texts: list[str], **state: Any) -> None:
    """Writes what the `datasets` library writes: a stream of record batches, and a state."""
    folder.mkdir(parents=True)
    table = pa.table(
        {
            "original_image": [cell("red")] * len(texts),
            "edited_image": [cell("blue")] * len(texts),
            "edit": texts,
        }
    )
    place = str(folder / "data-00000-of-00001.arrow")
    with pa.OSFile(place, "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table, max_chunksize=2)
    listed = {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], **state}
    (folder / "state.json").write_text(json.dumps(listed))
    (folder / "dataset_info.json").write_text("{}")
    (folder / "cache-0123.arrow").write_bytes(b"left over")


def test_what_save_to_disk_writes(tmp_path: Path, find: Find, packed: Packed) -> None:
    folder = tmp_path / "set"
    save_to_disk(folder / "train", ["a", "b", "c"])
    save_to_disk(folder / "test", ["d"])
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    for place in (folder, packed(folder)):
        found = find(place)
        assert found.layout is DatasetLayout.ARROW
        assert [(pair.instruction, pair.part) for pair in found.pairs] == [
            *[("a", "train"), ("b", "train"), ("c", "train"), ("d", "test")],
        ]
        assert [pair.block for pair in found.pairs] == [2, 2, 3, 1]
        assert found.pairs[-2].edited.read() == png("blue")
    assert [pair.instruction for pair in find(folder / "train").pairs] == ["a", "b", "c"]
    assert find(folder / "test" / "data-00000-of-00001.arrow").pairs[0].original.read() == png("red")


def test_selected_rows_that_were_not_copied(tmp_path: Path, find: Find) -> None:
    save_to_disk(tmp_path / "set", ["a"], _indices_files=[{"filename": "indices.arrow"}])
    with pytest.raises(DatasetNotUsable, match=r"Call flatten_indices\(\) on the dataset, and save it again"):
        find(tmp_path / "set")


def test_tables_without_words_take_them_from_the_settings(tmp_path: Path, find: Find) -> None:
    write(tmp_path / "a.parquet", {"original_image": [cell("red")] * 3, "edited_image": [cell("blue")] * 3})
    assert find_pairs([Source(tmp_path)], instruction="snow").instructions == ("snow",)
    with pytest.raises(DatasetNotUsable, match="no known columns"):
        find(tmp_path)
