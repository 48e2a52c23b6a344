"""The installed model contains no folders of the machine that trained it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ip2p_desktop.base.paths import starter_model
from trainer.starter.build import install_starter
from trainer.starter.stages.knowledge_fit import KnowledgeFit


def test_no_folder_of_the_training_machine_is_named(
    copy_starter: Callable[[Path], Path], tmp_path: Path
) -> None:
    trained, target = copy_starter(tmp_path / "trained"), tmp_path / "target"
    config = trained / "vae" / "config.json"
    values = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**values, "_name_or_path": str(trained)}), encoding="utf-8")
    install_starter(trained, target, KnowledgeFit())
    assert json.loads((target / "vae" / "config.json").read_text(encoding="utf-8")) == values


def test_the_starter_that_ships_names_none() -> None:
    for config in starter_model().rglob("*.json"):
        assert "_name_or_path" not in config.read_text(encoding="utf-8")
