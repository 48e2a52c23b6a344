"""What of a run is kept: the weights of a step, at a strength."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.training_runs import TrainingRun

FULL = 1.0
MOST_STRENGTH = 1.5
"""Strength in which the change of the weights is taken half again."""
PHOTOS_SETTING = "validation.photos="


@dataclass(frozen=True, slots=True)
class ResultChoice:
    """A step of a run and the strength of its training."""

    step: int
    strength: float = FULL


def kept_steps(progress: RunProgress, last: int) -> tuple[int, ...]:
    """The steps whose weights are kept, and the last one; ascending."""
    return tuple(sorted({last, *(snapshot.step for snapshot in progress.snapshots if snapshot.step > 0)}))


def own_photos(run: TrainingRun) -> Sequence[str]:
    """The user's photos that the run made trial edits of."""
    for setting in run.plan.settings:
        if setting.startswith(PHOTOS_SETTING):
            try:
                photos = json.loads(setting.removeprefix(PHOTOS_SETTING))
            except (ValueError, RecursionError):
                return ()
            return [str(photo) for photo in photos] if isinstance(photos, list) else ()
    return ()
