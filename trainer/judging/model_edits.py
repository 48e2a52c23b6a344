"""Edits of one picture by two models, with everything that both share computed once.

What is shown and counted is what a person gets: the output of the model is not the result, but is transferred
to the photo at its own size, with the trained look, as `engine.editing.edit_run` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from PIL import Image
from torch import Tensor

from engine.edit_settings import Detail, EditSettings
from engine.editing.conditioning import TextConditioning, decode_latents, encode_instructions, encode_pixels
from engine.editing.framing import Frame, from_frame, plan_frame, source_part, to_frame
from engine.editing.transfer import fit_transfer, with_look
from engine.images.pixels import to_image, to_pixels
from engine.library.edit_looks import EditLook, look_of
from engine.models.loading import Model
from engine.progress import CancelToken
from trainer.validation.trial_edits import evaluating, sampled_latents

LARGEST_SIDE = 2048
"""Pixels to which a larger photo is reduced before an edit is transferred to it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo at the working size, and its latents."""

    image: Image.Image
    """At the size of the results."""
    frame: Frame
    latents: Tensor
    """(1, C, H, W), unscaled."""
    settings: EditSettings
    photo: Image.Image
    """The part of the photo that is edited, at its own size up to `LARGEST_SIDE`."""


@torch.no_grad()
def read_picture(model: Model, photo: Image.Image, settings: EditSettings) -> Picture:
    """Returns a photo, encoded by the VAE that both models share."""
    photo = photo.convert("RGB")
    frame = plan_frame(photo.size, settings.fit, settings.resolution, model.size_multiple)
    framed = to_frame(photo, frame)
    latents = encode_pixels(model.vae, to_pixels(framed).to(model.unet.device))
    part = source_part(photo, frame).copy()
    part.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return Picture(from_frame(framed, frame), frame, latents, settings, part)


@dataclass
class ModelEdits:
    """Edits by one model; each instruction is encoded once."""

    model: Model
    autocast: torch.dtype
    cancel: CancelToken
    looks: tuple[EditLook, ...] = ()
    """What is known of edits of the model at the photo's own size."""
    _texts: dict[str, TextConditioning] = field(default_factory=dict)

    def result(self, picture: Picture, instruction: str) -> Image.Image:
        """Returns the edited photo, reduced to the working size. Raises `Cancelled`."""
        painted = self.edit(picture, instruction)
        if picture.settings.detail is Detail.MODEL:
            return painted
        look = look_of(self.looks, instruction)
        keeps_detail = look is not None and look.keeps_detail
        transfer = fit_transfer(
            picture.image, self._reconstruction(picture), painted, keeps_detail=keeps_detail
        )
        transfer = with_look(transfer, look, picture.photo.size, picture.settings.seed)
        edited = transfer.apply(picture.photo, on_band=self.cancel.raise_if_cancelled)
        return edited.resize(painted.size, Image.Resampling.LANCZOS)

    @torch.no_grad()
    def _reconstruction(self, picture: Picture) -> Image.Image:
        """The photo encoded and decoded by the VAE, at the working size."""
        scaled = picture.latents * self.model.vae.config.scaling_factor
        return from_frame(to_image(decode_latents(self.model.vae, scaled)), picture.frame)

    @torch.no_grad()
    def edit(self, picture: Picture, instruction: str) -> Image.Image:
        """Returns the output of the model at the working size. Raises `Cancelled`."""
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
