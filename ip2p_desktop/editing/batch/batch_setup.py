"""What the user chose for a batch, and the batch that it becomes."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.batch.journal import PLAN_NAME, BatchJournal
from engine.batch.plan import BatchItem, BatchOutput, BatchPhoto, find_batch_photos, plan_batch
from engine.batch.runner import BatchEdit
from engine.edit_settings import EditArea
from engine.errors import InvalidRequest, OutputNotWritable
from engine.files.json_record import JsonRecord
from engine.images.image_saving import SaveOptions, save_image
from engine.instructions import InstructionReading
from engine.library import ModelCard
from ip2p_desktop.editing.instruction_reader import read_instruction
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_state import EditState

PHOTOS_FOLDER = "photos"
"""Folder in that of a batch, with copies of photos that are in no file."""
PREPARING_SECONDS = 3600
"""Age after which a batch without a plan is not being prepared any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchSetup:
    """The settings, the photos and the place of the results."""

    state: EditState
    card: ModelCard
    opened: tuple[SourcePhoto, ...] = ()
    """Photos that are open in the window."""
    paths: tuple[Path, ...] = ()
    """Files and folders."""
    is_recursive: bool = True
    output: BatchOutput
    save_options: SaveOptions = field(default_factory=SaveOptions)

    def plan(self, folder: Path) -> list[BatchItem]:
        """An item for each photo. Slow: not for the GUI thread. `folder` is that of the batch's own files.

        Raises `ImageUnreadable` if there is no photo.
        """
        photos = [
            BatchPhoto(file=_file_of(photo, number, folder), name=photo.name)
            for number, photo in enumerate(self.opened)
        ]
        if self.paths:
            photos += find_batch_photos(
                self.paths, is_recursive=self.is_recursive, left_out=[self.output.folder]
            )
        return plan_batch(
            photos,
            self.output,
            instruction=self.state.instruction,
            seed=self.state.settings.seed,
            model=self.card.name,
        )

    def create(self, folder: Path) -> BatchJournal:
        """The batch, in a new folder in `folder`. Slow: not for the GUI thread.

        Raises `ImageUnreadable`, `InvalidRequest` or `OutputNotWritable`.
        """
        readings = read_steps(self.state.instruction, self.card)
        described = {
            "state": self.state.to_json(),
            "model_path": str(self.card.path),
            "model_name": self.card.name,
            "steps": [reading.instruction for reading in readings],
            "areas": [reading.area.value for reading in readings],
            "quality": self.save_options.quality,
            "keeps_metadata": self.save_options.keeps_metadata,
        }
        batch_edit(described).check()
        self.output.check()
        place = folder / secrets.token_hex(8)
        items = self.plan(place)
        self._write_copies(place)
        return BatchJournal.create(place, items, described)

    def _write_copies(self, folder: Path) -> None:
        for number, photo in enumerate(self.opened):
            file = _file_of(photo, number, folder)
            if file == photo.file:
                continue
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputNotWritable(
                    "output.not-written",
                    "{file} cannot be written ({reason}).",
                    "Choose another place, or check who may write there.",
                    file=file.parent,
                    reason=error.strerror or error,
                ) from error
            save_image(photo.image, file)


def _file_of(photo: SourcePhoto, number: int, folder: Path) -> Path:
    """The file of an opened photo; for one from the clipboard or from an earlier session a copy."""
    if photo.file is not None and photo.file.is_file():
        return photo.file.absolute()
    return folder / PHOTOS_FOLDER / f"{number}.png"


def read_steps(instruction: str, card: ModelCard) -> tuple[InstructionReading, ...]:
    """How a model reads each of the edits that an instruction asks for, in their order.

    Not for the GUI thread.
    """
    from engine.instructions.sequence import steps_for

    return tuple(read_instruction(step, card) for step in steps_for(instruction, card))


def batch_edit(described: Mapping[str, Any]) -> BatchEdit:
    """What a batch does to each photo, as its journal describes it. Raises `InvalidRequest` if damaged."""
    try:
        values = JsonRecord(described)
        state = EditState.from_json(values.value("state"))
    except ValueError as error:
        raise InvalidRequest(
            "request.batch-damaged", "The settings of the batch are damaged.", "Start the batch again."
        ) from error
    return BatchEdit(
        instruction=state.instruction.strip(),
        steps=values.texts("steps") or (state.instruction.strip(),),
        areas=_areas(values.texts("areas")),
        model=Path(values.get("model_path", "")),
        settings=state.settings,
        negative_instruction=state.negative_instruction.strip(),
        model_options=state.model_options,
    )


def _areas(names: tuple[str, ...]) -> tuple[EditArea, ...]:
    """The areas with these names; one that this version of the program does not know is automatic."""
    known = {area.value: area for area in EditArea}
    return tuple(known.get(name, EditArea.AUTOMATIC) for name in names)


def save_options(described: Mapping[str, Any]) -> SaveOptions:
    """How a batch writes its results, as its journal describes it."""
    return JsonRecord(dict(described)).fill(SaveOptions())


def unfinished_batches(folder: Path) -> list[BatchJournal]:
    """The batches in `folder` that were interrupted, the latest first.

    Finished ones are deleted, and those that never began because the program was killed before.
    """
    return sorted(_unfinished(folder), key=_begun, reverse=True)


def _unfinished(folder: Path) -> Iterator[BatchJournal]:
    for place in _folders(folder):
        if not (place / PLAN_NAME).exists():
            _delete_if_old(place)
            continue
        try:
            journal = BatchJournal.open(place)
        except Exception:  # of another version, damaged, or run by another program: it stays as it is
            continue
        if journal.is_finished:
            journal.delete()
        else:
            yield journal


def _delete_if_old(place: Path) -> None:
    """A new one may be a batch that another program prepares at the moment."""
    with suppress(OSError):
        if time.time() - place.stat().st_mtime > PREPARING_SECONDS:
            shutil.rmtree(place, ignore_errors=True)


def _folders(folder: Path) -> Sequence[Path]:
    try:
        return [place for place in folder.iterdir() if place.is_dir()]
    except OSError:
        return ()


def _begun(journal: BatchJournal) -> float:
    assert journal.folder is not None
    return journal.folder.stat().st_mtime
