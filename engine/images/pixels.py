"""Conversion of images to tensors and back."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_pixels(image: Image.Image) -> Tensor:
    """An RGB image as float32 pixels (1, 3, height, width) from -1 to 1."""
    bytes_hwc = torch.from_numpy(np.asarray(image).copy())
    return bytes_hwc.permute(2, 0, 1)[None].float().div_(127.5).sub_(1)


def to_image(pixels: Tensor) -> Image.Image:
    """Pixels (1, 3, height, width) from -1 to 1 as an RGB image, rounded to 8 bits."""
    bytes_chw = pixels[0].float().clamp(-1, 1).add(1).mul(127.5).round().to("cpu", torch.uint8)
    return Image.fromarray(bytes_chw.permute(1, 2, 0).numpy())
