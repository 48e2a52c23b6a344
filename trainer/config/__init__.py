"""Settings of a training run, with the names of NeMo's InstructPix2Pix configuration.

`read_config(["data.data_path=pairs", "trainer.max_steps=200"])` returns a validated, typed object.
"""

from __future__ import annotations

from trainer.config.checks import ConfigNotValid
from trainer.config.data import CacheConfig, ColumnsConfig, DataConfig, ReplayConfig, SplitConfig
from trainer.config.model import LoraConfig, ModelConfig, UNetConfig
from trainer.config.optimizer import LearningRateConfig, OptimizerConfig
from trainer.config.run import (
    CheckpointConfig,
    EMAConfig,
    ExperimentConfig,
    ExportConfig,
    TrainerConfig,
    ValidationConfig,
    WandbConfig,
)
from trainer.config.settings_reading import ReadSettings, read_config, read_settings, stored_config
from trainer.config.training import TrainingConfig, flat_settings, validate

__all__ = [
    "CacheConfig",
    "CheckpointConfig",
    "ColumnsConfig",
    "ConfigNotValid",
    "DataConfig",
    "EMAConfig",
    "ExperimentConfig",
    "ExportConfig",
    "LearningRateConfig",
    "LoraConfig",
    "ModelConfig",
    "OptimizerConfig",
    "ReadSettings",
    "ReplayConfig",
    "SplitConfig",
    "TrainerConfig",
    "TrainingConfig",
    "UNetConfig",
    "ValidationConfig",
    "WandbConfig",
    "flat_settings",
    "read_config",
    "read_settings",
    "stored_config",
    "validate",
]
