"""Runs as earlier windows have left them on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, new_run, write_description

NOON = datetime(2026, 8, 1, 12, 0, 0)


def stopped_run(plan: TrainingPlan, runs: Path, step: int) -> TrainingRun:
    run = replace(new_run(plan, runs, NOON), step=step)
    write_description(run)
    return run
