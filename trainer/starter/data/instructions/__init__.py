"""The grammar of the starter's instructions.

`wordings/` contains the words of the families by subject, and the sentences around them. `wording_files.py`
reads these files, `grammar.py` draws sentences, `slots.py` fills their slots, `spelling_variants.py` varies
spelling.
"""

from __future__ import annotations

import re

import numpy as np

from trainer.starter.data.edits import Edits
from trainer.starter.data.held_out import (
    HELD_OUT,
    HELD_OUT_PAINTED,
    HELD_OUT_PAINTED_PAIRS,
    HELD_OUT_PAIRS,
    HELD_OUT_PLACED,
    UNKNOWN,
)
from trainer.starter.data.instructions.grammar import sentence
from trainer.starter.data.instructions.spelling_variants import normalised, tidied, typed

__all__ = ["SUGGESTIONS", "draw_instruction"]

SUGGESTIONS: tuple[str, ...] = (
    "make it black and white",
    "turn it into a watercolour painting",
    "make it night",
    "add some fog",
    "make it much warmer",
    "turn it into a pencil sketch",
    "show it at golden hour",
    "brighten it a little",
    "what if it were autumn?",
    "make it a purple duotone",
    "make the colours more vivid",
    "give it a blue tint",
    "make it snow",
    "put it under water",
    "add a vignette",
    "make it sepia",
    "outline everything in neon",
    "make it slightly foggy and black and white",
    "turn it into a blueprint",
    "turn it into a mosaic",
    "print it like an old newspaper",
    "add some film grain",
    "make it pop art",
)
"""Clear wordings of edits that the starter does well, which the window suggests."""

_SENTENCES = (*HELD_OUT, *HELD_OUT_PAIRS, *HELD_OUT_PAINTED, *HELD_OUT_PLACED, *HELD_OUT_PAINTED_PAIRS)
_MEASURED_WITH = (*(one.text for one in _SENTENCES), *UNKNOWN)
_RESERVED = frozenset(normalised(text) for text in _MEASURED_WITH)
_DOUBLE_ARTICLE = re.compile(r"\b(an?|the) (an?|the|some|just a|only a|in|like)\b")


def draw_instruction(edits: Edits, rng: np.random.Generator) -> str:
    """Returns a random sentence for one or two edits; for UNCHANGED, an unknown instruction.

    Held-out sentences are never drawn.
    """
    while True:
        text = tidied(sentence(edits, rng))
        if not _DOUBLE_ARTICLE.search(text) and normalised(text) not in _RESERVED:
            break
    while True:
        as_typed = typed(text, rng)
        if normalised(as_typed) not in _RESERVED:
            return as_typed
