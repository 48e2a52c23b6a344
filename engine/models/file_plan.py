"""Plans the loading of a model from one file, in the original layout or that of diffusers.

A file has no configuration: family and widths are read from its tensors. A missing text encoder or VAE is
taken from a model of the same family beside the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from engine.errors import EngineError, ModelNotUsable, Phrase
from engine.model_options import ModelOptions
from engine.models.families import Family
from engine.models.folder_plan import (
    INDEX,
    family_of_folder,
    plan_chosen_vae,
    plan_text_folder,
    plan_vae_folder,
    read_index,
)
from engine.models.model_plan import (
    ModelPlan,
    TextEncoderPlan,
    TextPlan,
    plan_text_network,
    plan_unet,
    read_json,
)
from engine.models.network_loading import NetworkPlan
from engine.models.open_model import OpenModel, open_model, plan_vae_of
from engine.models.original_layout import TensorLayout
from engine.models.parts import CheckpointPart
from engine.models.recognition import COSXL_MARKER, EDITORS, VELOCITY_MARKER, FileKind
from engine.models.structure import UNetStructure, text_config, unet_config
from engine.models.text_encoders import shared_tokenizer
from engine.tensors.tensor_source import TensorSource

WEIGHT_SUFFIXES = {".safetensors", ".ckpt", ".pt", ".pth", ".nemo"}
_VELOCITY_SPREAD = 0.09


def plan_file(
    path: Path, options: ModelOptions, files: ExitStack, kinds: Collection[FileKind] = EDITORS
) -> ModelPlan:
    """The plan for a file. Raises `ModelNotUsable` if it is none of `kinds` or cannot be completed."""
    model = open_model(path, files)
    unet_part = model.found.unet_part(options.weight_set, kinds)
    family, structure = model.unet_structure(kinds)
    text = _text_of_file(model, family)
    vae = plan_chosen_vae(options.vae, family, files) if options.vae else plan_vae_of(model, family)
    if text is None or vae is None:
        text, vae = _completed(model, (family, structure), text, vae, files)
    unet = plan_unet(unet_config(structure, family, text.pooled_width), model.source, unet_part)
    return ModelPlan(family, unet, vae, text, _scheduler_config(model, family))


def _text_of_file(model: OpenModel, family: Family) -> TextPlan | None:
    parts = model.found.text_encoders
    if len(parts) != len(family.text_parts):
        return None
    tokenizer, encoders = shared_tokenizer(), []
    width, pooled_width = 0, None
    for name, part in zip(family.text_parts, parts, strict=True):
        config = text_config(model.source, part, family, name)
        network = plan_text_network(name, config, config["architectures"][0], model.source, part)
        encoders.append(TextEncoderPlan(network, tokenizer, config["pad_token_id"]))
        width, pooled_width = width + config["hidden_size"], config["projection_dim"]
    return TextPlan(tuple(encoders), family.text_layer, family.zeros_for_empty, width, pooled_width)


def _completed(
    model: OpenModel,
    facts: tuple[Family, UNetStructure],
    text: TextPlan | None,
    vae: NetworkPlan | None,
    files: ExitStack,
) -> tuple[TextPlan, NetworkPlan]:
    """Text encoders and VAE, the missing ones from a model beside the file.

    Raises `ModelNotUsable` if there is none.
    """
    family, structure = facts
    for candidate in _candidates(model.path):
        with suppress(EngineError), ExitStack() as attempt:
            other_text, other_vae = _parts_beside(candidate, family, attempt)
            whole_text, whole_vae = text or other_text, vae or other_vae
            if whole_text and whole_vae and whole_text.width == structure.text_width:
                files.push(attempt.pop_all())
                return whole_text, whole_vae
    if text is not None:
        raise ModelNotUsable(
            "model.vae-missing",
            "{file} contains only a part of a {family} editor (missing: VAE).",
            "Put a complete {family} model into the same folder, or choose a VAE.",
            file=model.path.name,
            family=family.title,
        )
    raise ModelNotUsable(
        "model.networks-missing",
        "{file} contains only a part of a {family} editor (missing: {missing}).",
        "Put a complete {family} model into the same folder.",
        file=model.path.name,
        family=family.title,
        missing=Phrase("text encoder") if vae else Phrase("text encoder, VAE"),
    )


def _candidates(path: Path) -> Iterator[Path]:
    """Models that can complete a file: the model folder above it, then models beside it."""
    folder = path.parent
    above = (folder, folder.parent, folder.parent.parent)
    yield from (place for place in above if (place / INDEX).is_file())
    for sibling in sorted(folder.iterdir()):
        if sibling != path and ((sibling / INDEX).is_file() or sibling.suffix.lower() in WEIGHT_SUFFIXES):
            yield sibling


def _parts_beside(path: Path, family: Family, files: ExitStack) -> tuple[TextPlan | None, NetworkPlan | None]:
    """Text encoders and VAE of a model beside the file; None if it is of another family or lacks them."""
    if path.is_file():
        model = open_model(path, files)
        if model.found.kind is not FileKind.VAE and not _share_parts(model.family, family):
            return None, None
        return _text_of_file(model, family), plan_vae_of(model, family)
    index = read_index(path)
    unet_config = read_json(path / "unet" / "config.json")
    if not _share_parts(family_of_folder(unet_config, {}), family):
        return None, None
    return plan_text_folder(path, index, family, files), plan_vae_folder(path / "vae", files)


def _share_parts(one: Family | None, other: Family) -> bool:
    """Whether two families have the same text encoders and VAE, as CosXL and Stable Diffusion XL do."""
    return (
        one is not None
        and one.text_parts == other.text_parts
        and one.attention_heads == other.attention_heads
    )


def _scheduler_config(model: OpenModel, family: Family) -> dict[str, Any]:
    """The family's scheduler configuration, with noise levels and prediction type of the file."""
    config = family.config("scheduler")
    source, names = model.source, frozenset(model.source.names())
    if family.name == "cosxl":
        for bound in ("sigma_min", "sigma_max"):
            marker = COSXL_MARKER.replace("sigma_max", bound)
            if marker in names and source.shape(marker) in ((), (1,)):
                config[bound] = float(source.read(marker))
        return config
    config["prediction_type"] = _prediction(model, config["prediction_type"])
    if "ztsnr" in names:
        config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    return config


def _prediction(model: OpenModel, usual: str) -> str:
    """The prediction type, from the file's metadata, its marker, or its weights.

    Stable Diffusion 2 exists with both types. In UNets that predict velocity, the standard deviation of the
    biases of the last level's first norm is above 0.09 (the rule of ComfyUI).
    """
    stated = model.source.metadata.get("modelspec.predict_key", "")
    if stated in ("v", "epsilon"):
        return "v_prediction" if stated == "v" else "epsilon"
    if VELOCITY_MARKER in model.source.names():
        return "v_prediction"
    part = model.found.unet
    if usual == "v_prediction" and part is not None and part.layout is TensorLayout.UNET:
        return usual if _has_wide_bias(model.source, part) else "epsilon"
    return usual


def _has_wide_bias(source: TensorSource, part: CheckpointPart) -> bool:
    name = f"{part.prefix}output_blocks.11.1.transformer_blocks.0.norm1.bias"
    if name not in source.names():
        return True
    spread = float(source.read(name).float().std(unbiased=False))
    return not 0 < spread <= _VELOCITY_SPREAD
