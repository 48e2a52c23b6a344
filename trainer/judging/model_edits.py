"""Edits of one picture by two models, with everything that both share computed once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from PIL import Image
from torch import Tensor

from engine.edit_settings import EditSettings
from engine.editing.conditioning import TextConditioning, decode_latents, encode_instructions, encode_pixels
from engine.editing.framing import Frame, from_frame, plan_frame, to_frame
from engine.images.pixels import to_image, to_pixels
from engine.models.loading import Model
from engine.progress import CancelToken
from trainer.validation.trial_edits import evaluating, sampled_latents


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo at the working size, and its latents."""

    image: Image.Image
    """At the size of the results."""
    frame: Frame
    latents: Tensor
    """(1, C, H, W), unscaled."""
    settings: EditSettings


@torch.no_grad()
def read_picture(model: Model, photo: Image.Image, settings: EditSettings) -> Picture:
    """Returns a photo, encoded by the VAE that both models share."""
    photo = photo.convert("RGB")
    frame = plan_frame(photo.size, settings.fit, settings.resolution, model.size_multiple)
    framed = to_frame(photo, frame)
    latents = encode_pixels(model.vae, to_pixels(framed).to(model.unet.device))
    return Picture(from_frame(framed, frame), frame, latents, settings)


@dataclass
class ModelEdits:
    """Edits by one model; each instruction is encoded once."""

    model: Model
    autocast: torch.dtype
    cancel: CancelToken
    _texts: dict[str, TextConditioning] = field(default_factory=dict)

    @torch.no_grad()
    def edit(self, picture: Picture, instruction: str) -> Image.Image:
        """Returns the picture, edited at the working size. Raises `Cancelled`."""
        self.cancel.raise_if_cancelled()
        with evaluating(self.model):
            latents = sampled_latents(
                self.model,
                picture.latents,
                self._text(instruction),
                replace(picture.settings, turbo=False),
                autocast=self.autocast,
                cancel=self.cancel,
            )
        return from_frame(to_image(decode_latents(self.model.vae, latents)), picture.frame)

    def _text(self, instruction: str) -> TextConditioning:
        if instruction not in self._texts:
            self._texts[instruction] = encode_instructions(self.model, [instruction, ""])
        return self._texts[instruction]
