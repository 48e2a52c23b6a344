"""Controls the use of the settings of a result."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.history.node_texts import description
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController


class ResultSettingsController(QObject):
    """Offers the settings of the result on screen while they differ from the current ones."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        edits: EditController,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._queue = queue
        self._edits = edits
        self._models = models
        for signal in (
            *(document.result_changed, document.state_changed, document.reading_changed),
            *(queue.is_busy_changed, edits.is_following_changed),
        ):
            signal.connect(self._offer)
        window.header.use_settings_requested.connect(self._use_shown)
        window.actions_.use_settings.triggered.connect(self._use_shown)
        window.history_strip.use_settings_requested.connect(self.use)

    def use(self, result: EditedPhoto) -> None:
        """Set all settings of a result; a notice reports if its model is not installed."""
        model = self._models.find(result.model.path)
        self._document.use_settings_of(result, model)
        if model is None:
            text = self.tr("The model of this result, “{name}”, is not on this computer any more.")
            self._window.notice_bar.show_message(
                text.format(name=result.model.name),
                advice=self.tr("Its other settings are applied; the model stays."),
                causes=("result", "model"),
            )

    def _use_shown(self) -> None:
        result, header = self._document.result, self._window.header
        if result is None:
            return
        had_focus = header.use_settings_button.hasFocus()
        self.use(result)
        if had_focus:
            self._window.composer.focus_instruction()

    def _offer(self) -> None:
        document, result = self._document, self._document.result
        is_covered = self._queue.is_busy and self._edits.is_following
        can_use = result is not None and not is_covered and not document.matches(result)
        self._window.actions_.use_settings.setEnabled(can_use)
        self._window.header.offer_settings(self._summary(result) if result is not None and can_use else "")

    def _summary(self, result: EditedPhoto) -> str:
        keys = self._window.actions_.use_settings.shortcut()
        text = self.tr("Set everything so that Edit makes this result again ({keys})")
        text = text.format(keys=keys.toString(QKeySequence.SequenceFormat.NativeText))
        return f"{text}\n{description(result)}"
