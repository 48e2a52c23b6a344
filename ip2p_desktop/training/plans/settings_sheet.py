"""All settings of the trainer: their help, the values of a plan, and the trainer's own checks.

The functions import the trainer's configuration with its libraries, and are called off the GUI thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import ErrorReport

if TYPE_CHECKING:
    from trainer.config.settings_help import SettingHelp

SET_BY_PAGE = (
    "data.columns.edited",
    "data.columns.instruction",
    "data.columns.original",
    "data.data_path",
    "data.instruction",
    "data.split.smallest_val",
    "data.split.test",
    "data.split.val",
    "model.name",
    "model.unet_config.from_pretrained",
    "trainer.max_steps",
    "validation.photos",
    "validation.instructions",
)
"""Settings that have fields of their own on the pages."""
SET_BY_WINDOW = (
    "data.repairs",
    "exp_manager.checkpoint_callback_params.every_n_train_steps",
    "exp_manager.exp_dir",
    "exp_manager.explicit_log_dir",
    "exp_manager.name",
    "exp_manager.resume_from_checkpoint",
    "exp_manager.resume_if_exists",
    "exp_manager.snapshots",
    "model.ckpt_path",
    "model.resume_from_checkpoint",
    "validation.every_minutes",
)
"""Settings without which the window could not follow the run."""


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """Why the trainer refuses the settings."""

    key: str
    """The setting that is wrong; empty if the error names none."""
    report: ErrorReport


def read_settings_help() -> tuple[SettingHelp, ...]:
    """All settings with their help, group by group."""
    from trainer.config.settings_help import setting_helps

    return tuple(setting_helps())


def check_words(words: Sequence[str]) -> SettingProblem | None:
    """The first problem that the trainer finds in the arguments of a run; None if it accepts them."""
    from trainer.config import ConfigNotValid, read_config

    try:
        read_config(list(words))
    except ConfigNotValid as error:
        report = error.report()
        return SettingProblem(_key_of(report), report)
    return None


def _key_of(report: ErrorReport) -> str:
    """The setting that an error is about: the one among its values, else the first that its message names."""
    from trainer.config.settings_help import setting_helps

    known = [setting.key for setting in setting_helps()]
    named = str(report.values.get("setting", ""))
    if named in known:
        return named
    found = re.findall(r"[a-z_]+(?:\.[a-z_]+)+", report.message)
    return next((key for key in found if key in known), "")
