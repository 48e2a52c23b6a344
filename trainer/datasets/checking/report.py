"""What the check of a dataset says to a person: what was found, in which pairs, and what will happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trainer.datasets.pairs import SkipReason

NAMES_SHOWN = 5
VERSION = 1
"""Of the report as JSON."""


class Consequence(StrEnum):
    """What training makes of it."""

    LEFT_OUT = "left out"
    REPAIRED = "repaired"
    KEPT = "kept"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ConcernKind:
    """One sort of finding, in words."""

    title: str
    consequence: Consequence
    effect: str


KINDS: dict[str, ConcernKind] = {
    "missing": ConcernKind("Missing files or folders", Consequence.LEFT_OUT, "Left out of training."),
    "unreadable entry": ConcernKind(
        "Entries that cannot be understood", Consequence.LEFT_OUT, "Left out of training."
    ),
    "no instruction": ConcernKind(
        "Pairs without an instruction", Consequence.LEFT_OUT, "Left out of training."
    ),
    "corrupt": ConcernKind("Damaged pictures", Consequence.LEFT_OUT, "Left out of training."),
    "truncated": ConcernKind(
        "Pictures that are cut short", Consequence.LEFT_OUT, "Left out; copy them again."
    ),
    "different shapes": ConcernKind(
        "Pictures of different shape",
        Consequence.LEFT_OUT,
        "Left out, for they do not lie on each other; crop both alike.",
    ),
    "duplicate": ConcernKind(
        "Pairs that come again", Consequence.LEFT_OUT, "Only the first of them is used."
    ),
    "unchanged": ConcernKind(
        "Pairs where nothing was changed",
        Consequence.KEPT,
        "Used as they are: they teach to leave such photos alone. Remove them if that is not meant.",
    ),
    "misaligned": ConcernKind(
        "Pictures shifted against each other",
        Consequence.KEPT,
        "Used as they are: the model would learn the shift too. Align them, or remove them.",
    ),
    "tiny": ConcernKind(
        "Very small pictures", Consequence.KEPT, "Enlarged for training; results will be blurred."
    ),
    "overlong instruction": ConcernKind(
        "Instructions that are too long",
        Consequence.KEPT,
        "Only the beginning is read, about 60 words; shorten them.",
    ),
    "different sizes": ConcernKind(
        "Pictures of different size", Consequence.REPAIRED, "Brought to the size of the original."
    ),
    "rotated": ConcernKind(
        "Pictures of which one is rotated by its EXIF data", Consequence.REPAIRED, "Both turned upright."
    ),
    "converted": ConcernKind(
        "Pictures with transparency, CMYK or 16-bit colours",
        Consequence.REPAIRED,
        "Converted to plain colours.",
    ),
    "one instruction": ConcernKind(
        "The same instruction for all", Consequence.NOTE, "The model learns this one edit."
    ),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """All findings of one kind."""

    kind: str
    count: int
    names: tuple[str, ...]
    """Of the first pairs or entries, each with its detail."""

    @property
    def consequence(self) -> Consequence:
        return KINDS[self.kind].consequence

    @property
    def sentence(self) -> str:
        """What was found, how often, where, and what happens."""
        kind = KINDS[self.kind]
        hidden = self.count - len(self.names)
        more = f" and {hidden} more" if hidden and kind.consequence is not Consequence.NOTE else ""
        where = f" ({'; '.join(self.names)}{more})" if self.names else ""
        return f"{kind.title}: {self.count}{where}. {kind.effect}"


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """The outcome of a check."""

    dataset: str
    layout: str
    pairs: int
    """Pairs that were found, without entries that are none."""
    left_out: tuple[int, ...]
    """Places of the pairs that training leaves out."""
    concerns: tuple[Concern, ...]

    @property
    def usable(self) -> int:
        return self.pairs - len(self.left_out)

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing a person should look at."""
        return all(
            concern.consequence in (Consequence.REPAIRED, Consequence.NOTE) for concern in self.concerns
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about the pairs that were found; entries that are none are told elsewhere."""
        skipped = {reason.value for reason in SkipReason}
        return tuple(
            concern.sentence
            for concern in self.concerns
            if concern.kind not in skipped and concern.consequence is not Consequence.NOTE
        )

    @property
    def text(self) -> str:
        """The report in lines."""
        heading = f"{self.dataset} ({self.layout}): {self.usable} of {self.pairs} pairs can be trained on."
        return "\n".join([heading, *(f"- {concern.sentence}" for concern in self.concerns)])

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "type": "report",
            "version": VERSION,
            "dataset": self.dataset,
            "layout": self.layout,
            "pairs": self.pairs,
            "usable": self.usable,
            "concerns": [
                {
                    "kind": concern.kind,
                    "count": concern.count,
                    "names": list(concern.names),
                    "consequence": concern.consequence.value,
                    "sentence": concern.sentence,
                }
                for concern in self.concerns
            ],
        }
