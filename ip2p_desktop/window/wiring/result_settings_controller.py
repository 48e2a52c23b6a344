"""From a result on screen to the settings that made it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditedPhoto
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
            *(document.edited_changed, document.state_changed, document.reading_changed),
            *(queue.is_busy_changed, edits.is_following_changed),
        ):
            signal.connect(self._offer)
        window.header.use_settings_requested.connect(self._use_shown)
        window.actions_.use_settings.triggered.connect(self._use_shown)
        window.history_strip.use_settings_requested.connect(self.use)

    def use(self, edited: EditedPhoto) -> None:
        """Set everything so that Edit makes this result again."""
        model = self._models.find(edited.model.path)
        self._document.use_settings_of(edited, model)
        if model is None:
            text = self.tr("The model of this result, “{name}”, is not on this computer any more.")
            self._window.notice_bar.show_message(
                text.format(name=edited.model.name),
                advice=self.tr("Its other settings are applied; the model stays."),
                causes=("edited", "model"),
            )

    def _use_shown(self) -> None:
        edited, header = self._document.edited, self._window.header
        if edited is None:
            return
        had_focus = header.use_settings_button.hasFocus()
        self.use(edited)
        if had_focus:
            self._window.composer.write()

    def _offer(self) -> None:
        document, edited = self._document, self._document.edited
        is_covered = self._queue.is_busy and self._edits.is_following
        can_use = edited is not None and not is_covered and not document.repeats(edited)
        self._window.actions_.use_settings.setEnabled(can_use)
        self._window.header.offer_settings(self._summary(edited) if edited is not None and can_use else "")

    def _summary(self, edited: EditedPhoto) -> str:
        keys = self._window.actions_.use_settings.shortcut()
        text = self.tr("Set everything so that Edit makes this result again ({keys})")
        text = text.format(keys=keys.toString(QKeySequence.SequenceFormat.NativeText))
        return f"{text}\n{self._window.history_strip.description(edited)}"
