"""Loads an InstructPix2Pix model from a folder or a file.

Supported are diffusers folders and single files in the original layout or that of diffusers, recognised by
content. Configurations are read as data, and tensors only into a fixed list of classes, so that a model
cannot run code.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models import UNet2DConditionModel

from engine.errors import ErrorReport, ModelNotUsable
from engine.model_options import Lora, ModelOptions
from engine.models.families import Family
from engine.models.file_plan import plan_file
from engine.models.folder_plan import INDEX, plan_folder
from engine.models.lora.lora_files import ChangedTensors, LoraFile
from engine.models.model_folders import find_model
from engine.models.model_plan import Autoencoder, ModelPlan
from engine.models.network_loading import (
    LoadingProgress,
    NetworkPlan,
    UnloadedNetwork,
    fill_network,
    invalid_configuration,
    prepare_network,
)
from engine.models.original_layout import TensorLayout
from engine.models.parts import RESTORE_ADVICE
from engine.models.recognition import CHOOSE_ADVICE, EDITORS, FileKind, identify
from engine.models.shape_check import check_networks
from engine.models.text_encoders import TextEncoder, TextEncoders
from engine.progress import CancelToken, ProgressCallback, ignore_progress

__all__ = ["Autoencoder", "Model", "load_model", "plan_model"]


@dataclass(slots=True)
class Model:
    """The parts of a loaded model."""

    path: Path
    """The folder or file from which it was loaded."""
    family: Family
    unet: UNet2DConditionModel
    vae: Autoencoder
    text_encoders: TextEncoders
    scheduler_config: dict[str, Any]
    style_unet: UNet2DConditionModel | None = None
    """A second UNet, which makes the painted styles on the model's card."""
    image_latent_scale: float = 1.0
    """Factor of the image latents; 1 except in CosXL-Edit."""
    warnings: tuple[ErrorReport, ...] = ()
    """What of the options does not fit the model and is not used, such as modules of a LoRA."""

    @property
    def latent_channels(self) -> int:
        """Channels of the latents."""
        return int(self.vae.config.latent_channels)

    @property
    def vae_scale_factor(self) -> int:
        """Pixels per latent along a side."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def size_multiple(self) -> int:
        """Pixels of which each side of a working image must be a multiple."""
        return int(self.vae_scale_factor * 2 ** (len(self.unet.config.block_out_channels) - 1))


def load_model(
    path: Path,
    *,
    device: torch.device,
    dtype: torch.dtype,
    options: ModelOptions = ModelOptions(),
    kinds: Collection[FileKind] = EDITORS,
    on_progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> Model:
    """Loads all parts of a folder or file to `device` in `dtype`, the VAE in float32.

    Progress is reported in percent. With `FileKind.TEXT_TO_IMAGE` in `kinds`, training can also start from
    text-to-image models, whose UNet has half the input channels.

    Raises `ModelNotUsable` if a part is missing, damaged or of another kind, and `Cancelled`.
    """
    progress = LoadingProgress(on_progress, cancel or CancelToken())
    with ExitStack() as files:
        plan = plan_model(path, options, kinds, files)
        networks = [prepare_network(network) for network in _networks(plan)]
        unet: UNet2DConditionModel = networks[0].network
        vae: Autoencoder = networks[1].network
        texts = networks[2 : 2 + len(plan.text.encoders)]
        style_unet: UNet2DConditionModel | None = networks[-1].network if plan.style_unet else None
        check_networks(unet, vae, [unloaded.network for unloaded in texts], plan.text, style_unet)
        _check_fit(unet, vae, plan, kinds)
        with_loras, warnings = _with_loras(networks, options.loras)
        progress.expect(sum(unloaded.size for unloaded in with_loras))
        _fill_all(with_loras, device, dtype, progress, path.name)
    scaled = plan.family.image_latents_scaled
    return Model(
        path=path,
        family=plan.family,
        unet=unet,
        vae=vae,
        text_encoders=_text_encoders(plan, texts),
        scheduler_config=plan.scheduler_config,
        style_unet=style_unet,
        image_latent_scale=float(vae.config.scaling_factor) if scaled else 1.0,
        warnings=warnings,
    )


def _fill_all(
    networks: list[UnloadedNetwork],
    device: torch.device,
    dtype: torch.dtype,
    progress: LoadingProgress,
    model: str,
) -> None:
    """Loads the tensors of all networks; releases all memory if that fails or is cancelled."""
    try:
        for unloaded in networks:
            own = torch.float32 if unloaded.name == "vae" else dtype
            fill_network(unloaded, device, own, progress, model)
    except BaseException:
        for unloaded in networks:
            unloaded.give_back()
        raise


def plan_model(path: Path, options: ModelOptions, kinds: Collection[FileKind], files: ExitStack) -> ModelPlan:
    """The plan for loading a folder or file; its files stay open in `files`. Raises `ModelNotUsable`."""
    path = find_model(path)
    if (path / INDEX).is_file():
        return plan_folder(path, options, files)
    if path.is_file() or (path / "config.json").is_file():
        return plan_file(path, options, files, kinds)
    if path.is_dir():
        raise ModelNotUsable(
            "model.not-an-editor-folder",
            "{folder} is not a model folder: it has no {index}.",
            CHOOSE_ADVICE,
            folder=path,
            index=INDEX,
        )
    raise ModelNotUsable("model.not-found", "There is no model at {file}.", CHOOSE_ADVICE, file=path)


def _networks(plan: ModelPlan) -> tuple[NetworkPlan, ...]:
    networks = (plan.unet, plan.vae, *(encoder.network for encoder in plan.text.encoders))
    return (*networks, plan.style_unet) if plan.style_unet else networks


def _with_loras(
    networks: list[UnloadedNetwork], loras: tuple[Lora, ...]
) -> tuple[list[UnloadedNetwork], tuple[ErrorReport, ...]]:
    """The networks with all LoRAs applied, and warnings about LoRAs that fit only in part.

    Raises `ModelNotUsable` if a LoRA changes none of them.
    """
    files = [LoraFile(lora) for lora in loras]
    changed = []
    for unloaded in networks:
        names = unloaded.network.state_dict().keys()
        changes = [(file, file.matched(unloaded.name, names, _layout(unloaded))) for file in files]
        tensors = ChangedTensors(unloaded.tensors, changes) if files else unloaded.tensors
        changed.append(UnloadedNetwork(unloaded.name, unloaded.network, tensors))
    return changed, tuple(filter(None, [file.check_matched() for file in files]))


def _layout(unloaded: UnloadedNetwork) -> TensorLayout:
    """The layout whose names a LoRA may use besides those of diffusers."""
    return TensorLayout.UNET if unloaded.name == "unet" else TensorLayout.DIFFUSERS


def _text_encoders(plan: ModelPlan, networks: list[UnloadedNetwork]) -> TextEncoders:
    encoders = (
        TextEncoder(unloaded.network, each.tokenizer, each.pad_token_id)
        for unloaded, each in zip(networks, plan.text.encoders, strict=True)
    )
    return TextEncoders(tuple(encoders), plan.text.layer, plan.text.zeros_for_empty)


def _check_fit(
    unet: UNet2DConditionModel, vae: Autoencoder, plan: ModelPlan, kinds: Collection[FileKind]
) -> None:
    latent, found = int(vae.config.latent_channels), int(unet.config.in_channels)
    if found != 2 * latent and not (found == latent and FileKind.TEXT_TO_IMAGE in kinds):
        identify(plan.unet.source).require_editor()
        raise ModelNotUsable(
            "model.not-an-editor",
            (
                "This is not an InstructPix2Pix model: its UNet takes {channels} channels instead of "
                "{expected}."
            ),
            "Choose a model that edits from instructions.",
            channels=found,
            expected=2 * latent,
        )
    if unet.config.cross_attention_dim != plan.text.width:
        raise ModelNotUsable(
            "model.text-encoder-width", "The model's text encoder does not fit its UNet.", RESTORE_ADVICE
        )
    if type(vae.config.scaling_factor) not in (int, float) or not vae.config.scaling_factor > 0:
        raise invalid_configuration("vae")
