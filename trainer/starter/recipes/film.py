"""Film and lenses: grain, an old reel, focus, glow."""

from __future__ import annotations

import numpy as np

from trainer.starter.edits import Edit
from trainer.starter.recipes.framing import from_centre
from trainer.starter.recipes.pixels import (
    Pixels,
    Plane,
    blurred,
    graded,
    luma,
    mix,
    ramp,
    random_origin,
    rgb,
    tiled,
    vivid,
    with_contrast,
)


def _grain() -> Plane:
    """Clumps of two or three pixels with unit deviation and no large shapes, repeating after 32 pixels.

    All waves of one length are equally strong, so that no pattern stands out when it repeats.
    """
    noise = np.fft.fft2(np.random.default_rng(13).normal(size=(32, 32)))
    frequency = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(32))
    band = np.exp(-((frequency / 0.27) ** 2)) * (1 - np.exp(-((frequency / 0.12) ** 4)))
    grain = np.fft.ifft2(noise / np.abs(noise) * band).real
    return np.asarray(grain / grain.std(), dtype=np.float32)


def _scratches() -> Plane:
    """Upright scratches and specks of dust, 0 to 1, repeating after 64 pixels."""
    tile = np.zeros((64, 64), dtype=np.float32)
    tile[:, 11], tile[:, 12], tile[:, 43] = 0.8, 0.3, 0.25
    for row, column, size in ((8, 30, 2), (22, 55, 3), (44, 24, 2)):
        tile[row : row + size, column : column + size] = 0.85
    return tile


GRAIN, SCRATCHES = _grain(), _scratches()


def film_grain(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Grain, strongest in the middle tones, the same in all channels."""
    light = luma(pixels)
    amount = (0.05 + 0.2 * light * (1 - light)) * np.float32(edit.strength)
    return pixels + (amount * tiled(GRAIN, pixels, random_origin(rng)))[..., None]


def old_film(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """A worn silent reel: toned grey, hard contrast, dark corners, scratches and dust."""
    light = with_contrast(luma(pixels), 0.9) + 0.05 * tiled(GRAIN, pixels, random_origin(rng))
    dimmed = light * (1 - 0.65 * ramp(from_centre(pixels), 0.45, 1.0))
    toned = graded(dimmed, (rgb(0.05, 0.04, 0.03), rgb(0.50, 0.46, 0.38), rgb(0.97, 0.94, 0.82)))
    return mix(
        toned, np.ones_like(toned) * rgb(0.96, 0.94, 0.86), 0.8 * tiled(SCRATCHES, pixels, random_origin(rng))
    )


def blurry(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    return blurred(pixels, 1 + 3 * edit.strength)


def sharper(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Unsharp masking, fine for outlines and wide for crispness."""
    fine, wide = pixels - blurred(pixels, 2), pixels - blurred(pixels, 8)
    return np.asarray(pixels + edit.strength * (1.4 * fine + 0.4 * wide), dtype=np.float32)


def dreamy(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """The Orton effect: a wide, light, pinkish glow over the picture."""
    glow = blurred(vivid(pixels, 1.3), 8) * rgb(1.0, 0.88, 1.0)
    screened = 1 - (1 - 0.95 * pixels) * (1 - 0.75 * glow)
    veiled = mix(screened, glow, 0.5) * rgb(0.90, 0.84, 0.88) + rgb(0.10, 0.07, 0.12)
    return mix(pixels, veiled, 0.2 + 0.8 * edit.strength if edit.strength < 1 else edit.strength)
