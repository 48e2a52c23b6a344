"""Records a call of the UNet as one CUDA graph, which is launched at once instead of a thousand kernels.

Current GPUs finish most kernels sooner than Python launches the next one. Both a plain and a compiled UNet
can be recorded; without a compiler, as on most Windows machines, the recording is the only gain.
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
"""Number of recordings kept, one for each of the shapes last used."""
WARM_UP_CALLS = 2
"""Calls before recording, in which libraries choose their algorithms and compilers compile."""


class RecordedUNet:
    """A UNet on CUDA whose calls are recorded, called like a UNet without `return_dict`.

    Recordings hold the addresses of the weights: call `clear` before the UNet is moved.
    """

    def __init__(self, unet: Callable[..., tuple[Tensor]]) -> None:
        self._unet = unet
        self._recordings: OrderedDict[tuple[object, ...], _Recording] = OrderedDict()
        self._refused: set[tuple[object, ...]] = set()
        """Shapes that could not be recorded for lack of memory."""
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
        """Returns the prediction in new memory, which later calls do not overwrite."""
        assert not return_dict
        added = added_cond_kwargs or {}
        inputs = [sample, timestep, encoder_hidden_states, *added.values()]

        def call(tensors: list[Tensor]) -> Tensor:
            extra = dict(zip(added, tensors[3:], strict=True))
            options: dict[str, Any] = {"added_cond_kwargs": extra} if extra else {}
            return self._unet(*tensors[:3], return_dict=False, **options)[0]

        recording = self._recording_of(call, inputs)
        return (call(inputs) if recording is None else recording.replay(inputs),)

    def clear(self) -> bool:
        """Releases the memory of all recordings; returns whether there were any."""
        had_any = bool(self._recordings)
        self._recordings.clear()
        return had_any

    def _recording_of(
        self, call: Callable[[list[Tensor]], Tensor], inputs: list[Tensor]
    ) -> _Recording | None:
        """The recording for the shapes of `inputs`; None if it fails for lack of memory or in a library."""
        key = tuple((tuple(tensors.shape), tensors.dtype) for tensors in inputs)
        if not self._is_usable or key in self._refused:
            return None
        if key not in self._recordings:
            while len(self._recordings) >= MAX_RECORDED:
                self._recordings.popitem(last=False)
            try:
                self._recordings[key] = _Recording(call, inputs)
            except Exception as error:
                # an error that does not come from recording is raised again by the call itself
                log.warning("The UNet could not be recorded: %s", error)
                self._refused.add(key)
                self._is_usable = is_shortage(error)
                self.clear()
                return None
        self._recordings.move_to_end(key)
        return self._recordings[key]


class _Recording:
    """The CUDA graph of one call, and its input and output memory."""

    def __init__(self, call: Callable[[list[Tensor]], Tensor], inputs: list[Tensor]) -> None:
        self._inputs = [tensors.clone() for tensors in inputs]
        warm_up, current = torch.cuda.Stream(), torch.cuda.current_stream()  # type: ignore[no-untyped-call]
        warm_up.wait_stream(current)
        with torch.cuda.stream(warm_up):
            for _ in range(WARM_UP_CALLS):
                call(self._inputs)
        current.wait_stream(warm_up)
        self._graph = torch.cuda.CUDAGraph()
        # other threads may allocate during the capture
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._output = call(self._inputs)

    def replay(self, inputs: list[Tensor]) -> Tensor:
        for own, tensors in zip(self._inputs, inputs, strict=True):
            own.copy_(tensors)
        self._graph.replay()
        # the next replay overwrites the output
        return self._output.clone()
