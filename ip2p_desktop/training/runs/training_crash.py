"""Errors of the trainer's process: it ended without a word, or did not start."""

from __future__ import annotations

from engine.errors import EngineError

KILLED = -9
"""Exit code of a process that was killed by a signal, as by a system that has run out of memory."""


class TrainingCrashed(EngineError):
    """The process of the trainer ended without a word, or did not start."""

    kind = "crash"


def crashed(exit_code: int | None) -> TrainingCrashed:
    """The error of a process that ended without its last event; the exit code is None if it is not known."""
    if exit_code == KILLED:
        return TrainingCrashed(
            "crash.killed",
            "The system ended the training program.",
            "Perhaps the memory was full: close other programs and try again.",
        )
    if exit_code is None:
        return TrainingCrashed(
            "crash.found",
            "The training program ended unexpectedly.",
            "Resume training; it goes on from the last saved step.",
        )
    return TrainingCrashed(
        "crash.ended",
        "The training program ended unexpectedly (exit code {code}).",
        "Try again; if it happens again, see the log file.",
        code=exit_code,
    )


def not_started(reason: str) -> TrainingCrashed:
    """The error of a process that could not be started."""
    return TrainingCrashed(
        "crash.not-started",
        "The training program could not be started ({reason}).",
        "Install the program again if this keeps happening.",
        reason=reason,
    )
