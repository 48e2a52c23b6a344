"""Exports the weights of a run as models, and checks each export by loading it back."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import EngineError, ModelNotUsable
from engine.files.atomic import atomic_folder, replace_file, temporary_folder
from engine.files.disk_space import check_free_space
from engine.instructions.knowledge import copy_knowledge
from engine.library import ModelCard, read_model_card, write_model_card
from engine.library.model_files import with_all_files
from engine.library.model_places import export_place
from engine.library.taught_looks import TaughtLook
from engine.model_options import Lora, ModelOptions
from engine.models.loading import Model
from engine.models.text_encoders import TextEncoder
from trainer.config import ExportConfig
from trainer.export.export_check import ExportCheck
from trainer.export.model_card import TrainingRecord, write_readme
from trainer.export.original_files import (
    LiveWeights,
    check_layout,
    original_tensors,
    write_nemo,
    write_original,
)
from trainer.learning.lora import LoraNames, has_lora, is_expanded, merged_weights, save_lora

log = logging.getLogger(__name__)

MAX_SUGGESTIONS = 24
PIPELINES = {
    1: "StableDiffusionInstructPix2PixPipeline",
    2: "StableDiffusionXLInstructPix2PixPipeline",
}
"""diffusers' pipeline for an editor with so many text encoders."""
DTYPES = {"16": torch.float16, "32": torch.float32}
COPIED = ("vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")
"""Parts of a model folder that are copied unless training changes them."""
LORA_FILES = {
    "lora.safetensors": LoraNames.DIFFUSERS,
    "lora-kohya.safetensors": LoraNames.KOHYA,
}


class ModelNotWritten(EngineError):
    """A trained model could not be written."""

    kind = "output"


def check_export(model: Model, config: ExportConfig) -> None:
    """Checks before training that the model can be exported as configured. Raises `LayoutNotPossible`."""
    if config.original_layout:
        check_layout(model, nemo=False)
    if config.nemo:
        check_layout(model, nemo=True)


def export_model(
    model: Model,
    target: Path,
    *,
    name: str,
    instructions: tuple[str, ...],
    looks: tuple[TaughtLook, ...] = (),
    config: ExportConfig | None = None,
    live: LiveWeights | None = None,
    record: TrainingRecord | None = None,
) -> Path:
    """Writes the model, whose UNet holds the averaged weights, to the folder `target`; returns `target`.

    `target` becomes a diffusers folder, which for a LoRA run also contains the LoRA; it gets another name if
    there is something that is not an earlier export. `config` may add single
    files of the same name beside it; those of the original layout also contain `live`. Parts that training
    does not change are copied from the start model. Each export is written under a temporary name, loaded by
    the engine, compared with the model in memory, and then replaces an older one.

    Raises `ModelNotWritten`, `OutputNotWritable`, `ExportMismatch` or `ModelNotUsable`; older exports are
    kept then.
    """
    config = config or ExportConfig()
    target = export_place(target)
    dtype = DTYPES[config.precision]
    unet = merged_weights(model.unet)
    check_free_space(target.parent, _size(model, config, live))
    try:
        export_check = ExportCheck(model, instructions[0] if instructions else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_folder(target) as temporary:
            _write_folder(model, unet, temporary, dtype)
            export_check.check(temporary, dtype)
            if has_lora(model.unet):
                _write_lora(model, temporary, export_check)
            _write_cards(model, temporary, name, instructions, looks, record)
            write_model_card(with_all_files(read_model_card(temporary)))
            step = record.steps if record else 0
            _write_single_files(model, unet, target, config, live, export_check, step)
    except (OSError, SafetensorError) as error:
        raise ModelNotWritten(
            "output.model-not-written",
            "The trained model could not be written to {folder}.",
            "Free some disk space and start again; training continues from the last checkpoint.",
            folder=target,
        ) from error
    return target


def _size(model: Model, config: ExportConfig, live: LiveWeights | None) -> int:
    """Returns the bytes of all exports, at most."""
    width = DTYPES[config.precision].itemsize
    unet: int = sum(weight.numel() for weight in model.unet.parameters())
    networks = (model.vae, *model.text_encoders.networks)
    others: int = sum(weight.numel() for network in networks for weight in network.parameters())
    singles = bool(config.original_layout) * (1 + (live is not None)) + 2 * config.nemo
    files = bool(config.original_layout) + 2 * config.nemo
    return unet * width * (1 + singles) + others * (4 + width * files)


def _write_folder(model: Model, unet: Mapping[str, Tensor], folder: Path, dtype: torch.dtype) -> None:
    """Writes a diffusers folder without its cards."""
    parts = dict(_text_parts(model))
    from_folder = model.path.is_dir()
    if from_folder:
        for part in COPIED:
            _copy_part(model.path / part, folder / part)
    else:
        model.vae.save_pretrained(folder / "vae")
    for part, encoder in parts.items():
        if not from_folder or not _knows_its_length(encoder):
            _save_tokenizer(encoder, folder / part.replace("text_encoder", "tokenizer"))
        if not from_folder or _is_trained(encoder):
            shutil.rmtree(folder / part, ignore_errors=True)
            encoder.network.save_pretrained(folder / part)
    _write_unet(model, unet, folder / "unet", dtype)
    _write_json(folder / "scheduler" / "scheduler_config.json", dict(model.scheduler_config))
    _write_json(folder / "model_index.json", _index(model))


def _copy_part(source: Path, target: Path) -> None:
    """Copies a part without the copies of its weights in other formats or precisions."""
    if not source.is_dir():
        return
    names = {path.name for path in source.iterdir()}
    plain = any(name.endswith(".safetensors") and ".fp16." not in name for name in names)
    spare = ("*.bin", "*.bin.index*.json", "*.fp16.*", "*.msgpack", "*.h5") if plain else ()
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.part", *spare))


def _is_trained(encoder: TextEncoder) -> bool:
    return any(weight.requires_grad for weight in encoder.network.parameters())


def _knows_its_length(encoder: TextEncoder) -> bool:
    """Returns whether the tokenizer makes no more tokens than its network reads.

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
        "_class_name": PIPELINES[len(model.text_encoders.encoders)],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", type(model.vae).__name__],
        "scheduler": ["diffusers", model.scheduler_config["_class_name"]],
    }
    for part, encoder in _text_parts(model):
        index[part] = ["transformers", type(encoder.network).__name__]
        index[part.replace("text_encoder", "tokenizer")] = ["transformers", "CLIPTokenizer"]
    if len(model.text_encoders.encoders) == 1:
        index |= {"safety_checker": [None, None], "feature_extractor": [None, None]}
        index |= {"requires_safety_checker": False}
    if model.text_encoders.layer == "penultimate":
        index["force_zeros_for_empty_prompt"] = model.text_encoders.zeros_for_empty
    return index


def _text_parts(model: Model) -> Iterator[tuple[str, TextEncoder]]:
    yield from zip(("text_encoder", "text_encoder_2"), model.text_encoders.encoders, strict=False)


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _write_unet(model: Model, unet: Mapping[str, Tensor], folder: Path, dtype: torch.dtype) -> None:
    folder.mkdir(parents=True)
    model.unet.save_config(folder)
    stored = {name: tensor.detach().to("cpu", dtype).contiguous() for name, tensor in unet.items()}
    save_file(stored, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def _write_lora(model: Model, folder: Path, export_check: ExportCheck) -> None:
    """Writes both LoRA files; checks them with the base model, unless that is a text-to-image model."""
    for file, names in LORA_FILES.items():
        save_lora(model.unet, folder / file, names)
        if not is_expanded(model.unet):
            options = ModelOptions(loras=(Lora(path=folder / file),))
            export_check.check(model.path, torch.float32, options)


def _write_cards(
    model: Model,
    folder: Path,
    name: str,
    instructions: tuple[str, ...],
    looks: tuple[TaughtLook, ...],
    record: TrainingRecord | None,
) -> None:
    base = read_model_card(model.path)
    kept = base.suggestions if record and record.config.data.replay.pairs else ()
    write_model_card(_trained_card(base, folder, name, instructions, kept, looks))
    if not any(_is_trained(encoder) for _, encoder in _text_parts(model)):
        keeps_edits = bool(record and record.config.data.replay.pairs)
        try:
            copy_knowledge(model.path, folder, instructions, keeps_edits=keeps_edits)
        except (FileNotFoundError, ModelNotUsable) as error:  # the trained model works without knowledge
            log.warning("The model is exported without knowledge of instructions: %s", error)
    if record is not None:
        write_readme(folder, replace(record, name=name, base=base, instructions=instructions))


def _trained_card(
    card: ModelCard,
    folder: Path,
    name: str,
    new: tuple[str, ...],
    kept: tuple[str, ...],
    looks: tuple[TaughtLook, ...],
) -> ModelCard:
    """Returns a card that suggests at most `MAX_SUGGESTIONS` new instructions and all kept ones."""
    return replace(
        card,
        path=folder,
        name=name,
        source="",  # it is no longer the model that can be downloaded there
        size=0,
        weights=(),
        preview="",
        description=f"Trained on this computer, starting from {card.name}.",
        suggestions=tuple(dict.fromkeys((*new[:MAX_SUGGESTIONS], *kept))),
        lists_all_edits=card.lists_all_edits and len(new) <= MAX_SUGGESTIONS,
        seeded_edits=None,  # not measured for the new edits
        looks=(*looks, *(card.looks if kept else ())),
        files=None,
        unknown_fields={},
    )


def _write_single_files(
    model: Model,
    unet: Mapping[str, Tensor],
    target: Path,
    config: ExportConfig,
    live: LiveWeights | None,
    export_check: ExportCheck,
    step: int,
) -> None:
    dtype = DTYPES[config.precision]
    if config.original_layout:
        path = target.with_name(f"{target.name}.{config.original_layout}")
        tensors = original_tensors(model, unet, live)
        with temporary_folder(path) as folder:
            write_original(folder / path.name, model, tensors, dtype=dtype, step=step)
            export_check.check(folder / path.name, dtype)
            replace_file(folder / path.name, path)
    if config.nemo:
        path = target.with_name(f"{target.name}.nemo")
        with temporary_folder(path) as folder:
            write_nemo(folder / path.name, model, original_tensors(model, unet), dtype=dtype)
            export_check.check(folder / path.name, dtype)
            replace_file(folder / path.name, path)
