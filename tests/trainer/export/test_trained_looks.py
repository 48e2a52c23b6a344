"""The looks of a result at other strengths, and without what they could be completed with."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.library.edit_looks import STRONGEST, EditLook, Grain
from engine.models.loading import Model, load_model
from trainer.config import stored_config
from trainer.export.trained_looks import completed_looks, pairs_of_looks

GRAIN = Grain(strength=10.0, size=0.001, is_grey=True)
LOOK = EditLook(instructions=("make it old",), keeps_detail=True, grain=GRAIN)


@pytest.fixture(scope="module")
def model(starter: Path) -> Model:
    return load_model(starter, device=torch.device("cpu"), dtype=torch.float32)


@pytest.mark.parametrize(("strength", "grain"), [(1.0, 10.0), (0.5, 5.0), (1.5, 15.0), (9.0, STRONGEST)])
def test_grain_is_as_strong_as_the_training(model: Model, strength: float, grain: float) -> None:
    (look,) = completed_looks(model, [LOOK], (), strength=strength)
    assert look.grain is not None
    assert look.grain.strength == pytest.approx(grain)
    assert (look.grain.size, look.gains, look.keeps_detail) == (0.001, (), True)


def test_without_training_there_is_no_look(model: Model) -> None:
    assert completed_looks(model, [LOOK], (), strength=0) == ()


def test_a_dataset_that_is_gone_completes_nothing(pair_folder: Path, tmp_path: Path) -> None:
    config = stored_config({"data.data_path": str(pair_folder), "data.instruction": "make it old"}, ())
    assert len(pairs_of_looks(config, [LOOK])) == 8
    assert pairs_of_looks(config, ()) == ()
    gone = stored_config({"data.data_path": str(tmp_path / "gone")}, ())
    assert pairs_of_looks(gone, [LOOK]) == ()
