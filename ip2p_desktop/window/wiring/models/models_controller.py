"""Controls the models: the menu, the current model and the dialogs of models and training."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from engine.library import ModelCard
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.weight_sets import WeightSetController
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.models.models_action import ModelsAction
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.training.training_action import TrainingAction
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.instruction_hints import InstructionHintController
from ip2p_desktop.window.wiring.models.model_selection import ModelSelectionController


class ModelsController(QObject):
    """Connects the installed models with the menu, the document and the dialogs."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        client: EditClient,
        preferences: Preferences,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._preferences = preferences
        self._menu = window.settings_panel.model_menu
        self._models = models
        self.training_action = TrainingAction(models, window)
        self.models_action = ModelsAction(models, document, window)
        self.weight_sets = WeightSetController(document, client, self)
        self.instruction_hints = InstructionHintController(document, window.composer, models, self)
        self._document.model_changed.connect(self._on_model_changed)
        self.selection = ModelSelectionController(models, document, self._menu, Path(preferences.model), self)
        self._connect_menu()
        self._connect_dialogs()

    def _connect_menu(self) -> None:
        menu, actions = self._menu, self._window.actions_
        menu.weight_set.chosen.connect(self.weight_sets.choose)
        self.weight_sets.updated.connect(self.selection.update)
        menu.training_requested.connect(self.training_action.open)
        actions.training.triggered.connect(self.training_action.open)
        menu.models_requested.connect(self.models_action.open)
        actions.models.triggered.connect(self.models_action.open)
        actions.reload_models.triggered.connect(self._models.reload)
        actions.show_models.triggered.connect(self._show_folder)

    def _connect_dialogs(self) -> None:
        self.instruction_hints.models_requested.connect(self.models_action.open_catalogue)
        self.models_action.folder_requested.connect(self._show_folder)
        for chosen in (self.instruction_hints.model_chosen, self.models_action.model_chosen):
            chosen.connect(self.selection.choose)
        self.training_action.model_trained.connect(self._use_trained)

    def _use_trained(self, model: Path, instruction: str) -> None:
        """Choose a model that was trained, and put its instruction into the box."""
        self.selection.choose(model)
        if instruction:
            self._document.change(instruction=instruction)

    def shut_down(self) -> None:
        """Stop downloads, and wait until threads and processes have ended; training goes on."""
        self.training_action.shut_down()
        self.models_action.shut_down()
        self.weight_sets.shut_down()
        self.instruction_hints.shut_down()

    def _on_model_changed(self, card: ModelCard | None) -> None:
        self._menu.value = card
        self._window.composer.show_suggestions(card.suggestions if card else ())
        self.models_action.show_used(card)
        if card is not None and str(card.path) != self._preferences.model:
            self._preferences.model = str(card.path)

    def _show_folder(self) -> None:
        paths.models_folder().mkdir(parents=True, exist_ok=True)
        show_in_system(paths.models_folder(), QApplication.activeWindow() or self._window)
