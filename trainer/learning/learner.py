"""Weights, optimiser and average of a run, and the optimiser step."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.devices.memory import is_shortage, release_memory
from engine.errors import EngineError, OutOfMemory
from engine.models.loading import Model
from trainer.batches.batch import Batch
from trainer.config import TrainingConfig
from trainer.distributed.parallel import Processes
from trainer.learning.checkpoint import CheckpointNotUsable
from trainer.learning.compiler_check import CompilerCheck
from trainer.learning.ema import EMA
from trainer.learning.loss import DenoisingLoss, use_zero_terminal_snr
from trainer.learning.networks import prepare_networks
from trainer.learning.optimizer import learning_rate_at, make_optimizer, restore_optimizer
from trainer.learning.precision import Precision, choose_precision
from trainer.protocol.events import make_warning

log = logging.getLogger(__name__)


class TrainingDiverged(EngineError):
    """The loss or the gradient became NaN or infinite."""

    kind = "diverged"


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The result of an optimiser step."""

    loss: float
    """Mean loss over all examples of the step."""
    learning_rate: float


class Learner:
    """The state of training. A step is taken completely or leaves the weights unchanged."""

    def __init__(self, model: Model, config: TrainingConfig, processes: Processes) -> None:
        """Prepares the model for training, in place."""
        self.config, self.processes = config, processes
        self.device: torch.device = model.unet.device
        dtype, precision_warning = choose_precision(config.trainer.precision, self.device)
        self.precision = Precision(dtype, self.device)
        if config.model.zero_terminal_snr:
            use_zero_terminal_snr(model)
        self.networks = prepare_networks(model, config.model, dtype)
        self.weights = self.networks.weights
        self.compiler_check = CompilerCheck(self.networks, self.weights, dtype, processes)
        self.optimizer, optimizer_warning = make_optimizer(self.weights.values(), config.model.optim)
        self.ema = EMA(self.weights, config.exp_manager.ema)
        self.loss = DenoisingLoss(model, config.model, attention=self.networks.attention)
        self._loss = processes.synchronised(self.loss, list(self.networks.parts.values()))
        self.micro_batches = config.micro_batches(processes.count)
        found = (precision_warning, optimizer_warning, *self.networks.warnings)
        self.warnings = [warning for warning in found if warning is not None]
        """Warnings about settings that could not be followed."""
        self.step = self.examples_seen = 0
        self.rate_share = 1.0
        """Factor of the learning rate; halved each time the loss becomes NaN."""
        self.pieces = 1
        """Number of passes that a micro-batch is divided into to save memory."""
        self.is_intact = True
        """Whether no update of the weights was interrupted."""

    @property
    def fallbacks(self) -> tuple[int, bool]:
        """The settings that lack of memory or of a compiler may change during a run."""
        return self.pieces, self.networks.is_compiled

    @property
    def batch_size(self) -> int:
        """Examples in one step of all processes together."""
        return self.config.model.micro_batch_size * self.processes.count * self.micro_batches

    def batch_number(self, place: int) -> int:
        """Returns the number of this process's micro-batch that is `place` after its next one."""
        together = self.config.model.micro_batch_size * self.processes.count
        return (-(-self.examples_seen // together) + place) * self.processes.count + self.processes.rank

    def take_step(self, batches: Sequence[Batch]) -> StepTaken:
        """Takes one optimiser step on all micro-batches of a step.

        Raises `TrainingDiverged` if loss or gradient is NaN or infinite, and `OutOfMemory`.
        """
        optim = self.config.model.optim
        learning_rate = self.rate_share * learning_rate_at(
            self.step + 1, self.config.trainer.max_steps, optim
        )
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        loss = self.processes.mean(self._gradients_within_memory(batches))
        self._check_number(loss)
        length = self._clip()
        if not self.precision.is_scaled:  # fp16 skips a step with such a gradient
            self._check_number(length)
        self.is_intact = False
        self.precision.step(self.optimizer)
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.examples_seen += self.batch_size
        self.ema.update(self.step)
        self.is_intact = True
        return StepTaken(loss, learning_rate)

    def _gradients_within_memory(self, batches: Sequence[Batch]) -> float:
        """As `_gradients`, with smaller passes if memory is short."""
        while True:
            try:
                return self._checked_gradients(batches)
            except Exception as error:
                if not is_shortage(error):
                    raise
                log.warning("A step is tried again: %s", error)
            # only after the except block are the error's frames, and the tensors in them, released
            self.optimizer.zero_grad(set_to_none=True)
            release_memory()
            self._halve_passes()

    def _checked_gradients(self, batches: Sequence[Batch]) -> float:
        """As `_gradients`; what is compiled for batches of new shapes is compared with the UNet itself."""
        shapes = [(self.pieces, batch.edited.shape) for batch in batches]
        loss = self.compiler_check(lambda: self._gradients(batches), shapes)
        self.warnings += self.compiler_check.warnings
        self.compiler_check.warnings.clear()
        return loss

    def _halve_passes(self) -> None:
        if self.processes.count > 1 or self.pieces >= self.config.model.micro_batch_size:
            raise OutOfMemory(
                "memory.micro-batch",
                "There is not enough memory to train on this micro-batch.",
                (
                    "Choose a smaller model.micro_batch_size or data.resolution, or set "
                    "model.unet_config.use_checkpoint=True."
                ),
            )
        self.pieces *= 2
        size = math.ceil(self.config.model.micro_batch_size / self.pieces)
        self.warnings.append(
            make_warning(
                "memory.smaller-passes",
                "Memory was short: {size} example(s) are computed at a time; the result is the same.",
                size=size,
            )
        )

    def _gradients(self, batches: Sequence[Batch]) -> float:
        """Accumulates the gradients of the mean loss over all micro-batches; returns that loss."""
        total = torch.zeros((), device=self.device)
        for place, batch in enumerate(batches):
            first = self.batch_number(place) * self.config.model.micro_batch_size
            rows = self._rows(len(batch.instructions))
            for cut in rows:
                is_last = place == len(batches) - 1 and cut == rows[-1]
                piece = batch[cut]
                share = len(piece.instructions) / len(batch.instructions) / len(batches)
                with nullcontext() if is_last else self.processes.unsynchronised(self._loss):
                    total += share * self._pass(piece, first + cut.start, share)
        return float(total)

    def _rows(self, count: int) -> list[slice]:
        size = math.ceil(count / self.pieces)
        return [slice(start, min(start + size, count)) for start in range(0, count, size)]

    def _pass(self, batch: Batch, first: int, share: float) -> Tensor:
        """Runs forward and backward; returns the loss.

        `first` is the number of the first example, `share` the weight of this pass in the mean loss.
        """
        noise = self.loss.noise_of(batch, self.config.model.seed, first)
        self.networks.begin_pass()
        with self.precision.autocast():
            loss = self._loss(batch, noise)
        with self.networks.attention():  # activation checkpointing calls the UNet again
            self.precision.backward(loss * share)
        return loss.detach()

    def _clip(self) -> float:
        """Clips the gradient to the configured norm; returns its norm before."""
        self.precision.scaler.unscale_(self.optimizer)
        longest = self.config.trainer.gradient_clip_val or math.inf
        return float(nn.utils.clip_grad_norm_(self.weights.values(), longest))

    def _check_number(self, value: float) -> None:
        if math.isfinite(value):
            return
        self.optimizer.zero_grad(set_to_none=True)
        raise TrainingDiverged(
            "diverged.loss-nan",
            "The loss became NaN at step {step}.",
            "Try a lower learning rate (model.optim.lr) and start again; the last checkpoint is kept.",
            step=self.step + 1,
        )

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of training without the random states. The tensors are not copied."""
        return {
            "step": self.step,
            "examples_seen": self.examples_seen,
            "weights": {name: weight.detach() for name, weight in self.weights.items()},
            "optimizer": self.optimizer.state_dict(),
            "ema": self.ema.state_dict(),
            "scaler": self.precision.scaler.state_dict(),
            "rate_share": self.rate_share,
            "pieces": self.pieces,
        }

    def check_state(self, state: dict[str, Any]) -> None:
        """Raises `CheckpointNotUsable` if a saved state is that of another model."""
        saved = state.get("weights")
        shapes = {name: weight.shape for name, weight in self.weights.items()}
        if not isinstance(saved, dict) or {name: weight.shape for name, weight in saved.items()} != shapes:
            raise CheckpointNotUsable(
                "checkpoint.other-model",
                "The checkpoint is of another model, or of a run that trains other weights.",
                "Choose another exp_manager.exp_dir.",
            )

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores a saved state. Raises `CheckpointNotUsable` if it is that of another model."""
        self.check_state(state)
        for name, weight in self.weights.items():
            weight.copy_(state["weights"][name])
        if "optimizer" in state:
            changed = restore_optimizer(self.optimizer, state["optimizer"])
            self.warnings += [changed] if changed else []
        self.ema.load_state_dict(state.get("ema", {}))
        if state.get("scaler"):
            self.precision.scaler.load_state_dict(state["scaler"])
        self.step = state["step"]
        self.examples_seen = state.get("examples_seen", self.step * self.batch_size)
        self.rate_share, self.pieces = state.get("rate_share", 1.0), state.get("pieces", 1)
        self.is_intact = True
