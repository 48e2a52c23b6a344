"""The lines that judging prints: one JSON object each, whose `type` names the event.

    preparing      before the first edit, with a stage
    judging        after each edit: how many of all are made
    judged-pair    a held-back pair (or, if none were held back, one of the training)
    judged-photo   a photo of the user's
    judged-old     an edit that the start model knows
    warning        something was left out
    judged or failed    the last line

Images are files; "" where there is none. PSNR is in dB, 100 for equal images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trainer.protocol.events import (
    Event,
    PreparationProgressed,
    TrainingFailed,
    WarningRaised,
    parse_event,
)

VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgingProgressed(Event):
    """Some of all edits are made."""

    type: ClassVar[str] = "judging"
    done: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PairJudged(Event):
    """A pair was edited by both models and compared with its edited image."""

    type: ClassVar[str] = "judged-pair"
    number: int
    name: str
    """The pair in its dataset."""
    instruction: str
    source: str
    wanted: str
    """The edited image of the pair."""
    base: str
    """The result of the start model."""
    trained: str
    follows: bool
    """Whether the result has come at least half of the way to the edited image (`rules.JudgedPair`)."""
    is_judged: bool
    """Whether it counts: the edited image differs from the photo."""
    held_back: bool
    """Whether training never saw it."""
    psnr_source: float
    psnr_base: float
    psnr_trained: float
    ssim_source: float
    ssim_base: float
    ssim_trained: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoEdited(Event):
    """A photo of the user's was edited by both models."""

    type: ClassVar[str] = "judged-photo"
    number: int
    photo: str
    """The user's file."""
    instruction: str
    source: str
    base: str
    trained: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OldEditJudged(Event):
    """An edit that the start model knows was made by both models."""

    type: ClassVar[str] = "judged-old"
    instruction: str
    tried: int
    """Photos on which the start model makes it; 0 if it makes it on none, and it does not count."""
    works: bool
    """Whether the trained model still makes it, on average over them (`rules.still_works`)."""
    source: str
    base: str
    trained: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgingFinished(Event):
    """All is judged: of `pairs` pairs `following` follow, and of `old` edits `working` still work."""

    type: ClassVar[str] = "judged"
    pairs: int
    following: int
    held_back: bool
    """Whether training never saw these pairs."""
    photos: int
    old: int
    working: int
    complete: bool
    """False if the time was up before all was tried."""
    step: int
    strength: float
    seconds: float
    judgement: str
    """The file `judgement.json`."""
    version: int = VERSION


JUDGING_EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        PreparationProgressed,
        JudgingProgressed,
        PairJudged,
        PhotoEdited,
        OldEditJudged,
        WarningRaised,
        JudgingFinished,
        TrainingFailed,
    )
}


def parse_judging_event(line: str) -> Event | None:
    """Returns the event of a line; None for a stray line or a type that this version does not know."""
    return parse_event(line, JUDGING_EVENTS)
