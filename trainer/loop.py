"""The training loop: the one that teaches users' edits and that made the starter model.

Noise, timesteps and dropout of a micro-batch follow from the seed and its number, so a resumed run
needs no saved random state.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.device import default_dtype, dtype_name
from engine.errors import EngineError
from engine.weights import Model
from trainer.checkpoint import Checkpoints
from trainer.commands import Commands
from trainer.config import TrainingConfig
from trainer.ema import EMA
from trainer.events import CheckpointSaved, EventStream, Finished, Started, StepDone
from trainer.examples import Batch, Examples, batches_from
from trainer.export import export_model
from trainer.loss import DenoisingLoss
from trainer.optimizer import learning_rate_at, make_optimizer


class TrainingDiverged(EngineError):
    """The loss is no longer a number."""

    kind = "diverged"


class Training:
    """One run: model and examples in, checkpoints and an exported model out."""

    def __init__(
        self,
        config: TrainingConfig,
        model: Model,
        examples: Examples,
        *,
        instructions: tuple[str, ...],
        events: EventStream,
        commands: Commands,
    ) -> None:
        """`instructions` are stored with the exported model as what it has learned."""
        self.config, self.model, self.examples = config, model, examples
        self.instructions, self.events, self.commands = instructions, events, commands
        self.device: torch.device = model.unet.device
        self.autocast_dtype = self._choose_precision()
        self.step = 0
        trained = self._prepare_networks()
        self.optimizer = make_optimizer(trained, config.model.optim)
        self.ema = EMA(trained, config.exp_manager.ema.decay if config.exp_manager.ema.enable else 0.0)
        self.weights = [weight for network in trained for weight in network.parameters()]
        self.loss = DenoisingLoss(
            model,
            dropout_probability=config.model.conditioning_dropout_prob,
            timestep_sampling=config.model.timestep_sampling,
        )
        if config.model.inductor:
            model.unet.compile()
        self.checkpoints = Checkpoints(
            config.run_folder, config.exp_manager.checkpoint_callback_params.save_top_k
        )

    def _choose_precision(self) -> torch.dtype:
        match self.config.trainer.precision:
            case "bf16":
                return torch.bfloat16
            case "32":
                return torch.float32
            case _:
                native = default_dtype(self.device)
                return native if native == torch.bfloat16 else torch.float32

    def _prepare_networks(self) -> list[nn.Module]:
        model, config = self.model, self.config.model
        trained: list[nn.Module] = [model.unet]
        if config.cond_stage_trainable:
            trained.append(model.text_encoder)
        layout = torch.channels_last if config.channels_last else torch.contiguous_format
        for network in trained:
            network.requires_grad_(True).train()
            network.to(dtype=torch.float32, memory_format=layout)  # type: ignore[call-overload]
        if config.unet_config.use_checkpoint:
            model.unet.enable_gradient_checkpointing()
        return trained

    def run(self) -> Finished:
        """Train to the last step or until told to stop; checkpoint, export and say so."""
        if self.config.exp_manager.resume_if_exists:
            self._resume()
        total = self.config.trainer.max_steps
        self._announce(total)
        batches = self._batches(total)
        started, first = time.monotonic(), self.step
        while self.step < total and not self.commands.stop_requested:
            self.step += 1
            loss, learning_rate = self._train_step(batches)
            seconds_left = (time.monotonic() - started) / (self.step - first) * (total - self.step)
            self.events.send(
                StepDone(
                    step=self.step,
                    total_steps=total,
                    loss=loss,
                    learning_rate=learning_rate,
                    seconds_left=round(seconds_left, 1),
                )
            )
            if self.step % self.config.exp_manager.checkpoint_callback_params.every_n_train_steps == 0:
                self._save()
        self._save()
        finished = Finished(step=self.step, stopped=self.step < total, model=str(self._export()))
        self.events.send(finished)
        return finished

    def _announce(self, total: int) -> None:
        self.events.send(
            Started(
                start_step=self.step,
                total_steps=total,
                examples=self.examples.size,
                device=self.device.type,
                dtype=dtype_name(self.autocast_dtype),
                run=str(self.config.run_folder),
            )
        )

    def _batches(self, total: int) -> Iterator[Batch]:
        accumulate = self.config.trainer.accumulate_grad_batches
        return batches_from(
            self.examples, self.step * accumulate, total * accumulate, self.config.data.num_workers
        )

    def _train_step(self, batches: Iterator[Batch]) -> tuple[float, float]:
        """One optimiser step; returns its mean loss and learning rate. Raises `TrainingDiverged`."""
        accumulate = self.config.trainer.accumulate_grad_batches
        learning_rate = learning_rate_at(self.step, self.config.trainer.max_steps, self.config.model.optim)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        total = 0.0
        for part in range(accumulate):
            number = (self.step - 1) * accumulate + part
            generator = torch.Generator().manual_seed(self.config.model.seed * 1_000_003 + number)
            with torch.autocast(
                self.device.type, self.autocast_dtype, enabled=self.autocast_dtype != torch.float32
            ):
                loss = self.loss(next(batches), generator) / accumulate
            torch.autograd.backward(loss)
            total += loss.item()
        if not math.isfinite(total):
            raise TrainingDiverged(
                f"The loss is no longer a number at step {self.step}.",
                "Try a lower learning rate (model.optim.lr) and start again; the last checkpoint is kept.",
            )
        nn.utils.clip_grad_norm_(self.weights, self.config.trainer.gradient_clip_val)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.ema.update()
        return total, learning_rate

    def _state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "weights": [weight.detach() for weight in self.weights],
            "optimizer": self.optimizer.state_dict(),
            "ema": self.ema.state_dict(),
        }

    def _save(self) -> None:
        path = self.checkpoints.save(self._state(), self.step)
        self.events.send(CheckpointSaved(step=self.step, path=str(path)))

    @torch.no_grad()
    def _resume(self) -> None:
        state = self.checkpoints.load_newest()
        if state is None:
            return
        self.step = state["step"]
        for weight, saved in zip(self.weights, state["weights"], strict=True):
            weight.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])
        self.ema.load_state_dict(state["ema"])

    def _export(self) -> Path:
        with self.ema.applied():
            return export_model(
                self.model,
                self.config.run_folder / "model",
                name=self.config.model_name,
                instructions=self.instructions,
            )
