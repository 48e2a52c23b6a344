"""The report of a dataset check: findings, affected pairs, and consequences for training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trainer.datasets.checking.advice import advice_sentences
from trainer.datasets.pairs import PairFacts, SkipReason

NAMES_SHOWN = 5
ONE_INSTRUCTION = "one instruction"
"""The kind whose name is the instruction, not one of the pairs."""
VERSION = 1
"""Version of the report as JSON."""


class Consequence(StrEnum):
    """How training treats pairs with a finding."""

    LEFT_OUT = "left out"
    REPAIRED = "repaired"
    KEPT = "kept"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ConcernKind:
    """Title, consequence and effect of one kind of finding."""

    title: str
    consequence: Consequence
    effect: str


KINDS: dict[str, ConcernKind] = {
    "missing": ConcernKind("Missing files or folders", Consequence.LEFT_OUT, "Left out of training."),
    "unreadable entry": ConcernKind("Invalid entries", Consequence.LEFT_OUT, "Left out of training."),
    "ambiguous name": ConcernKind(
        "Names that several files can have", Consequence.LEFT_OUT, "Left out; rename the files."
    ),
    "no instruction": ConcernKind(
        "Pairs without an instruction", Consequence.LEFT_OUT, "Left out of training."
    ),
    "corrupt": ConcernKind("Damaged images", Consequence.LEFT_OUT, "Left out of training."),
    "truncated": ConcernKind("Truncated images", Consequence.LEFT_OUT, "Left out; copy the files again."),
    "different shapes": ConcernKind(
        "Images of different shape",
        Consequence.LEFT_OUT,
        "Left out, since they do not match; crop both alike.",
    ),
    "duplicate": ConcernKind("Repeated pairs", Consequence.LEFT_OUT, "Only the first of them is used."),
    "unchanged": ConcernKind(
        "Pairs without a change",
        Consequence.KEPT,
        "Used as they are: the model learns to leave such photos unchanged. Remove unintended ones.",
    ),
    "misaligned": ConcernKind(
        "Images shifted against each other",
        Consequence.KEPT,
        "Used as they are: the model would learn the shift too. Align them, or remove them.",
    ),
    "tiny": ConcernKind(
        "Very small images", Consequence.KEPT, "Enlarged for training; results will be blurred."
    ),
    "overlong instruction": ConcernKind(
        "Instructions that are too long",
        Consequence.KEPT,
        "Only the beginning is read, about 60 words; shorten them.",
    ),
    "different sizes": ConcernKind(
        "Images of different size", Consequence.REPAIRED, "Scaled to the size of the original."
    ),
    "much smaller": ConcernKind(
        "Edited images that are much smaller",
        Consequence.KEPT,
        "Enlarged for training: the model would learn their blur. Export them as large as the originals.",
    ),
    "rotated": ConcernKind(
        "Images of which one is rotated by its EXIF data", Consequence.REPAIRED, "Both turned upright."
    ),
    "converted": ConcernKind(
        "Images with transparency, CMYK or 16-bit colours",
        Consequence.REPAIRED,
        "Converted to 8-bit RGB.",
    ),
    "same name": ConcernKind(
        "Images of one name with different suffixes", Consequence.NOTE, "Those of equal suffix are pairs."
    ),
    "other file": ConcernKind("Other files and folders", Consequence.NOTE, "Not used."),
    "excluded": ConcernKind("Pairs left out by a repair", Consequence.NOTE, "Not used."),
    "unused repair": ConcernKind(
        "Repairs of pairs that are no longer there", Consequence.NOTE, "They do nothing."
    ),
    ONE_INSTRUCTION: ConcernKind(
        "The same instruction for all", Consequence.NOTE, "The model learns this one edit."
    ),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """All findings of one kind."""

    kind: str
    count: int
    names: tuple[str, ...]
    """Names of the first pairs or entries, each with its details."""

    @property
    def consequence(self) -> Consequence:
        """How training treats these pairs."""
        return KINDS[self.kind].consequence

    @property
    def sentence(self) -> str:
        """The finding with its count, its pairs and its effect."""
        kind = KINDS[self.kind]
        hidden = self.count - len(self.names)
        more = f" and {hidden} more" if hidden and self.kind != ONE_INSTRUCTION else ""
        where = f" ({'; '.join(self.names)}{more})" if self.names else ""
        return f"{kind.title}: {self.count}{where}. {kind.effect}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one pair."""

    kind: str
    """A key of `KINDS`."""
    detail: str = ""

    @property
    def consequence(self) -> Consequence:
        """How training treats the pair."""
        return KINDS[self.kind].consequence


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """The result of a check."""

    dataset: str
    layout: str
    pairs: int
    """Number of found pairs, without skipped entries."""
    left_out: Mapping[int, str]
    """Indices of the pairs that training leaves out, with the kind of their first finding."""
    concerns: tuple[Concern, ...]
    facts: tuple[PairFacts | None, ...] = field(default=(), repr=False)
    """Those of each found pair; None if it could not be opened."""
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict, repr=False)
    """Those of each found pair that has some, by its index."""
    photos: int = 0
    """Number of different photos among the usable pairs; near-duplicates count as one, and 0 is not known."""

    @property
    def usable(self) -> int:
        """Number of pairs to train on."""
        return self.pairs - len(self.left_out)

    @property
    def is_clean(self) -> bool:
        """Whether no finding needs the user's attention."""
        return all(
            concern.consequence in (Consequence.REPAIRED, Consequence.NOTE) for concern in self.concerns
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about found pairs; skipped entries are reported elsewhere."""
        skipped = {reason.value for reason in SkipReason}
        return tuple(
            concern.sentence
            for concern in self.concerns
            if concern.kind not in skipped and concern.consequence is not Consequence.NOTE
        )

    @property
    def advice(self) -> list[str]:
        """Sentences about the dataset as a whole."""
        return advice_sentences(self.usable, self.photos)

    @property
    def text(self) -> str:
        """The report as lines of text."""
        heading = f"{self.dataset} ({self.layout}): {self.usable} of {self.pairs} pairs can be trained on."
        sentences = [*(concern.sentence for concern in self.concerns), *self.advice]
        return "\n".join([heading, *(f"- {sentence}" for sentence in sentences)])

    def to_json(self) -> dict[str, Any]:
        """Returns the report as values for JSON."""
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
            "photos": self.photos,
            "advice": self.advice,
        }
