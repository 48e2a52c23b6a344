"""The page of a result: a model that was trained, judged in words and pictures before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from engine.files.disk_space import size_text
from engine.library import ModelCard
from ip2p_desktop.training.dialog.result.choice_sliders import ChoiceSliders
from ip2p_desktop.training.dialog.result.enlarged_result import EnlargedResult
from ip2p_desktop.training.dialog.result.export_menu import ExportMenu
from ip2p_desktop.training.dialog.result.judged_pictures import JudgedPictures
from ip2p_desktop.training.dialog.result.judgement_texts import JudgementTexts
from ip2p_desktop.training.dialog.result.result_buttons import ResultButtons
from ip2p_desktop.training.plans.model_names import LONGEST_NAME, free_name
from ip2p_desktop.training.results.result_state import ResultState
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label

LONGEST_NOTE = 200
INDENT = 26
"""Of the hint below a check box, so that it begins where the text of the box does."""
WIDEST = 1000
"""The widest column in points: the pictures use the room of a large window."""


class ResultPage(DialogPage):
    """Shows how good the model is, lets a step and a strength be tried, and keeps or exports the choice."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("result_page", "", parent, widest=WIDEST)
        self._session = session
        self.state = ResultState(session, self)
        self._texts = JudgementTexts(self)
        self._models: Sequence[ModelCard] = ()
        self._proposed = ""
        """The name that was proposed; another one in the field is the user's."""
        self._named = ""
        """The name of the run whose name and note are in the fields."""
        self.sentence = named(body_label(""), "result_sentence")
        self.words = named(body_label("", role="section"), "judgement_words")
        self.progress = named(QProgressBar(textVisible=False), "judging_progress")
        self.no_wait = named(
            body_label(self.tr("You need not wait for it: the model can be kept at any time."), role="hint"),
            "judging_hint",
        )
        self.pictures = JudgedPictures(self.state.judging)
        self.judging_notice = named(Notice(), "judging_notice")
        judge = self.tr("&Judge this choice on all pictures")
        self.again_button = plain_button("judge_choice", judge, judge.replace("&", ""))
        self.sliders = ChoiceSliders()
        self.name_box = named(QLineEdit(maxLength=LONGEST_NAME), "result_name")
        self.name_hint = named(body_label("", role="hint"), "result_name_hint")
        self.note_box = named(QLineEdit(maxLength=LONGEST_NOTE), "result_note")
        self.note_box.setPlaceholderText(self.tr("For yourself and others, such as what it suits"))
        self.notice = named(Notice(), "result_notice")
        self.busy = named(body_label("", role="hint"), "result_busy")
        self.exported = named(body_label("", role="hint"), "exported_to")
        self.keep_run_box = named(QCheckBox(), "keep_run_too")
        self.keep_run_hint = body_label(
            self.tr("Without it, only the model stays: the steps so far cannot be continued."), role="hint"
        )
        self._lay_out()
        self.enlarged = EnlargedResult(self.pictures, self)
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        above: tuple[QWidget, ...] = (
            *(self.sentence, self.words, self.progress, self.no_wait),
            self.judging_notice,
        )
        for part in (*above, self.pictures, self.sliders):
            self.column.addWidget(part)
        self.column.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addLayout(self._fields())
        keeping = QVBoxLayout()
        keeping.setSpacing(2)
        self.keep_run_hint.setContentsMargins(INDENT, 0, 0, 0)
        for part in (self.keep_run_box, self.keep_run_hint):
            keeping.addWidget(part)
        self.column.addLayout(keeping)
        self.column.addStretch(1)
        for message in (self.notice, self.busy, self.exported):
            self.add_message(message)
        self.row = ResultButtons()
        self.buttons.addWidget(self.row)
        self.back_button, self.close_button = self.row.back, self.row.close_button
        self.export_button, self.keep_button = self.row.export, self.row.keep
        self.export_menu = ExportMenu(self.export_button)

    def _fields(self) -> QGridLayout:
        """Name and note, below the sliders; all captions are equally wide."""
        fields = QGridLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        captions = QLabel(self.tr("N&ame")), QLabel(self.tr("N&ote"))
        for line, caption, box in ((0, captions[0], self.name_box), (2, captions[1], self.note_box)):
            caption.setBuddy(box)
            box.setAccessibleName(caption.text().replace("&", ""))
            fields.addWidget(caption, line, 0)
            fields.addWidget(box, line, 1)
        fields.addWidget(self.name_hint, 1, 1)
        fields.setColumnStretch(1, 1)
        everywhere = (*captions, *self.sliders.captions)
        for caption in everywhere:
            caption.setMinimumWidth(max(each.sizeHint().width() for each in everywhere))
        return fields

    def _connect(self) -> None:
        self.name_box.textChanged.connect(self._show_name_hint)
        self.keep_button.clicked.connect(self._keep)
        self.again_button.clicked.connect(self.state.judge)
        self.pictures.enlarge_requested.connect(self.enlarged.open)
        self.row.further_requested.connect(self._session.train_further)
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
        self.enlarged.hide()
        if self.isHidden():  # another page, not a closed dialog
            self.state.judging.stop()
        super().hideEvent(event)

    def shut_down(self) -> None:
        """End judging and exports."""
        self.state.shut_down()
        self.pictures.shut_down()

    def show_models(self, models: Sequence[ModelCard]) -> None:
        """Take the names of these models for taken."""
        self._models = models
        if self.name_box.text() == self._proposed:
            self._propose_name()
        self._show_name_hint()

    def _free_name(self, name: str) -> str:
        """The name, with a number if another model has it than the one that this run replaces."""
        replaced = self._session.run.kept if self._session.run is not None else None
        return free_name(name, [card.name for card in self._models if card.path != replaced])

    def _propose_name(self) -> None:
        run = self._session.run
        self._proposed = self._free_name(run.plan.name) if run is not None else ""
        self.name_box.setText(self._proposed)

    def _show_name_hint(self) -> None:
        name = self.name_box.text().strip()
        free = self._free_name(name)
        text = self.tr("There is a model of this name already. The new one is called “{name}”.")
        self.name_hint.setText(text.format(name=free) if free != name else "")
        self.name_hint.setVisible(free != name)

    def refresh(self) -> None:
        """Show the result of the session."""
        session, run = self._session, self._session.run
        name = run.plan.name if run else ""
        if run is not None and self._named != str(run.folder):
            self._named = str(run.folder)
            self._propose_name()
            self.note_box.clear()
            self.exported.clear()
        self.title.setText(self.tr("“{name}” is trained").format(name=name))
        self.sentence.setText(session.outcome.sentence() if session.outcome else "")
        failure = session.failure if session.phase == TrainingPhase.DONE else None
        self.notice.show_report(self.state.failure or failure)
        text = self.tr("Keep what is needed to train it &further ({size})")
        self.keep_run_box.setText(text.format(size=size_text(session.progress.disk)))
        self.keep_run_box.setAccessibleName(self.keep_run_box.text().replace("&", ""))
        can_act = session.result is not None and not (session.is_keeping or self.state.is_busy)
        self.sliders.setEnabled(can_act)
        self.busy.setText(self._busy_text())
        self.busy.setVisible(bool(self.busy.text()))
        steps = session.result.step if session.result is not None else 0
        is_complete = session.outcome is not None and session.outcome.is_complete
        self.row.show_state(
            can_act=can_act, can_train_further=is_complete and session.can_train_further(), steps=steps
        )
        if self.sliders.choice != self.state.choice and not self.sliders.is_resting:
            self.sliders.offer(self.state.steps)
        self.exported.setVisible(bool(self.exported.text()))
        self._show_judgement()

    def _busy_text(self) -> str:
        if self.state.is_exporting:
            return self.tr("Exporting…")
        return self.tr("Keeping the model…") if self.state.is_busy or self._session.is_keeping else ""

    @property
    def preview(self) -> Path | None:
        """The picture of the new model that is on screen."""
        shown = self.pictures.shown
        return Path(shown.trained) if shown is not None else None

    def _show_judgement(self) -> None:
        judging = self.state.judging
        is_over = judging.summary is not None or judging.failure is not None
        for part in (self.progress, self.no_wait):
            part.setVisible(judging.is_running and not is_over)
        self.progress.setRange(0, judging.total)
        self.progress.setValue(judging.done)
        self.judging_notice.show_report(judging.failure)
        if judging.failure is not None:
            words = ""
        elif judging.summary is not None and not judging.is_trial:
            words = self._texts.summary(judging.summary)
        elif judging.is_running:
            words = self._texts.judging(judging.done, judging.total)
        else:
            words = self.tr("These pictures show the choice; it is not judged yet.") if judging.pairs else ""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        has_failed = judging.failure is not None
        self.again_button.setText(
            self.tr("&Judge it again") if has_failed else self.tr("&Judge this choice on all pictures")
        )
        self.again_button.setVisible((judging.is_trial or has_failed) and not judging.is_running)

    def _choose(self, choice: object) -> None:
        self.pictures.forget_images()
        self.state.choose(self.sliders.choice)

    def _keep(self) -> None:
        name, note, preview = self._description()
        self.state.keep(self._free_name(name), note, preview, keeps_run=self.keep_run_box.isChecked())

    def _export(self, kind: object, target: Path) -> None:
        self.exported.clear()
        self.state.export(self.export_menu.kind_of(kind), target, *self._description())

    def _description(self) -> tuple[str, str, Path | None]:
        """Name, note and picture."""
        return self.name_box.text().strip(), self.note_box.text().strip(), self.preview

    def _show_exported(self, target: Path) -> None:
        self.exported.setText(self.tr("Exported to {file}").format(file=target))
        self.exported.setVisible(True)
