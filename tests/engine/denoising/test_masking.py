"""Masks in latents and in pixels: what they keep, what they let change, and how edges look."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from engine.denoising.masking import LatentMask, composite

SOURCE = torch.randn(1, 4, 6, 8, generator=torch.Generator().manual_seed(1))


def picture(size: tuple[int, int], seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


def painted(size: tuple[int, int], box: tuple[int, int, int, int], value: int = 255) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(value, box)
    return mask


def test_a_latent_may_change_as_much_as_any_of_its_pixels() -> None:
    mask = LatentMask.of(painted((64, 48), (8, 8, 24, 16)), SOURCE)
    expected = torch.zeros(1, 1, 6, 8)
    expected[..., 1, 1:3] = 1
    assert torch.equal(mask.weight, expected)


def test_a_stroke_thinner_than_a_latent_is_edited_in_full() -> None:
    mask = LatentMask.of(painted((64, 48), (30, 0, 31, 48)), SOURCE)
    assert mask.weight[..., 3].eq(1).all()
    assert mask.weight.sum() == 6


def test_softness_is_kept() -> None:
    mask = LatentMask.of(painted((64, 48), (0, 0, 64, 48), 51), SOURCE)
    torch.testing.assert_close(mask.weight, torch.full((1, 1, 6, 8), 0.2))
    held = mask.hold(torch.ones(2, 4, 6, 8), torch.zeros(2, 4, 6, 8))
    torch.testing.assert_close(held, torch.full((2, 4, 6, 8), 0.2))


def test_what_is_kept_and_what_is_edited_is_not_even_rounded() -> None:
    weight = torch.zeros(1, 1, 6, 8)
    weight[..., 4:] = 1
    latents, kept = torch.randn(2, 3, 4, 6, 8, generator=torch.Generator().manual_seed(2)) * 1e3
    held = LatentMask(weight, SOURCE).hold(latents, kept)
    assert torch.equal(held[..., :4], kept[..., :4])
    assert torch.equal(held[..., 4:], latents[..., 4:])


@pytest.mark.parametrize("size", [(64, 48), (61, 47), (1, 9), (2000, 3)])
@pytest.mark.parametrize("feather", [0, 1, 6])
def test_pixels_outside_the_mask_come_back_bit_for_bit(size: tuple[int, int], feather: int) -> None:
    source, edited = picture(size, 1), picture(size, 2)
    mask = painted(size, (size[0] // 3, 0, size[0], size[1]))
    joined = np.asarray(composite(source, edited, mask, feather=feather))
    kept = np.asarray(mask) == 0
    assert np.array_equal(joined[kept], np.asarray(source)[kept])
    if not feather:
        assert np.array_equal(joined[~kept], np.asarray(edited)[~kept])


def test_a_soft_mask_blends() -> None:
    source, edited = Image.new("RGB", (5, 5), (0, 100, 200)), Image.new("RGB", (5, 5), (100, 200, 0))
    joined = composite(source, edited, Image.new("L", (5, 5), 51))
    assert joined.getpixel((2, 2)) == (20, 120, 160)


def test_a_feather_softens_inwards_and_spares_the_borders_of_the_picture() -> None:
    source, edited = Image.new("RGB", (60, 20)), Image.new("RGB", (60, 20), (255, 255, 255))
    joined = composite(source, edited, painted((60, 20), (20, 0, 60, 20)), feather=6)
    row = np.asarray(joined)[:, :, 0].astype(int)
    assert (row[:, :20] == 0).all()
    assert (np.diff(row[10]) >= 0).all()
    assert 0 < row[10, 22] < 255
    # whole again a feather's width inside, and up to the picture's own border
    assert (row[:, 28:] == 255).all()


def test_a_mask_of_nothing_gives_the_source_and_one_of_everything_the_edit() -> None:
    source, edited = picture((33, 21), 1), picture((33, 21), 2)
    assert composite(source, edited, Image.new("L", (33, 21), 0), feather=4) == source
    assert composite(source, edited, Image.new("L", (33, 21), 255), feather=4) == edited
