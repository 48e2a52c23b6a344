"""`ip2p-desktop models merge`: an ordinary model becomes an editor that the library knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from ip2p_desktop.cli import models_command
from ip2p_desktop.models.model_list import library

FIRST = "model.diffusion_model.input_blocks.0.0.weight"


def test_merging_makes_an_editor_of_an_ordinary_model(
    sd1: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IP2P_DATA_DIR", str(tmp_path / "data"))
    editor = sd1.original()
    base = {name: tensor[:, :4] if name == FIRST else tensor for name, tensor in editor.items()}
    custom = {name: tensor + 0.01 if name.startswith("model.") else tensor for name, tensor in base.items()}
    paths = [sd1.save(f"{n}.ckpt", t) for n, t in (("editor", editor), ("custom", custom), ("base", base))]
    roles = ("--editor", "--custom", "--base")
    arguments = [str(part) for pair in zip(roles, paths, strict=True) for part in pair]
    assert models_command.main(["merge", "Mine", *arguments]) == 0
    (card,) = library().models()
    assert (card.path.name, card.family) == ("Mine.safetensors", "sd1")
    with safe_open(card.path, framework="pt") as merged:
        first = merged.get_tensor(FIRST).float()
    assert torch.allclose(first[:, :4], editor[FIRST][:, :4] + 0.01, atol=1e-3)
    assert torch.allclose(first[:, 4:], editor[FIRST][:, 4:], atol=1e-3)
    assert "Merged into Mine" in capsys.readouterr().err

    assert models_command.main(["merge", "../Mine", *arguments]) == 2
    assert "“../Mine” cannot be the name of a model." in capsys.readouterr().err

    swapped = ["--editor", arguments[3], "--custom", arguments[1], *arguments[4:]]
    assert models_command.main(["merge", "Again", *swapped]) == 2
    assert len(library().models()) == 1
