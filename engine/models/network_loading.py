"""Networks made without memory, then filled with the tensors of a file one by one.

Each tensor is read, given its number type, device and memory format, and kept; nothing is held twice,
so that loading takes little more memory than the loaded weights. Tensors read ahead stay mapped
from their file, but for those that a LoRA changes or that the file keeps unaligned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.errors import ModelNotUsable
from engine.models.parts import RESTORE_ADVICE, CheckpointPart, PartTensors
from engine.models.text_encoders import INVALID_CONFIGURATION, restore_positions
from engine.progress import CancelToken, Progress, ProgressCallback, Stage
from engine.tensors.tensor_source import TensorSource

READ_AHEAD_BYTES = 64 << 20
"""Tensors as the file keeps them, asked for while an earlier one is converted."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """A network to be loaded: how it is made, and where its tensors lie."""

    name: str
    """As people read it: "unet", "vae", "text_encoder", "text_encoder_2"."""
    make: Callable[[], nn.Module]
    source: TensorSource
    part: CheckpointPart
    """Where they lie in `source`."""
    is_exact: bool = True
    """Whether a tensor too many is a mistake; files keep more of a text encoder than is used."""

    def empty(self) -> nn.Module:
        """The network without memory. Raises `ModelNotUsable` if its configuration is invalid."""
        try:
            with torch.device("meta"):
                return self.make()
        except INVALID_CONFIGURATION as error:
            raise invalid_configuration(self.name) from error


def invalid_configuration(name: str) -> ModelNotUsable:
    """What to say of a network whose configuration does not make one that works."""
    return ModelNotUsable(
        "model.configuration-invalid",
        "The model's {part} configuration is invalid.",
        RESTORE_ADVICE,
        part=name,
    )


class LoadingProgress:
    """Counts tensors through all networks, tells of every hundredth, and stops on request."""

    def __init__(self, on_progress: ProgressCallback, cancel: CancelToken) -> None:
        self._on_progress, self._cancel = on_progress, cancel
        self._done, self._total, self._reported = 0, 0, -1
        self._report()

    def expect(self, size: int) -> None:
        """Announce `size` more numbers to read."""
        self._total += size

    def advance(self, size: int) -> None:
        """Count `size` numbers as read. Raises `Cancelled`."""
        self._done += size
        self._report()

    def _report(self) -> None:
        self._cancel.raise_if_cancelled()
        hundredths = 100 * self._done // self._total if self._total else 0
        if hundredths > self._reported:
            self._reported = hundredths
            self._on_progress(Progress(Stage.LOADING_MODEL, hundredths, 100))


@dataclass(frozen=True, slots=True)
class UnloadedNetwork:
    """An empty network, and the tensors that will fill it."""

    name: str
    network: nn.Module
    tensors: TensorSource

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return sum(tensor.numel() for tensor in self.network.state_dict().values())

    def give_back(self) -> None:
        """Let go of what was filled in: an error keeps the frames alive that hold the network."""
        self.network.to_empty(device="meta")


def prepare_network(plan: NetworkPlan) -> UnloadedNetwork:
    """The empty network, after a look at names and shapes of all its tensors.

    Raises `ModelNotUsable`, naming the tensor, if one is missing or of another shape.
    """
    network = plan.empty()
    wanted = network.state_dict()
    tensors = PartTensors(plan.source, plan.part, wanted)
    _check(plan.name, wanted, tensors)
    if plan.is_exact and tensors.unclaimed:
        raise ModelNotUsable(
            "model.tensor-unexpected",
            "The model's {part} has the tensor {tensor}, which does not belong there.",
            "Choose another model.",
            part=plan.name,
            tensor=tensors.unclaimed,
        )
    return UnloadedNetwork(plan.name, network, tensors)


def fill_network(
    vessel: UnloadedNetwork, device: torch.device, dtype: torch.dtype, progress: LoadingProgress
) -> None:
    """Give a network its tensors, ready for inference. Raises `ModelNotUsable`, `Cancelled`.

    What was read until then is given back.
    """
    filled: dict[str, Tensor] = {}
    empties = vessel.network.state_dict()
    stored = _read_ahead(vessel.tensors, empties)
    try:
        for name, empty in empties.items():
            filled[name] = _converted(next(stored), device, dtype)
            progress.advance(empty.numel())
        vessel.network.load_state_dict(filled, assign=True)
    finally:
        # an exception keeps this frame alive until it is handled
        stored.close()
        filled.clear()
    restore_positions(vessel.network, device)
    vessel.network.eval().requires_grad_(False)


def _read_ahead(tensors: TensorSource, names: Iterable[str]) -> Generator[Tensor, None, None]:
    """Each tensor after the next ones were asked for, so that the disk works while it is converted."""
    waiting: deque[Tensor] = deque()
    try:
        for name in names:
            waiting.append(tensors.read(name))
            while sum(tensor.nbytes for tensor in waiting) > READ_AHEAD_BYTES:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        # if reading failed, the exception keeps this frame alive too
        waiting.clear()


def _check(part: str, wanted: dict[str, Tensor], found: TensorSource) -> None:
    names = found.names()
    for name, empty in wanted.items():
        if name not in names:
            raise ModelNotUsable(
                "model.part-tensor-missing",
                "The model's {part} lacks the tensor {tensor}.",
                RESTORE_ADVICE,
                part=part,
                tensor=name,
            )
        if (shape := found.shape(name)) != tuple(empty.shape):
            raise ModelNotUsable(
                "model.shape-differs",
                (
                    "The model's {part} does not fit its configuration: {tensor} has the shape {shape} "
                    "instead of {expected}."
                ),
                RESTORE_ADVICE,
                part=part,
                tensor=name,
                shape=_shape_text(shape),
                expected=_shape_text(tuple(empty.shape)),
            )


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "of one number"


def _converted(stored: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    """A copy that needs the file no more; convolutions keep their channels last, which is faster."""
    layout = torch.channels_last if stored.ndim == 4 else torch.contiguous_format
    if device.type == "cuda":
        stored = stored.to(device)  # which then converts it, sooner than a processor would
    return stored.to(device=device, dtype=dtype, memory_format=layout, copy=True)
