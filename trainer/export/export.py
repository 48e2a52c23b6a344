"""Exports the weights of a run as models, and checks each export by loading it back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from engine.errors import EngineError, ModelNotUsable
from engine.files.atomic import atomic_folder, replace_file, temporary_folder
from engine.files.disk_space import check_free_space
from engine.instructions.knowledge import copy_knowledge
from engine.library import read_model_card, write_model_card
from engine.library.derived_card import derived_card
from engine.library.edit_looks import EditLook
from engine.library.model_files import with_all_files
from engine.library.model_places import export_place
from engine.model_options import Lora, ModelOptions
from engine.models.folder_writing import text_parts, write_model_folder
from engine.models.loading import Model
from engine.models.unet_fingerprint import unet_fingerprint
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

DTYPES = {"16": torch.float16, "32": torch.float32}
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
    looks: tuple[EditLook, ...] = (),
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
            write_model_folder(model, unet, temporary, dtype, changed=_trained_encoders(model))
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


def _trained_encoders(model: Model) -> list[str]:
    """Returns the names of the text encoders that training changes."""
    return [
        part
        for part, encoder in text_parts(model)
        if any(weight.requires_grad for weight in encoder.network.parameters())
    ]


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
    looks: tuple[EditLook, ...],
    record: TrainingRecord | None,
) -> None:
    base = read_model_card(model.path)
    kept = base.suggestions if record and record.config.data.replay.pairs else ()
    card = derived_card(
        base,
        folder,
        name=name,
        description=f"Trained on this computer, starting from {base.name}.",
        new=instructions,
        kept=kept,
        looks=looks,
        trained_from=unet_fingerprint(model.path),
    )
    write_model_card(card)
    if not _trained_encoders(model):
        keeps_edits = bool(record and record.config.data.replay.pairs)
        try:
            copy_knowledge(model.path, folder, instructions, keeps_edits=keeps_edits)
        except (FileNotFoundError, ModelNotUsable) as error:  # the trained model works without knowledge
            log.warning("The model is exported without knowledge of instructions: %s", error)
    if record is not None:
        write_readme(folder, replace(record, name=name, base=base, instructions=instructions))


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
