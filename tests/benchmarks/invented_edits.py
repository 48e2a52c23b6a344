"""Edits that no model knows, as recipes: one of structure and one of colour alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

INK, PAPER, SHADOW = (24, 38, 92), (250, 226, 160), (206, 132, 104)
THRESHOLD, SOFTNESS = 0.45, 0.1
"""Of brightness from 0 to 1: where ink ends and paper begins, and how gradually."""
DISPLACED = 8
"""Pixels by which the ink's shadow lies to the right and below."""


@dataclass(frozen=True, slots=True)
class InventedEdit:
    """An instruction and what it means."""

    instruction: str
    recipe: Callable[[Image.Image], Image.Image]


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


INVENTED_EDITS = {
    "stencil": InventedEdit("turn it into a layered stencil", stencil),
    "colours": InventedEdit("develop it on martian film", rotated_colours),
}
