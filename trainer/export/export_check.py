"""Checks an export by loading it back: the stored model and the one in memory make the same edit."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor

from engine.devices.memory import is_shortage, release_memory
from engine.edit_settings import EditSettings, SchedulerName
from engine.editing.conditioning import decode_latents
from engine.errors import EngineError, ModelNotUsable
from engine.model_options import ModelOptions
from engine.models.loading import Model, load_model
from trainer.validation.trial_edits import edited_latents

SETTINGS = EditSettings(
    num_inference_steps=3,
    text_guidance_scale=2.0,
    image_guidance_scale=1.2,
    scheduler=SchedulerName.EULER,
)
"""Settings that use all three branches of guidance and add no noise between the steps."""
SIDES = 2
"""Side of the test image in multiples of the model's `size_multiple`."""
LEAST = {torch.float32: 50.0, torch.float16: 40.0}
"""Least PSNR in dB of the two edits, by the dtype of the stored weights."""


class ExportMismatch(EngineError):
    """A stored model makes other edits than the model it was written from."""

    kind = "output"


class ExportCheck:
    """An edit by the model in memory, with which edits by stored models are compared."""

    def __init__(self, model: Model, instruction: str) -> None:
        self._device: torch.device = model.unet.device
        self._pixels = _test_image(SIDES * model.size_multiple)
        self._instruction = instruction
        self._wanted = self._edit(model)

    def check(
        self,
        path: Path,
        dtype: torch.dtype,
        options: ModelOptions = ModelOptions(),
    ) -> float:
        """Returns the PSNR in dB of the edit by the model stored at `path` in `dtype`.

        Raises `ExportMismatch` if it is too low, and `ModelNotUsable` if the model cannot be loaded.
        """
        try:
            likeness = _psnr(self._edit_by(path, options), self._wanted)
        except ModelNotUsable as error:
            if error.code != "model.tensor-not-finite":  # numbers that are too large for `dtype`
                raise
            likeness = math.nan
        if not likeness >= LEAST[dtype]:
            raise ExportMismatch(
                "output.export-differs",
                "{file} does not edit as the trained model does ({likeness:.0f} dB) and was not kept.",
                "Training continues from the last checkpoint; choose export.precision=32.",
                file=path.name,
                likeness=likeness,
            )
        return likeness

    def _edit_by(self, path: Path, options: ModelOptions) -> Tensor:
        """Returns the edit by a stored model, on the CPU if the device lacks the memory for a second one."""
        try:
            return self._edit(load_model(path, device=self._device, dtype=torch.float32, options=options))
        except Exception as error:
            if self._device.type == "cpu" or not is_shortage(error):
                raise
            release_memory()
            return self._edit(
                load_model(path, device=torch.device("cpu"), dtype=torch.float32, options=options)
            )

    @torch.no_grad()
    def _edit(self, model: Model) -> Tensor:
        latents = edited_latents(model, self._pixels, self._instruction, SETTINGS)
        return decode_latents(model.vae, latents).float().cpu()


def _test_image(side: int) -> Tensor:
    """Returns colour gradients and stripes, (1, 3, side, side) from -1 to 1."""
    ramp = torch.linspace(-1, 1, side)
    stripes = torch.sin(12 * (ramp[:, None] + ramp[None, :]))
    return torch.stack([ramp[:, None].expand(side, side), ramp.expand(side, side), stripes])[None]


def _psnr(one: Tensor, other: Tensor) -> float:
    """Returns the PSNR in dB of pixels from -1 to 1."""
    error = (one - other).square().mean().item()
    return math.inf if error == 0 else 10 * math.log10(4 / error)
