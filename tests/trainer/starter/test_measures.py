"""PSNR and SSIM on pictures whose values are known."""

from __future__ import annotations

import pytest
import torch

from trainer.validation.image_measures import likeness, psnr, ssim


def test_psnr_of_a_known_error() -> None:
    grey = torch.full((1, 3, 16, 16), 0.5)
    assert psnr(grey, grey + 0.1) == pytest.approx(20, abs=0.01)
    assert psnr(grey, grey) == 100


def test_ssim_is_one_for_equal_pictures_and_low_for_foreign_ones() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.rand(1, 3, 32, 32, generator=generator) for _ in range(2))
    assert ssim(first, first) == pytest.approx(1, abs=1e-4)
    assert ssim(first, second) < 0.2


def test_likeness_ignores_contrast_and_brightness_but_not_a_negative() -> None:
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert likeness(picture, 0.2 + 0.5 * picture) == pytest.approx(1, abs=1e-4)
    assert likeness(picture, 1 - picture) == pytest.approx(-1, abs=1e-4)
    assert abs(likeness(picture, picture.flip(3))) < 0.1
