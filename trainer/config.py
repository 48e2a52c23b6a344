"""Settings of a training run, by the names NeMo's InstructPix2Pix configuration gives them.

`read_config(["data.data_path=pairs", "trainer.max_steps=200"])` gives a validated, typed object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from engine.errors import EngineError

PRECISIONS = ("auto", "32", "bf16")
TIMESTEP_SAMPLINGS = ("uniform", "high_noise")


class ConfigNotValid(EngineError):
    """A setting is unknown, missing or out of range."""

    kind = "configuration"


@dataclass
class DataConfig:
    data_path: str = MISSING
    """Folder of image pairs."""
    num_workers: int = 1
    """Processes that read and cut pictures while the UNet trains."""
    resolution: int = 256
    """Side of the training squares in pixels."""
    flip: bool = True
    """Mirror half of the pairs, except where the instruction names a side."""


@dataclass
class UNetConfig:
    from_pretrained: str = MISSING
    """Folder of the model to start from."""
    use_checkpoint: bool = False
    """Activation checkpointing: less memory, more time."""


@dataclass
class LearningRateConfig:
    warmup_steps: int = 0
    """Steps over which the learning rate rises to its full value."""
    decay: bool = False
    """Whether it falls along a cosine to a fiftieth at the last step, or stays constant."""


@dataclass
class OptimizerConfig:
    lr: float = 1e-4
    weight_decay: float = 0.01
    betas: list[float] = field(default_factory=lambda: [0.9, 0.999])
    sched: LearningRateConfig = field(default_factory=LearningRateConfig)


@dataclass
class ModelConfig:
    name: str = ""
    """Name of the new model; empty takes the dataset folder's."""
    unet_config: UNetConfig = field(default_factory=UNetConfig)
    micro_batch_size: int = 4
    seed: int = 0
    channels_last: bool = True
    inductor: bool = False
    """Compile the UNet with TorchInductor."""
    cond_stage_trainable: bool = False
    """Train the text encoder too."""
    conditioning_dropout_prob: float = 0.05
    """Share of examples that lose the instruction, the image, and both: this much each."""
    timestep_sampling: str = "uniform"
    """"uniform", or "high_noise" to see noisy steps more often."""
    optim: OptimizerConfig = field(default_factory=OptimizerConfig)


@dataclass
class TrainerConfig:
    max_steps: int = 1000
    precision: str = "auto"
    """"32", "bf16", or "auto": bf16 where the hardware computes it natively."""
    accumulate_grad_batches: int = 1
    gradient_clip_val: float = 1.0


@dataclass
class EMAConfig:
    enable: bool = True
    decay: float = 0.9999


@dataclass
class CheckpointConfig:
    every_n_train_steps: int = 500
    save_top_k: int = 2
    """Newest checkpoints to keep."""


@dataclass
class ExperimentConfig:
    exp_dir: str = MISSING
    """Folder of checkpoints and of the exported model."""
    resume_if_exists: bool = True
    ema: EMAConfig = field(default_factory=EMAConfig)
    checkpoint_callback_params: CheckpointConfig = field(default_factory=CheckpointConfig)


@dataclass
class TrainingConfig:
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    exp_manager: ExperimentConfig = field(default_factory=ExperimentConfig)

    @property
    def run_folder(self) -> Path:
        return Path(self.exp_manager.exp_dir)

    @property
    def model_name(self) -> str:
        return self.model.name or Path(self.data.data_path).name


def read_config(arguments: Sequence[str]) -> TrainingConfig:
    """The settings of `key=value` arguments. Raises `ConfigNotValid` in one sentence."""
    for argument in arguments:
        if "=" not in argument:
            raise ConfigNotValid(
                f"“{argument}” is not a setting.",
                "Write settings as key=value, for example trainer.max_steps=200.",
            )
    try:
        merged = OmegaConf.merge(
            OmegaConf.structured(TrainingConfig), OmegaConf.from_dotlist(list(arguments))
        )
        missing = sorted(OmegaConf.missing_keys(merged))
        if missing:
            raise ConfigNotValid(f"The setting {missing[0]} is missing.", f"Add {missing[0]}=…")
        config = cast(TrainingConfig, OmegaConf.to_object(merged))
    except YAMLError as error:
        raise ConfigNotValid(
            "A value has characters with a meaning of their own in YAML.", "Put it in quotes: key='…'."
        ) from error
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        raise ConfigNotValid(
            f"The settings cannot be used: {reason}.", "Check the names and values."
        ) from error
    validate(config)
    return config


def validate(config: TrainingConfig) -> None:
    """Raises `ConfigNotValid` for the first value no run can be made with."""
    optim, model = config.model.optim, config.model
    checks = (
        (config.trainer.max_steps >= 1, "trainer.max_steps must be at least 1."),
        (config.trainer.accumulate_grad_batches >= 1, "trainer.accumulate_grad_batches must be at least 1."),
        (config.trainer.gradient_clip_val > 0, "trainer.gradient_clip_val must be above 0."),
        (
            config.trainer.precision in PRECISIONS,
            f"trainer.precision must be one of {', '.join(PRECISIONS)}.",
        ),
        (model.micro_batch_size >= 1, "model.micro_batch_size must be at least 1."),
        (model.seed >= 0, "model.seed must be at least 0."),
        (
            0 <= model.conditioning_dropout_prob <= 1 / 3,
            "model.conditioning_dropout_prob must be from 0 to 0.33.",
        ),
        (
            model.timestep_sampling in TIMESTEP_SAMPLINGS,
            f"model.timestep_sampling must be one of {', '.join(TIMESTEP_SAMPLINGS)}.",
        ),
        (0 < optim.lr < 1, "model.optim.lr must be above 0 and below 1."),
        (optim.weight_decay >= 0, "model.optim.weight_decay must be at least 0."),
        (
            len(optim.betas) == 2 and all(0 <= beta < 1 for beta in optim.betas),
            "model.optim.betas must be two numbers from 0 to 1.",
        ),
        (optim.sched.warmup_steps >= 0, "model.optim.sched.warmup_steps must be at least 0."),
        (config.data.resolution >= 32, "data.resolution must be at least 32."),
        (config.data.num_workers >= 0, "data.num_workers must be at least 0."),
        (0 <= config.exp_manager.ema.decay < 1, "exp_manager.ema.decay must be at least 0 and below 1."),
        (
            config.exp_manager.checkpoint_callback_params.every_n_train_steps >= 1,
            "exp_manager.checkpoint_callback_params.every_n_train_steps must be at least 1.",
        ),
        (
            config.exp_manager.checkpoint_callback_params.save_top_k >= 1,
            "exp_manager.checkpoint_callback_params.save_top_k must be at least 1.",
        ),
    )
    for holds, sentence in checks:
        if not holds:
            raise ConfigNotValid(sentence)
