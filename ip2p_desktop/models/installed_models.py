"""The one list of installed models that the window's parts share. Knows no widgets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.library import ModelCard
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.models.model_list import ModelList, read_models

log = logging.getLogger(__name__)


class InstalledModels(QObject):
    """Observable. Read from the disk off the GUI thread, whenever somebody asks for it."""

    changed = Signal()
    """The list was read, or more is known of a model in it."""

    def __init__(self, parent: QObject | None = None, *, read: Callable[[], ModelList] = read_models) -> None:
        """Empty until `reload` is called and its answer has come."""
        super().__init__(parent)
        self._read = read
        self._background = Background(self, workers=1)
        self._list: ModelList | None = None
        self._asked = self._answered = 0
        self._is_closed = False

    @property
    def is_known(self) -> bool:
        """Whether the list has been read at all."""
        return self._list is not None

    @property
    def is_current(self) -> bool:
        """Whether nothing newer is being read."""
        return self._answered == self._asked

    @property
    def current(self) -> ModelList:
        """As it was read last."""
        return self._list or ModelList(paths.models_folder())

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """Of the usable models, the starter first."""
        return self.current.cards

    def find(self, path: Path) -> ModelCard | None:
        """The model in this folder, or of this file."""
        return next((card for card in self.cards if card.path == path), None)

    def reload(self) -> None:
        """Read the list again; the answer is `changed`."""
        if not self._is_closed:
            self._asked += 1
            number = self._asked
            self._background.submit(self._read, partial(self._take, number), partial(self._fail, number))

    def update(self, card: ModelCard) -> None:
        """Take in what has become known of a model, and is on its card on disk already."""
        if self._list is not None:
            cards = tuple(card if each.path == card.path else each for each in self.cards)
            self._list = replace(self._list, cards=cards)
            self.changed.emit()
        if not self.is_current:  # what is being read may be older
            self.reload()

    def close(self) -> None:
        """Wait for what is being read."""
        self._is_closed = True
        self._background.close()

    def _take(self, number: int, found: ModelList) -> None:
        self._answered = number
        if self.is_current:  # else a newer answer is on its way
            self._list = found
            self.changed.emit()

    def _fail(self, number: int, report: ErrorReport) -> None:
        log.warning("The models could not be listed: %s", report)
        self._take(number, self.current)
