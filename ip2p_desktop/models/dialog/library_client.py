"""Changes the library of models and reads the details of its models, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.downloads import DownloadProgress
from engine.downloads.download_progress import SpeedMeter
from engine.edit_packs.pack_file import EditPackNotUsable, is_pack
from engine.errors import ErrorReport
from engine.files.disk_space import free_space
from engine.library import BytesCallback, ModelCard, ModelLibrary
from engine.library.file_copy import files_below, total_size
from engine.library.model_places import models_left_report
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.engine_loading import recognise_model
from ip2p_desktop.models.dialog.model_preview import preview_thumbnail
from ip2p_desktop.models.edit_packs import install_edit_pack
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.models.model_list import ModelList

Recogniser = Callable[[Path, CancelToken], str]


class LibraryTask(StrEnum):
    """A change of the library."""

    ADDING = "adding"
    DESCRIBING = "describing"
    REMOVING = "removing"
    MOVING = "moving"


@dataclass(frozen=True, eq=False, slots=True)
class LibraryModel:
    """A model on this computer, with what the dialog shows of it."""

    card: ModelCard
    size: int
    """Bytes of all its files."""
    is_own: bool
    """Whether the user can change and remove it; the starter ships with the program."""
    thumbnail: QImage
    """A null image if the model has no preview."""
    problem: ErrorReport | None = None
    """Why it cannot be used."""


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What the user says of a model."""

    name: str
    note: str
    preview: bytes | None
    """A JPEG, b"" for none; None if the present preview stays."""


@dataclass(frozen=True, slots=True)
class LibraryListing:
    """The models of the library at one moment."""

    folder: Path
    free: int
    """Free space on its disk, in bytes."""
    models: tuple[LibraryModel, ...]


class LibraryClient(QObject):
    """Runs one task at a time; each ends with `ended` and a reload of the list of models."""

    listed = Signal(object)
    """`Listing`."""
    began = Signal(object, str)
    """`LibraryTask`, and the name of its model or folder."""
    progressed = Signal(object)
    """`DownloadProgress` of the task: bytes copied."""
    ended = Signal(object)
    """The `ModelCard` of a model that was added or described, else None."""
    failed = Signal(object)
    """`ErrorReport`; emitted before `ended`."""

    def __init__(
        self, models: InstalledModels, recognise: Recogniser = recognise_model, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.models = models
        self._recognise = recognise
        self._cancel = CancelToken()
        self._is_closed = False
        self._background = Background(self, workers=1)
        self._details_background = Background(self, workers=1)
        self.task: LibraryTask | None = None

    def read_details(self) -> None:
        """Read sizes and preview images of the listed models; the result is emitted as `listed`."""
        if not self._is_closed:
            read = partial(_details, self.models.current)
            self._details_background.submit(read, self.listed.emit, self.failed.emit)

    def add(self, path: Path) -> None:
        """Copy a model folder or file into the library, or install an edit pack."""

        def work(library: ModelLibrary, cancel: CancelToken) -> ModelCard | ErrorReport:
            if is_pack(path):
                return _add_edit_pack(path, library, self._meter(), cancel)
            return library.add(path, on_progress=self._meter(), cancel=cancel)

        self._begin(LibraryTask.ADDING, path.name, work)

    def describe(self, card: ModelCard, description: ModelDescription) -> None:
        """Give a model another name, note and preview."""
        names = {each.name for each in self.models.cards if each.path.parent != self.models.current.folder}

        def work(library: ModelLibrary, cancel: CancelToken) -> ModelCard:
            return library.describe(
                card,
                name=description.name,
                description=description.note,
                preview=description.preview,
                taken=names,
            )

        self._begin(LibraryTask.DESCRIBING, card.name, work)

    def remove(self, card: ModelCard) -> None:
        """Delete a model from the disk."""
        self._begin(LibraryTask.REMOVING, card.name, lambda library, _: library.remove(card))

    def move_to(self, folder: Path) -> None:
        """Move all models to another folder, which becomes the library."""

        def work(library: ModelLibrary, cancel: CancelToken) -> ErrorReport | None:
            old, remember = library.folder, paths.remember_models_folder
            library.move_to(folder, remember=remember, on_progress=self._meter(), cancel=cancel)
            return models_left_report(old)

        self._begin(LibraryTask.MOVING, folder.name or str(folder), work)

    def cancel(self) -> None:
        """Cancel the task; the library then stays as it was."""
        self._cancel.cancel()

    def close(self) -> None:
        """Cancel the task and wait until it has ended."""
        self._is_closed = True
        self.cancel()
        self._background.close()
        self._details_background.close()

    def _begin(
        self, task: LibraryTask, name: str, work: Callable[[ModelLibrary, CancelToken], object]
    ) -> None:
        assert self.task is None
        self.task = task
        self._cancel = CancelToken()
        self.began.emit(task, name)
        self._background.submit(partial(self._change, work, self._cancel), self._end, self._fail)

    def _change(self, work: Callable[[ModelLibrary, CancelToken], object], cancel: CancelToken) -> object:
        library = ModelLibrary(paths.models_folder, lambda model: self._recognise(model, cancel))
        with suppress(Cancelled):
            return work(library, cancel)
        return None

    def _meter(self) -> Callable[[int, int], None]:
        def report(progress: DownloadProgress) -> None:
            self.progressed.emit(progress)

        return SpeedMeter(report).show

    def _fail(self, report: ErrorReport) -> None:
        self.failed.emit(report)
        self._end(None)

    def _end(self, outcome: object) -> None:
        self.task = None
        if isinstance(outcome, ErrorReport):  # a warning
            self.failed.emit(outcome)
            outcome = None
        self.ended.emit(outcome)
        self.models.reload()


def _add_edit_pack(
    path: Path, library: ModelLibrary, on_progress: BytesCallback, cancel: CancelToken
) -> ModelCard | ErrorReport:
    """The card of the installed pack, or a remark that it is installed already."""
    installed = install_edit_pack(path, library, on_progress=on_progress, cancel=cancel)
    if not installed.was_there:
        return installed.card
    return EditPackNotUsable(
        "edit-pack.installed-already",
        "The edit in {file} is installed already, as “{model}”.",
        "It is in the list of models.",
        file=path.name,
        model=installed.card.name,
    ).report()


def _details(models: ModelList) -> LibraryListing:
    """The details of all models; those that cannot be used come last."""
    starter = paths.starter_model()
    usable = [_library_model(card, is_own=card.path != starter) for card in models.cards]
    damaged = [
        _library_model(ModelCard(path=found.path, name=found.path.name), is_own=True, problem=found.report)
        for found in models.damaged
    ]
    return LibraryListing(models.folder, free_space(models.folder), (*usable, *damaged))


def _library_model(card: ModelCard, *, is_own: bool, problem: ErrorReport | None = None) -> LibraryModel:
    size = card.size or total_size([card.path] if card.is_file else files_below(card.path))
    image = QImage(str(card.preview_file)) if card.preview_file else QImage()
    return LibraryModel(card, size, is_own, preview_thumbnail(image), problem)
