"""Compiles the UNet with Inductor, torch's compiler, and caches the result on disk. Faster on a GPU.

On two CPU cores compiling takes minutes and gains nothing, so it is done there only on request. CUDA graphs
are recorded in `engine/devices/recording.py` instead: those of the compiler belong to one thread.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor

from engine.devices.memory import is_shortage

log = logging.getLogger(__name__)

MAX_STATIC_SHAPES = 4
"""Number of shapes with a kernel of their own; all others share one."""
NOT_COMPILED = "The model could not be compiled on this machine; the edit was made without."


def set_compile_cache(folder: Path) -> None:
    """Stores compiled kernels in `folder`, so that the next start uses them."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
    os.environ["TORCHINDUCTOR_FX_GRAPH_CACHE"] = "1"
    os.environ["TRITON_CACHE_DIR"] = str(folder / "triton")


class CompiledUNet:
    """A compiled UNet, called like a UNet without `return_dict`.

    The first shapes are compiled one by one; later ones share a kernel that takes any shape, so that a new
    size costs at most one more compilation. Without a compiler, the UNet itself computes.
    """

    def __init__(self, unet: UNet2DConditionModel, *, on_compiling: Callable[[], None]) -> None:
        """`on_compiling` is called before each call that compiles."""
        self.failure: str | None = None
        """A sentence that says why nothing is compiled; None while compiling works."""
        self.on_compiling = on_compiling
        self._unet = unet
        self._static: Callable[..., tuple[Tensor]] = torch.compile(unet, dynamic=False)
        self._dynamic: Callable[..., tuple[Tensor]] = torch.compile(unet, dynamic=True)
        self._static_shapes: set[tuple[int, ...]] = set()
        self._has_dynamic = False

    def __call__(self, sample: Tensor, *args: object, **options: object) -> tuple[Tensor]:
        if self.failure is not None:
            return self._eager(sample, *args, **options)
        try:
            return self._compiled_for(tuple(sample.shape))(sample, *args, **options)
        except Exception as error:
            # the compilers below torch raise any kind of exception
            if is_shortage(error):
                raise
            log.warning("Compiling failed: %s", error)
            self.failure = NOT_COMPILED
        return self._eager(sample, *args, **options)

    def _eager(self, sample: Tensor, *args: object, **options: object) -> tuple[Tensor]:
        prediction: tuple[Tensor] = self._unet(sample, *args, **options)
        return prediction

    def _compiled_for(self, shape: tuple[int, ...]) -> Callable[..., tuple[Tensor]]:
        if shape not in self._static_shapes and len(self._static_shapes) == MAX_STATIC_SHAPES:
            if not self._has_dynamic:
                self._has_dynamic = True
                self.on_compiling()
            return self._dynamic
        if shape not in self._static_shapes:
            self._static_shapes.add(shape)
            self.on_compiling()
        return self._static
