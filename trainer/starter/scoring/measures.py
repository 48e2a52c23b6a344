"""How near two pictures are, and how clean one is."""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, cosine_similarity

from engine.images.pixels import to_pixels

EQUAL = 100.0
"""PSNR in dB of two pictures that are the same."""
SSIM_WINDOW = 8
SMOOTH_WINDOW = 8
SMOOTH_DEVIATION = 2.5 / 255
"""A window is smooth if the recipe's own result deviates less than this in it (standard deviation)."""


def unit_pixels(image: Image.Image) -> Tensor:
    """An RGB image as pixels (1, 3, height, width) from 0 to 1."""
    return to_pixels(image).add_(1).div_(2)


def psnr(first: Tensor, second: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pixels from 0 to 1; `EQUAL` for equal pictures."""
    error = (first - second).square().mean().item()
    return EQUAL if error <= 1e-10 else -10 * torch.log10(torch.tensor(error)).item()


def likeness(first: Tensor, second: Tensor) -> float:
    """Cosine similarity of two pictures, each about its mean colour: 1 for the same up to contrast.

    The curves of Brooks et al. 2023 take the cosine of CLIP embeddings; of pixels it
    needs no other network. Guidance beyond 1 adds contrast, which PSNR would take for being less alike.
    """
    return cosine_similarity(_centred(first), _centred(second), dim=0).item()


def _centred(pixels: Tensor) -> Tensor:
    return (pixels - pixels.mean(dim=(2, 3), keepdim=True)).flatten()


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


def signature(pixels: Tensor) -> Tensor:
    """What a picture looks like wherever its patterns begin: local means and deviations, stacked.

    (1, 6, rows, columns) for windows of 8 x 8 pixels. Two snowfalls with their flakes in other places
    have nearly the same signature, though their pixels differ more than those of snow and fog.
    """
    mean = avg_pool2d(pixels, SMOOTH_WINDOW, ceil_mode=True)
    variance = avg_pool2d(pixels.square(), SMOOTH_WINDOW, ceil_mode=True) - mean.square()
    return torch.cat([mean, variance.clamp_(min=0).sqrt_()], dim=1)


def smooth_deviation(picture: Tensor, wanted: Tensor) -> tuple[float, float] | None:
    """Root mean local variance of both, in units of 1/255, where `wanted` is smooth.

    Windows are 8 x 8 pixels. None if less than a hundredth of the picture is smooth.
    """
    own, theirs = (local_variance(pixels).amax(dim=1) for pixels in (picture, wanted))
    smooth = smooth_windows(wanted)
    if smooth.float().mean() < 0.01:
        return None
    return tuple(255 * float(values[smooth].mean().sqrt()) for values in (own, theirs))  # type: ignore[return-value]


def smooth_windows(pixels: Tensor) -> Tensor:
    """Which windows of 8 x 8 pixels, (batch, rows, columns), of pixels from 0 to 1 are smooth."""
    return local_variance(pixels).amax(dim=1) < SMOOTH_DEVIATION**2


def local_variance(pixels: Tensor) -> Tensor:
    """Variance of each channel in windows of 8 x 8 pixels, (batch, channels, rows, columns)."""
    mean = avg_pool2d(pixels, SMOOTH_WINDOW)
    return (avg_pool2d(pixels.square(), SMOOTH_WINDOW) - mean.square()).clamp(min=0)
