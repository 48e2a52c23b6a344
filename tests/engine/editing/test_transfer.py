"""An edit transferred to the photo keeps the photo's own pixels and detail, and brings none back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from engine.edit_settings import Fit
from engine.editing import transfer
from engine.editing.framing import plan_frame, source_region, to_frame
from engine.editing.transfer import fit_transfer
from engine.images.image_files import open_photo

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
LANCZOS = Image.Resampling.LANCZOS
Change = Callable[[Image.Image], Image.Image]


@pytest.fixture(scope="module", params=["dog.jpg", "city-skyline.jpg"])
def source(request: pytest.FixtureRequest) -> Image.Image:
    photo = open_photo(SAMPLES / request.param)
    photo.thumbnail((603, 603), LANCZOS)
    return photo


def shrunk(photo: Image.Image, factor: float) -> Image.Image:
    return photo.resize((round(photo.width / factor), round(photo.height / factor)), LANCZOS)


def reconstructed(photo: Image.Image) -> Image.Image:
    """Softer and a little off, as autoencoders leave a photo."""
    return ImageEnhance.Color(photo.filter(ImageFilter.GaussianBlur(0.7))).enhance(0.97)


def painted_with(change: Change, working: Image.Image) -> Image.Image:
    """What a model that loses detail and shifts colours a little paints."""
    painted = change(reconstructed(working)).filter(ImageFilter.GaussianBlur(0.4))
    return ImageChops.add(painted, Image.new("RGB", painted.size, (3, 0, 2)))


def edited(photo: Image.Image, change: Change, factor: float) -> Image.Image:
    working = shrunk(photo, factor)
    return fit_transfer(working, reconstructed(working), painted_with(change, working)).apply(photo)


def error(first: Image.Image, second: Image.Image) -> float:
    """Root mean square difference in levels."""
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return float(np.sqrt(np.mean(difference**2)))


def fine(photo: Image.Image) -> NDArray[np.float64]:
    grey = np.asarray(photo.convert("L"), dtype=np.float64)
    return grey - np.asarray(photo.convert("L").filter(ImageFilter.BoxBlur(2)), dtype=np.float64)


def likeness(first: Image.Image, second: Image.Image) -> float:
    """Correlation of the fine detail of two pictures."""
    return float(np.corrcoef(fine(first).ravel(), fine(second).ravel())[0, 1])


def black_and_white(photo: Image.Image) -> Image.Image:
    return photo.convert("L").convert("RGB")


def warm(photo: Image.Image) -> Image.Image:
    return photo.convert("RGB", (1.1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.7, 0))


def swapped(photo: Image.Image) -> Image.Image:
    red, green, blue = photo.split()
    return Image.merge("RGB", (blue, red, green))


def dark(photo: Image.Image) -> Image.Image:
    return photo.point([round(255 * (level / 255) ** 1.6) for level in range(256)] * 3)


@pytest.mark.parametrize("change", [ImageOps.invert, black_and_white, warm, swapped, dark])
@pytest.mark.parametrize("factor", [1, 2, 3.3])
def test_an_edit_of_tones_has_the_detail_of_the_photo(
    source: Image.Image, change: Change, factor: float
) -> None:
    result, wanted = edited(source, change, factor), change(source)
    assert result.size == source.size
    assert likeness(result, wanted) > 0.98
    assert 0.9 < fine(result).std() / fine(wanted).std() < 1.1
    enlarged = painted_with(change, shrunk(source, factor)).resize(source.size, LANCZOS)
    assert error(result, wanted) < 0.7 * error(enlarged, wanted)


def test_black_and_white_is_neutral(source: Image.Image) -> None:
    def greenish(photo: Image.Image) -> Image.Image:
        grey = black_and_white(photo)
        return Image.blend(grey, ImageChops.add(grey, Image.new("RGB", grey.size, (0, 8, 0))), 1)

    levels = np.asarray(edited(source, greenish, 2), dtype=np.int16)
    assert np.ptp(levels, axis=2).max() == 0


def test_a_little_less_colour_is_not_grey(source: Image.Image) -> None:
    def paler(photo: Image.Image) -> Image.Image:
        return ImageEnhance.Color(photo).enhance(0.6)

    result = edited(source, paler, 2)
    assert (
        np.ptp(np.asarray(result, dtype=np.int16), axis=2).mean()
        > 0.7 * np.ptp(np.asarray(paler(source), dtype=np.int16), axis=2).mean()
    )


@pytest.mark.parametrize("factor", [0.5, 1, 2, 2.7])
def test_an_edit_that_changes_nothing_gives_the_photo_bit_for_bit(source: Image.Image, factor: float) -> None:
    working = shrunk(source, factor)
    reconstruction = reconstructed(working)
    unchanged = fit_transfer(working, reconstruction, reconstruction.copy())
    assert unchanged.change == 0
    assert unchanged.apply(source).tobytes() == source.tobytes()
    noise = np.random.default_rng(0).integers(-1, 2, (working.height, working.width, 3))
    rounded = np.clip(np.asarray(reconstruction, dtype=np.int16) + noise, 0, 255).astype(np.uint8)
    assert fit_transfer(working, reconstruction, Image.fromarray(rounded)).apply(source).tobytes() == (
        source.tobytes()
    )


@pytest.mark.parametrize("factor", [1, 2])
def test_a_change_in_one_place_leaves_the_others_bit_for_bit(source: Image.Image, factor: float) -> None:
    working = shrunk(source, factor)
    reconstruction = reconstructed(working)
    painted = reconstruction.copy()
    box = (40, 40, 100, 100)
    painted.paste(Image.new("RGB", (60, 60), (250, 10, 10)), box)
    result = fit_transfer(working, reconstruction, painted).apply(source)
    changed = np.asarray(ImageChops.difference(result, source)).any(axis=2)
    changed[: 140 * factor, : 140 * factor] = False
    assert not changed.any()
    inside = np.asarray(result.crop(tuple(round(side * factor) for side in (52, 52, 88, 88))))
    left = np.abs(inside.astype(np.int16) - (250, 10, 10))
    assert (left.mean() < 2, left.max() <= 24) == (True, True)


def test_a_change_of_half_the_photo_leaves_the_other_half_bit_for_bit(source: Image.Image) -> None:
    working = shrunk(source, 2)
    reconstruction = reconstructed(working)
    painted = reconstruction.copy()
    half = (0, 0, working.width // 2, working.height)
    painted.paste(ImageOps.invert(reconstruction.crop(half)), half)
    result = fit_transfer(working, reconstruction, painted).apply(source)
    kept = (working.width + 64, 0, source.width, source.height)
    assert result.crop(kept).tobytes() == source.crop(kept).tobytes()


def test_an_edit_of_one_place_has_the_colours_that_were_painted_there(source: Image.Image) -> None:
    """As with a mask: what is left alone has no say in the colours of the edit."""
    working = shrunk(source, 2)
    reconstruction = reconstructed(working)
    painted = reconstruction.copy()
    box = (60, 40, 200, 140)
    painted.paste(black_and_white(reconstruction.crop(box)), box)
    result = fit_transfer(working, reconstruction, painted).apply(source)
    inside = np.asarray(result.crop((140, 100, 380, 260)), dtype=np.int16)
    assert np.ptp(inside, axis=2).mean() < 1


def test_work_on_a_large_photo_can_be_broken_off(source: Image.Image) -> None:
    working = shrunk(source, 2)
    fitted = fit_transfer(working, working, ImageOps.invert(working))

    def break_off() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted.apply(source, on_band=break_off)


def blurred(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(4))


def foggy(photo: Image.Image) -> Image.Image:
    return Image.blend(blurred(photo), Image.new("RGB", photo.size, (220, 222, 225)), 0.6)


def mosaic(photo: Image.Image) -> Image.Image:
    cells = photo.resize((photo.width // 16, photo.height // 16), Image.Resampling.BOX)
    return cells.resize(photo.size, Image.Resampling.NEAREST)


@pytest.mark.parametrize("change", [blurred, foggy, mosaic])
@pytest.mark.parametrize("factor", [1, 2])
def test_detail_that_the_edit_takes_away_stays_away(
    source: Image.Image, change: Change, factor: float
) -> None:
    working = shrunk(source, factor)
    enlarged = painted_with(change, working).resize(source.size, Image.Resampling.BICUBIC)
    ghost = error(edited(source, change, factor), enlarged)
    assert ghost < error(source, shrunk(source, 6).resize(source.size, LANCZOS)) / 4


@pytest.mark.parametrize("factor", [1, 2])
def test_structure_that_the_edit_adds_stays(source: Image.Image, factor: float) -> None:
    rng = np.random.default_rng(3)
    working = shrunk(source, factor)
    flakes = rng.random((working.height // 4, working.width // 4)) > 0.9
    shape = Image.fromarray((flakes * 255).astype(np.uint8)).resize(working.size, Image.Resampling.BICUBIC)

    def snowy(photo: Image.Image) -> Image.Image:
        return Image.composite(Image.new("RGB", photo.size, "white"), photo, shape)

    result = fit_transfer(working, reconstructed(working), painted_with(snowy, working)).apply(source)
    white = np.asarray(shape.resize(source.size, Image.Resampling.BILINEAR)) > 250
    assert np.asarray(result.convert("L"))[white].mean() > 235


def test_bands_leave_no_seams(source: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    working = shrunk(source, 2.7)
    painted = ImageOps.invert(working).rotate(1)
    fitted = fit_transfer(working, reconstructed(working), painted)
    monkeypatch.setattr(transfer, "BAND_PIXELS", 10**9)
    whole = fitted.apply(source)
    monkeypatch.setattr(transfer, "BAND_PIXELS", 20_000)
    extremes = ImageChops.difference(fitted.apply(source), whole).getextrema()
    assert max(highest for _, highest in extremes) <= 1


def test_the_region_of_the_originals_rule_is_edited(source: Image.Image) -> None:
    frame = plan_frame(source.size, Fit.ORIGINAL, 256, 64)
    shown = source.crop(source_region(source.size, frame))
    working = to_frame(source, frame)
    result = fit_transfer(working, working, ImageOps.invert(working)).apply(shown)
    assert result.size == shown.size
    assert error(result, ImageOps.invert(shown)) < 3


def test_a_photo_smaller_than_its_edit_is_edited_at_its_own_size(source: Image.Image) -> None:
    large = source.resize((source.width * 2, source.height * 2), LANCZOS)
    result = fit_transfer(large, reconstructed(large), painted_with(warm, large)).apply(source)
    assert result.size == source.size
    assert likeness(result, warm(source)) > 0.98


@pytest.mark.parametrize("size", [(2, 900), (900, 2), (3, 3)])
def test_a_photo_of_any_shape_can_be_edited(size: tuple[int, int]) -> None:
    photo = Image.effect_noise(size, 60).convert("RGB")
    working = photo.resize((max(1, size[0] // 3), max(1, size[1] // 3)), LANCZOS)
    assert fit_transfer(working, working, ImageOps.invert(working)).apply(photo).size == size


def test_a_dark_photo_with_a_light_is_not_torn(source: Image.Image) -> None:
    """Colours that only a few pixels have are mapped no further than their neighbours."""
    night = source.point([level // 6 for level in range(256)] * 3)
    night.paste((255, 250, 240), (100, 100, 104, 104))
    result = edited(night, lambda photo: ImageEnhance.Brightness(photo).enhance(2), 2)
    assert np.asarray(result)[101:103, 101:103].min() > 235


def test_the_map_of_an_edit_can_be_applied_to_other_sizes_of_the_photo(source: Image.Image) -> None:
    working = shrunk(source, 2)
    fitted = fit_transfer(working, reconstructed(working), painted_with(warm, working))
    assert error(shrunk(fitted.apply(source), 2), fitted.apply(working)) < 3
    kept = replace(fitted, amount=fitted.amount * 0)
    assert kept.apply(source).tobytes() == source.tobytes()


@pytest.mark.parametrize(
    ("change", "is_removed"),
    [(lambda photo: photo.filter(ImageFilter.GaussianBlur(5)), True), (ImageOps.invert, False)],
    ids=["blur", "negative"],
)
def test_a_blur_removes_detail_and_a_tone_does_not(
    source: Image.Image, change: Change, is_removed: bool
) -> None:
    working = shrunk(source, 2)
    fitted = fit_transfer(working, reconstructed(working), painted_with(change, working))
    assert fitted.removes_detail is is_removed
