"""All settings of a run, and values that follow from several of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.resources import resources_folder
from trainer.config.checks import NOT_ONE_OF, Checks, ConfigNotValid, below
from trainer.config.data import DataConfig, data_checks
from trainer.config.model import ModelConfig, model_checks
from trainer.config.run import (
    ExperimentConfig,
    ExportConfig,
    TrainerConfig,
    ValidationConfig,
    experiment_checks,
    export_checks,
    trainer_checks,
    validation_checks,
)

MOST_SEEDS = 2**32
"""Number of seeds that the random number generators accept."""
EXPERIMENTS = "experiments"
"""Default folder of runs."""


@dataclass
class TrainingConfig:
    """All settings of a run."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    exp_manager: ExperimentConfig = field(default_factory=ExperimentConfig)
    validation: ValidationConfig = field(default_factory=ValidationConfig)
    export: ExportConfig = field(default_factory=ExportConfig)

    @property
    def run_folder(self) -> Path:
        """The folder of checkpoints and of the exported model."""
        experiment = self.exp_manager
        if experiment.explicit_log_dir:
            return Path(experiment.explicit_log_dir)
        if experiment.exp_dir:
            return Path(experiment.exp_dir) / experiment.name
        return Path(EXPERIMENTS) / (experiment.name or self.model_name)

    @property
    def model_name(self) -> str:
        """Name of the new model."""
        return self.model.name or self.data.paths[0].stem

    @property
    def start_weights(self) -> Path:
        """The model to start from."""
        named = self.model.unet_config.from_pretrained or self.model.ckpt_path
        return Path(named) if named else resources_folder() / "starter"

    @property
    def resumed_checkpoint(self) -> Path | None:
        """The checkpoint to resume from if the run has none of its own."""
        named = self.exp_manager.resume_from_checkpoint or self.model.resume_from_checkpoint
        return Path(named) if named else None

    @property
    def step_size(self) -> int:
        """Examples in one optimiser step of all processes."""
        processes = self.trainer.devices * self.trainer.num_nodes
        return self.model.micro_batch_size * processes * self.micro_batches(processes)

    def micro_batches(self, processes: int) -> int:
        """Returns how many micro-batches each of so many processes accumulates in one optimiser step.

        Raises `ConfigNotValid` if the sizes contradict each other.
        """
        whole, given = self.model.global_batch_size, self.trainer.accumulate_grad_batches
        together = self.model.micro_batch_size * processes
        # NeMo's configurations do not count accumulated micro-batches into the global batch
        if whole is None or (given is not None and whole in (together, together * given)):
            return given or 1
        micro = self.model.micro_batch_size
        if given is not None:
            raise ConfigNotValid(
                "configuration.batch-size-contradiction",
                (
                    "model.global_batch_size is {whole}, but {micro} examples in each of {processes} "
                    "process(es), {times} times, are {total}."
                ),
                "Leave out trainer.accumulate_grad_batches or model.global_batch_size; the other is enough.",
                whole=whole,
                micro=micro,
                processes=processes,
                times=given,
                total=together * given,
            )
        if whole < 1 or whole % together:
            raise ConfigNotValid(
                "configuration.batch-size-multiple",
                (
                    "model.global_batch_size is {whole}, which is not a multiple of {together}: {micro} "
                    "examples in each of {processes} process(es)."
                ),
                "Choose a multiple, or another model.micro_batch_size.",
                whole=whole,
                together=together,
                micro=micro,
                processes=processes,
            )
        return whole // together


def flat_settings(config: TrainingConfig) -> dict[str, Any]:
    """Returns all settings by their dotted keys."""
    return dict(_leaves(asdict(config), ""))


def _leaves(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def validate(config: TrainingConfig) -> None:
    """Checks all settings. Raises `ConfigNotValid` for the first invalid value."""
    for holds, error in _checks(config):
        if not holds:
            raise error
    config.micro_batches(config.trainer.devices * config.trainer.num_nodes)


def setting_choices() -> dict[str, tuple[str, ...]]:
    """Returns the accepted names of the settings that have a fixed set of them, by their dotted keys."""
    config = TrainingConfig(data=DataConfig(data_path="."))
    errors = [error for _, error in _checks(config) if error.code == NOT_ONE_OF]
    return {str(error.values["setting"]): tuple(str(error.values["known"]).split(", ")) for error in errors}


def _checks(config: TrainingConfig) -> Checks:
    yield from trainer_checks(config.trainer)
    yield from model_checks(config.model)
    yield below("model.seed", config.model.seed, MOST_SEEDS)
    yield from data_checks(config.data)
    yield from experiment_checks(config.exp_manager)
    yield from validation_checks(config.validation)
    yield from export_checks(config.export)
