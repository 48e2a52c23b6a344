"""Pictures are saved whole or not at all, in the format their name asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from engine.edit_settings import EditSettings
from engine.errors import OutputNotWritable
from engine.images.image_saving import check_output, save_image
from engine.request import EditRequest


def make_request() -> EditRequest:
    return EditRequest(
        source_image=Image.new("RGB", (8, 8)),
        instruction="make it “snow” — 雪",
        model=Path("models") / "starter",
        settings=EditSettings(seed=2**62),
    )


PICTURE = Image.effect_noise((40, 30), 60).convert("RGB")


def test_saving_as_png_changes_no_pixel(tmp_path: Path) -> None:
    path = tmp_path / "edited.png"
    save_image(PICTURE, path, make_request())
    with Image.open(path) as saved:
        assert saved.tobytes() == PICTURE.tobytes()


@pytest.mark.parametrize(
    ("name", "file_format"),
    [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.webp", "WEBP"), ("ä 雪.png", "PNG")],
)
def test_the_name_decides_the_type(tmp_path: Path, name: str, file_format: str) -> None:
    save_image(PICTURE, tmp_path / name, make_request())
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with Image.open(tmp_path / name) as saved:
        assert saved.format == file_format
        difference = ImageChops.difference(saved.convert("RGB"), PICTURE)
    assert np.asarray(difference).mean() < 8


def test_a_photo_without_profile_gives_a_picture_without_one(tmp_path: Path) -> None:
    save_image(PICTURE, tmp_path / "edited.jpg", make_request())
    with Image.open(tmp_path / "edited.jpg") as saved:
        assert "icc_profile" not in saved.info


def test_an_existing_picture_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "edited.png"
    path.write_bytes(b"old")
    save_image(PICTURE, path)
    with Image.open(path) as saved:
        assert saved.size == (40, 30)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "edited.gif",
            "edited.gif does not end in a known image format. Use a name that ends in one of .png, ",
        ),
        ("edited", "edited does not end in a known image format."),
        ("folder.png", "folder.png is a folder. Add a file name."),
        ("nowhere/edited.png", "nowhere does not exist. Create it or choose another one."),
        ("file/edited.png", "file does not exist. Create it or choose another one."),
        ("x" * 300 + ".png", "cannot be written (File name too long)."),
    ],
)
def test_a_place_where_no_picture_can_lie_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    for refused in (lambda: check_output(tmp_path / name), lambda: save_image(PICTURE, tmp_path / name)):
        with pytest.raises(OutputNotWritable) as refusal:
            refused()
        assert sentence in str(refusal.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_looking_whether_a_place_can_be_written_leaves_nothing_there(tmp_path: Path) -> None:
    check_output(tmp_path / "edited.png")
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_a_name_may_be_is_fine(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250 + ".png")
    save_image(PICTURE, path)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_picture_that_cannot_be_written_leaves_the_place_as_it_was(tmp_path: Path) -> None:
    existing, new = tmp_path / "existing.png", tmp_path / "new.png"
    existing.write_bytes(b"precious")
    for path in (existing, new):
        with pytest.raises(OutputNotWritable, match=f"{path.name} cannot be written"):
            save_image(Image.new("F", (8, 8)), path)
    assert existing.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [existing]


@pytest.mark.parametrize("name", ["wide.webp", "wide.jpg"])
def test_a_picture_too_large_for_its_format_is_refused(tmp_path: Path, name: str) -> None:
    wide = Image.new("RGB", (65_536, 2))
    with pytest.raises(OutputNotWritable, match=f"{name} would be 65536 × 2 pixels, more than its format"):
        save_image(wide, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    save_image(wide, tmp_path / "wide.png")


@pytest.mark.parametrize(("name", "side"), [("wide.webp", 16_383), ("wide.jpg", 65_500)])
def test_a_picture_just_small_enough_is_saved(tmp_path: Path, name: str, side: int) -> None:
    save_image(Image.new("RGB", (side, 2)), tmp_path / name)
    with Image.open(tmp_path / name) as saved:
        assert saved.size == (side, 2)
