"""Metadata as spreadsheets, scripts and other systems write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs

Find = Callable[[Path], PairSet]
HEAD = "original_image,edited_image,edit_instruction"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"photo")
    return tmp_path


def read(folder: Path, text: str | bytes, name: str = "metadata.csv") -> PairSet:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return find_pairs([Source(folder)])


TABLES = {
    "semicolons": "original_image;edited_image;edit_instruction\r\na.png;b.png;make it red, not blue\r\n",
    "tabs": "original_image\tedited_image\tedit_instruction\na.png\tb.png\tmake it red, not blue\n",
    "bars": "original_image|edited_image|edit_instruction\na.png|b.png|make it red, not blue\n",
    "blanks": 'original_image, edited_image, edit_instruction\na.png, b.png, "make it red, not blue"\n',
    "capitals": 'Original_Image,EDITED_IMAGE,Edit Instruction\na.png,b.png,"make it red, not blue"\n',
    "camels": 'originalImage,editedImage,editPrompt\na.png,b.png,"make it red, not blue"\n',
    "mark": f'\ufeff{HEAD}\na.png,b.png,"make it red, not blue"\n',
    "old line ends": f'{HEAD}\ra.png,b.png,"make it red, not blue"\r',
    "empty lines": f'\n{HEAD}\n\n,,\na.png,b.png,"make it red, not blue"\n\n',
    "sep": "sep=;\noriginal_image;edited_image;edit_instruction\na.png;b.png;make it red, not blue\n",
    "empty cells": f'{HEAD},,\na.png,b.png,"make it red, not blue",,\n',
    "other words": 'Before,After,Prompt\na.png,b.png,"make it red, not blue"\n',
    "paths": 'input_path,output_path,prompt\na.png,b.png,"make it red, not blue"\n',
    "in and out": 'img_in,img_out,text\na.png,b.png,"make it red, not blue"\n',
    "no heading": 'a.png,b.png,"make it red, not blue"\n',
    "commas without quotes": f"{HEAD}\na.png,b.png,make it red, not blue\n",
    "commas between": "edit_instruction,original_image,edited_image\nmake it red, not blue,a.png,b.png\n",
    "commas without a heading": "a.png,b.png,make it red, not blue\n",
}


@pytest.mark.parametrize("form", TABLES)
def test_tables_of_all_forms(folder: Path, form: str) -> None:
    found = read(folder, TABLES[form])
    assert ([pair.instructions for pair in found.pairs], found.problems) == ([("make it red, not blue",)], ())
    assert (found.pairs[0].original.name, found.pairs[0].edited.name) == ("a.png", "b.png")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "cp1252"])
@pytest.mark.parametrize("name", ["metadata.csv", "metadata.txt", "metadata.jsonl"])
def test_encodings(folder: Path, encoding: str, name: str) -> None:
    table = f"{HEAD}\na.png,b.png,“más” grün für 5 €\n"
    line = {"original_image": "a.png", "edited_image": "b.png", "edit": "“más” grün für 5 €"}
    text = json.dumps(line, ensure_ascii=False) if name.endswith("jsonl") else table
    assert read(folder, text.encode(encoding), name).instructions == ("“más” grün für 5 €",)


@pytest.mark.parametrize(
    "data", ["сделай снег".encode("cp1251"), "雪を降らせる".encode("shift-jis"), b"\x00\x01\x02"]
)
def test_other_encodings_are_refused_and_not_misread(folder: Path, data: bytes) -> None:
    with pytest.raises(DatasetNotUsable, match=r"metadata\.csv is not UTF-8 text\. Save it as UTF-8 text"):
        read(folder, f"{HEAD}\na.png,b.png,".encode() + data)


def test_commas_that_can_belong_to_several_texts_are_reported(folder: Path) -> None:
    head = "original_image,edited_image,caption,edit_instruction,note"
    found = read(folder, f"{head}\na.png,b.png,a cat, sitting,snow,x\na.png,b.png,a cat,snow,x\n")
    assert found.instructions == ("snow",)
    assert found.problems == ("Line 2: 6 values for 5 columns; put the instruction in quotes.",)


def test_a_quotation_mark_that_is_not_closed(folder: Path) -> None:
    found = read(folder, f'{HEAD}\na.png,b.png,5" wide\na.png,b.png,"snow\na.png,b.png,rain\n')
    assert found.instructions == ('5" wide',)
    assert found.problems == ("Line 4: a quotation mark is not closed.",)


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
@pytest.mark.parametrize("is_named", [True, False])
def test_a_json_list(folder: Path, suffix: str, is_named: bool) -> None:
    entries = [{"Original_Image": "a.png", "edited_image": {"path": "b.png"}, "edit": text} for text in "xy"]
    text = json.dumps({"version": 1, "pairs": entries} if is_named else entries, indent=2)
    found = read(folder, text, f"metadata{suffix}")
    assert [(pair.name, pair.instruction) for pair in found.pairs] == [("Entry 1", "x"), ("Entry 2", "y")]


ENTRIES = [
    {"original_image": "a.png", "edited_image": "b.png", "edit_instruction": f"{text}, and more"}
    for text in "xy"
]
JSON_FORMS = {
    "objects by number": json.dumps({str(number): entry for number, entry in enumerate(ENTRIES)}),
    "columns": json.dumps({name: [entry[name] for entry in ENTRIES] for name in ENTRIES[0]}),
    "columns by number": json.dumps(
        {name: {str(number): entry[name] for number, entry in enumerate(ENTRIES)} for name in ENTRIES[0]}
    ),
    "objects over several lines": "\n".join(json.dumps(entry, indent=2) for entry in ENTRIES),
    "old line ends": "\r".join(map(json.dumps, ENTRIES)),
}


@pytest.mark.parametrize("form", JSON_FORMS)
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json_as_other_programs_write_it(folder: Path, form: str, suffix: str) -> None:
    found = read(folder, JSON_FORMS[form], f"metadata{suffix}")
    assert [(pair.original.name, pair.edited.name, pair.instruction) for pair in found.pairs] == [
        ("a.png", "b.png", "x, and more"),
        ("a.png", "b.png", "y, and more"),
    ]


def test_marks_between_joined_files(folder: Path) -> None:
    found = read(folder, "".join(f"\ufeff{json.dumps(entry)}\r\n" for entry in ENTRIES), "metadata.jsonl")
    assert [pair.instruction for pair in found.pairs] == ["x, and more", "y, and more"]


@pytest.mark.parametrize("name", ["pairs.jsonl", "metadata.csv"])
def test_metadata_chosen_in_place_of_its_folder(folder: Path, name: str) -> None:
    read(folder, json.dumps(ENTRIES[0]) if name.endswith("jsonl") else f"{HEAD}\na.png,b.png,x\n", name)
    with pytest.raises(DatasetNotUsable, match=rf"{name} is one file of a dataset\. Choose the folder"):
        find_pairs([Source(folder / name)])


def test_a_broken_line_costs_only_itself(folder: Path) -> None:
    found = read(folder, f'{{"original_image"\n{json.dumps(ENTRIES[0])}\n', "metadata.jsonl")
    assert [pair.name for pair in found.pairs] == ["Line 2"]
    assert found.problems == ("Line 1: not a JSON object.",)


def test_an_image_in_place_of_a_name_is_not_shown_whole(folder: Path) -> None:
    with pytest.raises(DatasetNotUsable) as refusal:
        read(folder, json.dumps({**ENTRIES[0], "edited_image": "iVBORw0KGgo" * 5000}), "metadata.jsonl")
    assert len(refusal.value.message) < 500


@pytest.mark.parametrize("name", ["Metadata.JSONL", "pairs.jsonl", "data.ndjson"])
def test_other_names_of_metadata(folder: Path, name: str) -> None:
    (folder / "settings.json").write_text('{"input": "a", "output": "b"}')
    (folder / "log.csv").write_text("step,loss\n1,0.5\n")
    line = json.dumps({"original_image": "a.png", "edited_image": "b.png", "edit": "x"})
    assert len(read(folder, f"{line},\n{line}\n", name).pairs) == 2


def test_values_that_are_not_text(folder: Path) -> None:
    good = {"original_image": "a.png", "edited_image": "b.png", "edit_instruction": "x"}
    changes: list[dict[str, object]] = [
        {},
        {"edit_instruction": 5},
        {"edit_instruction": None},
        {"edit_instruction": ["x", 7]},
        {"edit_instruction": []},
        {"original_image": None},
        {"edited_image": 12},
        {"edited_image": ""},
    ]
    found = read(folder, "\n".join(json.dumps({**good, **change}) for change in changes), "metadata.jsonl")
    assert found.problems == (
        "Line 2: edit_instruction is not text.",
        "Line 3: the instruction is empty.",
        "Line 4: edit_instruction is not text.",
        "Line 5: the instruction is empty.",
        "Line 6: original_image is empty.",
        "Line 7: edited_image is not the name of a file.",
        "Line 8: edited_image is empty.",
    )
    assert found.left_out == {"unreadable entry": 5, "no instruction": 2}


def test_metadata_without_instructions(folder: Path) -> None:
    (folder / "metadata.csv").write_text("original_image,edited_image\na.png,b.png\n")
    with pytest.raises(DatasetNotUsable, match=r"pairs \(1\), but no text says what was changed"):
        find_pairs([Source(folder)])
    assert find_pairs([Source(folder)], instruction="snow").instructions == ("snow",)
