"""Settings of the run: device, duration, folders, checkpoints, validation and export."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trainer.config.checks import Checks, ConfigNotValid, at_least, between, fraction, one_of

PRECISIONS = {
    "auto": "auto",
    "32": "fp32",
    "32-true": "fp32",
    "bf16": "bf16",
    "bf16-mixed": "bf16",
    "16": "fp16",
    "16-mixed": "fp16",
}
"""Our name for each of Lightning's names of precisions."""
ACCELERATORS = {"auto": "auto", "cpu": "cpu", "gpu": "gpu", "cuda": "gpu", "mps": "mps"}
TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2}):(\d{1,2})")
FASTEST_THREADS = -1
"""Value of `threads` for the number that is fastest when the run begins."""
ORIGINAL_LAYOUTS = ("", "ckpt", "safetensors")
EXPORT_PRECISIONS = ("16", "32")


@dataclass
class TrainerConfig:
    """Device, precision, duration and intervals of the run."""

    devices: int = 1
    """Processes on this machine, one on each GPU."""
    num_nodes: int = 1
    """Machines; `trainer.distributed.launcher` explains how the processes on them find each other."""
    accelerator: str = "auto"
    """"gpu", "cpu", "mps", or "auto" for the fastest device."""
    precision: str = "auto"
    """"32", "bf16", "16", or "auto": bf16 where the hardware computes it natively, else 32."""
    max_steps: int = 1000
    """Number of optimiser steps."""
    max_time: str = ""
    """Days:hours:minutes:seconds after which the run ends as if it was stopped on request."""
    val_check_interval: int = 500
    """Steps from one validation to the next; 0 never validates."""
    limit_val_batches: int = 8
    """Number of batches of val pairs whose loss is measured, always at the same noise."""
    log_every_n_steps: int = 1
    """Steps from one `step` event to the next."""
    accumulate_grad_batches: int | None = None
    """Micro-batches in one optimiser step; None follows from model.global_batch_size, or is 1."""
    gradient_clip_val: float = 1.0
    """Largest norm of the gradient; larger gradients are scaled down. 0 clips nothing."""
    benchmark: bool = False
    """Have cuDNN measure which convolution is fastest."""
    threads: int = 0
    """Threads of each process on a CPU. 0 takes one for each core, so that the same run gives the same
    weights whatever else the computer does. -1 measures when a run begins which number is fastest beside the
    other programs. A resumed run takes the number it began with."""

    @property
    def max_seconds(self) -> float:
        """`max_time` in seconds; infinity if it is empty."""
        found = TIME.fullmatch(self.max_time)
        if not found:
            return float("inf")
        days, hours, minutes, seconds = map(int, found.groups())
        return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


@dataclass
class EMAConfig:
    """The exponential moving average of the weights."""

    enable: bool = True
    """Export the average of the weights, which makes better edits than the last weights."""
    decay: float = 0.9999
    """Share of the average that a step keeps; it is less in the first steps."""
    cpu_offload: bool = False
    """Keep the average in CPU memory."""
    every_n_steps: int = 1
    """Steps from one update of the average to the next."""


@dataclass
class CheckpointConfig:
    """When checkpoints are saved, and how many are kept."""

    every_n_train_steps: int = 500
    """Steps from one checkpoint to the next."""
    save_top_k: int = 2
    """Newest checkpoints to keep beside the one with the lowest validation loss; -1 keeps all."""


@dataclass
class WandbConfig:
    """The names of the run in W&B."""

    project: str = ""
    """Project of the run; empty is W&B's own choice."""
    name: str = ""
    """Name of the run; empty takes that of the model."""


@dataclass
class ExperimentConfig:
    """The folder of the run, its average and its checkpoints."""

    exp_dir: str = ""
    """Folder that holds the folders of runs; empty is “experiments”."""
    name: str = ""
    """Folder of the run below `exp_dir`."""
    explicit_log_dir: str = ""
    """The folder of the run; overrides `exp_dir` and `name`."""
    resume_if_exists: bool = True
    """Resume a run that the folder contains; else it is refused."""
    resume_from_checkpoint: str = ""
    """A checkpoint to resume from if the run has none of its own."""
    create_tensorboard_logger: bool = False
    """Also write the losses for TensorBoard, if it is installed."""
    create_wandb_logger: bool = False
    """Also send the losses to W&B, if it is installed and logged in."""
    wandb_logger_kwargs: WandbConfig = field(default_factory=WandbConfig)
    snapshots: int = 0
    """Most light copies of the averaged weights to keep for comparing, spread evenly over the run from its
    first step to its last. 0 keeps none."""
    ema: EMAConfig = field(default_factory=EMAConfig)
    checkpoint_callback_params: CheckpointConfig = field(default_factory=CheckpointConfig)


@dataclass
class ValidationConfig:
    """The previews of validation."""

    every_minutes: float = 0
    """Make previews also so many minutes after the last ones; 0 makes them only every
    `trainer.val_check_interval` steps."""
    edits: int = 3
    """Val pairs to edit for the previews; without val pairs, training pairs."""
    photos: list[str] = field(default_factory=list)
    """The user's photos to edit too, each with the instruction at the same place in `instructions`."""
    instructions: list[str] = field(default_factory=list)
    """Instructions for `photos`."""
    steps: int = 0
    """Denoising steps of a preview; 0 takes what the start weights' card recommends, at most 12."""
    resolution: int = 0
    """Longer side of a preview in pixels; 0 takes that of training."""
    text_guidance_scale: float | None = None
    """Scale of previews; null takes what the start weights' card recommends, else 7.5."""
    image_guidance_scale: float | None = None
    """Scale of previews; null takes what the start weights' card recommends, else 1.5."""


@dataclass
class ExportConfig:
    """The files of the exported model."""

    original_layout: str = ""
    """Also write one file in the layout of the original code: "ckpt" or "safetensors"."""
    nemo: bool = False
    """Also write a .nemo file with NeMo's names."""
    precision: str = "16"
    """Bits of the weights in the exported files: "16" or "32"."""


def trainer_checks(trainer: TrainerConfig) -> Checks:
    """Yields the checks of the trainer settings."""
    yield from at_least(1, trainer__devices=trainer.devices, trainer__num_nodes=trainer.num_nodes)
    yield from at_least(1, trainer__max_steps=trainer.max_steps)
    yield from at_least(1, trainer__log_every_n_steps=trainer.log_every_n_steps)
    yield from at_least(0, trainer__val_check_interval=trainer.val_check_interval)
    yield from at_least(0, trainer__limit_val_batches=trainer.limit_val_batches)
    yield from at_least(0, trainer__gradient_clip_val=trainer.gradient_clip_val)
    yield from at_least(FASTEST_THREADS, trainer__threads=trainer.threads)
    if trainer.accumulate_grad_batches is not None:
        yield from at_least(1, trainer__accumulate_grad_batches=trainer.accumulate_grad_batches)
    yield one_of("trainer.precision", trainer.precision, PRECISIONS)
    yield one_of("trainer.accelerator", trainer.accelerator, ACCELERATORS)
    yield (
        not trainer.max_time or TIME.fullmatch(trainer.max_time) is not None,
        ConfigNotValid(
            "configuration.max-time-invalid",
            "trainer.max_time must be days:hours:minutes:seconds, for example '00:01:30:00', in quotes.",
        ),
    )


def experiment_checks(experiment: ExperimentConfig) -> Checks:
    """Yields the checks of the experiment settings."""
    ema, checkpoints = experiment.ema, experiment.checkpoint_callback_params
    yield from at_least(0, exp_manager__snapshots=experiment.snapshots)
    yield fraction("exp_manager.ema.decay", ema.decay, or_zero=True)
    yield from at_least(1, exp_manager__ema__every_n_steps=ema.every_n_steps)
    yield from at_least(
        1, exp_manager__checkpoint_callback_params__every_n_train_steps=checkpoints.every_n_train_steps
    )
    yield (
        checkpoints.save_top_k >= 1 or checkpoints.save_top_k == -1,
        ConfigNotValid(
            "configuration.save-top-k-invalid",
            "exp_manager.checkpoint_callback_params.save_top_k must be at least 1, or -1 for all.",
        ),
    )


def validation_checks(validation: ValidationConfig) -> Checks:
    """Yields the checks of the validation settings."""
    configured = (validation.text_guidance_scale, validation.image_guidance_scale)
    scales = [scale for scale in configured if scale is not None] or [0.0]
    yield from at_least(0, validation__edits=validation.edits)
    yield from at_least(0, validation__every_minutes=validation.every_minutes)
    yield (
        len(validation.photos) == len(validation.instructions),
        ConfigNotValid(
            "configuration.validation-instruction-count",
            "validation.instructions must have one text for each of validation.photos.",
        ),
    )
    yield between("validation.steps", validation.steps, 0, 1000)
    yield (
        validation.resolution == 0 or validation.resolution >= 64,
        ConfigNotValid(
            "configuration.validation-resolution-invalid", "validation.resolution must be 0 or at least 64."
        ),
    )
    yield (
        0 <= min(scales) <= max(scales) <= 50,
        ConfigNotValid(
            "configuration.validation-scales-out-of-range",
            "The guidance scales of validation must be from 0 to 50.",
        ),
    )


def export_checks(export: ExportConfig) -> Checks:
    """Yields the checks of the export settings."""
    yield (
        export.original_layout in ORIGINAL_LAYOUTS,
        ConfigNotValid(
            "configuration.original-layout-unknown", "export.original_layout must be ckpt or safetensors."
        ),
    )
    yield one_of("export.precision", export.precision, EXPORT_PRECISIONS)
