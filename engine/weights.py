"""Loads an InstructPix2Pix model from a diffusers folder.

Only weights in the safetensors format are read, and only into the classes named here, so that
nothing in the folder can run code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import torch
from diffusers.models import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers import CLIPTextModel, CLIPTokenizer

from engine.errors import ModelNotUsable
from engine.library import read_model_card
from engine.progress import CancelToken, Progress, ProgressCallback, Stage, ignore_progress

Autoencoder: TypeAlias = AutoencoderKL | AutoencoderTiny
AUTOENCODERS: dict[str, Any] = {
    "AutoencoderKL": AutoencoderKL,
    "AutoencoderTiny": AutoencoderTiny,
}
WEIGHT_FILES = {
    "unet": "diffusion_pytorch_model.safetensors",
    "vae": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
}
SENSELESS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
    *(SafetensorError, StrictDataclassError),
)
"""What the libraries raise for a configuration, or weights, that make no sense to them."""
RESTORE_ADVICE = "Install the model again."

_Network = TypeVar("_Network", bound=nn.Module)


@dataclass(slots=True)
class Model:
    """The parts of a loaded model."""

    folder: Path
    unet: UNet2DConditionModel
    vae: Autoencoder
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    scheduler_config: dict[str, Any]

    @property
    def latent_channels(self) -> int:
        return int(self.vae.config.latent_channels)

    @property
    def vae_scale_factor(self) -> int:
        """Pixels per latent along a side."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def size_multiple(self) -> int:
        """Pixels each side of a working picture must be a multiple of."""
        return int(self.vae_scale_factor * 2 ** (len(self.unet.config.block_out_channels) - 1))


def load_model(
    folder: Path,
    *,
    device: torch.device,
    dtype: torch.dtype,
    on_progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> Model:
    """Load every part onto `device` in `dtype`, the VAE in float32.

    In bf16 the VAE's pictures would have visible steps, and on a CPU it would be slower.

    Raises `ModelNotUsable` if a part is missing, damaged or not InstructPix2Pix, and `Cancelled`.
    """
    cancel = cancel or CancelToken()
    read_model_card(folder)
    classes = _component_classes(folder)

    def begin(part: int) -> None:
        cancel.raise_if_cancelled()
        on_progress(Progress(Stage.LOADING_MODEL, part, 4))

    begin(0)
    tokenizer = _load_tokenizer(folder / "tokenizer")
    scheduler_config = _read_json(folder / "scheduler" / "scheduler_config.json")
    begin(1)
    text_encoder = _load_text_encoder(folder)
    begin(2)
    vae = _load_network(AUTOENCODERS[classes["vae"]], folder, "vae")
    begin(3)
    unet = _load_network(UNet2DConditionModel, folder, "unet")
    begin(4)
    _check_fit(unet, vae, text_encoder)
    for network, kind in ((unet, dtype), (text_encoder, dtype), (vae, torch.float32)):
        network.eval().requires_grad_(False)
        network.to(device=device, dtype=kind, memory_format=torch.channels_last)
    return Model(folder, unet, vae, text_encoder, tokenizer, scheduler_config)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelNotUsable(f"The model lacks {path.parent.name}/{path.name}.", RESTORE_ADVICE) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelNotUsable(f"{path} is damaged.", RESTORE_ADVICE) from error
    if not isinstance(values, dict):
        raise ModelNotUsable(f"{path} is damaged.", RESTORE_ADVICE)
    return values


def _component_classes(folder: Path) -> dict[str, str]:
    index = _read_json(folder / "model_index.json")
    classes = {
        name: str(value[1]) for name, value in index.items() if isinstance(value, list) and len(value) == 2
    }
    allowed = {
        "unet": {"UNet2DConditionModel"},
        "vae": set(AUTOENCODERS),
        "text_encoder": {"CLIPTextModel"},
        "tokenizer": {"CLIPTokenizer", "CLIPTokenizerFast"},
    }
    for name, known in allowed.items():
        found = classes.get(name)
        if found not in known:
            raise ModelNotUsable(
                f"{folder.name} is not an InstructPix2Pix model that can be used here "
                f"(its {name} is {found or 'missing'}).",
                "Choose a model of the InstructPix2Pix family.",
            )
    return classes


def _check_weight_file(path: Path) -> None:
    if not path.is_file():
        raise ModelNotUsable(f"The model lacks {path.parent.name}/{path.name}.", RESTORE_ADVICE)
    try:
        with safe_open(path, framework="pt") as weights:
            weights.keys()
    except (SafetensorError, OSError) as error:
        raise ModelNotUsable(
            f"The weight file {path.parent.name}/{path.name} is damaged or incomplete.", RESTORE_ADVICE
        ) from error


def _load_network(network: type[_Network], folder: Path, part: str) -> _Network:
    """A diffusers network with exactly the tensors of its weight file, mapped rather than copied."""
    config = _read_json(folder / part / "config.json")
    path = folder / part / WEIGHT_FILES[part]
    _check_weight_file(path)
    try:
        with torch.device("meta"):
            module: _Network = network.from_config(config)  # type: ignore[attr-defined]
        with safe_open(path, framework="pt") as weights:
            module.load_state_dict({name: weights.get_tensor(name) for name in weights.keys()}, assign=True)  # noqa: SIM118
    except SENSELESS as error:
        raise ModelNotUsable(
            f"The weights in {part}/{path.name} do not fit {part}/config.json.", RESTORE_ADVICE
        ) from error
    return module


def _load_tokenizer(folder: Path) -> CLIPTokenizer:
    needed = () if (folder / "tokenizer.json").is_file() else ("vocab.json", "merges.txt")
    for name in needed:
        if not (folder / name).is_file():
            raise ModelNotUsable(f"The model lacks tokenizer/{name}.", RESTORE_ADVICE)
    try:
        return CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, *SENSELESS) as error:
        raise ModelNotUsable("The model's tokenizer is damaged.", RESTORE_ADVICE) from error


def _load_text_encoder(folder: Path) -> CLIPTextModel:
    part = folder / "text_encoder"
    _read_json(part / "config.json")
    _check_weight_file(part / WEIGHT_FILES["text_encoder"])
    try:
        encoder, report = CLIPTextModel.from_pretrained(
            part, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype=torch.float32
        )
    except (OSError, *SENSELESS) as error:
        raise ModelNotUsable("The model's text encoder is damaged.", RESTORE_ADVICE) from error
    if report["missing_keys"]:
        raise ModelNotUsable(
            f"The model's text encoder lacks {sorted(report['missing_keys'])[0]}.", RESTORE_ADVICE
        )
    return encoder


def _check_fit(unet: UNet2DConditionModel, vae: Autoencoder, text_encoder: CLIPTextModel) -> None:
    latent, found = int(vae.config.latent_channels), int(unet.config.in_channels)
    if found != 2 * latent:
        raise ModelNotUsable(
            f"This is not an InstructPix2Pix model: its UNet takes {found} channels instead of {2 * latent}.",
            "Choose a model that edits from instructions.",
        )
    if unet.config.cross_attention_dim != text_encoder.config.hidden_size:
        raise ModelNotUsable("The model's text encoder does not fit its UNet.", RESTORE_ADVICE)
