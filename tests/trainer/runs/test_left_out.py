"""Pairs that are not trained on are counted: in the events of a run, and on the card of its model."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import torch
import yaml

from trainer.config import read_settings
from trainer.learning.history import History
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.runs.preparation import prepare


def test_pairs_left_out_and_damaged_later_are_counted(
    tiny_editor: Path, pair_folder: Path, tmp_path: Path
) -> None:
    pairs = tmp_path / "${pairs} #2"
    shutil.copytree(pair_folder, pairs)
    (pairs / "0-before.png").unlink()
    (pairs / "1-after.png").write_bytes(b"damaged")
    lines = io.StringIO()
    settings = read_settings(
        [
            f"data.data_path={tmp_path}/\\${{pairs}} #2",
            "data.instruction=no: ${",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={tmp_path / 'run'}",
            *("data.resolution=64", "data.num_workers=0", "model.micro_batch_size=3"),
            *("trainer.precision=32", "trainer.max_steps=4", "validation.edits=0"),
            "data.replay.pairs=0",
        ]
    )
    training = prepare(settings, EventStream(lines), Commands(io.StringIO()))
    (pairs / "5-before.png").write_bytes(b"damaged since")
    training.run()
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    (started,) = (event for event in events if event["type"] == "started")
    assert (started["examples"], started["left_out"]) == (6, {"missing": 1, "corrupt": 1})
    warnings = [event for event in events if event.get("code", "").startswith("dataset.")]
    assert [(event["code"], event["values"]) for event in warnings] == [
        ("dataset.left-out", {"count": 2, "reasons": "1 missing, 1 corrupt"}),
        ("dataset.unusable-later", {"count": 1, "pairs": "Line 6"}),
    ]
    card = (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "- Left out: 1 missing, 1 corrupt, 1 damaged during training\n" in card
    values = yaml.safe_load(card.partition("```yaml\n")[2].partition("```")[0])
    assert values["data"]["data_path"] == ["${pairs} #2"]
    assert values["data"]["instruction"] == "no: ${"
    state = training.resumption.history.state_dict()
    again = History()
    again.load_state_dict(state)
    assert again.unusable == ["Line 6"]
    assert torch.isfinite(torch.tensor(again.losses)).all()
