"""The UNet compiled by Inductor, torch's compiler: faster on a GPU, after a wait that is kept on disk.

On two CPU cores compiling takes minutes and gains nothing, so that there it is only done when asked. CUDA
graphs are not left to the compiler, whose own belong to one thread; see `engine/devices/recording.py`.
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
"""Shapes that are compiled for themselves; one kernel for all others follows."""
NOT_COMPILED = "The model could not be compiled on this machine; the edit was made without."


def set_compile_cache(folder: Path) -> None:
    """Keep what is compiled in `folder`, so that the next start finds it."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
    os.environ["TORCHINDUCTOR_FX_GRAPH_CACHE"] = "1"
    os.environ["TRITON_CACHE_DIR"] = str(folder / "triton")


class CompiledUNet:
    """Stands before a UNet and is called like it, without `return_dict`.

    The first shapes are compiled each for itself; later ones share a kernel that takes any shape, so that
    a new size costs at most one more wait. Where there is no compiler, the UNet itself answers.
    """

    def __init__(self, unet: UNet2DConditionModel, *, on_compiling: Callable[[], None]) -> None:
        """`on_compiling` is called whenever a call will take as long as compiling does."""
        self.failure: str | None = None
        """Why nothing is compiled, in a sentence; None while it works."""
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
            # the compilers below torch raise what they like
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
