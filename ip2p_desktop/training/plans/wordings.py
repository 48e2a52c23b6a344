"""Other wordings of an instruction: a model that learned several understands more of them."""

from __future__ import annotations

import re

MOST_WORDINGS = 12
LONGEST_WORDING = 200
"""In characters."""
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?:turn|change|transform|make) (?:it|this|the photo|the picture) into (?P<x>.+)", "into"),
    (r"make (?:it|this|the photo|the picture) (?P<x>(?:an?|the) .+)", "into"),
    (r"make (?:it|this|the photo|the picture) look like (?P<x>.+)", "like"),
    (r"make (?:it|this|the photo|the picture) (?P<x>.+)", "quality"),
    (r"(?:add|put in|insert) (?P<x>.+)", "add"),
    (r"(?P<x>.+)", "any"),
)
"""Forms of instructions, and the frames below that say the same."""
FRAMES: dict[str, tuple[str, ...]] = {
    "into": ("turn it into {x}", "make it {x}", "change it into {x}", "turn the photo into {x}", "{x}"),
    "like": (
        "make it look like {x}",
        "turn it into {x}",
        "make the photo look like {x}",
        "in the style of {x}",
    ),
    "quality": ("make it {x}", "make the photo {x}", "make this {x}", "I want it {x}"),
    "add": ("add {x}", "put in {x}", "add {x} to the photo", "with {x}"),
    "any": ("{x}", "please {x}", "can you {x}?"),
}


def suggested_wordings(instruction: str) -> tuple[str, ...]:
    """Sentences that ask for the same edit, without the instruction itself."""
    text = instruction.strip().rstrip(".!?")
    if not text:
        return ()
    for pattern, frame in PATTERNS:
        if found := re.fullmatch(pattern, text, re.IGNORECASE):
            made = [sentence.format(x=found["x"]) for sentence in FRAMES[frame]]
            return tuple(each for each in dict.fromkeys(made) if each.casefold() != text.casefold())
    return ()


def wordings_of(text: str, instruction: str) -> tuple[str, ...]:
    """The lines of a text as wordings: each once, without empty ones and the instruction itself."""
    lines = (" ".join(line.split())[:LONGEST_WORDING] for line in text.splitlines())
    known = {instruction.casefold(), ""}
    kept: list[str] = []
    for line in lines:
        if line.casefold() not in known:
            known.add(line.casefold())
            kept.append(line)
    return tuple(kept[:MOST_WORDINGS])
