"""Edits the photos of a batch, one at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PIL import Image

from engine.batch.journal import BatchJournal
from engine.batch.plan import BatchItem
from engine.edit_settings import EditArea, EditSettings
from engine.errors import DeviceNotUsable, EngineError, ErrorReport, ModelNotUsable, OutputNotWritable
from engine.images.image_files import open_photo
from engine.images.image_saving import EXISTS, SaveOptions, save_image
from engine.model_options import ModelOptions
from engine.progress import Cancelled, CancelToken, ProgressCallback, ignore_progress
from engine.request import EditRequest, EditResult, ResultCallback, ignore_result

log = logging.getLogger(__name__)

FAILS_FOR_ALL = ("output.not-written", "memory.loading")
"""Codes of errors that the other photos would have too, beside those of models and devices."""


class BatchEditor(Protocol):
    """The method of `engine.editing.editor.Editor` that a batch uses."""

    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback,
        on_preview: Callable[[Image.Image], None] | None,
        on_result: ResultCallback,
        cancel: CancelToken,
    ) -> EditResult:
        """Run an edit. Raises an `EngineError`, or `Cancelled`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchEdit:
    """What is done to each photo."""

    instruction: str
    """As it was typed; it is written into the results."""
    steps: tuple[str, ...]
    """The instructions of the edits that are made one after the other, as the model reads them."""
    areas: tuple[EditArea, ...] = ()
    """The areas that these instructions name; they count where the settings leave it to the instruction."""
    model: Path
    settings: EditSettings
    negative_instruction: str = ""
    model_options: ModelOptions = ModelOptions()

    @property
    def recorded_instruction(self) -> str:
        """The instruction in the edit record of a result."""
        return self.steps[0] if len(self.steps) == 1 else self.instruction

    def check(self) -> None:
        """Raises `InvalidRequest` if no photo can be edited like this, as without an instruction."""
        for number in range(len(self.steps)):
            self.request(Image.new("RGB", (2, 2)), number)

    def request(self, photo: Image.Image, number: int) -> EditRequest:
        """The request of one step of a photo. Raises `InvalidRequest`."""
        settings = self.settings
        if settings.area is EditArea.AUTOMATIC and number < len(self.areas):
            settings = replace(settings, area=self.areas[number])
        return self._request(photo, self.steps[number], settings)

    def recorded_request(self, photo: Image.Image) -> EditRequest:
        """The request in the edit record of a result, which gives all its steps again."""
        if len(self.steps) == 1:
            return self.request(photo, 0)
        return self._request(photo, self.recorded_instruction, self.settings)

    def _request(self, photo: Image.Image, instruction: str, settings: EditSettings) -> EditRequest:
        return EditRequest(
            source_image=photo,
            instruction=instruction,
            model=self.model,
            settings=settings,
            negative_instruction=self.negative_instruction,
            model_options=self.model_options,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemOutcome:
    """What became of a photo."""

    index: int
    output: Path
    seconds: float
    is_skipped: bool = False
    """Whether it was not edited, as another program has written its output."""
    error: ErrorReport | None = None
    """Why there is no result; None if there is one."""
    photo: Image.Image | None = None
    result: Image.Image | None = None
    details: EditResult | None = None
    """The result of the last edit; None if there is none."""


def run_item(
    editor: BatchEditor,
    edit: BatchEdit,
    journal: BatchJournal,
    index: int,
    *,
    options: SaveOptions,
    cancel: CancelToken,
    on_progress: ProgressCallback = ignore_progress,
) -> ItemOutcome:
    """Edit a photo and write its result; what is wrong with this photo alone is in the outcome.

    No file is replaced: if another program has written the output, it gets a number, or the photo is skipped
    if it `skips_existing`. Raises what would fail for every photo: `ModelNotUsable`, `DeviceNotUsable`, and
    `OutputNotWritable` where nothing can be written. Raises `Cancelled`; the photo then waits as before.
    """
    started = time.perf_counter()
    item = journal.items[index]
    try:
        if _is_made(item):
            return _skipped(journal, index)
        photo = open_photo(item.photo.file)
        result = _edited(editor, edit, photo, cancel, on_progress)
        cancel.raise_if_cancelled()
        _make_folder(item.output.parent)
        output = _save(result.edited_image, journal, index, edit.recorded_request(photo), options)
    except Cancelled:
        raise
    except Exception as error:
        failure = error if isinstance(error, EngineError) else _unexpected(error)
        if isinstance(failure, ModelNotUsable | DeviceNotUsable) or failure.code in FAILS_FOR_ALL:
            raise failure from error
        journal.end(index, failure)
        seconds = time.perf_counter() - started
        return ItemOutcome(index=index, output=item.output, seconds=seconds, error=failure.report())
    if output is None:
        return _skipped(journal, index)
    journal.end(index)
    return ItemOutcome(
        index=index,
        output=output,
        seconds=time.perf_counter() - started,
        photo=photo,
        result=result.edited_image,
        details=result,
    )


def _is_made(item: BatchItem) -> bool:
    return item.skips_existing and item.output.exists()


def _skipped(journal: BatchJournal, index: int) -> ItemOutcome:
    journal.skip(index)
    return ItemOutcome(index=index, output=journal.items[index].output, seconds=0.0, is_skipped=True)


def _save(
    image: Image.Image, journal: BatchJournal, index: int, request: EditRequest, options: SaveOptions
) -> Path | None:
    """Writes a result and returns its file; None if there is one already and the photo is to be skipped."""
    while not _is_made(journal.items[index]):
        # only now, so that a file that is there after a kill is that of this batch
        output = journal.begin(index)
        try:
            save_image(image, output, request, options=options, replaces=False)
        except OutputNotWritable as error:
            if error.code != EXISTS:
                raise
        else:
            return output
    return None


def _make_folder(folder: Path) -> None:
    """Raises `OutputNotWritable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(
            "output.not-written",
            "{file} cannot be written ({reason}).",
            "Choose another place, or check who may write there.",
            file=folder,
            reason=error.strerror or error,
        ) from error


def _edited(
    editor: BatchEditor,
    edit: BatchEdit,
    photo: Image.Image,
    cancel: CancelToken,
    on_progress: ProgressCallback,
) -> EditResult:
    """The result of all steps; each begins with the result of the one before."""
    image, result = photo, None
    for number in range(len(edit.steps)):
        cancel.raise_if_cancelled()
        request = edit.request(image, number)
        result = editor.edit(
            request, on_progress=on_progress, on_preview=None, on_result=ignore_result, cancel=cancel
        )
        image = result.edited_image
        image.info = dict(photo.info)
    assert result is not None
    return result


def _unexpected(error: Exception) -> EngineError:
    log.exception("A photo of a batch failed unexpectedly")
    return EngineError.unexpected(error)
