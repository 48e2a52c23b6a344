"""Measurements of training on this computer, remembered in a file so that each is made once."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.files.json_record import JsonRecord
from engine.library import ModelCard
from ip2p_desktop.base.remembered_record import RememberedRecord
from ip2p_desktop.training.plans.setting_words import by_key, merged
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate

SPEEDS_NAME = "training-speeds.json"
SPEEDS_VERSION = 1
MOST_KEPT = 200
"""Older measurements are dropped."""
WITHOUT_EFFECT = (
    "data.instruction",
    "data.replay.",
    "data.repairs",
    "data.split.",
    "exp_manager.",
    "export.",
    "model.conditioning_dropout_prob",
    "model.min_snr_gamma",
    "model.name",
    "model.noise_offset",
    "model.optim.lr",
    "model.optim.sched.",
    "model.optim.weight_decay",
    "model.seed",
    "model.timestep_sampling",
    "trainer.log_every_n_steps",
    "trainer.max_steps",
    "trainer.max_time",
    "trainer.val_check_interval",
    "validation.",
)
"""Settings, or groups of them, that change neither the time of a step nor its memory. Replay is measured for
one edit, and computed for others."""


def speed_key(base: ModelCard, pairs: int, settings: Iterable[str]) -> str:
    """The key of a measurement: computer, base model, number of pairs, and settings that change the speed."""
    values = by_key(settings)
    relevant = sorted(word for word in merged(settings) if not word.startswith(WITHOUT_EFFECT))
    has_replay = values.get("data.replay.pairs", "0") != "0"
    weights = [weight.sha256 for weight in base.weights] or [str(base.size)]
    asked = [platform.node(), os.cpu_count(), str(base.path), weights, pairs, has_replay, relevant]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]


class MeasuredSpeeds:
    """The remembered measurements; both methods read or write the file, and are called off the GUI thread."""

    def __init__(self, file: Path) -> None:
        self._record = RememberedRecord(file, SPEEDS_VERSION)

    def read(self) -> dict[str, TrainingEstimate]:
        """All measurements by their keys; empty if there is no usable file."""
        return {key: _estimate(entry) for key, entry in self._entries().items()}

    def remember(self, key: str, estimate: TrainingEstimate) -> None:
        """Add a measurement. One that cannot be written is logged, and made again another time."""
        entries = {**self._entries(), key: {**asdict(estimate), "time": time.time()}}
        latest = sorted(entries.items(), key=lambda entry: JsonRecord(entry[1]).get("time", 0.0))
        self._record.write("speeds", dict(latest[-MOST_KEPT:]))

    def forget(self, keys: Iterable[str]) -> None:
        """Drop measurements, for example because the computer was busy when they were made."""
        gone = set(keys)
        self._record.write(
            "speeds", {key: entry for key, entry in self._entries().items() if key not in gone}
        )

    def _entries(self) -> dict[str, dict[str, Any]]:
        found = self._record.read().value("speeds")
        if not isinstance(found, Mapping):
            return {}
        return {str(key): dict(entry) for key, entry in found.items() if isinstance(entry, Mapping)}


def _estimate(entry: dict[str, Any]) -> TrainingEstimate:
    record = JsonRecord(entry)
    return TrainingEstimate(
        seconds_per_step=record.get("seconds_per_step", 0.0),
        memory=record.get("memory", 0),
        disk=record.get("disk", 0),
        preparation=record.get("preparation", 0.0),
        replay_seconds_per_step=record.get("replay_seconds_per_step", 0.0),
        replay_steps=record.get("replay_steps", 0),
    )
