"""Which of the installed models edits."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from engine.library import ModelCard
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.window.controls.model_menu import ModelMenu


class ModelSelectionController(QObject):
    """Keeps the document's model one of the installed ones, whatever happens to them."""

    def __init__(
        self,
        models: InstalledModels,
        document: EditDocument,
        menu: ModelMenu,
        last: Path,
        parent: QObject | None = None,
    ) -> None:
        """`last` is the model to use once the list is known, if it is in it."""
        super().__init__(parent)
        self._models, self._document, self._menu = models, document, menu
        self._wanted: Path | None = last
        menu.offer(models)
        menu.value_changed.connect(document.choose_model)
        models.changed.connect(self._follow)
        if models.is_known:
            self._follow()

    def choose(self, path: Path) -> None:
        """Use this model, with its own settings; one that is not in the list yet is looked for."""
        self._wanted = path
        if self._models.find(path) is not None:
            self._follow()
        else:
            self._models.reload()

    def learn(self, card: ModelCard) -> None:
        """More is known of a model than before."""
        if self._document.model is not None and self._document.model.path == card.path:
            self._document.update_model(card)
        self._models.update(card)

    def _follow(self) -> None:
        """Use the wanted model, else the one used before, else the first."""
        wanted = self._models.find(self._wanted) if self._wanted is not None else None
        present = self._present()
        if wanted is not None or self._models.is_current:
            self._wanted = None
        if wanted is not None:
            self._document.choose_model(wanted)
        elif present is not None:
            # its settings may have been changed by hand, so they are left alone
            self._document.model = present
        elif self._models.cards:
            self._document.choose_model(self._models.cards[0])
        self._menu.value = self._document.model

    def _present(self) -> ModelCard | None:
        """The model used before, where it lies now: the folder of all may have been moved."""
        used = self._document.model
        if used is None:
            return None
        return self._models.find(used.path) or self._models.find(self._models.current.folder / used.path.name)
