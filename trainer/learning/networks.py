"""Prepares networks for training: trained and frozen weights, memory format, attention, compilation."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import Parameter

from engine.models.loading import Model
from trainer.config import ModelConfig
from trainer.config.model import PARAMETERIZATIONS
from trainer.learning.attention_kernels import AttentionContext, disable_cudnn, flash_attention
from trainer.protocol.events import WarningRaised, make_warning

NOT_COMPILED = make_warning(
    "compiler.not-compiled", "TorchInductor finds no compiler that works here; the UNet is not compiled."
)
INDUCTOR = "torch._inductor.compile_fx"
INDUCTOR_OPTIONS = {"layout_optimization": False}
"""Options of TorchInductor. With memory layouts of its own choice, torch 2.13 computes zeros on a CPU for the
gradients of all levels of a UNet but the outermost."""
CUDA_GRAPHS_OPTIONS = {"triton.cudagraphs": True}
"""What the mode "reduce-overhead" sets, which cannot be given beside options."""


@dataclass
class Networks:
    """The trained networks."""

    parts: dict[str, nn.Module]
    """The networks with trained weights by the names of their folders in a model."""
    attention: AttentionContext = nullcontext
    """Makes the context in which the UNet is called and gradients are computed."""
    is_graphed: bool = False
    """Whether the UNet is launched as CUDA graphs."""
    warnings: list[WarningRaised] = field(default_factory=list)
    """Warnings about settings that could not be followed."""

    @property
    def weights(self) -> dict[str, Parameter]:
        """Every trained weight by name, always in the same order."""
        return {
            f"{part}.{name}": weight
            for part, network in self.parts.items()
            for name, weight in network.named_parameters()
            if weight.requires_grad
        }

    @property
    def is_compiled(self) -> bool:
        """Whether the UNet is compiled."""
        return self.parts["unet"]._compiled_call_impl is not None

    def disable_compiler(self) -> None:
        """Runs the UNet uncompiled from now on."""
        self.is_graphed = False
        self.parts["unet"]._compiled_call_impl = None

    @contextmanager
    def uncompiled(self) -> Iterator[None]:
        """Runs the UNet uncompiled during the context."""
        unet = self.parts["unet"]
        compiled, unet._compiled_call_impl = unet._compiled_call_impl, None
        try:
            yield
        finally:
            unet._compiled_call_impl = compiled

    def begin_pass(self) -> None:
        """Must be called before each pass forward and backward."""
        if self.is_graphed:  # the next launch of a graph overwrites the outputs of the last
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]


def memory_format(config: ModelConfig, device: torch.device) -> torch.memory_format:
    """Returns the memory format of weights and images."""
    is_last = device.type != "cpu" if config.channels_last is None else config.channels_last
    return torch.channels_last if is_last else torch.contiguous_format


def prepare_networks(model: Model, config: ModelConfig, dtype: torch.dtype) -> Networks:
    """Prepares a model for training, in place; `dtype` is that of its forward pass."""
    disable_cudnn()
    networks = Networks(_trained_parts(model, config))
    layout = memory_format(config, model.unet.device)
    for network in networks.parts.values():
        network.train()
        network.to(dtype=torch.float32, memory_format=layout)  # type: ignore[call-overload]
    if config.unet_config.use_checkpoint:
        model.unet.enable_gradient_checkpointing()
    if config.unet_config.use_flash_attention:
        networks.attention, problem = flash_attention(model.unet, dtype)
        networks.warnings += [problem] if problem else []
    if config.inductor:
        _compile(model, config, networks)
    networks.warnings += _mismatches(model, config)
    return networks


def _trained_parts(model: Model, config: ModelConfig) -> dict[str, nn.Module]:
    """Returns the networks with trained weights; freezes all other weights."""
    encoders = dict(zip(("text_encoder", "text_encoder_2"), model.text_encoders.networks, strict=False))
    for frozen in (model.vae, *encoders.values()):
        frozen.requires_grad_(False).eval()
    if config.lora.enable:
        from trainer.learning.lora import add_lora

        add_lora(model.unet, config.lora, seed=config.seed)
        return {"unet": model.unet}
    model.unet.requires_grad_(True)
    if not config.cond_stage_trainable:
        return {"unet": model.unet}
    for encoder in encoders.values():
        encoder.requires_grad_(True)
    return {"unet": model.unet, **encoders}


def _compile(model: Model, config: ModelConfig, networks: Networks) -> None:
    on_gpu = model.unet.device.type == "cuda"
    if not _has_compiler(on_gpu):
        networks.warnings.append(NOT_COMPILED)
        return
    if config.inductor_cudagraphs and not on_gpu:
        networks.warnings.append(
            make_warning(
                "compiler.no-cudagraphs", "CUDA graphs need a GPU from NVIDIA; the UNet is compiled without."
            )
        )
    networks.is_graphed = config.inductor_cudagraphs and on_gpu
    model.unet.compile(options={**INDUCTOR_OPTIONS, **(CUDA_GRAPHS_OPTIONS if networks.is_graphed else {})})


def _has_compiler(on_gpu: bool) -> bool:
    """Returns whether TorchInductor can compile: it is there, unlike in the packaged program, and so is its
    compiler: Triton for a GPU, one for C++ elsewhere."""
    if importlib.util.find_spec(INDUCTOR) is None:
        return False
    if on_gpu:
        return importlib.util.find_spec("triton") is not None
    compilers = ("cl",) if sys.platform == "win32" else ("g++", "clang++", "c++")
    return any(shutil.which(name) for name in compilers)


def _mismatches(model: Model, config: ModelConfig) -> list[WarningRaised]:
    """Returns warnings about settings that do not match the start weights."""
    found = []
    channels, predicted = int(model.unet.config.in_channels), model.scheduler_config.get("prediction_type")
    if config.unet_config.in_channels not in (0, channels):
        found.append(
            make_warning(
                "settings.channels-of-start-weights",
                "model.unet_config.in_channels is {asked}, but the start weights take {channels} channels; "
                "they stay as they are.",
                asked=config.unet_config.in_channels,
                channels=channels,
            )
        )
    expected = PARAMETERIZATIONS[config.parameterization]
    if expected not in ("", predicted or "epsilon"):
        found.append(
            make_warning(
                "settings.prediction-of-start-weights",
                "model.parameterization is {asked}, but the start weights predict {predicted}; training "
                "continues with that.",
                asked=config.parameterization,
                predicted=predicted,
            )
        )
    return found
