"""The name of a result fits every file system, whatever the photo and the instruction are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ip2p_desktop.session.result_names import suggested_name


@pytest.mark.parametrize(
    ("photo", "instruction", "name"),
    [
        ("dog.jpg", "make it snowy", "dog - make it snowy.png"),
        ("dog.jpg", "  Make\tit,\nsnowy!  ", "dog - Make it snowy.png"),
        ("dog.jpg", "???", "dog - edited.png"),
        ("NUL.jpg", "make it snowy", "_NUL - make it snowy.png"),
        ("what?.jpg", "50 % <b>darker</b>", "what_ - 50 bdarkerb.png"),
        ("hund.jpg", "mach es schöner", "hund - mach es schöner.png"),
        ("कुत्ता.jpg", "बर्फ़ जोड़ें", "कुत्ता - बर्फ़ जोड़ें.png"),
    ],
)
def test_the_name_tells_photo_and_instruction(photo: str, instruction: str, name: str) -> None:
    assert suggested_name(photo, instruction) == name


@pytest.mark.parametrize("sign", ["a", "ü", "雪", "e\u0301", "📷", "👨\u200d👩\u200d👧"])
def test_the_name_is_short_enough_to_be_saved_and_numbered(sign: str, tmp_path: Path) -> None:
    name = suggested_name(sign * 60 + ".jpg", sign * 300)
    assert len(name.encode()) <= 215
    assert name.endswith(".png")
    path = tmp_path / name
    path.touch()
    assert path.stem.split(" - ")[0] == sign * path.stem.split(" - ")[0].count(sign)


def test_results_of_results_stay_short() -> None:
    name = "photo.jpg"
    for _ in range(12):
        name = suggested_name(name, "雪を降らせて、夜にして")
    assert len(name.encode()) <= 215
