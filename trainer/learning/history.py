"""What a run has told of itself: its losses, kept with the checkpoints so that a resumed run knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

PLOTTED = 200
"""Points of a curve; more steps are averaged."""


@dataclass(slots=True)
class History:
    """The losses of every step, those of validation, and the seconds all of it took."""

    losses: list[float] = field(default_factory=list)
    """One for each step, from the first."""
    validations: list[tuple[int, float]] = field(default_factory=list)
    """Step and loss."""
    seconds: float = 0.0

    def add(self, loss: float, seconds: float) -> None:
        """Remember a step."""
        self.losses.append(loss)
        self.seconds += seconds

    def state_dict(self) -> dict[str, Any]:
        return asdict(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.losses = [float(loss) for loss in state["losses"]]
        self.validations = [(int(step), float(loss)) for step, loss in state["validations"]]
        self.seconds = float(state["seconds"])

    @property
    def best(self) -> float | None:
        """The lowest loss of validation, if there was one."""
        return min((loss for _, loss in self.validations), default=None)


def smoothed(losses: Sequence[float]) -> list[tuple[float, float]]:
    """Means of the losses over so many steps that few points are left: (step, loss)."""
    width = max(1, -(-len(losses) // PLOTTED))
    parts = (losses[first : first + width] for first in range(0, len(losses), width))
    return [
        (number * width + (len(part) + 1) / 2, sum(part) / len(part)) for number, part in enumerate(parts)
    ]
