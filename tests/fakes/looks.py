"""A photo with fine detail, and looks of it: tone and colour with a vignette, grain, paint and blur."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter, ImageOps


def detailed_photo(width: int = 480, height: int = 400, seed: int = 0) -> Image.Image:
    """Soft shapes with fine texture in places."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(40, 216, (6, 8, 3), np.uint8))
    soft = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    texture = rng.normal(0, 30, (height, width, 1)).astype(np.float32)
    place = np.clip(np.sin(np.arange(width) / 60)[None, :, None] * 2, 0, 1)
    return Image.fromarray((soft + texture * place).clip(0, 255).astype(np.uint8))


def warmed(photo: Image.Image) -> Image.Image:
    """Tone and colour, and darker corners."""
    levels = np.asarray(photo, np.float32) @ np.array([[0.9, 0.05, 0], [0.1, 0.85, 0.15], [0, 0.05, 0.7]])
    down, right = np.mgrid[0 : photo.height, 0 : photo.width]
    distance = np.hypot(right / photo.width - 0.5, down / photo.height - 0.5) / np.hypot(0.5, 0.5)
    levels = (25 + 0.8 * levels) * (1 - 0.5 * distance**2)[:, :, None]
    return Image.fromarray((levels + 0.5).clip(0, 255).astype(np.uint8))


def grainy(photo: Image.Image, strength: float = 10.0, seed: int = 0, channels: int = 1) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, strength, (photo.height, photo.width, channels))
    levels = np.asarray(photo, np.float32) + noise
    return Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))


def blurred(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(3))


def outlined(photo: Image.Image) -> Image.Image:
    return ImageOps.invert(photo.convert("L").filter(ImageFilter.FIND_EDGES)).convert("RGB")
