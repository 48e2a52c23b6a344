"""Imports torch and the other libraries of the engine.

The only module of the window that imports them; it does so off the GUI thread.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.library.model_contents import family_of, weight_sets_of
from engine.model_options import WeightSet
from engine.progress import CancelToken

SWITCH_SECONDS = 0.001
"""Interval after which Python switches to another thread, in seconds; Python's default is 0.005."""
NATIVE_LIBRARIES = ("torch_global_deps", "c10", "torch_cpu")
"""The large native libraries of torch, in the order torch loads them; the first is loaded globally."""
MODULES = (
    "numpy",
    "torch",
    "transformers",
    "transformers.models.clip.modeling_clip",
    "diffusers.models.unets.unet_2d_condition",
    "diffusers.models.autoencoders.autoencoder_kl",
)
"""What `engine.editing.editor` imports. Between two modules a cancelled edit is noticed."""
ENGINE = "engine.editing.editor"
POLL_SECONDS = 0.05

_loading = threading.Lock()


def load_libraries(cancel: CancelToken) -> None:
    """Import all libraries of the engine, once; other threads that call this wait. Raises `Cancelled`.

    The first call takes seconds and must not be made on the GUI thread.
    """
    while not _loading.acquire(timeout=POLL_SECONDS):
        cancel.raise_if_cancelled()
    try:
        if ENGINE not in sys.modules:
            _import_modules(cancel)
    finally:
        _loading.release()


def recognise_model(model: Path, cancel: CancelToken) -> str:
    """The family of a model, recognised from its weights. Raises `ModelNotUsable` or `Cancelled`."""
    load_libraries(cancel)
    return family_of(model)


def find_weight_sets(model: Path, cancel: CancelToken) -> tuple[WeightSet, ...]:
    """The sets of weights in a model's file. Raises `ModelNotUsable` or `Cancelled`."""
    load_libraries(cancel)
    return weight_sets_of(model)


def _import_modules(cancel: CancelToken) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    _load_native_libraries()
    with _no_garbage_collection():
        for module in MODULES:
            cancel.raise_if_cancelled()
            # a module that has moved in another version is imported by the engine anyway
            with suppress(ImportError):
                importlib.import_module(module)
        cancel.raise_if_cancelled()
        importlib.import_module(ENGINE)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Disable garbage collection: imports create a million objects, and scanning them stalls the window."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _load_native_libraries() -> None:
    """Load torch's largest libraries through ctypes, which releases the GIL so that the GUI thread can run.

    Importing torch loads them too, but holds the GIL meanwhile, for a quarter of a second on the machines
    measured. Where this does not work, the import loads them.
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
