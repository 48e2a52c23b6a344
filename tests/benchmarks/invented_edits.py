"""Edits that no model knows, as recipes: of structure, of colour, and a look with vignette and grain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image, ImageFilter

INK, PAPER, SHADOW = (24, 38, 92), (250, 226, 160), (206, 132, 104)
THRESHOLD, SOFTNESS = 0.45, 0.1
"""Of brightness from 0 to 1: where ink ends and paper begins, and how gradually."""
POSTCARD_COLOURS = [[0.9, 0.1, 0.0], [0.05, 0.85, 0.05], [0.0, 0.15, 0.7]]
POSTCARD_GRAIN = 10.0
DISPLACED = 8
"""Pixels by which the ink's shadow lies to the right and below."""


@dataclass(frozen=True, slots=True)
class InventedEdit:
    """An instruction and what it means."""

    instruction: str
    recipe: Callable[[Image.Image], Image.Image]
    predictable: Callable[[Image.Image], Image.Image] | None = None
    """The recipe without what it draws at random, which no model can predict; None if it draws nothing."""


def stencil(photo: Image.Image) -> Image.Image:
    """Two layers of colour, divided at a brightness; the dark one throws a shadow upon the other."""
    soft = photo.convert("L").filter(ImageFilter.GaussianBlur(2))
    brightness = np.asarray(soft, dtype=np.float32) / 255
    light = np.clip((brightness - THRESHOLD) / SOFTNESS + 0.5, 0, 1)
    padded = np.pad(light, ((DISPLACED, 0), (DISPLACED, 0)), mode="edge")
    lit = padded[: light.shape[0], : light.shape[1]]
    ink, paper, shadow = (np.array(colour, dtype=np.float32) for colour in (INK, PAPER, SHADOW))
    ground = shadow + lit[..., None] * (paper - shadow)
    mixed = ink + light[..., None] * (ground - ink)
    return Image.fromarray((mixed + 0.5).astype(np.uint8))


def rotated_colours(photo: Image.Image) -> Image.Image:
    """Red becomes green, green becomes blue, blue becomes red; dark places lighter."""
    red, green, blue = (np.asarray(channel, dtype=np.float32) for channel in photo.convert("RGB").split())
    mixed = 40 + np.stack([blue, red, green], axis=-1) * (215 / 255)
    return Image.fromarray((mixed + 0.5).astype(np.uint8))


def postcard(photo: Image.Image, grain: float = POSTCARD_GRAIN) -> Image.Image:
    """Faded warm colours, dark corners, and grey grain of so many levels."""
    levels = (
        np.asarray(photo.convert("RGB"), dtype=np.float32) @ np.array(POSTCARD_COLOURS, dtype=np.float32).T
    )
    levels = 30 + levels * (195 / 255) + np.array([12, 4, -10], dtype=np.float32)
    down, right = np.mgrid[0 : photo.height, 0 : photo.width]
    distance = np.hypot(2 * right / photo.width - 1, 2 * down / photo.height - 1) / np.sqrt(2)
    levels *= (1 - 0.6 * np.clip((distance - 0.35) / 0.65, 0, 1) ** 2)[..., None]
    noise = np.random.default_rng(photo.width * photo.height).normal(0, grain, distance.shape)
    return Image.fromarray(np.clip(levels + noise[..., None] + 0.5, 0, 255).astype(np.uint8))


INVENTED_EDITS = {
    "stencil": InventedEdit("turn it into a layered stencil", stencil),
    "colours": InventedEdit("develop it on martian film", rotated_colours),
    "postcard": InventedEdit("make it an old postcard", postcard, partial(postcard, grain=0.0)),
}
