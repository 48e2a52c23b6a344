"""Draws which examples lose instruction, image or both, as training of the null branches of guidance."""

from __future__ import annotations

from torch import Tensor


def dropped_conditions(draws: Tensor, probability: float) -> tuple[Tensor, Tensor]:
    """Returns which of B examples lose their instruction, and which their image.

    `draws` (B,) are uniform from 0 to 1. With p = `probability`: instruction only below p, both from
    p to 2p, image only from 2p to 3p, so that each happens to a share p (Brooks et al. 2023, section
    3.2.1; the original's `ddpm_edit.py`).
    """
    without_instruction = draws < 2 * probability
    without_image = (draws >= probability) & (draws < 3 * probability)
    return without_instruction, without_image
