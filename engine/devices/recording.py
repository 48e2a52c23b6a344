"""A UNet's call recorded as one CUDA graph: launched whole, where Python would launch some thousand kernels.

A GPU of today is done with most of those sooner than the next is launched. Recorded is whatever stands for
the UNet, compiled or not: where there is no compiler, as on most Windows machines, this is what is gained.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from engine.devices.memory import is_shortage

log = logging.getLogger(__name__)

MAX_RECORDED = 4
"""Recordings kept, those last used: one for each shape."""
WARM_UP_CALLS = 2
"""Calls before recording: libraries choose their algorithms, and compilers compile, at the first ones."""


class RecordedUNet:
    """Stands before a UNet on CUDA and is called like it, without `return_dict`.

    The UNet's weights must stay where they are; `clear` before they are moved.
    """

    def __init__(self, unet: Callable[..., tuple[Tensor]]) -> None:
        self._unet = unet
        self._recordings: OrderedDict[tuple[object, ...], _Recording] = OrderedDict()
        self._refused: set[tuple[object, ...]] = set()
        """Shapes there was no memory to record."""
        self._is_usable = True

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        *,
        added_cond_kwargs: Mapping[str, Tensor] | None = None,
        return_dict: bool = False,
    ) -> tuple[Tensor]:
        """A prediction of its own for each call, which no later one changes."""
        assert not return_dict
        added = added_cond_kwargs or {}
        inputs = [sample, timestep, encoder_hidden_states, *added.values()]

        def call(given: list[Tensor]) -> Tensor:
            extra = dict(zip(added, given[3:], strict=True))
            options: dict[str, Any] = {"added_cond_kwargs": extra} if extra else {}
            return self._unet(*given[:3], return_dict=False, **options)[0]

        recording = self._recording_of(call, inputs)
        return (call(inputs) if recording is None else recording.replay(inputs),)

    def clear(self) -> bool:
        """Give the memory of all recordings back; whether there were any."""
        had_any = bool(self._recordings)
        self._recordings.clear()
        return had_any

    def _recording_of(
        self, call: Callable[[list[Tensor]], Tensor], inputs: list[Tensor]
    ) -> _Recording | None:
        """None where it cannot be recorded, for want of memory or because a library does not allow it."""
        key = tuple((tuple(given.shape), given.dtype) for given in inputs)
        if not self._is_usable or key in self._refused:
            return None
        if key not in self._recordings:
            while len(self._recordings) >= MAX_RECORDED:
                self._recordings.popitem(last=False)
            try:
                self._recordings[key] = _Recording(call, inputs)
            except Exception as error:
                # if it is not the recording that is at fault, the call itself will say so
                log.warning("The UNet could not be recorded: %s", error)
                self._refused.add(key)
                self._is_usable = is_shortage(error)
                self.clear()
                return None
        self._recordings.move_to_end(key)
        return self._recordings[key]


class _Recording:
    """The kernels of one call, and the memory that they read from and write to."""

    def __init__(self, call: Callable[[list[Tensor]], Tensor], inputs: list[Tensor]) -> None:
        self._inputs = [given.clone() for given in inputs]
        warm_up, current = torch.cuda.Stream(), torch.cuda.current_stream()  # type: ignore[no-untyped-call]
        warm_up.wait_stream(current)
        with torch.cuda.stream(warm_up):
            for _ in range(WARM_UP_CALLS):
                call(self._inputs)
        current.wait_stream(warm_up)
        self._graph = torch.cuda.CUDAGraph()
        # other threads may go on allocating
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._output = call(self._inputs)

    def replay(self, inputs: list[Tensor]) -> Tensor:
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        self._graph.replay()
        # the next replay writes where this one wrote
        return self._output.clone()
