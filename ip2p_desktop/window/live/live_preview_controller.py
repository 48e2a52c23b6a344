"""Shows what the current settings would make of the photo while they are being changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.library import ModelCard
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.previews.preview_job import (
    SCREEN_SIZE,
    PreviewEnd,
    PreviewJob,
    PreviewOutcome,
    PreviewPriority,
    preview_state,
)
from ip2p_desktop.editing.previews.preview_queue import PreviewQueue
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.main_window import MainWindow

PAUSE_MS = 300
"""Time without changes before a preview is made."""
WARM_UP_DELAY_MS = 1000
"""Time after a photo was opened, in which it is shown and stored."""


class LivePreviewController(QObject):
    """Makes a preview after each pause in changing the settings, and removes it when it no longer applies.

    There is none for an empty or unknown instruction, while an edit runs, and with a model that takes too
    long, which is said once.
    """

    chosen = Signal()
    """The user has switched previews on or off in the window, and the preference has changed."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        previews: PreviewQueue,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._document, self._queue, self._previews = document, queue, previews
        self._preferences = preferences
        self._notice_bar = window.notice_bar
        self._button, self._action = window.composer.live_button, window.actions_.live_preview
        self._is_on = preferences.live_preview
        self._slow: set[Path] = set()
        """Models that take too long, and of which it was said."""
        self._has_failed = False
        """Whether the last preview could not be made."""
        self._job: PreviewJob | None = None
        self._warm_up_job: PreviewJob | None = None
        self._model = document.model.path if document.model is not None else None
        self._is_postponed = False
        """Whether settings were changed while an edit ran."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._submit)
        self._warm_up = QTimer(self, singleShot=True, interval=WARM_UP_DELAY_MS)
        self._warm_up.timeout.connect(self._submit_warm_up)
        self._connect()
        self._show_switch()

    def _connect(self) -> None:
        document = self._document
        document.state_changed.connect(self._on_state_changed)
        document.model_changed.connect(self._on_model_changed)
        document.shown_changed.connect(self._on_shown_changed)
        document.source_changed.connect(self._on_source_changed)
        self._queue.is_busy_changed.connect(self._on_busy_changed)
        self._action.triggered.connect(self._choose)
        self._button.clicked.connect(self._choose)

    @property
    def is_on(self) -> bool:
        """Whether the user wants previews."""
        return self._is_on

    def switch(self, is_on: bool) -> None:
        """Switch previews on or off. On again, a slow model is measured again."""
        self._is_on = is_on
        for model in self._slow:
            self._previews.measure_again(model)
        self._slow.clear()
        self._show_switch()
        if is_on:
            self._pause.start()
        else:
            self._clear()

    def _choose(self, is_on: bool) -> None:
        """Switch by the user's choice, also for the next start."""
        self._preferences.live_preview = is_on
        self.switch(is_on)
        self.chosen.emit()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        document = self._document
        if preview_state(state) == preview_state(before):
            return
        if document.is_restoring and document.live_preview is None:
            self._cancel()  # undo shows what was there before, which was no preview
            return
        self._cancel()
        if not state.instruction.strip():
            document.live_preview = None
        elif self._queue.is_busy:
            self._is_postponed = True
        elif self._is_on:
            self._pause.start()

    def _on_model_changed(self, model: ModelCard | None) -> None:
        before, self._model = self._model, model.path if model is not None else None
        self._show_switch()
        if self._model == before:
            return  # more is known of the same model
        self._warm_up.start()
        if before is None:  # its recommended settings are no change by the user
            self._cancel()
        else:
            self._document.live_preview = None

    def _on_source_changed(self, source: SourcePhoto | None) -> None:
        self._warm_up.start()

    def _on_shown_changed(self, node: EditNode | None) -> None:
        self._clear()

    def _on_busy_changed(self, is_editing: bool) -> None:
        """The preview stays until the result replaces it."""
        self._cancel()
        if not is_editing:
            self._document.live_preview = None
            if self._is_postponed and self._is_on:
                self._pause.start()
        self._is_postponed = False

    def _cancel(self) -> None:
        self._pause.stop()
        if self._job is not None:
            self._previews.cancel(self._job)
            self._job = None

    def _clear(self) -> None:
        self._cancel()
        self._document.live_preview = None

    def _submit(self) -> None:
        document = self._document
        source, model, state = document.source, document.model, document.state
        if not (self._is_on and source and model and state.instruction.strip()) or self._queue.is_busy:
            return
        if document.result is not None and document.matches(document.result):
            document.live_preview = None  # the result is on screen
            return
        self._cancel()
        self._cancel_warm_up()
        self._job = PreviewJob(state, source, model, SCREEN_SIZE, PreviewPriority.LIVE)
        self._previews.submit(self._job, self._on_ended)

    def _on_ended(self, outcome: PreviewOutcome) -> None:
        assert self._job is not None
        model, self._job = self._job.model, None
        self._document.live_preview = outcome.image
        if (outcome.end is PreviewEnd.FAILED) is not self._has_failed:
            self._has_failed = not self._has_failed
            self._show_switch()
        if outcome.end is PreviewEnd.SLOW and model.path not in self._slow:
            self._slow.add(model.path)
            self._show_switch()
            text = self.tr("There is no live preview with {name}, because one takes too long.")
            self._notice_bar.show_message(text.format(name=model.name), causes=("model",))

    def _submit_warm_up(self) -> None:
        """Make a first preview in idle time: it loads the model and encodes the photo for the next ones."""
        source, model = self._document.source, self._document.model
        if not (self._is_on and source and model and model.suggestions):
            return
        self._cancel_warm_up()
        state = self._document.state.with_values(instruction=model.suggestions[0])
        self._warm_up_job = PreviewJob(state, source, model, SCREEN_SIZE, PreviewPriority.IDLE)
        self._previews.submit(self._warm_up_job, lambda outcome: None)

    def _cancel_warm_up(self) -> None:
        self._warm_up.stop()
        if self._warm_up_job is not None:
            self._previews.cancel(self._warm_up_job)
            self._warm_up_job = None

    def _show_switch(self) -> None:
        model = self._document.model
        self._action.setChecked(self._is_on)
        self._button.setChecked(self._is_on)
        if self._is_on and model is not None and model.path in self._slow:
            tip = self.tr("Live preview: {name} takes too long for it").format(name=model.name)
        elif self._is_on and self._has_failed:
            tip = self.tr("Live preview: none can be made with these settings. Make the edit to see why.")
        elif self._is_on:
            tip = self.tr("Live preview is on: shows what the instruction does while you type")
        else:
            tip = self.tr("Live preview is off")
        self._button.setToolTip(tip)
        self._button.setAccessibleDescription(tip)
