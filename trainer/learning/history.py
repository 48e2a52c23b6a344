"""The losses of a run, stored in its checkpoints so that a resumed run has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from trainer.protocol.events import WarningRaised, make_warning

VERSION = 1

PLOTTED = 200
"""Most points of a curve; the losses of more steps are averaged."""


@dataclass(slots=True)
class History:
    """The losses of all steps and validations, the seconds of all steps, and pairs that were unusable."""

    losses: list[float] = field(default_factory=list)
    """One for each step, from the first."""
    validations: list[tuple[int, float]] = field(default_factory=list)
    """Step and loss of each validation."""
    seconds: float = 0.0
    unusable: list[str] = field(default_factory=list)
    """Names of pairs that could not be used, although the check had found no fault."""
    unknown: dict[str, Any] = field(default_factory=dict)
    """Fields of other versions of the program, which are written back."""

    def add(self, loss: float, seconds: float) -> None:
        """Adds a step."""
        self.losses.append(loss)
        self.seconds += seconds

    def state_dict(self) -> dict[str, Any]:
        """Returns the history as it is stored."""
        values = {"losses": list(self.losses), "validations": list(self.validations), "seconds": self.seconds}
        known = {VERSION_NAME: VERSION, **values, "unusable": list(self.unusable)}
        return with_unknown(known, self.unknown)

    def load_state_dict(self, state: object) -> WarningRaised | None:
        """Restores a saved history, if there is one; returns a warning if its layout is newer."""
        record = JsonRecord(state if isinstance(state, dict) else {})
        is_newer = record.version > VERSION
        if is_newer:
            record = JsonRecord({})
        losses: list[float] = record.get("losses", [])
        validations: list[tuple[int, float]] = record.get("validations", [])
        self.losses = [float(loss) for loss in losses]
        self.validations = [(int(step), float(loss)) for step, loss in validations]
        self.seconds = record.get("seconds", 0.0)
        self.unusable = list(record.texts("unusable"))
        self.unknown = record.unknown()
        if not is_newer:
            return None
        return make_warning(
            "history.newer-version",
            "The losses of this run so far were recorded by a newer version of this program; its curves "
            "start again.",
        )

    @property
    def best(self) -> float | None:
        """The lowest validation loss; None before the first validation."""
        return min((loss for _, loss in self.validations), default=None)


def smoothed(losses: Sequence[float]) -> list[tuple[float, float]]:
    """Returns at most `PLOTTED` points (step, loss), each the mean of equally many losses."""
    width = max(1, -(-len(losses) // PLOTTED))
    parts = (losses[first : first + width] for first in range(0, len(losses), width))
    return [
        (number * width + (len(part) + 1) / 2, sum(part) / len(part)) for number, part in enumerate(parts)
    ]
