"""Makes a practice set as a collection of its own, off the GUI thread; observable."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import ErrorReport
from engine.images.photo_search import photos_below
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.collections.collection_list import listed_collections, new_folder
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPicture
from ip2p_desktop.training.pictures.collections.pair_collection import (
    CollectedPair,
    PairCollection,
    write_collection,
)
from ip2p_desktop.training.pictures.collections.picture_thumbnails import as_qimage
from ip2p_desktop.training.plans.model_names import free_name
from trainer.datasets.pair_writing import AFTER, BEFORE, image_name

FEWEST_PAIRS, MOST_PAIRS = 24, 200
"""Pairs of a set: as many as there are photos, within these limits."""


@dataclass(frozen=True, slots=True)
class PracticePlan:
    """What a practice set is made of, and called if no other pairs are called so."""

    name: str
    photos: tuple[GivenPicture, ...]
    recipes: tuple[str, ...]
    words: tuple[str, ...]
    strength: float = 1.0


class PracticeMaker(QObject):
    """Makes one set at a time, and samples of recipes on a photo."""

    progressed = Signal(int, int)
    finished = Signal(Path)
    """The folder of the new collection."""
    cancelled = Signal()
    failed = Signal(object)
    """`ErrorReport`."""
    sampled = Signal(str, QImage)
    """A recipe and what it makes of the photo."""
    photos_found = Signal(object)
    """Paths of the photos in folders, as a tuple."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._background = Background(self, workers=1)
        self._samples = Background(self, workers=1, is_latest_only=True)
        self._cancel = CancelToken()
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether a set is being made."""
        return self._is_running

    def make(self, plan: PracticePlan) -> None:
        """Make a set, unless one is being made."""
        if self._is_running:
            return
        self._is_running = True
        token = self._cancel = CancelToken()
        report = self._background.relayed(self._report, token)
        work = partial(_make, plan, self._root, lambda done, total: report((done, total)), token)
        self._background.submit(work, self._on_made, self._on_failed, cancel=token)

    def cancel(self) -> None:
        """Make no more; what was made of the set is deleted."""
        if self._is_running:
            self._is_running = False
            self._cancel.cancel()
            self.cancelled.emit()

    def find_photos(self, paths: Sequence[Path]) -> None:
        """Find the photos in files and folders; emits `photos_found` or `failed`."""
        self._background.submit(partial(_photos_in, tuple(paths)), self.photos_found.emit, self.failed.emit)

    def sample(self, photo: GivenPicture, recipes: Sequence[str], strength: float) -> None:
        """Make samples of recipes on a photo; emits `sampled` for each. Earlier ones are cancelled."""
        token = CancelToken()
        report = self._samples.relayed(self._show_sample, token)
        work = partial(_make_samples, photo, tuple(recipes), strength, report, token)
        self._samples.submit(work, lambda _: None, lambda _: None, cancel=token)

    def shut_down(self) -> None:
        """Cancel everything and wait."""
        self._cancel.cancel()
        self._samples.cancel()
        self._samples.close()
        self._background.close()

    def _report(self, done: tuple[int, int]) -> None:
        self.progressed.emit(*done)

    def _show_sample(self, sample: tuple[str, QImage]) -> None:
        self.sampled.emit(*sample)

    def _on_made(self, folder: Path) -> None:
        self._is_running = False
        self.finished.emit(folder)

    def _on_failed(self, report: ErrorReport) -> None:
        self._is_running = False
        self.failed.emit(report)


def _photos_in(paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(photo for path in paths for photo in (photos_below(path) if path.is_dir() else [path]))


def _make(plan: PracticePlan, root: Path, report: Callable[[int, int], None], token: CancelToken) -> Path:
    from trainer.practice.practice_set import SUFFIX, make_practice_set  # imports numpy when it begins

    count = min(max(FEWEST_PAIRS, len(plan.photos)), MOST_PAIRS)
    made = make_practice_set(
        plan.photos[:MOST_PAIRS],
        plan.recipes,
        new_folder(root, " ".join(plan.recipes)),
        count=count,
        instructions=plan.words,
        strength=plan.strength,
        on_made=report,
        cancel=token,
    )
    names = [
        [image_name(number + 1, side, SUFFIX) for side in (BEFORE, AFTER)] for number in range(made.pairs)
    ]
    pairs = tuple(CollectedPair(original, edited) for original, edited in names)
    others = [each.name for each in listed_collections(root) if each.folder != made.folder]
    name = free_name(plan.name, others)
    write_collection(PairCollection(made.folder, name, made.instructions, pairs, time.time()))
    return made.folder


def _make_samples(
    photo: GivenPicture,
    recipes: Sequence[str],
    strength: float,
    report: Callable[[tuple[str, QImage]], None],
    token: CancelToken,
) -> None:
    from trainer.practice.recipe_samples import recipe_sample, working_copy

    small = working_copy(photo.decode())
    for recipe in recipes:
        token.raise_if_cancelled()
        report((recipe, as_qimage(recipe_sample(small, recipe, strength))))
