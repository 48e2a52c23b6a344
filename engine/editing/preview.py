"""Small previews of unfinished latents, at a rate that does not slow the edit."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from engine.editing.conditioning import decode_latents
from engine.images.pixels import to_image
from engine.models.loading import Autoencoder

PREVIEW_LATENTS = 48
"""Longer side of the decoded latents."""
SHARE_OF_TIME = 0.1
"""Largest share of the time that previews may take."""


class Previewer:
    """Decodes estimates of the latents and shows them, at a limited rate."""

    def __init__(
        self, vae: Autoencoder, dtype: torch.dtype, on_preview: Callable[[Image.Image], None]
    ) -> None:
        self._vae = vae
        self._dtype = dtype
        self._on_preview = on_preview
        self._next = 0.0

    def show(self, estimate: Tensor, visible: tuple[float, float]) -> None:
        """Shows the estimate (1, C, H, W), cropped to the visible share of its width and height."""
        started = time.monotonic()
        if started < self._next:
            return
        scale = min(1.0, PREVIEW_LATENTS / max(estimate.shape[-2:]))
        height, width = (max(1, round(side * scale)) for side in estimate.shape[-2:])
        small = estimate if scale == 1 else interpolate(estimate, (height, width), mode="area")
        image = to_image(decode_latents(self._vae, small, dtype=self._dtype))
        shown = (max(1, round(image.width * visible[0])), max(1, round(image.height * visible[1])))
        self._on_preview(image.crop((0, 0, *shown)))
        finished = time.monotonic()
        self._next = finished + (finished - started) / SHARE_OF_TIME
