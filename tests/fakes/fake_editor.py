"""An editor that does what a test tells it, step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PIL import Image, ImageOps

from engine.errors import ErrorReport
from engine.images.alpha_restoring import with_alpha_of
from engine.images.transparency import flattened
from engine.progress import Cancelled, CancelToken, Progress, ProgressCallback, Stage
from engine.request import EditRequest, EditResult, FinishedImage, ResultCallback, ignore_result
from ip2p_desktop.editing.editor_options import EditorOptions

TIMEOUT = 60.0
"""Seconds after which a forgotten gate fails the test instead of holding it forever."""
POLL = 0.005


class Gate:
    """Holds the edit at one place until the test opens it."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    @property
    def is_reached(self) -> bool:
        return self._reached.is_set()

    def pass_through(self, cancel: CancelToken) -> None:
        self._reached.set()
        for _ in range(round(TIMEOUT / POLL)):
            cancel.raise_if_cancelled()
            if self._open.wait(POLL):
                return
        raise AssertionError("A gate of the fake editor was never opened.")


class FakeEditor:
    """Has the interface of `engine.editing.editor.Editor`; every edited photo is the negative of the
    source, darker from variation to variation.

    Gates start open; a test that wants to look inside an edit replaces one by a closed `Gate()`.
    """

    def __init__(self, steps: int = 3) -> None:
        self.steps = steps
        self.load_gate = opened_gate()
        self.step_gates = [opened_gate() for _ in range(steps)]
        self.second_gate = opened_gate()
        """Before the second variation of an edit."""
        self.error: Exception | None = None
        """Raised in place of the result of every edit."""
        self.fallbacks: tuple[str, ...] = ()
        self.warnings: tuple[ErrorReport, ...] = ()
        """What every edit had to give up."""
        self.is_unchanged: tuple[bool, ...] = ()
        """What every edit says of its images."""
        self.requests: list[EditRequest] = []
        self.cancelled_edits = 0
        self.previews: list[EditRequest] = []
        """The requests of previews; each is the negative too."""
        self.preview_gate = opened_gate()
        self.preview_seconds = 0.0
        """What every preview took."""
        self.cancelled_previews = 0
        self.options: list[EditorOptions] = []
        """What every editor was made with that was asked for."""
        self.unloads = 0

    def make(self, options: EditorOptions, cancel: CancelToken) -> FakeEditor:
        """Stands in for loading the libraries."""
        self.options.append(options)
        return self

    def unload(self) -> None:
        self.unloads += 1

    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback,
        on_preview: Callable[[Image.Image], None] | None = None,
        on_result: ResultCallback = ignore_result,
        cancel: CancelToken,
    ) -> EditResult:
        self.requests.append(request)
        try:
            return self._edit(request, on_progress, on_preview, on_result, cancel)
        except Cancelled:
            self.cancelled_edits += 1
            raise

    def preview(self, request: EditRequest, *, cancel: CancelToken) -> EditResult:
        self.previews.append(request)
        try:
            self.preview_gate.pass_through(cancel)
        except Cancelled:
            self.cancelled_previews += 1
            raise
        images = [negative(flattened(request.source_image), 0)]
        return self._result(request, images, self.preview_seconds)

    def _edit(
        self,
        request: EditRequest,
        on_progress: ProgressCallback,
        on_preview: Callable[[Image.Image], None] | None,
        on_result: ResultCallback,
        cancel: CancelToken,
    ) -> EditResult:
        on_progress(Progress(Stage.LOADING_MODEL))
        self.load_gate.pass_through(cancel)
        for step, gate in enumerate(self.step_gates, start=1):
            on_progress(Progress(Stage.SAMPLING, step, self.steps))
            if on_preview is not None:
                on_preview(request.source_image.reduce(2))
            gate.pass_through(cancel)
        if self.error is not None:
            raise self.error
        images = []
        for number in range(request.variations):
            on_progress(Progress(Stage.FINISHING, number, request.variations))
            if number == 1:
                self.second_gate.pass_through(cancel)
            edited = negative(flattened(request.source_image), number)
            images.append(with_alpha_of(request.source_image, edited))
            is_unchanged = bool(self.is_unchanged and self.is_unchanged[number])
            on_result(FinishedImage(number=number, image=images[-1], is_unchanged=is_unchanged))
        return self._result(request, images)

    def _result(self, request: EditRequest, images: list[Image.Image], seconds: float = 0.0) -> EditResult:
        return EditResult(
            edited_images=tuple(images),
            request=request,
            device="cpu",
            dtype="fp32",
            load_seconds=0.0,
            edit_seconds=seconds,
            fallbacks=self.fallbacks,
            warnings=self.warnings,
            is_unchanged=self.is_unchanged,
        )


def negative(photo: Image.Image, number: int) -> Image.Image:
    """The picture of a variation, counted from 0."""
    return ImageOps.invert(photo).point([max(0, value - 16 * number) for value in range(256)] * 3)


def opened_gate() -> Gate:
    gate = Gate()
    gate.open()
    return gate
