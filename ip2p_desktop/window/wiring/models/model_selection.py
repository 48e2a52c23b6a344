"""Selects one of the installed models as the document's model."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from engine.library import ModelCard
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.window.controls.model_menu import ModelMenu


class ModelSelectionController(QObject):
    """Keeps the document's model among the installed ones when these change."""

    def __init__(
        self,
        models: InstalledModels,
        document: EditDocument,
        menu: ModelMenu,
        last_used: Path,
        parent: QObject | None = None,
    ) -> None:
        """`last_used` is selected after the list has been read, if it is installed."""
        super().__init__(parent)
        self._models, self._document, self._menu = models, document, menu
        self._requested_path: Path | None = last_used
        menu.offer(models)
        menu.value_changed.connect(document.choose_model)
        models.changed.connect(self._select)
        if models.is_known:
            self._select()

    def choose(self, path: Path) -> None:
        """Use a model with its recommended settings; read the list again if the model is not in it."""
        self._requested_path = path
        if self._models.find(path) is not None:
            self._select()
        else:
            self._models.reload()

    def update(self, card: ModelCard) -> None:
        """Replace the card of a model by a newer one."""
        if self._document.model is not None and self._document.model.path == card.path:
            self._document.update_model(card)
        self._models.update(card)

    def _select(self) -> None:
        """Select the requested model, else the current one, else the first."""
        requested = self._models.find(self._requested_path) if self._requested_path is not None else None
        current = self._current_card()
        if requested is not None or self._models.is_current:
            self._requested_path = None
        first = self._models.cards[0] if self._models.cards else None
        if self._document.model is None and (card := requested or first) is not None:
            self._document.choose_first_model(card)
        elif requested is not None:
            self._document.choose_model(requested)
        elif current is not None:
            # the settings stay, as the user may have changed them
            self._document.model = current
        elif first is not None:
            self._document.choose_model(first)
        self._menu.value = self._document.model

    def _current_card(self) -> ModelCard | None:
        """The card of the current model, which may have moved with the folder of models."""
        model = self._document.model
        if model is None:
            return None
        return self._models.find(model.path) or self._models.find(
            self._models.current.folder / model.path.name
        )
