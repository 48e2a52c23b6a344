"""Measures of the similarity of two images and of the noise in one."""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, cosine_similarity

from engine.images.pixels import to_pixels

EQUAL = 100.0
"""PSNR in dB of two equal images."""
SSIM_WINDOW = 8
SMOOTH_WINDOW = 8
SMOOTH_DEVIATION = 2.5 / 255
"""A window is smooth if the standard deviation of the recipe's result in it is less than this."""


def unit_pixels(image: Image.Image) -> Tensor:
    """Returns an RGB image as pixels (1, 3, height, width) from 0 to 1."""
    return to_pixels(image).add_(1).div_(2)


def psnr(first: Tensor, second: Tensor) -> float:
    """Returns the peak signal-to-noise ratio in dB of pixels from 0 to 1; `EQUAL` for equal images."""
    error = (first - second).square().mean().item()
    return EQUAL if error <= 1e-10 else -10 * torch.log10(torch.tensor(error)).item()


def likeness(first: Tensor, second: Tensor) -> float:
    """Returns the cosine similarity of two images minus their mean colours: 1 if only contrast differs.

    The curves of Brooks et al. 2023 use the cosine of CLIP embeddings; the cosine of pixels needs no other
    network. Guidance beyond 1 adds contrast, which lowers PSNR.
    """
    return cosine_similarity(_centred(first), _centred(second), dim=0).item()


def _centred(pixels: Tensor) -> Tensor:
    return (pixels - pixels.mean(dim=(2, 3), keepdim=True)).flatten()


def ssim(first: Tensor, second: Tensor) -> float:
    """Returns the mean structural similarity (Wang et al. 2004) of windows of 8 x 8 pixels and channels."""

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
    """Returns local means and standard deviations, which hardly depend on the positions of a pattern.

    The shape is (1, 6, rows, columns) for windows of 8 x 8 pixels. Two images of snow with flakes at
    different positions have nearly the same signature, though their pixels differ more than those of snow and
    fog.
    """
    mean = avg_pool2d(pixels, SMOOTH_WINDOW, ceil_mode=True)
    variance = avg_pool2d(pixels.square(), SMOOTH_WINDOW, ceil_mode=True) - mean.square()
    return torch.cat([mean, variance.clamp_(min=0).sqrt_()], dim=1)


def smooth_deviation(image: Tensor, wanted: Tensor) -> tuple[float, float] | None:
    """Returns the root mean local variance of both images, in units of 1/255, where `wanted` is smooth.

    Windows are 8 x 8 pixels. Returns None if less than a hundredth of the image is smooth.
    """
    own, theirs = (local_variance(pixels).amax(dim=1) for pixels in (image, wanted))
    smooth = smooth_windows(wanted)
    if smooth.float().mean() < 0.01:
        return None
    return tuple(255 * float(values[smooth].mean().sqrt()) for values in (own, theirs))  # type: ignore[return-value]


def smooth_windows(pixels: Tensor) -> Tensor:
    """Returns which windows of 8 x 8 pixels, (batch, rows, columns), of pixels from 0 to 1 are smooth."""
    return local_variance(pixels).amax(dim=1) < SMOOTH_DEVIATION**2


def local_variance(pixels: Tensor, side: int = SMOOTH_WINDOW) -> Tensor:
    """Returns the variance of each channel in windows of `side` pixels, (batch, channels, rows, columns)."""
    mean = avg_pool2d(pixels, side)
    return (avg_pool2d(pixels.square(), side) - mean.square()).clamp(min=0)
