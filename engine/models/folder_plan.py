"""Plans the loading of a model from a diffusers folder, whose configurations cannot name code to run."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from transformers import CLIPTokenizer

from engine.denoising.schedulers import is_edm
from engine.errors import ModelNotUsable, Phrase
from engine.model_options import ModelOptions
from engine.models.families import Family, find_family
from engine.models.model_plan import (
    AUTOENCODERS,
    NETWORK_STEM,
    STYLE_UNET,
    TEXT_STEM,
    ModelPlan,
    TextEncoderPlan,
    TextPlan,
    plan_text_network,
    plan_unet,
    plan_vae,
    read_json,
)
from engine.models.network_loading import NetworkPlan, invalid_configuration
from engine.models.open_model import open_model, plan_vae_of
from engine.models.original_layout import TensorLayout
from engine.models.parts import CheckpointPart
from engine.models.recognition import OUT_OF_REACH_ADVICE
from engine.models.text_encoders import load_tokenizer
from engine.tensors.tensor_files import open_component
from engine.tensors.tensor_source import TensorSource

INDEX = "model_index.json"
_TOKENIZERS = {"CLIPTokenizer", "CLIPTokenizerFast"}
_KNOWN = {
    "unet": {"UNet2DConditionModel"},
    "vae": set(AUTOENCODERS),
    "text_encoder": {"CLIPTextModel"},
    "tokenizer": _TOKENIZERS,
    "text_encoder_2": {"CLIPTextModelWithProjection"},
    "tokenizer_2": _TOKENIZERS,
}
_SAVED = CheckpointPart(TensorLayout.DIFFUSERS)


def plan_folder(folder: Path, options: ModelOptions, files: ExitStack) -> ModelPlan:
    """The plan for a folder. Raises `ModelNotUsable` if a part is missing or of an unknown class."""
    index = read_index(folder)
    scheduler_config = read_json(folder / "scheduler" / "scheduler_config.json")
    config = read_json(folder / "unet" / "config.json")
    unet = plan_unet(config, _open(folder / "unet", NETWORK_STEM, files), _SAVED)
    has_styles = (folder / STYLE_UNET).is_dir()
    family = family_of_folder(config, scheduler_config)
    chosen = plan_chosen_vae(options.vae, family, files) if options.vae else None
    return ModelPlan(
        family=family,
        unet=unet,
        vae=chosen or plan_vae_folder(folder / "vae", files),
        text=plan_text_folder(folder, index, family, files),
        scheduler_config=scheduler_config,
        style_unet=_plan_style_unet(folder / STYLE_UNET, files) if has_styles else None,
    )


def _plan_style_unet(folder: Path, files: ExitStack) -> NetworkPlan:
    source = _open(folder, NETWORK_STEM, files)
    return plan_unet(read_json(folder / "config.json"), source, _SAVED, STYLE_UNET)


def family_of_folder(unet_config: dict[str, Any], scheduler_config: dict[str, Any]) -> Family:
    """The family of a model, from its configurations."""
    if unet_config.get("addition_embed_type") == "text_time":
        return find_family("cosxl" if is_edm(scheduler_config) else "sdxl")
    return find_family("sd2" if unet_config.get("use_linear_projection") is True else "sd1")


def plan_vae_folder(folder: Path, files: ExitStack) -> NetworkPlan:
    """The plan for a VAE in a component folder with `config.json` and weights."""
    config = read_json(folder / "config.json")
    return plan_vae(config, _open(folder, NETWORK_STEM, files), _SAVED)


def plan_chosen_vae(path: Path, family: Family, files: ExitStack) -> NetworkPlan:
    """The plan for a VAE in a file, a component folder or a model folder. Raises `ModelNotUsable`."""
    if path.is_dir():
        return plan_vae_folder(path / "vae" if (path / "vae").is_dir() else path, files)
    model = open_model(path, files)
    vae = plan_vae_of(model, family)
    if vae is None:
        raise ModelNotUsable(
            "model.not-a-vae",
            "{file} is {description}, not a VAE.",
            "Choose another VAE.",
            file=path.name,
            description=model.found.title,
        )
    return vae


def plan_text_folder(folder: Path, index: dict[str, Any], family: Family, files: ExitStack) -> TextPlan:
    """The plan for the text encoders and tokenizers of a model folder."""
    encoders = []
    width, pooled_width = 0, None
    for name in family.text_parts:
        class_name, tokenizer_name = _class_in(index, name, folder), name.replace("text_encoder", "tokenizer")
        _class_in(index, tokenizer_name, folder)
        tokenizer = load_tokenizer(folder, tokenizer_name)
        config = read_json(folder / name / "config.json")
        network = plan_text_network(name, config, class_name, _open(folder / name, TEXT_STEM, files), _SAVED)
        encoders.append(TextEncoderPlan(network, tokenizer, _pad_token(tokenizer)))
        try:
            width += int(config.get("hidden_size", 0))
            pooled_width = int(config.get("projection_dim", 0))
        except (OverflowError, TypeError, ValueError) as error:
            raise invalid_configuration(name) from error
    zeros = bool(index.get("force_zeros_for_empty_prompt", family.zeros_for_empty))
    return TextPlan(tuple(encoders), family.text_layer, zeros, width, pooled_width)


def read_index(folder: Path) -> dict[str, Any]:
    """The index of a model folder. Raises `ModelNotUsable` if a class in it is not known."""
    index = read_json(folder / INDEX)
    if "transformer" in index and "unet" not in index:
        raise ModelNotUsable(
            "model.transformer",
            "{folder} is a {kind} with a transformer instead of a UNet, which is not supported.",
            OUT_OF_REACH_ADVICE,
            folder=folder.name,
            kind=index.get("_class_name", "model"),
        )
    for name in ("unet", "vae", "text_encoder", "tokenizer"):
        _class_in(index, name, folder)
    return index


def _class_in(index: dict[str, Any], name: str, folder: Path) -> str:
    """The class of a part. Raises `ModelNotUsable` if it is not known."""
    value = index.get(name)
    found = str(value[1]) if isinstance(value, list) and len(value) == 2 and value[1] else None
    if found is None or found not in _KNOWN[name]:
        raise ModelNotUsable(
            "model.class-unknown",
            "{folder} is not a supported InstructPix2Pix model (its {part} is {found}).",
            "Choose a model of the InstructPix2Pix family.",
            folder=folder.name,
            part=name,
            found=found or Phrase("missing"),
        )
    return found


def _open(folder: Path, stem: str, files: ExitStack) -> TensorSource:
    source = open_component(folder, stem)
    files.callback(source.close)
    return source


def _pad_token(tokenizer: CLIPTokenizer) -> int:
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id)
