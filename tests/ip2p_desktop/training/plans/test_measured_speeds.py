"""Measurements that are remembered on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.library import ModelCard
from ip2p_desktop.training.plans import measured_speeds
from ip2p_desktop.training.plans.measured_speeds import MeasuredSpeeds, speed_key
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate

ESTIMATE = TrainingEstimate(
    seconds_per_step=0.5, memory=10, disk=20, preparation=3.0, replay_seconds_per_step=0.25
)
CARD = ModelCard(path=Path("/models/a"), name="A", size=5)


def test_a_measurement_is_read_back(tmp_path: Path) -> None:
    speeds = MeasuredSpeeds(tmp_path / "new folder" / "speeds.json")
    assert speeds.read() == {}
    speeds.remember("a", ESTIMATE)
    speeds.remember("b", replace(ESTIMATE, memory=11))
    assert MeasuredSpeeds(tmp_path / "new folder" / "speeds.json").read() == {
        "a": ESTIMATE,
        "b": replace(ESTIMATE, memory=11),
    }
    speeds.forget({"a", "unknown"})
    assert list(speeds.read()) == ["b"]


def test_what_other_versions_wrote_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "speeds.json"
    file.write_text(json.dumps({"version": 1, "speeds": {"x": {"memory": "odd"}, "y": 3}, "later": 1}))
    speeds = MeasuredSpeeds(file)
    assert speeds.read()["x"].memory == 0
    speeds.remember("a", ESTIMATE)
    assert json.loads(file.read_text(encoding="utf-8"))["later"] == 1
    assert set(speeds.read()) == {"x", "a"}

    newer = json.dumps({"version": 99, "speeds": {}})
    file.write_text(newer)
    speeds.remember("b", ESTIMATE)
    assert file.read_text(encoding="utf-8") == newer
    assert speeds.read() == {}


@pytest.mark.parametrize("contents", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_damaged_file_is_replaced(tmp_path: Path, contents: bytes) -> None:
    file = tmp_path / "speeds.json"
    file.write_bytes(contents)
    speeds = MeasuredSpeeds(file)
    assert speeds.read() == {}
    speeds.remember("a", ESTIMATE)
    assert speeds.read() == {"a": ESTIMATE}


def test_old_measurements_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured_speeds, "MOST_KEPT", 3)
    speeds = MeasuredSpeeds(tmp_path / "speeds.json")
    for name in "abcde":
        speeds.remember(name, ESTIMATE)
    assert set(speeds.read()) == {"c", "d", "e"}


def test_a_file_that_cannot_be_written_loses_only_the_memory(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    MeasuredSpeeds(blocked / "speeds.json").remember("a", ESTIMATE)
    assert blocked.read_text() == ""


def test_plans_of_the_same_speed_share_a_measurement() -> None:
    key = speed_key(CARD, 24, ("data.replay.pairs=9", "model.optim.lr=1e-4", "data.resolution=192"))
    assert key == speed_key(CARD, 24, ("data.resolution=192", "data.replay.pairs=5", "model.seed=3"))
    others = [
        speed_key(CARD, 25, ("data.replay.pairs=9", "data.resolution=192")),
        speed_key(CARD, 24, ("data.replay.pairs=0", "data.resolution=192")),
        speed_key(CARD, 24, ("data.replay.pairs=9", "data.resolution=256")),
        speed_key(CARD, 24, ("data.replay.pairs=9", "data.resolution=192", "model.lora.enable=true")),
        speed_key(replace(CARD, size=6), 24, ("data.replay.pairs=9", "data.resolution=192")),
        speed_key(replace(CARD, path=Path("/b")), 24, ("data.replay.pairs=9", "data.resolution=192")),
    ]
    assert key not in others
    assert len(set(others)) == len(others)
