"""The phases of a training session."""

from __future__ import annotations

from enum import StrEnum


class TrainingPhase(StrEnum):
    """The phase of a training session."""

    CHOOSE = "choose"
    CHECKED = "checked"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


RUNNING_PHASES = (
    TrainingPhase.PREPARING,
    TrainingPhase.TRAINING,
    TrainingPhase.PAUSED,
    TrainingPhase.STOPPING,
)
