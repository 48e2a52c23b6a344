"""Writes a loaded model as a diffusers folder, without a card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.models.loading import Model
from engine.models.model_plan import STYLE_UNET
from engine.models.text_encoders import TextEncoder

PIPELINE_CLASSES = {
    1: "StableDiffusionInstructPix2PixPipeline",
    2: "StableDiffusionXLInstructPix2PixPipeline",
}
"""diffusers' pipeline for an editor with so many text encoders."""
COPIED = ("vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", STYLE_UNET)
"""Parts of a model folder that are copied unless they were changed."""


def write_model_folder(
    model: Model,
    unet: Mapping[str, Tensor],
    folder: Path,
    dtype: torch.dtype,
    *,
    changed: Collection[str] = (),
) -> None:
    """Writes a diffusers folder, whose UNet holds the tensors `unet` in `dtype`.

    The other parts are copied from the model's own folder, if it has one, except the text encoders `changed`,
    such as "text_encoder". Raises `OSError` or `SafetensorError`.
    """
    from_folder = model.path.is_dir()
    if from_folder:
        for part in COPIED:
            _copy_part(model.path / part, folder / part)
    else:
        model.vae.save_pretrained(folder / "vae")
    for part, encoder in text_parts(model):
        if not from_folder or not _knows_its_length(encoder):
            _save_tokenizer(encoder, folder / part.replace("text_encoder", "tokenizer"))
        if not from_folder or part in changed:
            shutil.rmtree(folder / part, ignore_errors=True)
            encoder.network.save_pretrained(folder / part)
    _write_unet(model, unet, folder / "unet", dtype)
    _write_json(folder / "scheduler" / "scheduler_config.json", dict(model.scheduler_config))
    _write_json(folder / "model_index.json", _index(model))


def text_parts(model: Model) -> Iterator[tuple[str, TextEncoder]]:
    """The text encoders by the names of their folders."""
    yield from zip(("text_encoder", "text_encoder_2"), model.text_encoders.encoders, strict=False)


def _copy_part(source: Path, target: Path) -> None:
    """Copies a part without the copies of its weights in other formats or precisions."""
    if not source.is_dir():
        return
    names = {path.name for path in source.iterdir()}
    plain = any(name.endswith(".safetensors") and ".fp16." not in name for name in names)
    spare = ("*.bin", "*.bin.index*.json", "*.fp16.*", "*.msgpack", "*.h5") if plain else ()
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.part", *spare))


def _knows_its_length(encoder: TextEncoder) -> bool:
    """Whether the tokenizer makes no more tokens than its network reads.

    diffusers pads and cuts instructions to the tokenizer's length, which is unlimited if its files name none.
    """
    return int(encoder.tokenizer.model_max_length) <= int(encoder.network.config.max_position_embeddings)


def _save_tokenizer(encoder: TextEncoder, folder: Path) -> None:
    tokenizer = copy(encoder.tokenizer)
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(encoder.pad_token_id)
    tokenizer.model_max_length = int(encoder.network.config.max_position_embeddings)
    tokenizer.save_pretrained(folder)


def _index(model: Model) -> dict[str, object]:
    index: dict[str, object] = {
        "_class_name": PIPELINE_CLASSES[len(model.text_encoders.encoders)],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", type(model.vae).__name__],
        "scheduler": ["diffusers", model.scheduler_config["_class_name"]],
    }
    for part, encoder in text_parts(model):
        index[part] = ["transformers", type(encoder.network).__name__]
        index[part.replace("text_encoder", "tokenizer")] = ["transformers", "CLIPTokenizer"]
    if len(model.text_encoders.encoders) == 1:
        index |= {"safety_checker": [None, None], "feature_extractor": [None, None]}
        index |= {"requires_safety_checker": False}
    if model.text_encoders.layer == "penultimate":
        index["force_zeros_for_empty_prompt"] = model.text_encoders.zeros_for_empty
    return index


def _write_unet(model: Model, unet: Mapping[str, Tensor], folder: Path, dtype: torch.dtype) -> None:
    folder.mkdir(parents=True)
    model.unet.save_config(folder)
    stored = {name: tensor.detach().to("cpu", dtype).contiguous() for name, tensor in unet.items()}
    save_file(stored, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
