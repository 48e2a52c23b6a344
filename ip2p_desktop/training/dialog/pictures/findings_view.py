"""The findings in a dataset: number of pairs, how far they are checked, advice, and the gallery."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.training.dialog.pictures.gallery_panel import GalleryPanel
from ip2p_desktop.training.dialog.pictures.problem_texts import ProblemTexts
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.training_texts import TrainingTexts, with_groups
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label

MISSING = "missing"
"""Reason of an entry whose file, or the partner of it, is not there."""


class FindingsView(Surface):
    """Shows a busy bar during the search, then the pairs, which can be repaired."""

    def __init__(self, dataset: DatasetChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._dataset = dataset
        self._texts, self._problem_texts = TrainingTexts(), ProblemTexts()
        self.heading = body_label("", role="section")
        self.heading.setObjectName("pairs_found")
        self.state = body_label("", role="hint")
        self.state.setObjectName("check_state")
        self.busy = QProgressBar(textVisible=False)
        self.busy.setAccessibleName(self.tr("Looking for pairs"))
        self.notice = Notice()
        self.check_notice = named(Notice(), "check_notice")
        self.again_button = text_button("check_again", self.tr("Check &again"))
        self.advice = body_label("", role="hint")
        self.advice.setObjectName("dataset_advice")
        self.panel = GalleryPanel(dataset.gallery)
        for widget in (self.heading, self.state, self.busy, self.notice, self.check_notice):
            self.column.addWidget(widget)
        self.column.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.advice)
        self.column.addWidget(self.panel, 1)
        self.again_button.clicked.connect(self._check_again)
        dataset.check_progressed.connect(self._show_check)
        dataset.report_changed.connect(self._show_check)
        dataset.gallery.repairs_changed.connect(self._show_check)
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the dataset."""
        dataset = self._dataset
        self.setVisible(dataset.is_searching() or dataset.findings is not None)
        is_found = dataset.findings is not None
        failure = dataset.findings.repairs_failure if dataset.findings is not None else None
        self.notice.show_report(failure or dataset.save_failure)
        self.panel.setVisible(is_found)
        fixed, grows = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Preferred, grows if is_found else fixed)
        self._show_check()

    def _check_again(self) -> None:
        self.panel.view.read_again()
        self._dataset.check()

    def _show_check(self) -> None:
        dataset, progress = self._dataset, self._dataset.progress
        findings = dataset.findings
        self.check_notice.show_report(dataset.check_failure)
        self.again_button.setVisible(dataset.check_failure is not None)
        if findings is None:
            self.heading.setText(self.tr("Looking for pairs…"))
            self.busy.setRange(0, 0)
            for widget, is_shown in ((self.busy, True), (self.state, False), (self.advice, False)):
                widget.setVisible(is_shown)
            return
        self.heading.setText(self._texts.pairs_found(len(findings.listing.pairs)))
        self.busy.setVisible(progress is not None)
        self.state.setVisible(True)
        if progress is not None:
            self.busy.setRange(0, max(1, progress.total))
            self.busy.setValue(progress.done)
            text = self.tr("Checking the photos: {done} of {total}. You need not wait for it.")
            self.state.setText(
                text.format(done=with_groups(progress.done), total=with_groups(progress.total))
            )
        elif dataset.report is not None:
            hint = self.tr("Select pairs to repair them; your files stay as they are.")
            self.state.setText(f"{self._texts.pairs_usable(dataset.usable())} {hint}")
        else:
            self.state.setVisible(False)
        self._show_advice()

    def _show_advice(self) -> None:
        dataset = self._dataset
        skipped = dataset.findings.listing.skipped if dataset.findings is not None else ()
        missing = sum(entry.reason == MISSING for entry in skipped)
        report = dataset.report if dataset.progress is None else None
        usable, photos = (report.usable, report.photos) if report is not None else (0, 0)
        sentences = self._problem_texts.dataset_advice(usable, photos, missing)
        self.advice.setText("\n".join(sentences))
        self.advice.setVisible(bool(sentences))
