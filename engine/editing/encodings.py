"""A cache of the encodings of recent instructions and photos."""

from __future__ import annotations

from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor

from engine.editing.conditioning import TextConditioning, encode_instructions, encode_pixels
from engine.editing.tiling import in_tiles
from engine.images.pixels import to_pixels
from engine.images.recent_values import RecentValues, image_content
from engine.models.loading import Model

KEPT = 16
"""Number of encodings of each kind; together they take a few megabytes."""
RECONSTRUCTIONS_KEPT = 4
"""Number of reconstructions; each takes 0.8 MB at the usual working size, at most 50 MB."""


class Encodings:
    """The cached encodings of one loaded model, kept in main memory."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._instructions: RecentValues[str, TextConditioning] = RecentValues(KEPT)
        self._photos: RecentValues[tuple[object, ...], Tensor] = RecentValues(KEPT)
        self._reconstructions: RecentValues[tuple[object, ...], Image.Image] = RecentValues(
            RECONSTRUCTIONS_KEPT
        )

    def of_instruction(self, instruction: str, device: torch.device) -> TextConditioning:
        """The encoding of an instruction, one row, on `device`."""
        made = self._instructions.get(
            instruction,
            lambda: on_device(encode_instructions(self._model, [instruction]), torch.device("cpu")),
        )
        return on_device(made, device)

    def of_photo(
        self, photo: Image.Image, device: torch.device, dtype: torch.dtype, tile: int | None
    ) -> Tensor:
        """Image latents (1, C, H, W) in the scale of the UNet's training, on `device`.

        `photo` has the size of the working image, `dtype` is the number type of a large VAE, `tile` the side
        of the VAE's tiles in pixels.
        """
        return self._photos.get(
            (*image_content(photo), dtype, tile), lambda: self._encode_photo(photo, device, dtype, tile).cpu()
        ).to(device)

    def has_photo(self, photo: Image.Image, dtype: torch.dtype, tile: int | None) -> bool:
        """Whether a photo is encoded already; arguments as in `of_photo`."""
        return (*image_content(photo), dtype, tile) in self._photos

    def reconstruction_of(
        self,
        photo: Image.Image,
        device: torch.device,
        dtype: torch.dtype,
        tile: int | None,
        decode: Callable[[], Image.Image],
    ) -> Image.Image:
        """The image that `decode` returns for the photo's own latents; other arguments as in `of_photo`."""
        return self._reconstructions.get((*image_content(photo), device.type, dtype, tile), decode)

    def _encode_photo(
        self, photo: Image.Image, device: torch.device, dtype: torch.dtype, tile: int | None
    ) -> Tensor:
        pixels = to_pixels(photo).to(device, memory_format=torch.channels_last)
        factor = self._model.vae_scale_factor
        latents = in_tiles(
            lambda part: encode_pixels(self._model.vae, part, dtype=dtype),
            pixels,
            tile=(tile or max(photo.size)) // factor,
            unit=factor,
            output_unit=1,
        )
        return latents * self._model.image_latent_scale


def on_device(text: TextConditioning, device: torch.device) -> TextConditioning:
    """The same encodings on another device."""
    pooled = None if text.pooled is None else text.pooled.to(device)
    return TextConditioning(text.embeddings.to(device), pooled)
