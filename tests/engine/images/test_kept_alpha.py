"""The alpha of a photo survives opening, editing and saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes.image_bytes import drawn
from PIL import Image, ImageOps

from engine.images.alpha_restoring import with_alpha_of
from engine.images.image_files import open_photo
from engine.images.image_saving import keeps_transparency, save_image
from engine.images.transparency import flattened


def cut_out(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A drawing with an alpha from 0 to 255, and colours also where nothing is seen."""
    image = drawn(size).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(size))
    return image


def test_an_opened_photo_keeps_alpha_and_hidden_colours(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    cut_out().save(path)
    photo = open_photo(path)
    assert photo.mode == "RGBA"
    assert photo.tobytes() == cut_out().tobytes()


@pytest.mark.parametrize("alpha", [0, 1, 255])
def test_a_photo_of_which_nothing_is_transparent_has_no_alpha(tmp_path: Path, alpha: int) -> None:
    image = drawn().convert("RGBA")
    image.putalpha(alpha)
    image.save(tmp_path / "photo.png")
    assert open_photo(tmp_path / "photo.png").tobytes() == drawn().tobytes()


def test_a_turned_photo_has_its_alpha_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    cut_out().save(tmp_path / "turned.png", exif=exif)
    assert (
        open_photo(tmp_path / "turned.png").tobytes()
        == cut_out().transpose(Image.Transpose.ROTATE_270).tobytes()
    )


def test_an_edit_without_a_change_gives_the_photo_itself() -> None:
    photo = cut_out()
    assert with_alpha_of(photo, flattened(photo)).tobytes() == photo.tobytes()


def test_opaque_pixels_are_those_of_the_edit_and_hidden_ones_those_of_the_photo() -> None:
    photo = cut_out((48, 600))
    edited = ImageOps.invert(flattened(photo))
    result = with_alpha_of(photo, edited)
    alpha, pixels = np.asarray(photo)[:, :, 3], np.asarray(result)
    assert (pixels[:, :, 3] == alpha).all()
    assert (pixels[alpha == 255][:, :3] == np.asarray(edited)[alpha == 255]).all()
    assert (pixels[alpha == 0] == np.asarray(photo)[alpha == 0]).all()


def edit_of(colours: Image.Image, name: str) -> Image.Image:
    if name == "black and white":
        return colours.convert("L").convert("RGB")
    dark = colours.point([value * 2 // 5 + 10 for value in range(256)] * 3)
    return Image.blend(dark, Image.new("RGB", colours.size, (0, 0, 60)), 0.3) if name == "night" else dark


@pytest.mark.parametrize("name", ["black and white", "dark", "night"])
def test_half_transparent_pixels_get_the_edit_of_their_own_colour(name: str) -> None:
    photo = cut_out((300, 400)).resize((300, 400), Image.Resampling.BICUBIC)
    photo.putalpha(Image.radial_gradient("L").point(lambda value: max(0, 255 - 2 * value)).resize((300, 400)))
    edited = edit_of(flattened(photo), name)
    result, alpha = with_alpha_of(photo, edited), np.asarray(photo)[:, :, 3]
    expected = np.asarray(edit_of(photo.convert("RGB"), name)).astype(int)
    difference = np.abs(np.asarray(result)[:, :, :3] - expected)
    assert (alpha == 0).any()
    assert difference[alpha > 100].max() <= 8
    assert difference[alpha > 30].mean() < 4


def test_the_alpha_is_scaled_to_a_result_of_another_size() -> None:
    result = with_alpha_of(cut_out(), Image.new("RGB", (24, 16), "red"))
    assert (result.mode, result.size) == ("RGBA", (24, 16))
    assert np.abs(np.asarray(result)[:, :, 3].astype(int) - np.asarray(cut_out())[::2, ::2, 3]).max() < 20


def test_an_opaque_photo_changes_nothing() -> None:
    edited = Image.new("RGB", (24, 16), "red")
    assert with_alpha_of(drawn(), edited) is edited


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg"])
def test_saved_transparency(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"saved{suffix}"
    save_image(cut_out(), path)
    with Image.open(path) as saved:
        saved.load()
    if keeps_transparency(path):
        assert saved.getchannel("A").tobytes() == cut_out().getchannel("A").tobytes()
    else:
        assert suffix == ".jpg"
        difference = np.asarray(saved).astype(int) - np.asarray(flattened(cut_out()))
        assert np.abs(difference).mean() < 4


def test_png_keeps_hidden_colours(tmp_path: Path) -> None:
    save_image(cut_out(), tmp_path / "saved.png")
    with Image.open(tmp_path / "saved.png") as saved:
        assert saved.tobytes() == cut_out().tobytes()
