"""The branches of classifier-free guidance with two scales, computed without torch.

With e(image, instruction) for the UNet's prediction, the guided prediction is (Brooks et al. 2023,
equation 3)

    e(0, 0) + s_I (e(I, 0) - e(0, 0)) + s_T (e(I, T) - e(I, 0))

which is the weighted sum s_T e(I, T) + (s_I - s_T) e(I, 0) + (1 - s_I) e(0, 0). A branch of weight zero is
not computed, because it does not change the sum.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """One evaluation of the UNet and its weight in the guided prediction."""

    weight: float
    with_instruction: bool
    with_image: bool


def guidance_branches(text_guidance_scale: float, image_guidance_scale: float) -> tuple[Branch, ...]:
    """The branches of non-zero weight in the original's order: both conditions, image only, neither."""
    branches = (
        Branch(text_guidance_scale, with_instruction=True, with_image=True),
        Branch(image_guidance_scale - text_guidance_scale, with_instruction=False, with_image=True),
        Branch(1 - image_guidance_scale, with_instruction=False, with_image=False),
    )
    return tuple(branch for branch in branches if branch.weight != 0)
