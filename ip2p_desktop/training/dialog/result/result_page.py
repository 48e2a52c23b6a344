"""The page of a result: a model that was trained, judged in words and pictures before it is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QProgressBar, QWidget

from ip2p_desktop.training.dialog.result.choice_sliders import ChoiceSliders
from ip2p_desktop.training.dialog.result.export_menu import ExportMenu
from ip2p_desktop.training.dialog.result.judged_pictures import JudgedPictures
from ip2p_desktop.training.dialog.result.judgement_texts import JudgementTexts
from ip2p_desktop.training.dialog.runs.run_texts import data_size
from ip2p_desktop.training.results.result_state import ResultState
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label

LONGEST_NAME, LONGEST_NOTE = 60, 200


class ResultPage(DialogPage):
    """Shows how good the model is, lets a step and a strength be tried, and keeps or exports the choice."""

    keep_requested = Signal(bool)
    """The model was asked to be kept; whether the run is kept too."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("result_page", "", parent)
        self._session = session
        self.state = ResultState(session, self)
        self._texts = JudgementTexts(self)
        self._named = ""
        """The name of the run whose name and note are in the fields."""
        self.sentence = named(body_label(""), "result_sentence")
        self.words = named(body_label("", role="section"), "judgement_words")
        self.progress = named(QProgressBar(textVisible=False), "judging_progress")
        self.pictures = JudgedPictures(self.state.judging)
        self.again_button = plain_button("judge_choice", self.tr("Judge this choice on all pictures"))
        self.sliders = ChoiceSliders()
        self.name_box = named(QLineEdit(maxLength=LONGEST_NAME), "result_name")
        self.note_box = named(QLineEdit(maxLength=LONGEST_NOTE), "result_note")
        self.note_box.setPlaceholderText(self.tr("For yourself and others, such as what it suits"))
        self.notice = named(Notice(), "result_notice")
        self.exported = named(body_label("", role="hint"), "exported_to")
        self.keep_run_box = named(QCheckBox(), "keep_run_too")
        self.keep_run_hint = body_label(
            self.tr("Without it, only the model stays: the steps so far cannot be continued."), role="hint"
        )
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        fields = QFormLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.addRow(self.tr("N&ame"), self.name_box)
        fields.addRow(self.tr("N&ote"), self.note_box)
        above: tuple[QWidget, ...] = (self.sentence, self.words, self.progress, self.pictures, self.sliders)
        below: tuple[QWidget, ...] = (self.notice, self.exported, self.keep_run_box, self.keep_run_hint)
        for part in (*above, self.again_button):
            self.column.addWidget(part)
        self.column.addLayout(fields)
        for part in below:
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.back_button = self.add_button("back_to_progress", self.tr("&Back"))
        self.export_button = self.add_button("export_result", self.tr("&Export"))
        self.export_menu = ExportMenu(self.export_button)
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_result", self.tr("Close"))
        self.keep_button = self.add_button("keep_model", self.tr("&Keep the model"), role="primary")

    def _connect(self) -> None:
        self.keep_button.clicked.connect(self._keep)
        self.again_button.clicked.connect(self.state.judge)
        self.sliders.chosen.connect(self._choose)
        self.export_menu.chosen.connect(self._export)
        self.state.changed.connect(self.refresh)
        self.state.exported.connect(self._show_exported)
        self.state.judging.changed.connect(self._show_judgement)
        self._session.phase_changed.connect(self.refresh)
        self._session.runs_changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        judging = self.state.judging
        if judging.summary is None and not judging.is_running:
            self.state.judge()

    def hideEvent(self, event: QHideEvent) -> None:
        if self.isHidden():  # another page, not a closed dialog
            self.state.judging.stop()
        super().hideEvent(event)

    def shut_down(self) -> None:
        """End judging and exports."""
        self.state.shut_down()
        self.pictures.shut_down()

    def refresh(self) -> None:
        """Show the result of the session."""
        session, run = self._session, self._session.run
        name = run.plan.name if run else ""
        if run is not None and self._named != str(run.folder):
            self._named = str(run.folder)
            self.name_box.setText(name)
            self.note_box.clear()
            self.exported.clear()
        self.title.setText(self.tr("“{name}” is trained").format(name=name))
        self.sentence.setText(session.outcome.sentence() if session.outcome else "")
        failure = session.failure if session.phase == TrainingPhase.DONE else None
        self.notice.show_report(self.state.failure or failure)
        text = self.tr("Keep what is needed to train it &further ({size})")
        self.keep_run_box.setText(text.format(size=data_size(session.progress.disk)))
        self.keep_run_box.setAccessibleName(self.keep_run_box.text().replace("&", ""))
        can_act = session.result is not None and not (session.is_keeping or self.state.is_busy)
        for widget in (self.keep_button, self.export_button, self.sliders):
            widget.setEnabled(can_act)
        if self.sliders.choice != self.state.choice and not self.sliders.is_resting:
            self.sliders.offer(self.state.steps)
        self.exported.setVisible(bool(self.exported.text()))
        self._show_judgement()

    @property
    def preview(self) -> Path | None:
        """The picture of the new model that is on screen."""
        shown = self.pictures.shown
        return Path(shown.trained) if shown is not None else None

    def _show_judgement(self) -> None:
        judging = self.state.judging
        self.progress.setVisible(judging.is_running)
        self.progress.setRange(0, judging.total)
        self.progress.setValue(judging.done)
        if judging.failure is not None:
            words = str(judging.failure)
        elif judging.summary is not None and not judging.is_trial:
            words = self._texts.summary(judging.summary)
        elif judging.is_running:
            words = self._texts.judging(judging.done, judging.total)
        else:
            words = self.tr("These pictures show the choice; it is not judged yet.") if judging.pairs else ""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.again_button.setVisible(judging.is_trial and not judging.is_running)

    def _choose(self, choice: object) -> None:
        self.pictures.forget_images()
        self.state.choose(self.sliders.choice)

    def _keep(self) -> None:
        keeps_run = self.keep_run_box.isChecked()
        self.state.keep(*self._description(), keeps_run=keeps_run)
        self.keep_requested.emit(keeps_run)

    def _export(self, kind: object, target: Path) -> None:
        self.exported.clear()
        self.state.export(self.export_menu.kind_of(kind), target, *self._description())

    def _description(self) -> tuple[str, str, Path | None]:
        """Name, note and picture."""
        return self.name_box.text().strip(), self.note_box.text().strip(), self.preview

    def _show_exported(self, target: Path) -> None:
        self.exported.setText(self.tr("Exported to {file}").format(file=target))
        self.exported.setVisible(True)
