"""Controls edits: from the document to the queue, and from the queue to the tree and the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.edit_settings import EditArea
from engine.errors import EngineError, ErrorReport, ImageUnreadable
from engine.instructions.sequence import steps_for
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.base.observed import Observed
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob, sequence_jobs
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.image_loader import ImageLoader
from ip2p_desktop.session.session_store import SessionStore
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.main_window import MainWindow


class EditController(QObject):
    """Submits and cancels edits, and adds their results to the tree."""

    refused = Signal(object)
    """`ErrorReport`: an edit could not be started or failed, or an image cannot be shown."""
    cancelled = Signal(object)
    """The `EditJob` that ran; its results up to then are kept."""
    finished = Signal(object, object)
    """The `EditedPhoto` of the first variation, and those of all. It is on screen unless another node was
    chosen."""
    arrived = Signal(object)
    """An `EditedPhoto` of a photo that is not on screen, as soon as it is made."""
    failed = Signal(object, object)
    """`EditJob` and `ErrorReport`."""
    fell_back = Signal(object)
    """The fallbacks and warnings of an edit, as sentences; not repeated for following edits with the same."""
    is_following_changed = Signal(object)

    is_following = Observed(True)
    """Whether the canvas shows the running edit; False if another node was chosen meanwhile."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        tree: EditTree,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self.store: SessionStore | None = None
        """The session to which results are written."""
        self.loader = ImageLoader(tree, self)
        self.blending = Background(self, workers=1)
        """Lays results over their photos with their opacity, at full size."""
        self._canvas = window.canvas
        self._notice_bar = window.notice_bar
        self._models = models
        self._starts_with_models = False
        """Whether an edit starts as soon as the list of models has been read."""
        models.changed.connect(self._on_models_changed)
        self._composer = window.composer
        self._document = document
        self._queue = queue
        self._tree = tree
        self._reported: tuple[str, ...] = ()
        self._connect_queue()
        self._connect_controls(window)

    def _connect_queue(self) -> None:
        queue = self._queue
        queue.is_continued = self._tree.is_listed
        queue.started.connect(self._on_started)
        queue.previewed.connect(self._on_previewed)
        queue.produced.connect(self._on_produced)
        queue.continued.connect(self._on_continued)
        queue.finished.connect(self._on_finished)
        queue.failed.connect(self._on_failed)
        queue.cancelled.connect(self._on_job_cancelled)
        queue.is_busy_changed.connect(self._on_busy_changed)

    def _connect_controls(self, window: MainWindow) -> None:
        self.loader.failed.connect(self.refused)
        self.loader.loading_changed.connect(self._show_loading)
        self._composer.edit_requested.connect(self.start)
        self._composer.cancel_requested.connect(self.cancel)
        window.actions_.edit.triggered.connect(self.start)
        window.actions_.cancel.triggered.connect(self.cancel)

    def start(self) -> None:
        """Submit the edit with the current settings; it waits if another one runs.

        An instruction for several edits, one after the other, becomes a sequence. The same edit is not
        submitted twice, for example after a second press of Enter, while it runs or waits.
        """
        if self._lacks_instruction():
            self._composer.point_to_instruction()
            return
        if self._document.model is None and not self._models.is_known:
            self._starts_with_models = True
            text = self.tr("The edit starts as soon as the models have been found.")
            self._notice_bar.show_message(text, causes=("model",))
            return
        if self._is_under_way():
            self._notice_bar.show_message(self.tr("This edit is in the queue already."))
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
        state = EditState.of_request(request, document.state.mask_in_use)
        steps = steps_for(state.instruction, document.model)
        self._queue.submit(*sequence_jobs(steps, state, document.source, document.model, self.store))

    def repeat(self, result: EditedPhoto, **changes: object) -> EditJob | None:
        """Submit the edit of a result again with other values of settings; None if its model is gone."""
        model = self._models.find(result.model.path)
        if model is None:
            return None
        job = EditJob(result.state.with_values(**changes), result.source, model, self.store)
        self._queue.submit(job)
        return job

    def can_repeat(self, job: EditJob) -> bool:
        """Whether the photo of an edit is still there."""
        return job.store is self.store and job.source in self._tree

    def repeat_everywhere(self, job: EditJob) -> None:
        """Edit the whole photo where only a part was to be edited, also in what followed in its sequence."""
        if not self.can_repeat(job):
            return
        submitted, photo = job.submitted
        if photo is self._document.source:
            self._document.change(area=EditArea.EVERYTHING)
        steps: tuple[str, ...] = (job.edit_state.instruction,)
        if job.sequence is not None:
            steps = steps_for(submitted.instruction, job.model)[job.step - 1 :]
        # then reads as one sequence again
        instruction = ", then ".join(steps)
        state = job.edit_state.with_values(instruction=instruction, area=EditArea.EVERYTHING)
        self._queue.submit(*sequence_jobs(steps, state, job.source, job.model, self.store))

    def _on_models_changed(self) -> None:
        if self._starts_with_models:
            self._starts_with_models = False
            QTimer.singleShot(0, self, self.start)  # once the selection has followed the list

    def _lacks_instruction(self) -> bool:
        document = self._document
        has_photo_and_model = document.source is not None and document.model is not None
        return has_photo_and_model and not document.state.instruction.strip()

    def _is_under_way(self) -> bool:
        """Whether the same edit runs or waits. Random seeds are not compared."""
        ignored_seed = {"seed": 0} if self._document.state.randomises_seed else {}
        normalized = self._document.state.normalized().with_values(**ignored_seed)
        submitted = [job.submitted for job in self._queue.jobs if not job.state.is_end]
        return any(
            source is self._document.source and state.with_values(**ignored_seed) == normalized
            for state, source in submitted
        )

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self.blending.cancel()
        self.blending.close()
        self.loader.shut_down()

    def cancel(self) -> None:
        """Cancel the running edit, and those that follow it in its sequence; others go on."""
        job = self._queue.running
        if job is not None:
            self._queue.cancel(job)
            self.cancelled.emit(job)

    def cancel_all(self) -> None:
        """Cancel the running edit and all that wait."""
        self._queue.cancel_all()

    def open_source(self, source: SourcePhoto) -> None:
        """Show another photo. Edits of others go on."""
        self.loader.cancel()
        self._tree.add(source)
        self._stop_following(source)
        self._display(source)

    def add_source(self, source: SourcePhoto) -> None:
        """Add a photo to the strip without showing it."""
        self._tree.add(source)

    def use_as_source(self, result: EditedPhoto) -> bool:
        """Use a result as the photo to edit; other edits go on. Undo and the strip lead back to it.

        Returns whether its image can be read; if not, emits `refused` and changes nothing. One that lies over
        its photo with an opacity is computed first, in the background.
        """
        if not self._can_show(result):
            return False
        if result.opacity < 1:
            self.blending.submit(result.as_source, self._display_source, self.refused.emit)
        else:
            self._display_source(result.as_source())
        return True

    def _display_source(self, child: SourcePhoto) -> None:
        self._tree.add(child, is_listed=False)
        self._stop_following(child)
        self._display(child)

    def load(
        self, node: EditNode, ready: Callable[[], None], failed: Callable[[], None] | None = None
    ) -> None:
        """Call `ready` as soon as a node can be shown; emits `refused` if its images cannot be read."""
        if node is self._document.shown:
            self.loader.cancel()
            ready()
        else:
            self.loader.load(node, ready, failed)

    def show(self, node: EditNode) -> bool:
        """Show a photo or a result. Settings and the running edit are not changed.

        Call `load` before, as images that are not in memory are read here and now.
        The photo of the running edit shows the preview and the result of the edit; another node stays on
        screen when the edit ends. Returns whether it is shown. If its images cannot be read, emits
        `refused` and changes nothing.
        """
        if node not in self._tree:  # it was removed after it had been offered
            return False
        if not self._can_show(node):
            return False
        self._stop_following(node)
        self._display(node)
        return True

    def _stop_following(self, node: EditNode) -> None:
        """Show no preview beside another node than the photo of the running edit."""
        job = self._queue.running
        self.is_following = job is None or node is job.source
        if not self.is_following:
            self._document.preview = None

    def _display(self, node: EditNode) -> None:
        # before, as the images of a photo and its result may be above the limit of memory
        self._tree.set_on_screen(node)
        self._document.show(node)

    def _can_show(self, node: EditNode) -> bool:
        """Whether the images of a node are on screen or can be read; emits `refused` if not."""
        if node is self._document.shown:
            return True
        self._tree.set_on_screen(node)
        try:
            node.load()
        except ImageUnreadable as error:
            self._tree.set_on_screen(self._document.shown)
            self.refused.emit(error.report())
            return False
        return True

    def _on_started(self, job: EditJob) -> None:
        """Follow the job if the one before was followed, or if its photo is on screen."""
        document = self._document
        was_followed = self.is_following and document.source is job.source
        # the result of the edit before, in a sequence, is on screen as a result
        is_on_screen = document.shown is job.source or document.shown is job.source.parent is not None
        self.is_following = was_followed or is_on_screen

    def _on_previewed(self, job: EditJob, image: DisplayImage) -> None:
        if self.is_following and not job.results:
            self._document.preview = image

    def _on_produced(self, job: EditJob, result: EditedPhoto) -> None:
        """Add a result as soon as it is made; the first one of an edit that is followed is shown."""
        if job.store is not self.store:  # its session was left; the result is in it
            return
        source = result.source
        if not self._tree.is_visible(source.parent or source):  # removed just before the result arrived
            self._tree.add(result, is_listed=False)
            return
        self._tree.add(result)
        is_shown = self.is_following and job is self._queue.running and len(job.results) == 1
        if is_shown and self._can_show(result):
            self._display(result)
            self._document.preview = None
        elif self._document.source is None or result.root is not self._document.source.root:
            self.arrived.emit(result)

    def _on_continued(self, job: EditJob) -> None:
        """The result of an edit becomes the photo of the next one in its sequence."""
        self._tree.add(job.source, is_listed=False)

    def _on_finished(self, job: EditJob, summary: EditSummary, results: tuple[EditedPhoto, ...]) -> None:
        self._document.preview = None
        if job.store is not self.store:
            return
        warnings = (str(error_text(warning)) for warning in summary.warnings)
        self._report_fallbacks((*summary.fallbacks, *warnings))
        self.finished.emit(results[0], results)

    def _show_loading(self, name: str) -> None:
        if name:
            self._canvas.show_busy(self.tr("Opening {name}…").format(name=name))
        else:
            self._canvas.hide_busy()

    def _report_fallbacks(self, fallbacks: tuple[str, ...]) -> None:
        is_new, self._reported = fallbacks != self._reported, fallbacks
        if fallbacks and is_new:
            self.fell_back.emit(fallbacks)

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._document.preview = None
        self.failed.emit(job, report)

    def _on_job_cancelled(self, job: EditJob) -> None:
        if self._queue.running is None:  # it was the one that ran, or none does
            self._document.preview = None

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:
            self.is_following = True
