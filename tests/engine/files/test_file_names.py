"""Names are cut in bytes, between characters, and are never a device of Windows."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.files.file_names import cut_to_bytes, numbered_name, valid_stem

E_ACUTE = "e\u0301"
FAMILY = "👨\u200d👩\u200d👧"
WAVE = "👋🏽"


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("night", 5, "night"),
        ("night", 3, "nig"),
        ("äöü", 5, "äö"),
        ("雪山の夜", 7, "雪山"),
        (f"caf{E_ACUTE}", 5, "caf"),
        (f"caf{E_ACUTE}", 6, f"caf{E_ACUTE}"),
        (f"x{FAMILY}", 18, "x"),
        (f"x{FAMILY}", 19, f"x{FAMILY}"),
        (f"x{WAVE}", 8, "x"),
        ("ab\udcff", 4, "ab"),
    ],
)
def test_a_cut_splits_no_character(text: str, limit: int, cut: str) -> None:
    assert cut_to_bytes(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("dog", "dog"),
        ("CON", "_CON"),
        ("aux.old", "_aux.old"),
        ("com1 ", "_com1"),
        ("LPT¹", "_LPT¹"),
        ("console", "console"),
        ("holiday...", "holiday"),
        ('a<b>:"c|d?*\n', "a_b___c_d___"),
        ("", "_"),
        ("...", "_"),
    ],
)
def test_a_stem_is_valid_everywhere(text: str, stem: str) -> None:
    assert valid_stem(text) == stem


def test_a_number_has_room_in_the_longest_name(tmp_path: Path) -> None:
    longest = "ü" * 125 + "x.png"
    assert len(longest.encode()) == 255
    (tmp_path / longest).touch()
    name = numbered_name(longest, 400)
    assert name == "ü" * 123 + "-400.png"
    (tmp_path / name).touch()
    assert numbered_name("night.png", 2) == "night-2.png"


def test_halves_of_characters_are_replaced_and_bytes_of_names_stay() -> None:
    assert valid_stem("\ud800winter\udfff") == "_winter_"
    assert valid_stem("caf\udce9") == "caf\udce9", "a file with this name exists"
