"""The rules by which an edit counts as followed, or as still working.

Images are compared by the local means and deviations of windows of 8 × 8 pixels (`image_measures.signature`),
since grain, flakes and brush strokes of the same edit lie elsewhere in each result. The distance of two
images is the root mean square of the difference, in units of 1/255.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from trainer.validation.image_measures import signature

HALF = 0.5
"""The share of the way that a result must have come."""
SMALLEST_CHANGE = 2.0
"""Distance, in units of 1/255, below which an image counts as unchanged."""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Distances of one held-back pair, in units of 1/255."""

    source_to_wanted: float
    base_to_wanted: float
    trained_to_wanted: float

    @property
    def is_judged(self) -> bool:
        """Whether the edited image differs from the photo at all."""
        return self.source_to_wanted >= SMALLEST_CHANGE

    @property
    def follows(self) -> bool:
        """Whether the result has come at least half of the way to the edited image of the pair.

        The way begins at the photo, or at the result of the start model if that is nearer already.
        """
        begin = min(self.source_to_wanted, self.base_to_wanted)
        return self.is_judged and self.trained_to_wanted <= max(HALF * begin, SMALLEST_CHANGE)


def judge_pair(source: Tensor, wanted: Tensor, base: Tensor, trained: Tensor) -> JudgedPair:
    """Compares images (1, 3, h, w) from 0 to 1, all of one size."""
    goal = signature(wanted)
    return JudgedPair(*(distance(signature(image), goal) for image in (source, base, trained)))


def distance(first: Tensor, second: Tensor) -> float:
    """Returns the root mean square of the difference of two signatures, in units of 1/255."""
    return 255 * float((first - second).square().mean().sqrt())


class OldEdits:
    """What the start model makes of one photo with each instruction that it knows.

    A result of the trained model counts as the old edit if it is most similar to the start model's result of
    the same instruction: more than to its results of all others, to the photo, and to the new edit. That is
    how `trainer.starter.scoring.evaluate` identifies edits, with these results in place of those of recipes.
    """

    def __init__(self, source: Tensor, results: Mapping[str, Tensor], new: Sequence[Tensor] = ()) -> None:
        """`results` are the start model's by instruction, `new` the trained model's of the new edit."""
        self._results = {instruction: signature(image) for instruction, image in results.items()}
        self._source = signature(source)
        self._others = [self._source, *map(signature, new)]

    def is_known(self, instruction: str) -> bool:
        """Whether the start model changes the photo with this instruction, so that it can be judged."""
        return distance(self._results[instruction], self._source) >= SMALLEST_CHANGE

    def works(self, instruction: str, trained: Tensor) -> bool:
        """Whether a result of the trained model counts as the old edit."""
        own, made = self._results[instruction], signature(trained)
        # two instructions may ask for the same
        different = [each for each in self._results.values() if distance(own, each) >= SMALLEST_CHANGE]
        way = distance(made, own)
        return all(way < distance(made, other) for other in (*different, *self._others))


def still_works(verdicts: Sequence[bool]) -> bool:
    """Whether an edit still works: on at least half of the photos on which it was tried."""
    return bool(verdicts) and 2 * sum(verdicts) >= len(verdicts)
