"""Comparison of the compiled UNet's gradients with those of the UNet itself.

A compiler that generates wrong code raises no error: the loss can be right, and gradients still be zero. So
the first step with batches of new shapes is computed twice, compiled and uncompiled.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import Parameter

from engine.devices.memory import is_shortage, release_memory
from engine.errors import EngineError
from trainer.distributed.parallel import Processes
from trainer.learning import random_states
from trainer.learning.networks import NOT_COMPILED, Networks
from trainer.protocol.events import WarningRaised, make_warning

log = logging.getLogger(__name__)

TOLERANCES = {torch.float32: 1e-3, torch.bfloat16: 0.5, torch.float16: 0.1}
"""Largest difference of a weight's gradient by the type of the forward pass, as a share of its length.

On a CPU, the starter differs by at most 3e-5 with float32 and 0.2 with bfloat16; a missing gradient by 1.
"""
SMALLEST = 1e-3
"""Gradients shorter than this share of all gradients together are compared with that length instead: some,
such as those of biases before a norm, are nothing but rounding."""
NOT_COMPARED = make_warning(
    "compiler.not-compared",
    "Memory was too short to compare the gradients of the compiled UNet with those of the UNet itself; it "
    "stays compiled.",
)


@dataclass(frozen=True, slots=True)
class GradientDifference:
    """How much two sets of gradients differ."""

    differing: int
    """Number of weights whose gradients differ by more than the tolerance."""
    count: int
    """Number of all weights."""
    largest: float
    """The largest difference of a weight's gradient, as a share of its length."""


def compare_gradients(
    compiled: Mapping[str, Tensor | None], eager: Mapping[str, Tensor | None], tolerance: float
) -> GradientDifference | None:
    """Returns how much the gradients of all weights differ; None if the eager ones are not finite.

    Weights without a gradient have a gradient of zeros.
    """
    lengths = {name: _length(gradient) for name, gradient in eager.items()}
    whole = math.hypot(*lengths.values())
    if not math.isfinite(whole):
        return None
    shares = []
    for name, length in lengths.items():
        apart = _distance(compiled[name], eager[name])
        reference = max(length, SMALLEST * whole)
        shares.append(apart / reference if reference else float(apart > 0))
    differing = sum(not share <= tolerance for share in shares)  # also counts NaN
    largest = math.inf if any(map(math.isnan, shares)) else max(shares, default=0.0)
    return GradientDifference(differing, len(shares), largest)


def _length(gradient: Tensor | None) -> float:
    return 0.0 if gradient is None else float(torch.linalg.vector_norm(gradient.float()))


def _distance(one: Tensor | None, other: Tensor | None) -> float:
    if one is None or other is None:
        return _length(other if one is None else one)
    return _length(one.to(other.device).float() - other.float())


class CompilerCheck:
    """Compares the gradients of the compiled UNet, and falls back to the UNet itself where they differ.

    What is compiled computes every step unless it is wrong, so whether a step is compared changes no weights.
    """

    def __init__(
        self, networks: Networks, weights: Mapping[str, Parameter], dtype: torch.dtype, processes: Processes
    ) -> None:
        """`dtype` is that of the forward pass."""
        self._networks, self._weights, self._processes = networks, weights, processes
        self._tolerance = TOLERANCES[dtype]
        self._compared: set[object] = set()
        self.compiling: Callable[[], AbstractContextManager[None]] = nullcontext
        """Makes the context in which the UNet is compiled and compared, which takes minutes."""
        self.warnings: list[WarningRaised] = []
        """Warnings about what was compiled."""
        self.seconds = 0.0
        """Seconds that compiling and comparing took so far, beside those of the steps themselves."""

    def __call__(self, gradients: Callable[[], float], shapes: Iterable[object]) -> float:
        """Calls `gradients`, which accumulates the gradients of a step, and returns its loss.

        If the UNet is compiled and `shapes`, those of the step's batches, are new, the gradients are compared
        with those of the UNet itself, which replace them if they differ. Every process must call this.
        """
        if not self._networks.is_compiled:
            return gradients()
        new = {*shapes} - self._compared
        if not self._processes.any(bool(new)):
            return self._compiled_or_not(gradients)
        started = time.perf_counter()
        with self.compiling():
            loss, is_compared = self._compared_gradients(gradients)
        self.seconds += time.perf_counter() - started
        self._compared |= new if is_compared else set()
        return loss

    def _compiled_or_not(self, gradients: Callable[[], float]) -> float:
        """Calls `gradients`; if that fails, calls it again with the UNet itself, and from now on."""
        try:
            return gradients()
        except Exception as error:
            # the compilers below torch, and the code they generate, raise any kind of exception
            if is_shortage(error) or isinstance(error, EngineError):
                raise
            log.warning("The UNet is not compiled: %s", error)
        self._clear()
        self._networks.disable_compiler()
        self.warnings.append(NOT_COMPILED)
        return gradients()

    def _compared_gradients(self, gradients: Callable[[], float]) -> tuple[float, bool]:
        """Returns the loss of a step, and whether its gradients could be compared."""
        before = random_states.capture()
        loss = self._compiled_or_not(gradients)
        if not self._networks.is_compiled:
            return loss, True
        after = random_states.capture()
        compiled = {name: _on_cpu(weight.grad) for name, weight in self._weights.items()}
        self._clear()
        random_states.restore(before)
        eager_loss = self._eager(gradients)
        found = None if eager_loss is None else self._difference(compiled)
        if eager_loss is not None and self._processes.any(found is not None and found.differing > 0):
            self._networks.disable_compiler()
            return eager_loss, True
        random_states.restore(after)
        self._put_back(compiled)
        # fp16 may have no finite gradients in a step, and too little memory stays too little
        return loss, found is not None or eager_loss is None

    def _eager(self, gradients: Callable[[], float]) -> float | None:
        """Returns the loss of the UNet itself, and accumulates its gradients; None if memory is short."""
        started = time.perf_counter()
        try:
            with self._networks.uncompiled():
                loss = gradients()
            self.seconds -= time.perf_counter() - started  # what a step takes
            return loss
        except Exception as error:
            if not is_shortage(error) or self._processes.count > 1:
                raise
            log.warning("The compiled UNet is not compared: %s", error)
        # only after the except block are the error's frames, and the tensors in them, released
        self._clear()
        release_memory()
        self.warnings.append(NOT_COMPARED)
        return None

    def _difference(self, compiled: Mapping[str, Tensor | None]) -> GradientDifference | None:
        """Returns how much gradients differ from those in place; adds a warning if it is too much."""
        eager = {name: weight.grad for name, weight in self._weights.items()}
        found = compare_gradients(compiled, eager, self._tolerance)
        if found is not None and found.differing:
            self.warnings.append(
                make_warning(
                    "compiler.wrong-gradients",
                    "The compiled UNet computes wrong gradients for {differing} of {count} weights, by up to "
                    "{percent} %; training continues with the UNet that is not compiled.",
                    differing=found.differing,
                    count=found.count,
                    percent=round(100 * found.largest, 1),
                )
            )
        return found

    def _clear(self) -> None:
        for weight in self._weights.values():
            weight.grad = None

    @torch.no_grad()
    def _put_back(self, gradients: Mapping[str, Tensor | None]) -> None:
        """Puts gradients into the tensors that hold them, which processes may share."""
        for name, weight in self._weights.items():
            gradient = gradients[name]
            if gradient is None or weight.grad is None:
                weight.grad = None if gradient is None else gradient.to(weight.device)
            else:
                weight.grad.copy_(gradient)


def _on_cpu(gradient: Tensor | None) -> Tensor | None:
    return None if gradient is None else gradient.detach().to("cpu", copy=True)
