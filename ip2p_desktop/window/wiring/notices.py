"""Controls which notice the window shows, and when it disappears."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from engine.errors import (
    ErrorReport,
    ImageUnreadable,
    InvalidRequest,
    ModelNotUsable,
    OutOfMemory,
    SubjectNotFound,
    UnsafeCheckpoint,
)
from engine.request import SETTINGS
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.unchanged_advice import UnchangedAdvice

SOURCE, RESULT, MODEL = "source", "result", "model"
"""Causes of notices; settings are causes by their names."""
TEXTS = frozenset({"instruction", "negative_instruction"})
SETTINGS_OF_REQUEST = TEXTS | {setting.name for setting in SETTINGS}
MEMORY_SETTINGS = SETTINGS_OF_REQUEST - TEXTS - {"seed", "scheduler"}
"""The settings that affect how much memory an edit needs."""
REQUEST = SETTINGS_OF_REQUEST | {SOURCE, MODEL}
MASK = frozenset({"mask_id", "uses_mask"})
CAUSES = {
    InvalidRequest.kind: REQUEST,
    OutOfMemory.kind: MEMORY_SETTINGS | {SOURCE, MODEL},
    ModelNotUsable.kind: frozenset({MODEL, "weight_set"}),
    UnsafeCheckpoint.kind: frozenset({MODEL}),
    ImageUnreadable.kind: frozenset({SOURCE}),
    SubjectNotFound.kind: MASK | {SOURCE, "area", "instruction"},
}
"""The values whose change resolves an error, by the kind of the error."""


class NoticeController(QObject):
    """Shows notices about edits and files.

    Hides them when they are resolved, on Esc, and when an edit starts.
    """

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        edits: EditController,
        files: PhotoFiles,
        tree: EditTree,
    ) -> None:
        super().__init__(window)
        self._bar = window.notice_bar
        self._document = document
        self._queue = queue
        self._edits = edits
        self._advice = UnchangedAdvice(window.settings_panel, self)
        self._fallbacks: tuple[str, ...] = ()
        self._model = document.model.path if document.model else None
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self._bar.dismiss)
        self._connect(files)
        tree.removed.connect(self._on_removed)
        self._enable_escape()

    def _connect(self, files: PhotoFiles) -> None:
        self._document.source_changed.connect(partial(self._on_changed, SOURCE))
        self._document.result_changed.connect(partial(self._on_changed, RESULT))
        self._document.state_changed.connect(self._on_state_changed)
        self._document.model_changed.connect(self._on_model_changed)
        self._queue.is_busy_changed.connect(self._on_busy_changed)
        self._bar.shown_changed.connect(self._enable_escape)
        self._edits.refused.connect(self._on_refused)
        self._edits.fell_back.connect(self._on_fell_back)
        self._edits.cancelled.connect(self._on_cancelled)
        self._edits.failed.connect(self._on_failed)
        self._edits.finished.connect(self._on_finished)
        files.saved.connect(self._on_saved)
        files.saved_on_white.connect(self._on_saved_on_white)
        files.failed.connect(self._on_refused)

    def _on_changed(self, cause: str, value: object) -> None:
        self._bar.resolve(cause)

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        for cause in state.differences(before) & (SETTINGS_OF_REQUEST | MASK):
            self._bar.resolve(cause)

    def _on_model_changed(self, model: object) -> None:
        """Another card of the same model resolves nothing."""
        earlier, self._model = self._model, self._document.model.path if self._document.model else None
        if earlier != self._model:
            self._bar.resolve(MODEL)

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._bar.clear()
        self._enable_escape()

    def _enable_escape(self) -> None:
        """Enable Esc for notices; while an edit runs, Esc cancels the edit."""
        self._escape.setEnabled(not self._bar.isHidden() and not self._queue.is_busy)

    def _on_refused(self, report: ErrorReport) -> None:
        self._bar.show_error(report, self._causes(report))

    def _causes(self, report: ErrorReport) -> frozenset[str]:
        if report.kind == InvalidRequest.kind and self._document.source is None:
            return frozenset({SOURCE})
        if report.kind == InvalidRequest.kind and self._document.model is None:
            return frozenset({MODEL})
        return CAUSES.get(report.kind, frozenset())

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        causes, remark = self._causes(report), self._remark(job)
        if report.kind != SubjectNotFound.kind or not self._edits.can_repeat(job):
            self._bar.show_error(report, causes, remark=remark)
            return
        self._bar.show_error(
            report,
            causes | {job.source.node_id},
            remark=remark,
            action=self.tr("Edit everything"),
            act=partial(self._edits.repeat_everywhere, job),
        )

    def _on_cancelled(self, job: EditJob) -> None:
        count = len([each for each in self._queue.jobs if not each.state.is_end])
        sentences = [self.tr("Cancelled.")]
        if job.results:
            kept = self.tr("Kept: {kept} of {count} results.")
            sentences.append(kept.format(kept=len(job.results), count=job.edit_state.variations))
        if remark := self._remark(job):
            sentences.append(remark)
        if count:
            sentences.append(self.tr("%n edit(s) still wait.", "", count))
        action = self.tr("Cancel all") if count else ""
        self._bar.show_message(" ".join(sentences), action, self._cancel_all if count else None)

    def _cancel_all(self) -> None:
        self._edits.cancel_all()
        self._bar.show_message(self.tr("All edits are cancelled."))

    def _remark(self, job: EditJob) -> str:
        """What else of a sequence is cancelled when one of its edits ends early."""
        if job.sequence is None or job.step == job.sequence.length:
            return ""
        return self.tr("The edits after it in the sequence are cancelled too.")

    def _on_fell_back(self, sentences: tuple[str, ...]) -> None:
        self._fallbacks = sentences

    def _on_finished(self, result: EditedPhoto, results: Sequence[EditedPhoto]) -> None:
        """Show at most one notice about an edit; none if there is nothing to report."""
        fallbacks, self._fallbacks = self._fallbacks, ()
        if self._document.result not in results:
            self._offer(result, fallbacks)
        elif result.is_unchanged and self._document.result is result:
            self._show_unchanged(result, fallbacks)
        elif fallbacks:
            self._bar.show_message(self.tr("The edit is done."), advice=" ".join(fallbacks), causes=(RESULT,))

    def _offer(self, result: EditedPhoto, fallbacks: tuple[str, ...]) -> None:
        """Offer to show a result that is not on screen."""
        shown = self._document.source
        text = self.tr("The edit is done.")
        if shown is None or shown.root is not result.root:
            text = self.tr("The edit of {photo} is done.").format(photo=result.root.name)
        show = partial(self._edits.load, result, partial(self._show_result, result))
        advice = " ".join(fallbacks)
        causes = (RESULT, result.node_id)
        self._bar.show_offer(text, self.tr("Show result"), show, advice=advice, causes=causes)

    def _show_unchanged(self, result: EditedPhoto, fallbacks: tuple[str, ...] = ()) -> None:
        advice = " ".join([self._advice.text(result), *fallbacks])
        self._bar.show_advice(self.tr("Hardly anything changed."), advice, causes=(RESULT, SOURCE))

    def _on_removed(self, node: EditNode) -> None:
        """Nothing more is offered for a node that was removed."""
        self._bar.resolve(node.node_id)

    def _show_result(self, result: EditedPhoto) -> None:
        self._edits.show(result)
        if result.is_unchanged:
            self._show_unchanged(result)

    def _on_saved(self, path: Path, advice: str = "") -> None:
        text = self.tr("Saved as {name}").format(name=path.name)
        show = partial(show_in_system, path.parent, self._bar)
        self._bar.show_message(text, self.tr("Show folder"), show, advice=advice)

    def _on_saved_on_white(self, path: Path) -> None:
        advice = self.tr("This format has no transparency, so it is on white. PNG and WebP keep it.")
        self._on_saved(path, advice)
