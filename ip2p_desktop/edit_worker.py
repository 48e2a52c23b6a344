"""Makes edits on a thread of its own. The one module of the window that loads torch."""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from PIL import Image
from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.progress import Cancelled, CancelToken, Progress, ProgressCallback, Stage
from engine.request import EditRequest, EditResult
from ip2p_desktop.canvas.pictures import Picture
from ip2p_desktop.jobs import EditJob

log = logging.getLogger(__name__)

PreviewCallback = Callable[[Image.Image], None]

SWITCH_SECONDS = 0.001
"""How long Python code of this thread may keep the GUI thread from running; Python's own is 0.005."""
NATIVE_LIBRARIES = ("torch_global_deps", "c10", "torch_cpu")
"""Large parts of torch without Python code, in torch's own order; the first is for all to see."""
PIECES = (
    "numpy",
    "torch",
    "transformers",
    "transformers.models.clip.modeling_clip",
    "diffusers.models.unets.unet_2d_condition",
    "diffusers.models.autoencoders.autoencoder_kl",
)
"""What `engine.editor` imports, in portions; between them a cancelled edit is noticed."""


class Editor(Protocol):
    """What the worker asks of `engine.editor.Editor`."""

    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback,
        on_preview: PreviewCallback | None,
        cancel: CancelToken,
    ) -> EditResult: ...


EditorMaker = Callable[[CancelToken], Editor]
"""Loads what an editor needs and makes one; stops with `Cancelled` between two pieces if asked."""


def make_editor(cancel: CancelToken) -> Editor:
    """The real editor. The first call takes seconds and must not be made on the GUI thread."""
    sys.setswitchinterval(SWITCH_SECONDS)
    _load_native_libraries()
    with _no_garbage_collection():
        for piece in PIECES:
            cancel.raise_if_cancelled()
            # a portion that another version has elsewhere is imported by the engine all the same
            with suppress(ImportError):
                importlib.import_module(piece)
        cancel.raise_if_cancelled()
        from engine.editor import Editor as RealEditor

    return RealEditor()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Imports make a million objects; looking through them again and again would stall the window."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _load_native_libraries() -> None:
    """Load torch's largest libraries through a foreign call, which lets the GUI thread run.

    Importing torch loads them too, but holds Python still meanwhile: a quarter of a second here.
    Where this does not work, the import does it all.
    """
    found = importlib.util.find_spec("torch")
    if sys.platform == "win32" or found is None or found.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.restype, load.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    suffix = "dylib" if sys.platform == "darwin" else "so"
    for name in NATIVE_LIBRARIES:
        library = Path(found.origin).parent / "lib" / f"lib{name}.{suffix}"
        if library.is_file():
            is_shared = name == NATIVE_LIBRARIES[0]
            load(os.fsencode(library), os.RTLD_NOW | (os.RTLD_GLOBAL if is_shared else 0))


class EditWorker(QObject):
    """Does one thing at a time, in the order asked; every job ends by exactly one signal."""

    progressed = Signal(int, object)
    """Number of the job, 0 for warming up; `Progress`."""
    previewed = Signal(int, object)
    """Number of the job; `Picture`."""
    finished = Signal(int, object, object)
    """Number of the job; `EditResult`; its `Picture`."""
    failed = Signal(int, object)
    """Number of the job; `ErrorReport`."""
    cancelled = Signal(int)

    def __init__(self, maker: EditorMaker = make_editor) -> None:
        super().__init__()
        self._make_editor = maker
        self._editor: Editor | None = None

    @Slot(object)
    def warm_up(self, cancel: CancelToken) -> None:
        """Load the libraries before the first edit asks for them. A failure shows in that edit."""
        try:
            self._ready_editor(0, cancel)
        except Cancelled:
            log.info("Warming up was stopped")
        except Exception:
            log.exception("Warming up failed")

    @Slot(object)
    def run(self, job: EditJob) -> None:
        try:
            result = self._edit(job)
            picture = Picture.of(result.edited_image)
        except Cancelled:
            self.cancelled.emit(job.number)
        except EngineError as error:
            log.warning("Edit %s failed: %s", job.number, error)
            self.failed.emit(job.number, error.report())
        except Exception as error:
            log.exception("Edit %s failed unexpectedly", job.number)
            self.failed.emit(job.number, EngineError.unexpected(error).report())
        else:
            self.finished.emit(job.number, result, picture)

    def _edit(self, job: EditJob) -> EditResult:
        job.cancel_token.raise_if_cancelled()
        editor = self._ready_editor(job.number, job.cancel_token)
        job.cancel_token.raise_if_cancelled()
        return editor.edit(
            job.request,
            on_progress=lambda progress: self.progressed.emit(job.number, progress),
            on_preview=lambda image: self.previewed.emit(job.number, Picture.of(image)),
            cancel=job.cancel_token,
        )

    def _ready_editor(self, number: int, cancel: CancelToken) -> Editor:
        if self._editor is None:
            self.progressed.emit(number, Progress(Stage.LOADING_LIBRARIES))
            self._editor = self._make_editor(cancel)
        return self._editor
