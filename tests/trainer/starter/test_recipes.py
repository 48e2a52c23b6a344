"""Each recipe makes its edit of real photos, in a way that a network can learn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ip2p_desktop.base.paths import sample_photos
from trainer.starter.data.edits import BY_NOISE, COLOURS, FAMILIES, STRENGTHS, TONE_EDITS, WITH_STRENGTH, Edit
from trainer.starter.data.photos import Photo, scaled_to_long_side
from trainer.starter.data.recipes import RECIPES, Noise, apply_edits, noise_for
from trainer.starter.data.recipes.colour import HUES, colour_share
from trainer.starter.data.recipes.randomness import CELL, FLAKES, STREAKS, dots, grain, strokes

Values = NDArray[np.float64]


@pytest.fixture(scope="module")
def photos() -> list[Photo]:
    return [scaled_to_long_side(np.asarray(Image.open(path).convert("RGB")), 256) for path in sample_photos()]


@pytest.fixture(scope="module")
def photo(photos: list[Photo]) -> Photo:
    return photos[0]


def edit_of(family: str, strength: float = 1.0) -> Edit:
    return Edit(family, strength, colour="purple", swapped="blue")


def edited(family: str, photo: Photo, strength: float = 1.0, seed: int = 0) -> Values:
    edit = edit_of(family, strength)
    return apply_edits((edit,), photo, noise(photo, seed)).astype(np.float64)


def noise(photo: Photo | Values, seed: int = 0) -> Noise:
    return noise_for((photo.shape[0], photo.shape[1]), np.random.default_rng(seed))


def psnr(first: Values, second: Values | Photo) -> float:
    return float(-10 * np.log10(max(np.mean((first - second) ** 2), 1e-9) / 255**2))


def chroma(pixels: Values) -> float:
    return float(np.mean(pixels.max(axis=2) - pixels.min(axis=2)))


def plain(value: tuple[int, int, int], height: int = 96, width: int = 128) -> Photo:
    return np.full((height, width, 3), value, dtype=np.uint8)


def test_every_family_has_a_recipe_in_the_order_of_families() -> None:
    assert tuple(RECIPES) == FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("size", [(64, 64), (61, 96), (9, 7)])
def test_a_recipe_keeps_the_shape_of_any_picture(family: str, size: tuple[int, int]) -> None:
    speckle = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    for picture in (speckle, plain((0, 0, 0), *size), plain((255, 255, 255), *size)):
        result = apply_edits((edit_of(family),), picture, noise(picture))
        assert result.shape == picture.shape
        assert result.dtype == np.uint8


@pytest.mark.parametrize("family", FAMILIES)
def test_the_noise_decides_where_things_lie_in_some_families_and_nothing_in_others(
    family: str, photo: Photo
) -> None:
    assert np.array_equal(edited(family, photo, seed=0), edited(family, photo, seed=0))
    assert np.array_equal(edited(family, photo, seed=0), edited(family, photo, seed=1)) != (
        family in BY_NOISE
    )


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "colour swap"])
def test_every_family_visibly_changes_real_photos(family: str, photos: list[Photo]) -> None:
    assert np.mean([psnr(edited(family, photo), photo) for photo in photos]) < 27


def test_families_differ_from_one_another(photos: list[Photo]) -> None:
    families = [family for family in FAMILIES if family != "colour swap"]
    results = [[edited(family, photo) for family in families] for photo in photos[:3]]
    for first, family in enumerate(families):
        for second in range(first):
            likeness = np.mean([psnr(of_photo[first], of_photo[second]) for of_photo in results])
            assert likeness < 30, f"{family} looks like {families[second]}"


@pytest.mark.parametrize("family", TONE_EDITS)
def test_tone_edits_map_each_pixel_by_itself(family: str, photo: Photo) -> None:
    order = np.random.default_rng(2).permutation(photo.shape[0] * photo.shape[1])
    shuffled = photo.reshape(-1, 3)[order].reshape(photo.shape)
    expected = edited(family, photo).reshape(-1, 3)[order].reshape(photo.shape)
    assert np.abs(edited(family, shuffled) - expected).max() <= 1


@pytest.mark.parametrize("family", sorted(WITH_STRENGTH))
def test_strength_scales_the_edit(family: str, photos: list[Photo]) -> None:
    for photo in photos[:3]:
        changes = [np.abs(edited(family, photo, strength) - photo).mean() for strength in STRENGTHS]
        assert changes[0] > 0.5
        assert changes[0] * 1.08 < changes[1]
        assert changes[1] * 1.08 < changes[2]


def test_edits_are_made_in_their_order(photo: Photo) -> None:
    known = noise(photo)
    negative, blue = Edit("negative"), Edit("tint", colour="blue")
    one_by_one = apply_edits((blue,), apply_edits((negative,), photo, known), known)
    together = apply_edits((negative, blue), photo, known)
    assert np.abs(together.astype(int) - one_by_one).max() <= 2
    assert np.abs(together.astype(int) - apply_edits((blue, negative), photo, known)).mean() > 10


def test_unchanged_returns_the_photo(photo: Photo) -> None:
    assert np.array_equal(apply_edits((Edit("unchanged"),), photo, noise(photo)), photo)


def test_tones_go_where_their_names_say(photo: Photo) -> None:
    source = photo.astype(np.float64)
    assert chroma(edited("black and white", photo)) == 0
    assert chroma(edited("more colourful", photo)) > chroma(source) > chroma(edited("less colourful", photo))
    assert edited("more contrast", photo).std() > source.std() > edited("less contrast", photo).std()
    assert edited("brighter", photo).mean() > source.mean() > edited("darker", photo).mean()
    assert edited("darker", photo).mean() > edited("night", photo).mean()
    assert np.abs(edited("negative", photo) + source - 255).max() <= 1


@pytest.mark.parametrize("family", ["warmer", "golden hour", "autumn"])
def test_warm_edits_give_red_and_take_blue(family: str, photos: list[Photo]) -> None:
    for photo in photos:
        source, result = photo.astype(np.float64), edited(family, photo)
        assert (result[..., 0] - result[..., 2]).mean() > (source[..., 0] - source[..., 2]).mean() + 10


def test_sepia_is_brown_throughout(photo: Photo) -> None:
    red, green, blue = np.moveaxis(edited("sepia", photo), -1, 0)
    assert (red >= green).all()
    assert (green >= blue).all()
    assert (red - blue).mean() > 30


@pytest.mark.parametrize("family", ["cooler", "underwater", "night"])
def test_cold_edits_leave_more_blue_than_red(family: str, photos: list[Photo]) -> None:
    for photo in photos:
        source, result = photo.astype(np.float64), edited(family, photo)
        change = result.mean(axis=(0, 1)) / source.mean(axis=(0, 1))
        assert change[2] > change[0] * 1.2


def test_leaves_turn_with_the_season_and_glow_in_infrared() -> None:
    leaf, sky = plain((70, 120, 40)), plain((90, 150, 220))
    autumn, spring, infrared = (edited(family, leaf)[0, 0] for family in ("autumn", "spring", "infrared"))
    assert autumn[0] > 1.5 * autumn[1] > 1.5 * autumn[2]
    assert spring[1] > max(150, spring[0], spring[2])
    assert infrared.min() > edited("infrared", sky).max() + 50


def test_teal_and_orange_parts_shades_from_skin() -> None:
    shade, skin = edited("teal and orange", plain((70, 72, 76)))[0, 0], plain((200, 150, 120))
    assert shade[2] > shade[0] + 20
    skin_tone = edited("teal and orange", skin)[0, 0]
    assert skin_tone[0] > skin_tone[2] + 80


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("family", ["tint", "duotone"])
def test_tint_and_duotone_turn_grey_to_the_named_colour(family: str, colour: str) -> None:
    grey = plain((128, 128, 128))
    result = apply_edits((Edit(family, colour=colour),), grey, noise(grey))
    result_chroma = result[0, 0] - result[0, 0].mean()
    named_chroma = np.array(COLOURS[colour]) - np.mean(COLOURS[colour])
    alike = result_chroma @ named_chroma / np.linalg.norm(result_chroma) / np.linalg.norm(named_chroma)
    assert alike > 0.95


@pytest.mark.parametrize("swapped", HUES)
def test_colour_swap_changes_only_things_of_that_colour(swapped: str, photos: list[Photo]) -> None:
    target = "blue" if swapped != "blue" else "red"
    edit = Edit("colour swap", colour=target, swapped=swapped)
    for name in HUES:
        patch = plain(COLOURS[name])
        result = apply_edits((edit,), patch, noise(patch)).astype(int)
        expected = COLOURS[target] if name == swapped else COLOURS[name]
        assert np.abs(result - expected).max() <= (40 if name == swapped else 0)
    for photo in photos:
        untouched = colour_share(photo.astype(np.float32) / np.float32(255), swapped) == 0
        result = apply_edits((edit,), photo, noise(photo))
        assert np.array_equal(result[untouched], photo[untouched])


@pytest.mark.parametrize("family", ["tint", "duotone", "colour swap"])
def test_an_edit_without_its_colour_raises(family: str, photo: Photo) -> None:
    with pytest.raises(ValueError, match="names no colour"):
        apply_edits((Edit(family),), photo, noise(photo))


@pytest.mark.parametrize(
    ("family", "period"),
    [
        ("pointillism", 16),
        ("mosaic", 16),
        ("pixel art", 8),
        ("halftone", 16),
        ("charcoal", 8),
        ("blueprint", 32),
    ],
)
def test_patterns_repeat_from_the_top_left_corner(family: str, period: int) -> None:
    result = edited(family, plain((130, 110, 100), 3 * period, 4 * period))
    again = np.roll(result, (period, period), axis=(0, 1))
    assert np.abs(result - again)[period:-period, period:-period].max() <= 1


@pytest.mark.parametrize("family", sorted(BY_NOISE))
def test_what_follows_the_noise_is_local(family: str) -> None:
    """So that a network can foretell it, and a square cut from a picture is edited as the picture is."""
    whole = plain((120, 110, 100), 128, 192)
    known = noise(whole)
    part = apply_edits((Edit(family),), whole[:, 64:], known[:, :, 64 // CELL :]).astype(int)
    same = apply_edits((Edit(family),), whole, known)[:, 64:].astype(int)
    if family != "old film":  # whose dark corners are those of the picture
        assert np.abs(part - same)[:, 8:-32].max() <= 1


def test_stronger_snow_and_rain_add_to_the_same() -> None:
    like = np.zeros((64, 64, 3), dtype=np.float32)
    known = noise(like.astype(np.float64))
    for few, many in (
        [dots(known, FLAKES, like, share, (1.0, 3.0)) for share in (0.05, 0.1)],
        [strokes(known, STREAKS, like, share, length=20, slant=0.3, width=1.3) for share in (0.05, 0.1)],
    ):
        assert (many >= few).all()
        assert many.sum() > 1.5 * few.sum()


def test_grain_has_unit_deviation_and_no_large_shapes() -> None:
    like = np.zeros((256, 256, 3), dtype=np.float32)
    plane = grain(noise(like.astype(np.float64)), like)
    assert plane.std() == pytest.approx(1, abs=0.06)
    assert plane.reshape(16, 16, 16, 16).mean(axis=(1, 3)).std() < 0.2


def test_lines_are_drawn_at_outlines_only() -> None:
    step = plain((60, 60, 60))
    step[:, 64:] = 200
    for family in ("neon", "blueprint", "embossed", "pencil sketch"):
        result = edited(family, step).mean(axis=2)[48]
        assert abs(result[62:66] - result[20]).max() > 60
    assert edited("neon", step)[48, 20].mean() < 15


def test_vignette_darkens_corners_and_spares_the_middle() -> None:
    for size in ((96, 128), (240, 320)):
        result = edited("vignette", plain((200, 200, 200), *size))[..., 0]
        assert result[size[0] // 2, size[1] // 2] == 200
        assert result[0, 0] < 90
        assert result[0, 0] < result[0, size[1] // 2] < 200


def test_tilt_shift_is_sharp_in_the_middle_band_only() -> None:
    stripes = plain((40, 40, 40))
    stripes[:, ::4] = 220
    contrast = edited("tilt-shift", stripes)[..., 0].std(axis=1)
    assert contrast[48] > 60
    assert contrast[[2, -3]].max() < 10


def test_the_white_frame_surrounds_the_picture() -> None:
    for height, width in ((100, 160), (300, 200)):
        source = plain((10, 20, 30), height, width)
        result = edited("white frame", source)
        for border in (result[:20], result[-20:], result[:, :20], result[:, -20:]):
            assert (border == 255).all()
        assert np.array_equal(result[20:-20, 20:-20], source[20:-20, 20:-20])
