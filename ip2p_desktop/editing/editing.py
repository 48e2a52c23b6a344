"""The course of an edit: from the document to the client, and from there to document and history."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, ErrorReport
from engine.progress import Progress
from engine.request import EditRequest, EditResult
from ip2p_desktop.editing.client import EditClient
from ip2p_desktop.editing.jobs import EditHistory, EditJob, HistoryEntry
from ip2p_desktop.session.document import EditDocument, EditedPhoto, SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage


class Editing(QObject):
    """Starts, cancels and files edits."""

    refused = Signal(object)
    """`ErrorReport`: an edit could not be started, or failed."""
    instruction_missing = Signal()
    """An edit was asked for, and all but the instruction is there."""
    cancelled = Signal()
    finished = Signal(object)
    """`EditedPhoto`, the first of its variations. It is on screen unless something else was chosen."""
    fell_back = Signal(object)
    """What had to be given up, as sentences; once for edits in a row that gave up the same."""

    def __init__(
        self, document: EditDocument, client: EditClient, history: EditHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.history = history
        self.client = client
        self._told: tuple[str, ...] = ()
        client.progressed.connect(self._on_progressed)
        client.previewed.connect(self._on_previewed)
        client.finished.connect(self._on_finished)
        client.failed.connect(self._on_failed)
        client.cancelled.connect(self._on_cancelled)

    def start(self) -> None:
        """Make the edit the document asks for; while one is under way, do nothing."""
        if self.client.current is not None:
            return
        if self._lacks_instruction():
            self.instruction_missing.emit()
            return
        if self.document.randomises_seed:
            self.document.draw_seed()
        try:
            request = self.document.request()
        except EngineError as error:
            self.refused.emit(error.report())
            return
        source, model = self.document.source, self.document.model
        assert source is not None
        assert model is not None
        self.document.is_editing = True
        self.client.submit(EditJob(request, source, model))

    def _lacks_instruction(self) -> bool:
        document = self.document
        has_others = document.source is not None and document.model is not None
        return has_others and not document.instruction.strip()

    def cancel(self) -> None:
        self.client.cancel()

    def open_source(self, source: SourcePhoto) -> None:
        """Edit another photo from now on; it joins the history."""
        self.cancel()
        self.history.add(source)
        self.document.show_source(source)

    def use_as_source(self, edited: EditedPhoto) -> None:
        """Edit the result of an edit. The way back is the history, which keeps both."""
        self.cancel()
        self.document.show_source(edited.as_source())

    def show_entry(self, entry: HistoryEntry) -> None:
        """Look at a photo or a result. Settings stay, and an edit that is running goes on.

        Its own photo shows the running edit; what else is shown, stays on screen when the edit ends.
        """
        job = self.client.current
        self.document.is_following_edit = job is None or entry is job.source
        if not self.document.is_following_edit:
            self.document.preview = None
        if isinstance(entry, EditedPhoto):
            self.document.show_edited(entry)
        else:
            self.document.show_source(entry)

    def _on_progressed(self, progress: Progress) -> None:
        self.document.progress = progress

    def _on_previewed(self, picture: DisplayImage) -> None:
        if self.document.is_following_edit:
            self.document.preview = picture

    def _on_finished(self, job: EditJob, result: EditResult, pictures: tuple[DisplayImage, ...]) -> None:
        made = [
            EditedPhoto(job.source, job.model, request, picture, is_unchanged)
            for request, picture, is_unchanged in zip(
                each_alone(result.request), pictures, each_unchanged(result), strict=True
            )
        ]
        self.history.add(*made)
        if self.document.is_following_edit:
            self.document.show_edited(made[0])
        self._end()
        self._tell_fallbacks(result.fallbacks)
        self.finished.emit(made[0])

    def _tell_fallbacks(self, fallbacks: tuple[str, ...]) -> None:
        is_news, self._told = fallbacks != self._told, fallbacks
        if fallbacks and is_news:
            self.fell_back.emit(fallbacks)

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._end()
        self.refused.emit(report)

    def _on_cancelled(self, job: EditJob) -> None:
        self._end()
        self.cancelled.emit()

    def _end(self) -> None:
        self.document.preview = None
        self.document.progress = None
        self.document.is_editing = False
        self.document.is_following_edit = True


def each_unchanged(result: EditResult) -> list[bool]:
    """For every image whether it shows hardly any change; none does where nobody has looked."""
    return list(result.is_unchanged) or [False] * len(result.edited_images)


def each_alone(request: EditRequest) -> list[EditRequest]:
    """For every variation the request that gives this one alone."""
    return [
        replace(request, variations=1, settings=replace(request.settings, seed=seed))
        for seed in request.seeds
    ]
