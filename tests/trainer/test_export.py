"""A model is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.weights import load_model
from trainer.export import ModelNotWritten, export_model


def test_a_place_that_cannot_be_written_is_one_sentence(starter: Path, tmp_path: Path) -> None:
    model = load_model(starter, device=torch.device("cpu"), dtype=torch.float32)
    blocked = tmp_path / "run"
    blocked.write_text("a file")
    with pytest.raises(ModelNotWritten, match="could not be written"):
        export_model(model, blocked / "model", name="New", instructions=())
    assert list(tmp_path.iterdir()) == [blocked]
