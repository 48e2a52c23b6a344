"""The model card claims what was trained on, and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer.config import read_config
from trainer.export.model_card import README, DataFacts, TrainingRecord, write_readme
from trainer.learning.history import History


def card_of(record: TrainingRecord, folder: Path) -> list[str]:
    write_readme(folder, record)
    return (folder / README).read_text(encoding="utf-8").splitlines()


def test_a_card_counts_pairs_and_steps_of_this_run_only(tmp_path: Path) -> None:
    record = TrainingRecord(
        config=read_config(["data.data_path=pairs"]),
        data=DataFacts(train=6, val=2),
        history=History(losses=[0.5] * 5),
        steps=5,
        examples_seen=20,
        hardware="a processor",
    )
    counts = "- 6 pairs for training, 2 for validation, 0 for testing"
    assert {counts, "- 5 steps, 20 examples"} <= set(card_of(record, tmp_path))
    few = replace(record, examples_seen=4, steps_elsewhere=3)
    lines = card_of(few, tmp_path)
    assert f"{counts}; at most 4 of them were trained on so far" in lines
    assert "- 3 of the steps in an earlier run, perhaps on other pairs" in lines
