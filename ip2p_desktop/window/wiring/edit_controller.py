"""The course of an edit: from the document to the queue, and from there to the tree and the screen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, ErrorReport
from engine.request import EditRequest, EditResult
from ip2p_desktop.base.observed import Observed
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditedPhoto, EditNode, EditTree, SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.main_window import MainWindow


class EditController(QObject):
    """Submits edits, cancels them, and files their results."""

    refused = Signal(object)
    """`ErrorReport`: an edit could not be started, or failed."""
    cancelled = Signal()
    finished = Signal(object)
    """`EditedPhoto`, the first of its variations. It is on screen unless something else was chosen."""
    fell_back = Signal(object)
    """What had to be given up, as sentences; once for edits in a row that gave up the same."""
    is_following_changed = Signal(object)

    is_following = Observed(True)
    """Whether the screen follows the edit that runs, rather than show a node chosen meanwhile."""

    def __init__(self, window: MainWindow, document: EditDocument, queue: EditQueue, tree: EditTree) -> None:
        super().__init__(window)
        self._composer = window.composer
        self._document = document
        self._queue = queue
        self._tree = tree
        self._reported: tuple[str, ...] = ()
        self._connect_queue()
        self._connect_controls(window)

    def _connect_queue(self) -> None:
        queue, row = self._queue, self._composer.progress_row
        queue.started.connect(self._on_started)
        queue.changed.connect(self._on_changed)
        queue.previewed.connect(self._on_previewed)
        queue.finished.connect(self._on_finished)
        queue.failed.connect(self._on_failed)
        queue.cancelled.connect(self._on_cancelled)
        queue.is_busy_changed.connect(self._on_busy_changed)
        queue.waiting_changed.connect(row.show_waiting)

    def _connect_controls(self, window: MainWindow) -> None:
        self._composer.edit_requested.connect(self.start)
        self._composer.cancel_requested.connect(self.cancel)
        window.actions_.edit.triggered.connect(self.start)
        window.actions_.cancel.triggered.connect(self.cancel)

    def start(self) -> None:
        """Ask for the edit that is set; while others are under way, it waits for them.

        One that is under way already is not asked for twice, as by a second press of Enter.
        """
        if self._lacks_instruction():
            self._composer.ask_for_instruction()
            return
        if self._is_under_way():
            return
        document = self._document
        if document.state.randomises_seed:
            document.draw_seed()
        try:
            request = document.request()
        except EngineError as error:
            self.refused.emit(error.report())
            return
        assert document.source is not None
        assert document.model is not None
        self._queue.submit(EditJob(EditState.of_request(request), document.source, document.model))

    def _lacks_instruction(self) -> bool:
        document = self._document
        has_others = document.source is not None and document.model is not None
        return has_others and not document.state.instruction.strip()

    def _is_under_way(self) -> bool:
        """A seed that is to be drawn makes no other edit."""
        drawn = {"seed": 0} if self._document.state.randomises_seed else {}
        asked = self._document.state.normalized().with_values(**drawn)
        return any(
            job.source is self._document.source and job.edit_state.with_values(**drawn) == asked
            for job in self._queue.jobs
            if not job.state.is_end
        )

    def cancel(self) -> None:
        """Stop the edit that runs, and those that wait for it."""
        self._queue.cancel_all()

    def open_source(self, source: SourcePhoto) -> None:
        """Edit another photo from now on."""
        self.cancel()
        self._tree.add(source)
        self._document.show(source)

    def use_as_source(self, result: EditedPhoto) -> None:
        """Edit a result from now on. The way back is undo, or the strip, which keeps it and its photo."""
        self.cancel()
        child = result.as_source()
        self._tree.add(child, is_listed=False)
        self._document.show(child)

    def show(self, node: EditNode) -> None:
        """Look at a photo or a result. Settings stay, and an edit that is running goes on.

        Its own photo shows the running edit; what else is shown, stays on screen when the edit ends.
        """
        job = self._queue.running
        self.is_following = job is None or node is job.source
        if not self.is_following:
            self._document.preview = None
        self._document.show(node)

    def _on_started(self, job: EditJob) -> None:
        """A job that waited is followed if the one before was, or if its own photo is on screen."""
        document = self._document
        follows_on = self.is_following and document.source is job.source
        self.is_following = follows_on or document.shown is job.source

    def _on_changed(self, job: EditJob) -> None:
        if job is self._queue.running:
            self._composer.progress_row.value = job.progress

    def _on_previewed(self, job: EditJob, image: DisplayImage) -> None:
        if self.is_following:
            self._document.preview = image

    def _on_finished(self, job: EditJob, result: EditResult, images: tuple[DisplayImage, ...]) -> None:
        results = [
            EditedPhoto(job.source, job.model, request, image, is_unchanged)
            for request, image, is_unchanged in zip(
                each_alone(result.request), images, each_unchanged(result), strict=True
            )
        ]
        self._tree.add(*results)
        if self.is_following:
            self._document.show(results[0])
        self._document.preview = None
        self._report_fallbacks(result.fallbacks)
        self.finished.emit(results[0])

    def _report_fallbacks(self, fallbacks: tuple[str, ...]) -> None:
        is_new, self._reported = fallbacks != self._reported, fallbacks
        if fallbacks and is_new:
            self.fell_back.emit(fallbacks)

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._document.preview = None
        self.refused.emit(report)

    def _on_cancelled(self, job: EditJob) -> None:
        self._document.preview = None
        if not self._queue.is_busy:
            self.cancelled.emit()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:
            self._composer.progress_row.value = None
            self.is_following = True


def each_unchanged(result: EditResult) -> list[bool]:
    """For every image whether it shows hardly any change; none does where nobody has looked."""
    return list(result.is_unchanged) or [False] * len(result.edited_images)


def each_alone(request: EditRequest) -> list[EditRequest]:
    """For every variation the request that gives this one alone."""
    return [
        replace(request, variations=1, settings=replace(request.settings, seed=seed))
        for seed in request.seeds
    ]
