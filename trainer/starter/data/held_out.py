"""Held-out sentences with their edits, which measure the model and are never trained on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.starter.data.edits import PLACES, Edit, Edits


def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


_TABLE, _NEW = _table("held_out"), _table("held_out_new")


@dataclass(frozen=True, slots=True)
class Sentence:
    """An instruction as a user might type it, and its edits."""

    text: str
    edits: Edits


def _sentences(groups: Sequence[Mapping[str, Any]]) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(text, tuple(Edit(**edit) for edit in group["edits"]))
        for group in groups
        for text in group["sentences"]
    )


def _placed(place: str, edit: Mapping[str, str]) -> Iterator[Sentence]:
    for family, texts in _NEW[place].items():
        for text in texts:
            yield Sentence(text, (Edit(family, colour=edit.get(family), place=place),))


HELD_OUT = _sentences(_TABLE["single"])
"""Sentences that ask for one edit."""
HELD_OUT_PAIRS = _sentences(_TABLE["pair"])
"""Sentences that ask for two edits."""
HELD_OUT_PAINTED = tuple(
    Sentence(text, (Edit(style),)) for style, texts in _NEW["painted"].items() for text in texts
)
"""Sentences that ask for a painted style."""
HELD_OUT_PLACED = tuple(
    sentence for place in PLACES for sentence in _placed(place, {"plain": "white", "tint": "blue"})
)
"""Sentences that ask for an edit at a place."""
HELD_OUT_PAINTED_PAIRS = _sentences(_NEW["pair"])
"""Sentences that ask for a painted style and another edit; the style is made first."""
UNKNOWN: tuple[str, ...] = tuple(_TABLE["unknown"])
"""Sentences that the model does not know: the photo stays unchanged."""
