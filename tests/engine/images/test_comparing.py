"""A result over its photo: the part they share, and the opacity."""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.images.comparing import blended, matched, shared_part


def noise(seed: int, size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8))


def test_a_result_of_the_same_shape_shares_all_of_the_photo() -> None:
    assert shared_part((640, 480), (320, 240)) == (0, 0, 640, 480)
    assert shared_part((641, 480), (320, 240)) == (0, 0, 641, 480)
    assert shared_part((4000, 50), (256, 3)) == (0, 0, 4000, 50)
    assert shared_part((50, 4000), (3, 256)) == (0, 0, 50, 4000)


def test_a_cropped_result_shares_the_middle() -> None:
    assert shared_part((200, 100), (64, 64)) == (50, 0, 150, 100)
    assert shared_part((100, 200), (64, 64)) == (0, 50, 100, 150)


def test_at_full_opacity_the_result_is_itself() -> None:
    result = noise(1)
    assert blended(noise(2), result, 1.0) is result


def test_no_opacity_gives_the_photo() -> None:
    assert blended(noise(2), noise(1), 0.0).tobytes() == noise(2).tobytes()


def test_half_lies_between_and_the_same_pixels_stay() -> None:
    photo, result = noise(1), noise(2)
    result.paste(photo.crop((0, 0, 20, 48)), (0, 0))
    half = np.asarray(blended(photo, result, 0.5)).astype(int)
    middle = (np.asarray(photo).astype(int) + np.asarray(result)) / 2
    assert np.abs(half - middle).max() <= 1
    assert (half[:, :20] == np.asarray(photo)[:, :20]).all()


def test_a_cropped_result_lies_over_the_middle_of_the_photo() -> None:
    photo = Image.new("RGB", (200, 100), "red")
    photo.paste("blue", (50, 0, 150, 100))
    assert matched(photo, (50, 50)).getpixel((25, 25)) == (0, 0, 255)
    assert blended(photo, Image.new("RGB", (50, 50), "black"), 0.5).getpixel((25, 25)) == (0, 0, 127)


def test_the_alpha_stays() -> None:
    photo, result = noise(1).convert("RGBA"), noise(2).convert("RGBA")
    for image in (photo, result):
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    assert blended(photo, result, 0.3).getchannel("A").tobytes() == photo.getchannel("A").tobytes()
