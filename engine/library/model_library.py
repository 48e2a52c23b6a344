"""The library: the folder of installed models, which are listed, added, described, removed, and moved as
a whole.

A model is assembled in the folder `.part`, where it is not listed, and then renamed to its place. Only one
program at a time changes a library: every model is added under its lock, whether it was copied, downloaded or
trained, with the size and the hashes of its files on its card.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ErrorReport, ModelNotUsable, OutputNotWritable
from engine.files.disk_space import check_free_space, not_written
from engine.files.locking import AlreadyLocked, locked
from engine.library.cards import (
    MODEL_SUFFIXES,
    ModelCard,
    WeightFile,
    card_file,
    check_weight_files,
    library_name,
    list_models,
    model_paths,
    read_model_card,
    write_model_card,
)
from engine.library.file_copy import (
    BytesCallback,
    FileCopier,
    free_path,
    ignore_bytes,
    remove_tree,
    total_size,
)
from engine.library.folder_move import move_files
from engine.library.model_contents import family_of
from engine.library.model_description import check_name_free, write_description
from engine.library.model_files import (
    file_names,
    files_to_add,
    named_after,
    own_files,
    own_models,
    remove_original,
)
from engine.library.model_hashes import with_hashes
from engine.library.model_places import (
    LOCK_NAME,
    STAGING_NAME,
    check_apart,
    check_describable,
    check_in_library,
    check_no_downloads,
    free_folder,
    is_replaceable,
    partial_downloads,
    remove_empty,
    set_aside,
)
from engine.progress import CancelToken

CHANGE_NAME = "changing"
REPLACED_NAME = ".replaced"
"""Name of an older model while a newer one replaces it."""


@dataclass(frozen=True, slots=True)
class DamagedModel:
    """A model in the library that cannot be used, and the reason."""

    path: Path
    report: ErrorReport


class ModelLibrary:
    """The models in a folder, which need not exist yet.

    `place` is the folder, or a function that returns the current folder of a library that other programs may
    move. `recognise` returns the family of a model to add, or raises `ModelNotUsable`.
    """

    def __init__(
        self, place: Path | Callable[[], Path], recognise: Callable[[Path], str] = family_of
    ) -> None:
        self._place = place
        self._recognise = recognise

    @property
    def folder(self) -> Path:
        """The current folder of the library."""
        return self._place() if callable(self._place) else self._place

    @property
    def staging_folder(self) -> Path:
        """The folder in which models are assembled and downloaded."""
        return self.folder / STAGING_NAME

    def models(self) -> list[ModelCard]:
        """Cards of the usable models, sorted by name."""
        return list_models(self.folder)

    def damaged(self) -> list[DamagedModel]:
        """Models that are not usable, with the reasons."""
        found = []
        for place in model_paths(self.folder):
            try:
                check_weight_files(read_model_card(place))
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
        """Adds a model folder or file and returns its card.

        With `copy=False` the files that belong to the model are then removed from where they were, but no
        others beside them, and no links.

        Raises `ModelNotUsable`, `OutputNotWritable` or `Cancelled`; then nothing has changed.
        """
        card = read_model_card(path if path.name not in ("", "..") else path.resolve())  # “.” has no name
        path = card.path
        if self.folder.resolve() in (path.resolve().parent, *path.resolve().parents):
            raise ModelNotUsable(
                "model.already-in-library",
                "{file} is already in the library.",
                "It is used from there.",
                file=path,
            )
        card = replace(card, family=self._recognise(path), source=card.source or str(path.absolute()))
        files = files_to_add(card)
        taken = own_files(replace(card, files=None))
        with self.change() as stage:
            folder = _folder_of(stage)
            check_free_space(folder, total_size(files))
            added = self._copy_model(card, files, stage, on_progress, cancel)
            installed = self._move_into_place(added, free_path(folder / added.path.name), stage)
            if not copy:
                remove_original(taken, card)
        return installed

    def _copy_model(
        self,
        card: ModelCard,
        files: list[Path],
        stage: Path,
        on_progress: BytesCallback,
        cancel: CancelToken | None,
    ) -> ModelCard:
        copier = FileCopier(total_size(files), on_progress, cancel)
        target = stage / library_name(card.path)
        root = stage if card.is_file else target
        weights = []
        for file in files:
            name = Path(target.name) if file == card.path else file.relative_to(card.folder)
            sha256 = copier.copy(file, root / name)
            if name.suffix.lower() in MODEL_SUFFIXES:
                weights.append(
                    WeightFile(name=name.as_posix(), size=(root / name).stat().st_size, sha256=sha256)
                )
        added = replace(
            card,
            path=target,
            size=total_size(files),
            weights=tuple(weights),
            files=file_names(files, card, target.name),
        )
        write_model_card(added)
        return added

    def install(
        self,
        card: ModelCard,
        *,
        replaces: str = "",
        on_progress: BytesCallback = ignore_bytes,
        cancel: CancelToken | None = None,
    ) -> ModelCard:
        """Moves a downloaded or trained model into the library, and returns its card there.

        Waits while another program changes or moves the library; `cancel` ends the waiting. The model gets a
        free name, or replaces the model named `replaces`. Raises `OutputNotWritable` or `Cancelled`; then the
        model stays at its old path.
        """
        try:
            # written now, so that card and model are renamed together
            recorded = with_hashes(card, on_progress)
            write_model_card(recorded)
        except OSError as error:
            raise not_written(card.path, error) from error
        with self.change(wait=cancel or CancelToken()) as stage:
            folder = _folder_of(stage)
            target = folder / replaces if replaces else free_path(folder / card.path.name)
            try:
                return self._move_into_place(recorded, target, stage)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                return self._install_from_other_disk(recorded, target, stage, on_progress)

    def _install_from_other_disk(
        self, card: ModelCard, target: Path, stage: Path, on_progress: BytesCallback
    ) -> ModelCard:
        files = files_to_add(card)
        check_free_space(target.parent, total_size(files))
        copied = self._copy_model(card, files, stage, on_progress, None)
        if set(copied.weights) != set(card.weights):
            raise OutputNotWritable(
                "output.copy-differs",
                "{file} was changed while it was copied.",
                "Check both disks.",
                file=card.path,
            )
        installed = self._move_into_place(copied, target, stage)
        remove_original([*files, card_file(card.path)], card)
        return installed

    def _move_into_place(self, card: ModelCard, target: Path, stage: Path) -> ModelCard:
        """Renames a model to `target`, or to a free name if that is in use. Raises `OSError`.

        Only a model that the library wrote is replaced, and only if nothing else lies in its folder.
        """
        replaced = stage / REPLACED_NAME
        if target.exists() or target.is_symlink():
            try:
                if not is_replaceable(target):
                    raise FileExistsError(target)
                target.replace(replaced)
            except OSError:
                target = free_path(target)
        card = named_after(card, target)
        try:
            if card.is_file:  # the model comes last: card and preview are ignored without it
                write_model_card(card)
                card_file(card.path).replace(card_file(target))
            card.path.replace(target)
        except OSError:
            if replaced.exists():
                replaced.replace(target)
            raise
        return replace(card, path=target)

    def remove(self, card: ModelCard) -> Path | None:
        """Deletes a model; returns its folder if files that are not the model's stay there.

        Nothing else is deleted: no other files in its folder, and nothing behind a link.

        Raises `ModelNotUsable` for a model outside the library, `OutputNotWritable` if it cannot be removed.
        """
        check_in_library(card, self.folder)
        with self.change() as stage:
            try:
                set_aside(card, stage)
            except OSError as error:
                raise OutputNotWritable(
                    "output.not-removed",
                    "{file} cannot be removed ({reason}).",
                    "Close the programs that use it and try again.",
                    file=card.path,
                    reason=error.strerror or error,
                ) from error
        return card.path if card.path.is_dir() else None

    def describe(
        self,
        card: ModelCard,
        *,
        name: str | None = None,
        description: str | None = None,
        preview: bytes | None = None,
        taken: Collection[str] = (),
    ) -> ModelCard:
        """Gives a model a name, a description and a preview, as `write_description`; returns its new card.

        A new name must be that of no other model here, nor one of `taken`. Raises `ModelNotUsable` or
        `OutputNotWritable`; then nothing has changed.
        """
        check_describable(card, self.folder)
        with self.change() as stage:
            current = read_model_card(card.path)  # another program may have changed it
            if name is not None:
                check_name_free(name, current, _folder_of(stage), taken)
            return write_description(current, name=name, description=description, preview=preview)

    def complete(
        self, card: ModelCard, *, on_progress: BytesCallback = ignore_bytes, cancel: CancelToken | None = None
    ) -> ModelCard:
        """Records size and hashes of a model that was copied here by hand. Raises `Cancelled`."""
        if card.weights:
            return card
        completed = replace(with_hashes(card, on_progress, cancel), files=())
        with suppress(OSError):  # in a read-only folder they are computed again next time
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
        """Moves the library to another folder; `remember` is called once all files are there.

        Only models that the library wrote are moved, with partial downloads; everything else stays. If the
        folder contains other things, the models get a folder of their own in it, `SUBFOLDER`.

        Until then the old folder is complete, afterwards the new one: an interruption at any moment loses
        nothing, and another call continues. Raises `OutputNotWritable` or `Cancelled`; then nothing has
        changed. So it is if another folder was chosen meanwhile.
        """
        old = self.folder
        check_apart(old, folder)
        folder = free_folder(old, folder)

        def remember_unless_changed(new: Path) -> None:
            if self.folder != old:
                raise OutputNotWritable(
                    "output.folder-chosen-meanwhile",
                    "Another folder of models was chosen meanwhile: {folder}.",
                    "The models stay where they are.",
                    folder=self.folder,
                )
            remember(new)

        with self.change() as stage:
            old = _folder_of(stage)
            check_no_downloads(old / STAGING_NAME)
            files = [file for card in own_models(old) for file in own_files(card)]
            files += partial_downloads(old)
            move_files(files, old, folder, remember_unless_changed, on_progress, cancel)
        remove_empty(old)
        return ModelLibrary(folder, self._recognise)

    @contextmanager
    def change(self, *, wait: CancelToken | None = None) -> Iterator[Path]:
        """Locks the library within the block; yields an empty folder, which is removed afterwards.

        Raises `OutputNotWritable` if another program holds the lock, or if the library cannot be written.
        With `wait`, waits for the lock, and raises `Cancelled` once the token is cancelled.
        """
        try:
            with self._lock(wait) as folder:
                stage = folder / STAGING_NAME / CHANGE_NAME
                remove_tree(stage)  # left by a program that was killed
                stage.mkdir()
                try:
                    yield stage
                finally:
                    shutil.rmtree(stage, ignore_errors=True)
        except AlreadyLocked:
            raise OutputNotWritable(
                "output.library-in-use",
                "The library {folder} is being changed by another program.",
                "Wait until that has finished.",
                folder=self.folder,
            ) from None
        except OSError as error:
            raise not_written(self.folder, error) from error

    @contextmanager
    def _lock(self, wait: CancelToken | None) -> Iterator[Path]:
        """Holds the library's lock and yields its folder, which may change while waiting for the lock."""
        while True:
            folder = self.folder
            with ExitStack() as locks:
                try:
                    (folder / STAGING_NAME).mkdir(parents=True, exist_ok=True)
                    locks.enter_context(locked(folder / STAGING_NAME / LOCK_NAME, wait=wait))
                except FileNotFoundError:
                    if self.folder == folder:
                        raise
                if self.folder == folder:
                    yield folder
                    return
            remove_empty(folder)  # the library was moved


def _folder_of(stage: Path) -> Path:
    """The locked folder of the library; `ModelLibrary.folder` may already be another one."""
    return stage.parent.parent
