"""Finds the sets of weights of the chosen model, and selects the one to edit with."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.library import ModelCard, write_model_card
from engine.model_options import WeightSet
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.engine_loading import find_weight_sets
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.session.document import EditDocument

log = logging.getLogger(__name__)

Finder = Callable[[Path, CancelToken], tuple[WeightSet, ...]]


class WeightSetController(QObject):
    """Reads the weight sets from the file of the chosen model, once, and stores them on its card."""

    updated = Signal(object)
    """The `ModelCard` with its weight sets."""

    def __init__(
        self,
        document: EditDocument,
        client: EditClient,
        parent: QObject | None = None,
        *,
        find: Finder = find_weight_sets,
    ) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1)
        self._document = document
        self._find = find
        self._is_ready = False
        self._found: dict[Path, tuple[WeightSet, ...]] = {}
        self._cancel = CancelToken()
        document.model_changed.connect(self._inspect)
        client.ready.connect(self._on_ready)

    def choose(self, weight_set: WeightSet) -> None:
        """Edit with this set of weights of the chosen model, also after the next start."""
        if self._document.model is not None:
            self._record(replace(self._document.model, weight_set=weight_set))

    def shut_down(self) -> None:
        """Wait for the file that is being read."""
        self._cancel.cancel()
        self._background.close()

    def _on_ready(self) -> None:
        self._is_ready = True
        self._inspect(self._document.model)

    def _inspect(self, card: ModelCard | None) -> None:
        if card is None or card.known_weight_sets:
            return
        if found := self._found.get(card.path):
            self.updated.emit(replace(card, weight_sets=found))
        elif self._is_ready and card.path not in self._found:
            self._found[card.path] = ()
            inspect = partial(self._find, card.path, self._cancel)
            on_found = partial(self._on_found, card)
            self._background.submit(inspect, on_found, self._on_failed, cancel=self._cancel)

    def _on_found(self, card: ModelCard, found: tuple[WeightSet, ...]) -> None:
        self._found[card.path] = found
        self._record(replace(card, weight_sets=found))

    def _on_failed(self, report: ErrorReport) -> None:
        # an edit with this model reports the error to the user
        log.warning("The weight sets were not read: %s", report)

    def _record(self, card: ModelCard) -> None:
        with suppress(
            OSError
        ):  # in a read-only folder the card is not stored, and the file is read again at the next start
            write_model_card(card)
        self.updated.emit(card)
