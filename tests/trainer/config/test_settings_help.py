"""The help of the trainer, read from the declarations of its settings."""

from __future__ import annotations

import pytest

from trainer.config import flat_settings, read_config
from trainer.config.model import TIMESTEP_SAMPLINGS
from trainer.config.settings_help import SettingKind, setting_helps
from trainer.program import main


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0), (["model.seed=3", "-h"], 0)])
def test_help_lists_every_setting_with_default_and_meaning(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert main(arguments) == code
    shown = capsys.readouterr().out
    assert "python -m trainer data.data_path=pairs" in shown
    assert "python -m trainer.export RUN --step N" in shown
    defaults = flat_settings(read_config(["data.data_path=pairs"]))
    lines = shown.splitlines()
    assert {line.strip().partition("=")[0] for line in lines if line.startswith("  ")} >= defaults.keys()
    assert "  trainer.max_steps=1000" in lines
    assert lines[lines.index("  data.resolution=256") + 1].strip().startswith("Side of the training squares")


def test_every_setting_has_a_meaning_and_a_default_that_can_be_typed() -> None:
    helps = list(setting_helps())
    assert [setting.key for setting in helps if not setting.meaning] == []
    typed = [f"{setting.key}={setting.default}" for setting in helps if setting.key != "data.data_path"]
    assert read_config(["data.data_path=pairs", *typed]) == read_config(["data.data_path=pairs"])


def test_kinds_and_choices_are_those_of_the_declarations_and_checks() -> None:
    helps = {setting.key: setting for setting in setting_helps()}
    kinds = {
        "data.flip": SettingKind.SWITCH,
        "data.cache.enable": SettingKind.SWITCH,
        "data.resolution": SettingKind.WHOLE_NUMBER,
        "model.optim.lr": SettingKind.NUMBER,
        "model.optim.betas": SettingKind.LIST,
        "data.data_path": SettingKind.TEXT,
        "model.timestep_sampling": SettingKind.CHOICE,
    }
    assert {key: helps[key].kind for key in kinds} == kinds
    assert helps["model.timestep_sampling"].choices == TIMESTEP_SAMPLINGS
    assert [helps[key].is_optional for key in ("data.cache.enable", "data.flip")] == [True, False]
    for setting in helps.values():
        for name in setting.choices:
            read_config(["data.data_path=pairs", f"{setting.key}={name}"])
        assert setting.details.startswith(setting.meaning)
        assert setting.group
