"""How near two pictures are."""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d

from engine.pixels import to_pixels

SSIM_WINDOW = 8


def unit_pixels(image: Image.Image) -> Tensor:
    """An RGB image as pixels (1, 3, height, width) from 0 to 1."""
    return to_pixels(image).add_(1).div_(2)


def psnr(first: Tensor, second: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pixels from 0 to 1; 100 for equal pictures."""
    error = (first - second).square().mean().item()
    return 100.0 if error <= 1e-10 else -10 * torch.log10(torch.tensor(error)).item()


def ssim(first: Tensor, second: Tensor) -> float:
    """Mean structural similarity (Wang et al. 2004) over windows of 8 x 8 pixels, channels averaged."""

    def mean(pixels: Tensor) -> Tensor:
        return avg_pool2d(pixels, SSIM_WINDOW, stride=1)

    mean_1, mean_2 = mean(first), mean(second)
    variance_1 = mean(first.square()) - mean_1.square()
    variance_2 = mean(second.square()) - mean_2.square()
    covariance = mean(first * second) - mean_1 * mean_2
    luminance = (2 * mean_1 * mean_2 + 0.01**2) / (mean_1.square() + mean_2.square() + 0.01**2)
    structure = (2 * covariance + 0.03**2) / (variance_1 + variance_2 + 0.03**2)
    return (luminance * structure).mean().item()
