"""Held-out sentences with their edits, which measure the model and are never trained on: `held_out.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.starter.data.edits import Edit, Edits

_TABLE: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"),
)


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


HELD_OUT = _sentences(_TABLE["single"])
"""Sentences that ask for one edit."""
HELD_OUT_PAIRS = _sentences(_TABLE["pair"])
"""Sentences that ask for two edits."""
UNKNOWN: tuple[str, ...] = tuple(_TABLE["unknown"])
"""Sentences that the model does not know: the photo stays unchanged."""
