"""The folder that models are kept in: found again, added, removed, and moved as a whole.

What is being put together lies in `.part` below the folder, where nobody takes it for a model, and gets
its place by renaming. One program at a time changes a library.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ErrorReport, ModelNotUsable, OutputNotWritable
from engine.files.disk_space import check_room, not_written
from engine.files.locking import AlreadyLocked, locked
from engine.library.cards import (
    MODEL_SUFFIXES,
    ModelCard,
    WeightFile,
    card_file,
    check_whole,
    library_name,
    list_models,
    model_places,
    read_model_card,
    write_model_card,
)
from engine.library.file_copy import (
    BytesCallback,
    FileCopy,
    files_below,
    ignore_bytes,
    remove_empty_folders,
    remove_tree,
    total_size,
)
from engine.library.folder_move import move_files
from engine.library.model_contents import family_of
from engine.progress import CancelToken

ASIDE_NAME = ".part"
STAGE_NAME = "changing"
LOCK_NAME = "changing.lock"


@dataclass(frozen=True, slots=True)
class DamagedModel:
    """Something in the library that cannot be used, and why."""

    path: Path
    report: ErrorReport


class ModelLibrary:
    """The models in a folder, which need not exist yet.

    `recognise` names the family of a model to add, or raises `ModelNotUsable`.
    """

    def __init__(self, folder: Path, recognise: Callable[[Path], str] = family_of) -> None:
        self.folder = folder
        self._recognise = recognise

    @property
    def aside(self) -> Path:
        """Where models are put together."""
        return self.folder / ASIDE_NAME

    def models(self) -> list[ModelCard]:
        """Every usable model, by name; damaged ones are left out."""
        return list_models(self.folder)

    def damaged(self) -> list[DamagedModel]:
        """What looks like a model and is not usable."""
        found = []
        for place in model_places(self.folder):
            try:
                check_whole(read_model_card(place))
            except ModelNotUsable as error:
                found.append(DamagedModel(place, error.report()))
        return found

    def add(
        self,
        path: Path,
        *,
        copy: bool = True,
        on_progress: BytesCallback = ignore_bytes,
        cancel: CancelToken | None = None,
    ) -> ModelCard:
        """Bring a model folder or file in and record it; `copy=False` removes it where it was.

        Raises `ModelNotUsable`, `OutputNotWritable` or `Cancelled`; then nothing has changed.
        """
        path = path if path.name not in ("", "..") else path.resolve()  # “.” has no name
        card = read_model_card(path)
        if self.folder.resolve() in (path.resolve().parent, *path.resolve().parents):
            raise ModelNotUsable(f"{path} is in the library already.", "It is used from there.")
        card = replace(card, family=self._recognise(path))
        files = _files_of(card)
        with self.change() as stage:
            check_room(self.folder, total_size(files))
            added = self._put_together(card, files, stage, on_progress, cancel)
            installed = self.install(added)
            if not copy:
                with suppress(OSError):  # a copy that stays behind does no harm
                    for leftover in [path] if path.is_dir() else files:
                        remove_tree(leftover)
        return installed

    def _put_together(
        self,
        card: ModelCard,
        files: list[Path],
        stage: Path,
        on_progress: BytesCallback,
        cancel: CancelToken | None,
    ) -> ModelCard:
        copying = FileCopy(total_size(files), on_progress, cancel)
        target = stage / library_name(card.path)
        root = stage if card.is_file else target
        weights = []
        for file in files:
            name = Path(target.name) if file == card.path else file.relative_to(card.folder)
            sha256 = copying.copy(file, root / name)
            if name.suffix.lower() in MODEL_SUFFIXES:
                weights.append(
                    WeightFile(name=name.as_posix(), size=(root / name).stat().st_size, sha256=sha256)
                )
        added = replace(
            card,
            path=target,
            size=total_size(files),
            weights=tuple(weights),
            source=card.source or str(card.path.absolute()),
        )
        write_model_card(added)
        return added

    def install(self, card: ModelCard) -> ModelCard:
        """Give a model that was put together below `aside` its place, under a free name.

        To be called within `change`. Raises `OSError`.
        """
        target = self._free_place(card.path)
        if card.is_file:  # the model comes last: what lies beside it means nothing without it
            record = card_file(card.path)
            record.replace(card_file(target))
            if card.preview_file is not None:
                card.preview_file.replace(target.parent / card.preview)
        card.path.replace(target)
        return replace(card, path=target)

    def _free_place(self, wanted: Path) -> Path:
        candidate, number = self.folder / wanted.name, 1
        while candidate.exists() or candidate.is_symlink():
            number += 1
            candidate = self.folder / f"{wanted.stem}-{number}{wanted.suffix}"
        return candidate

    def remove(self, card: ModelCard) -> None:
        """Delete a model. What lies outside the library is never touched, not even through a link.

        Raises `ModelNotUsable` for a model that is elsewhere, `OutputNotWritable` if it cannot go.
        """
        if card.path.name not in self._names() or card.path.parent.resolve() != self.folder.resolve():
            raise ModelNotUsable(f"{card.path} is not in the library {self.folder}.", "It stays as it is.")
        beside = [card_file(card.path)] if card.is_file else []
        if card.is_file and card.preview_file is not None:
            beside.append(card.preview_file)
        with self.change() as stage:
            try:
                # renamed first, so that a model is never seen half removed
                card.path.replace(stage / card.path.name)
                for file in beside:
                    file.unlink(missing_ok=True)
            except OSError as error:
                raise OutputNotWritable(
                    f"{card.path} cannot be removed ({error.strerror or error}).",
                    "Close what uses it and try again.",
                ) from error

    def _names(self) -> set[str]:
        return {child.name for child in self.folder.iterdir()} if self.folder.is_dir() else set()

    def complete(
        self, card: ModelCard, *, on_progress: BytesCallback = ignore_bytes, cancel: CancelToken | None = None
    ) -> ModelCard:
        """Count and hash the files of a model that was put here by hand, once. Raises `Cancelled`."""
        if card.weights:
            return card
        files = [file for file in _files_of(card) if file.suffix.lower() in MODEL_SUFFIXES]
        copying = FileCopy(total_size(files), on_progress, cancel)
        weights = tuple(
            WeightFile(
                name=file.relative_to(card.folder).as_posix(),
                size=file.stat().st_size,
                sha256=copying.hash(file),
            )
            for file in files
        )
        completed = replace(card, weights=weights, size=total_size(_files_of(card)))
        with suppress(OSError):  # a folder nobody may write to is read anew next time
            write_model_card(completed)
        return completed

    def move_to(
        self,
        folder: Path,
        *,
        remember: Callable[[Path], None],
        on_progress: BytesCallback = ignore_bytes,
        cancel: CancelToken | None = None,
    ) -> ModelLibrary:
        """Move everything to another folder; `remember` is told of it once it is all there.

        Until then the old folder is whole, and afterwards the new one: an interruption at any moment
        loses nothing, and the same call again goes on. Raises `OutputNotWritable` or `Cancelled`; then
        nothing has changed.
        """
        here, there = self.folder.resolve(), folder.resolve()
        if here == there or here in there.parents or there in here.parents:
            raise OutputNotWritable(
                f"{folder} and {self.folder} lie within each other.", "Choose a folder elsewhere."
            )
        with self.change():
            files = [file for file in files_below(self.folder) if file != self.aside / LOCK_NAME]
            move_files(files, self.folder, folder, remember, on_progress, cancel)
        with suppress(OSError):
            remove_empty_folders(self.folder)
        return ModelLibrary(folder, self._recognise)

    @contextmanager
    def change(self) -> Iterator[Path]:
        """Keeps other programs from changing the library; gives an empty folder, cleared afterwards.

        Raises `OutputNotWritable` if another one is changing it, or if it cannot be written.
        """
        stage = self.aside / STAGE_NAME
        try:
            self.aside.mkdir(parents=True, exist_ok=True)
            with locked(self.aside / LOCK_NAME):
                remove_tree(stage)  # left by a program that was killed
                stage.mkdir()
                try:
                    yield stage
                finally:
                    shutil.rmtree(stage, ignore_errors=True)
        except AlreadyLocked:
            raise OutputNotWritable(
                f"The library {self.folder} is being changed by another program.",
                "Wait until that has ended.",
            ) from None
        except OSError as error:
            raise not_written(self.folder, error) from error


def _files_of(card: ModelCard) -> list[Path]:
    """What belongs to a model: everything in its folder, or its file and the picture beside it."""
    if card.is_file:
        return [card.path, *([card.preview_file] if card.preview_file else [])]
    return [file for file in files_below(card.path) if file.is_file()]
