"""Moves the networks of a loaded model to the device, to main memory (offloaded), or to the CPU."""

from __future__ import annotations

from collections.abc import Callable

import torch
from accelerate import cpu_offload
from accelerate.hooks import remove_hook_from_submodules
from diffusers.models import UNet2DConditionModel
from torch import Tensor

from engine.devices.attention import choose_attention
from engine.devices.compilation import CompiledUNet
from engine.devices.device import default_dtype
from engine.devices.memory import MemoryPlan
from engine.devices.recording import RecordedUNet
from engine.editing.encodings import Encodings
from engine.instructions.reader import read_instruction
from engine.library import read_model_card
from engine.models.loading import Model

CPU = torch.device("cpu")


def load_target(
    plan: MemoryPlan, device: torch.device, dtype: torch.dtype
) -> tuple[torch.device, torch.dtype]:
    """The device and number type with which a model is loaded for `plan` on `device`."""
    if plan.on_cpu:
        return CPU, default_dtype(CPU)
    return (CPU if plan.offloaded else device), dtype


class PlacedModel:
    """A loaded model whose networks are moved as memory plans require."""

    def __init__(self, model: Model, plan: MemoryPlan, device: torch.device, dtype: torch.dtype) -> None:
        """`model` was loaded to the `load_target` of `plan`; edits compute on `device` in `dtype`."""
        self.model = model
        self.encodings = Encodings(model)
        self.card = read_model_card(model.path)
        self.compiled: CompiledUNet | None = None
        self.recorded: RecordedUNet | None = None
        self._target = (device, dtype)
        self._unets = (model.unet, *([model.style_unet] if model.style_unet else []))
        self._networks = (*self._unets, model.vae, *model.text_encoders.networks)
        # not the device of the model: "cuda" and "cuda:0" are not equal
        self._device, self._dtype = load_target(plan, device, dtype)
        self._offloaded = False
        choose_attention(model.unet, self._device)

    @property
    def device(self) -> torch.device:
        """The device that computes the edit."""
        return self._device

    @property
    def dtype(self) -> torch.dtype:
        """The UNet's number type."""
        return self._dtype

    @property
    def unet(self) -> Callable[..., tuple[Tensor]]:
        """The fastest form of the UNet: recorded, compiled or plain; plain unless `is_fully_on_device`."""
        own: Callable[..., tuple[Tensor]] = self.model.unet
        return (self.recorded or self.compiled or own) if self.is_fully_on_device else own

    def style_unet_for(self, instruction: str) -> UNet2DConditionModel | None:
        """The second UNet, if the model has one and its card says that it makes this edit."""
        if self.model.style_unet is None:
            return None
        families = read_instruction(instruction, self.card).families
        is_style = bool(families) and families[0] in self.card.painted_styles
        return self.model.style_unet if is_style else None

    @property
    def is_fully_on_device(self) -> bool:
        """Whether all networks are on the chosen device, in the chosen number type."""
        return (self._device, self._dtype) == self._target and not self._offloaded

    @property
    def failures(self) -> tuple[str, ...]:
        """Sentences about parts that failed, such as the compiler."""
        return (self.compiled.failure,) if self.compiled and self.compiled.failure else ()

    def place(self, plan: MemoryPlan) -> None:
        """Moves the networks to where `plan` needs them, unless they are there already."""
        device, dtype = (CPU, default_dtype(CPU)) if plan.on_cpu else self._target
        if (device, dtype, plan.offloaded) == (self._device, self._dtype, self._offloaded):
            return
        self.clear_recordings()
        self._move_networks(*load_target(plan, device, dtype))
        if plan.offloaded:
            for network in (*self._unets, self.model.vae):
                cpu_offload(network, device)
        self._device, self._dtype, self._offloaded = device, dtype, plan.offloaded
        choose_attention(self.model.unet, device)

    def clear_recordings(self) -> bool:
        """Releases the memory of recordings; returns whether there were any."""
        return self.recorded is not None and self.recorded.clear()

    def _move_networks(self, device: torch.device, dtype: torch.dtype) -> None:
        """Moves all networks to `device` as a whole; the VAE keeps its number type."""
        for network in self._networks:
            remove_hook_from_submodules(network)
            network.to(device=device, dtype=network.dtype if network is self.model.vae else dtype)
