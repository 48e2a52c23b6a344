"""Creates networks without memory, on the meta device, and loads their tensors one by one.

Each tensor is read and converted to its number type, device and memory format. No tensor is held twice, so
that loading needs little more memory than the loaded weights. Tensors read ahead stay mapped from their file,
except those that a LoRA changes and those that are not aligned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.errors import ModelNotUsable, Phrase
from engine.models.parts import RESTORE_ADVICE, CheckpointPart, PartTensors
from engine.models.text_encoders import INVALID_CONFIGURATION, restore_positions
from engine.progress import CancelToken, Progress, ProgressCallback, Stage
from engine.tensors.tensor_source import TensorSource

READ_AHEAD_BYTES = 64 << 20
"""Size of the tensors that are read ahead while an earlier one is converted."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """The plan for a network: how it is created, and where its tensors are."""

    name: str
    """Name for messages: "unet", "vae", "text_encoder", "text_encoder_2"."""
    make: Callable[[], nn.Module]
    source: TensorSource
    part: CheckpointPart
    """The part of `source` with its tensors."""
    is_exact: bool = True
    """Whether an additional tensor is an error; files contain unused tensors of text encoders."""

    def empty(self) -> nn.Module:
        """The network without memory. Raises `ModelNotUsable` if its configuration is invalid."""
        try:
            with torch.device("meta"):
                return self.make()
        except INVALID_CONFIGURATION as error:
            raise invalid_configuration(self.name) from error


def invalid_configuration(name: str) -> ModelNotUsable:
    """The error for a network whose configuration is invalid."""
    return ModelNotUsable(
        "model.configuration-invalid",
        "The model's {part} configuration is invalid.",
        RESTORE_ADVICE,
        part=name,
    )


class LoadingProgress:
    """Counts loaded numbers over all networks, reports every percent, and checks for cancellation."""

    def __init__(self, on_progress: ProgressCallback, cancel: CancelToken) -> None:
        self._on_progress, self._cancel = on_progress, cancel
        self._done, self._total, self._reported = 0, 0, -1
        self._report()

    def expect(self, size: int) -> None:
        """Adds `size` numbers to the total."""
        self._total += size

    def advance(self, size: int) -> None:
        """Counts `size` numbers as loaded. Raises `Cancelled`."""
        self._done += size
        self._report()

    def _report(self) -> None:
        self._cancel.raise_if_cancelled()
        percent = 100 * self._done // self._total if self._total else 0
        if percent > self._reported:
            self._reported = percent
            self._on_progress(Progress(Stage.LOADING_MODEL, percent, 100))


@dataclass(frozen=True, slots=True)
class UnloadedNetwork:
    """A network on the meta device, and the tensors to load into it."""

    name: str
    network: nn.Module
    tensors: TensorSource

    @property
    def size(self) -> int:
        """Number of parameters and buffer elements."""
        return sum(tensor.numel() for tensor in self.network.state_dict().values())

    def give_back(self) -> None:
        """Releases the loaded tensors, because the frames of an error may still refer to the network."""
        self.network.to_empty(device="meta")


def prepare_network(plan: NetworkPlan) -> UnloadedNetwork:
    """Creates the network without memory, and checks names and shapes of its tensors.

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
    unloaded: UnloadedNetwork, device: torch.device, dtype: torch.dtype, progress: LoadingProgress, model: str
) -> None:
    """Loads the tensors of a network, ready for inference. Raises `ModelNotUsable`, `Cancelled`.

    Every number is checked to be finite, in at most a fifth of the time of the conversion; an error names the
    model `model`. On an error, tensors read before are released.
    """
    loaded: dict[str, Tensor] = {}
    empty_tensors = unloaded.network.state_dict()
    stored = _read_ahead(unloaded.tensors, empty_tensors)
    try:
        for name, empty in empty_tensors.items():
            loaded[name] = _converted(next(stored), device, dtype)
            if not _is_finite(loaded[name]):
                raise _not_finite(model, unloaded, name, dtype)
            progress.advance(empty.numel())
        unloaded.network.load_state_dict(loaded, assign=True)
    finally:
        # an exception keeps this frame alive until it is handled
        stored.close()
        loaded.clear()
    restore_positions(unloaded.network, device)
    unloaded.network.eval().requires_grad_(False)


def _is_finite(tensor: Tensor) -> bool:
    """Whether all numbers are finite. Their sum shows it, unless it is itself too large."""
    return bool(tensor.sum().isfinite()) or bool(tensor.isfinite().all())


def _not_finite(model: str, unloaded: UnloadedNetwork, name: str, dtype: torch.dtype) -> ModelNotUsable:
    if unloaded.tensors.read(name).float().isfinite().all():
        return ModelNotUsable(
            "model.number-too-large",
            "The tensor {tensor} of the model {model} contains numbers that are too large for {dtype}.",
            "Choose another number type, fp32 or bf16.",
            tensor=f"{unloaded.name}.{name}",
            model=model,
            dtype=str(dtype).removeprefix("torch."),
        )
    return ModelNotUsable(
        "model.tensor-not-finite",
        "The model {model} is damaged: its tensor {tensor} contains numbers that are not finite (NaN).",
        "Choose another model, or download it again.",
        model=model,
        tensor=f"{unloaded.name}.{name}",
    )


def _read_ahead(tensors: TensorSource, names: Iterable[str]) -> Generator[Tensor, None, None]:
    """Yields each tensor after the next ones were requested, so that the disk reads during conversion."""
    waiting: deque[Tensor] = deque()
    try:
        for name in names:
            waiting.append(tensors.read(name))
            while sum(tensor.nbytes for tensor in waiting) > READ_AHEAD_BYTES:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        # an exception in reading keeps this frame alive too
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
    return " × ".join(map(str, shape)) or Phrase("of one number")


def _converted(stored: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    """A copy independent of the file; weights of convolutions are channels last, which is faster."""
    layout = torch.channels_last if stored.ndim == 4 else torch.contiguous_format
    if device.type == "cuda":
        stored = stored.to(device)  # the GPU converts it faster than the CPU
    return stored.to(device=device, dtype=dtype, memory_format=layout, copy=True)
