"""The list of installed models, shared by all parts of the window. Uses no widgets."""

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
    """An observable list of models, read from the disk off the GUI thread."""

    changed = Signal()
    """The list was read, or the card of a model has changed."""

    def __init__(self, parent: QObject | None = None, *, read: Callable[[], ModelList] = read_models) -> None:
        """The list is empty until `reload` has finished."""
        super().__init__(parent)
        self._read = read
        self._background = Background(self, workers=1)
        self._list: ModelList | None = None
        self._requested = self._received = 0
        self._is_closed = False

    @property
    def is_known(self) -> bool:
        """Whether the list has been read once."""
        return self._list is not None

    @property
    def is_current(self) -> bool:
        """Whether no newer list is being read."""
        return self._received == self._requested

    @property
    def current(self) -> ModelList:
        """The list as it was read last."""
        return self._list or ModelList(paths.models_folder())

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """The cards of the usable models, the starter first."""
        return self.current.cards

    def find(self, path: Path) -> ModelCard | None:
        """The model with this folder or file; None if it is not in the list."""
        return next((card for card in self.cards if card.path == path), None)

    def reload(self) -> None:
        """Read the list again; `changed` is emitted when it has been read."""
        if not self._is_closed:
            self._requested += 1
            number = self._requested
            self._background.submit(
                self._read, partial(self._on_read, number), partial(self._on_failed, number)
            )

    def update(self, card: ModelCard) -> None:
        """Replace the card of a model by one that has been changed on disk."""
        if self._list is not None:
            cards = tuple(card if each.path == card.path else each for each in self.cards)
            self._list = replace(self._list, cards=cards)
            self.changed.emit()
        if not self.is_current:  # the list that is being read may contain the old card
            self.reload()

    def close(self) -> None:
        """Wait for the list that is being read."""
        self._is_closed = True
        self._background.close()

    def _on_read(self, number: int, found: ModelList) -> None:
        self._received = number
        if self.is_current:  # otherwise a newer list is being read
            self._list = found
            self.changed.emit()

    def _on_failed(self, number: int, report: ErrorReport) -> None:
        log.warning("The models could not be listed: %s", report)
        self._on_read(number, self.current)
