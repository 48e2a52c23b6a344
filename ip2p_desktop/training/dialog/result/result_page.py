"""The page of a result: a model that was trained, before it is kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from ip2p_desktop.training.dialog.runs.run_texts import data_size
from ip2p_desktop.training.runs.training_session import TrainingPhase, TrainingSession
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import Notice, body_label


class ResultPage(DialogPage):
    """Keeps the model of a run that has ended, and decides what becomes of the run."""

    keep_requested = Signal(bool)
    """Whether the run is kept too."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("result_page", "", parent)
        self._session = session
        self.sentence = body_label("")
        self.sentence.setObjectName("result_sentence")
        self.notice = Notice()
        self.notice.setObjectName("result_notice")
        self.keep_run_box = QCheckBox()
        self.keep_run_box.setObjectName("keep_run_too")
        self.keep_run_hint = body_label(
            self.tr("Without it, only the model stays: the steps so far cannot be continued."), role="hint"
        )
        for part in (self.sentence, self.notice, self.keep_run_box, self.keep_run_hint):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.back_button = self.add_button("back_to_progress", self.tr("&Back"))
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_result", self.tr("Close"))
        self.keep_button = self.add_button("keep_model", self.tr("&Keep the model"), role="primary")
        self.keep_button.clicked.connect(lambda: self.keep_requested.emit(self.keep_run_box.isChecked()))
        session.phase_changed.connect(self.refresh)
        session.runs_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the result of the session."""
        session = self._session
        name = session.run.plan.name if session.run else ""
        self.title.setText(self.tr("“{name}” is trained").format(name=name))
        self.sentence.setText(session.outcome.sentence() if session.outcome else "")
        self.notice.show_report(session.failure if session.phase == TrainingPhase.DONE else None)
        text = self.tr("Keep what is needed to train it &further ({size})")
        self.keep_run_box.setText(text.format(size=data_size(session.progress.disk)))
        self.keep_run_box.setAccessibleName(self.keep_run_box.text().replace("&", ""))
        self.keep_button.setEnabled(session.result is not None and not session.is_keeping)
