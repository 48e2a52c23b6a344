"""Decides which pairs may be mirrored: not those whose instructions name a side, a turn or letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIDES = (
    r"(?:upper|lower|top|bottom|far|mid)?(?:left|right)(?:y|ies|s|most|wards?|hand|handed|side)?",
    r"(?:anti|counter)?-?clockwise",
    r"(?:east|west)(?:ern|wards?)?",
    r"port|starboard|links|rechts|gauche|droite|izquierd[ao]|derech[ao]|sinistra|destra|esquerd[ao]|direit[ao]",
)
LETTERS = (
    r"texts?|letters?|lettering|words?|writ(?:e|es|ing|ings|ten)|spell(?:s|ing)?|reads?|says?|saying",
    r"signs?|signage|signature|captions?|titles?|subtitles?|labels?|logos?|fonts?|inscriptions?|typography",
    r"numbers?|digits?|numerals?|clocks?|watermarks?|posters?|banners?|headlines?|slogans?|names?|alphabet",
)
FIXED = re.compile(rf"\b(?:{'|'.join((*SIDES, *LETTERS))})\b|[\"“”«»„]", re.IGNORECASE)
"""Words for sides and turns in the usual languages of instructions, words for writing, and quotation
marks."""


def may_be_mirrored(instructions: Sequence[str]) -> bool:
    """Returns whether no wording of the edit mentions a side, a turn or letters."""
    return not any(FIXED.search(text.replace("_", " ")) for text in instructions)
