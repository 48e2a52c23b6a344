"""A configuration is run on shapes alone until it has passed once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import UNet2DConditionModel
from torch.nn.modules.module import register_module_forward_pre_hook

from engine.errors import ModelNotUsable
from engine.models.loading import load_model

CPU = torch.device("cpu")


@pytest.fixture
def runs(starter: Path) -> Iterator[list[str]]:
    """Grows by the class of every UNet that computes; the starter's own have passed before."""
    load_model(starter, device=CPU, dtype=torch.float32)
    seen: list[str] = []

    def look(module: Any, _: Any) -> None:
        if isinstance(module, UNet2DConditionModel):
            seen.append(type(module).__name__)

    handle = register_module_forward_pre_hook(look)
    yield seen
    handle.remove()


def change(folder: Path, **values: Any) -> None:
    path = folder / "unet" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_configuration_that_passed_is_not_run_again(model_folder: Path, runs: list[str]) -> None:
    change(model_folder, norm_eps=3e-6)
    load_model(model_folder, device=CPU, dtype=torch.float32)
    assert len(runs) == 1
    load_model(model_folder, device=CPU, dtype=torch.float32)
    assert len(runs) == 1
    change(model_folder, norm_eps=4e-6)
    load_model(model_folder, device=CPU, dtype=torch.float32)
    assert len(runs) == 2


def test_a_configuration_that_failed_is_refused_every_time(model_folder: Path, runs: list[str]) -> None:
    change(model_folder, downsample_padding=3)
    for count in (1, 2):
        with pytest.raises(ModelNotUsable, match="configuration"):
            load_model(model_folder, device=CPU, dtype=torch.float32)
        assert len(runs) == count
