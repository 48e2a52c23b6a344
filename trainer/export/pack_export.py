"""Exports a trained edit as a LoRA file, or with words and preview as an edit pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

import engine
from engine.edit_packs.pack_file import EditPack, PackBase, write_pack
from engine.edit_settings import EditSettings
from engine.files.atomic import temporary_folder
from engine.files.disk_space import not_written
from engine.images.image_files import open_photo
from engine.images.preview_pictures import preview_jpeg
from engine.images.transparency import flattened
from engine.model_options import Lora, ModelOptions
from engine.models.loading import Model, load_model
from engine.models.unet_fingerprint import unet_fingerprint
from engine.resources import resources_folder
from trainer.config.replay_defaults import FEW_STEPS
from trainer.export.export_check import ExportMismatch
from trainer.export.low_rank import WeightDifference, write_lora
from trainer.export.original_files import LayoutNotPossible
from trainer.export.trained_edit import TrainedEdit
from trainer.learning.expansion import has_untrained_input
from trainer.validation.image_measures import psnr, unit_pixels
from trainer.validation.trial_edits import trial_edit

RANKS = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
WANTED, LEAST = 44.0, 35.0
"""Lowest PSNR in dB of edits with the LoRA to those of the trained model: what decides the rank, and what is
refused. The margin is for other photos than those that are tried."""
TRIED_PHOTOS, TRIED_EDITS, TRIED_SIDE = 2, 2, 256
MOST_STEPS = 4
PREVIEW_SIDE = 384


@dataclass(frozen=True, slots=True)
class ExportedLora:
    """A LoRA file that was written, or the one in a pack."""

    rank: int
    """0 if all changes are stored whole."""
    fidelity: float
    """Lowest PSNR in dB of its edits to those of the trained model, of those tried."""
    size: int
    """Bytes of the file that was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackTexts:
    """The words of a pack; what is empty follows from the training."""

    name: str = ""
    instructions: tuple[str, ...] = ()
    note: str = ""
    licence: str = ""
    licence_text: str = ""


def export_pack(
    edit: TrainedEdit,
    target: Path,
    texts: PackTexts = PackTexts(),
    *,
    preview: Path | None = None,
    rank: int | None = None,
) -> ExportedLora:
    """Writes an edit pack; its preview is the given image, else an edit of its own.

    The rank is the least with which all edits that are tried reach `WANTED`, unless it is given.

    Raises `LayoutNotPossible`, `ExportMismatch` if no rank reaches `LEAST`, `ImageUnreadable` or
    `OutputNotWritable`.
    """
    trial = FidelityTrial(edit)
    image = _preview(edit, trial, preview)
    try:
        with temporary_folder(target) as folder:
            weights = folder / "lora.safetensors"
            made = _fitting_lora(edit, trial, weights, rank)
            pack = EditPack(
                name=texts.name or edit.name,
                base=PackBase(
                    fingerprint=unet_fingerprint(edit.start.path),
                    name=edit.start_card.name,
                    source=_public(edit.start_card.source),
                    licence=edit.start_card.licence,
                ),
                sha256="",
                instructions=texts.instructions or edit.instructions,
                note=texts.note,
                licence=texts.licence or edit.start_card.licence,
                keeps_edits=edit.keeps_edits,
                looks=edit.looks,
                rank=made.rank,
                fidelity=round(min(made.fidelity, 99.0), 1),
                created_with=f"IP2P Desktop {engine.__version__}",
            )
            write_pack(target, pack, weights, preview=image, licence_text=texts.licence_text)
    except OSError as error:
        raise not_written(target, error) from error
    return replace(made, size=target.stat().st_size)


def export_lora(edit: TrainedEdit, target: Path, *, rank: int | None = None) -> ExportedLora:
    """Writes a LoRA file that other programs read too. Raises as `export_pack`.

    Of a LoRA that was trained it has the same rank, and is that LoRA. What it cannot hold, such as changes of
    biases, counts in its fidelity, which is measured and not refused.
    """
    _check_has_lora(edit)
    difference, trial = _difference(edit), FidelityTrial(edit)
    for tried in [rank or edit.lora_rank] if rank or edit.lora_rank else RANKS:
        write_lora(target, difference.common_tensors(tried), {})
        fidelity = trial.lowest(target)
        if fidelity >= WANTED:
            break
    return ExportedLora(tried, fidelity, target.stat().st_size)


def export_difference(edit: TrainedEdit, target: Path) -> ExportedLora:
    """Writes the whole change as a LoRA file; its weight in an edit is the strength of the training.

    Raises as `export_lora`.
    """
    _check_has_lora(edit)
    write_lora(target, _difference(edit).whole_tensors(), {})
    return ExportedLora(0, FidelityTrial(edit).lowest(target), target.stat().st_size)


class FidelityTrial:
    """A few edits by the trained model, with which those by a LoRA on the start model are compared."""

    def __init__(self, edit: TrainedEdit) -> None:
        self._edit = edit
        recommended = edit.start_card.recommended
        self._settings: EditSettings = replace(
            recommended,
            resolution=min(recommended.resolution, TRIED_SIDE),
            num_inference_steps=min(recommended.num_inference_steps, MOST_STEPS),
            turbo=False,
        )
        is_quick = recommended.num_inference_steps <= FEW_STEPS
        paths = edit.photos or tuple(sorted((resources_folder() / "samples").glob("*.jpg")))
        self._photos = [flattened(open_photo(path)) for path in paths[: TRIED_PHOTOS if is_quick else 1]]
        old = edit.start_card.suggestions[:TRIED_EDITS] if is_quick else ()
        self._instructions = (*(edit.instructions[:TRIED_EDITS] or ("",)), *old)
        self._wanted = list(self._edits(edit.trained))

    def lowest(self, lora: Path) -> float:
        """Returns the lowest PSNR in dB of all edits. Raises `ModelNotUsable` if the file does not fit."""
        start = self._edit.start
        options = ModelOptions(loras=(Lora(path=lora),))
        model = load_model(start.path, device=start.unet.device, dtype=torch.float32, options=options)
        pairs = zip(self._edits(model), self._wanted, strict=True)
        return min(psnr(made, wanted) for made, wanted in pairs)

    def example(self, side: int) -> Image.Image:
        """Returns the first photo with the new edit, of so many pixels on its longer side."""
        settings = replace(self._settings, resolution=side)
        return trial_edit(self._edit.trained, self._photos[0], self._instructions[0], settings)

    def _edits(self, model: Model) -> Iterator[Tensor]:
        for photo in self._photos:
            for instruction in self._instructions:
                yield unit_pixels(trial_edit(model, photo, instruction, self._settings))


def _fitting_lora(edit: TrainedEdit, trial: FidelityTrial, path: Path, rank: int | None) -> ExportedLora:
    """Writes the LoRA of the least rank that suffices, or of the given one."""
    _check_has_lora(edit)
    difference = _difference(edit)
    for tried in (rank,) if rank else RANKS:
        write_lora(path, difference.tensors(tried), {})
        fidelity = trial.lowest(path)
        if fidelity >= WANTED:
            break
    if fidelity < LEAST:
        raise ExportMismatch(
            "output.lora-differs",
            "A LoRA of rank {rank} does not edit as the trained model does ({likeness:.0f} dB).",
            "Choose a higher rank, or export the whole model.",
            rank=tried,
            likeness=fidelity,
        )
    return ExportedLora(tried, fidelity, path.stat().st_size)


def _check_has_lora(edit: TrainedEdit) -> None:
    """Raises `LayoutNotPossible` for changes that a LoRA of the start model cannot hold."""
    if has_untrained_input(edit.start.unet):
        raise LayoutNotPossible(
            "configuration.lora-of-expanded",
            "“{model}” does not edit, so that the change to it is no edit of its own.",
            "Export the whole model.",
            model=edit.start_card.name,
        )
    pairs = zip(edit.start.text_encoders.networks, edit.trained.text_encoders.networks, strict=True)
    for start, trained in pairs:
        others = trained.state_dict()
        if any(not torch.equal(weight, others[name]) for name, weight in start.state_dict().items()):
            raise LayoutNotPossible(
                "configuration.lora-without-text-encoder",
                "The training changed the text encoder too, which edit packs and LoRA files do not hold.",
                "Export the whole model.",
            )


def _difference(edit: TrainedEdit) -> WeightDifference:
    return WeightDifference(edit.start.unet.state_dict(), edit.trained.unet.state_dict())


def _preview(edit: TrainedEdit, trial: FidelityTrial, chosen: Path | None) -> bytes:
    """Returns a JPEG of the given image, else of the first trial photo, edited. Raises `ImageUnreadable`."""
    return preview_jpeg(open_photo(chosen) if chosen else trial.example(PREVIEW_SIDE), PREVIEW_SIDE)


def _public(source: str) -> str:
    """Returns where a model comes from, unless that is a path of this computer."""
    return "" if Path(source).is_absolute() else source
