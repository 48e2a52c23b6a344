"""Other wordings of an instruction, as the user has typed them."""

from __future__ import annotations

MOST_WORDINGS = 12
LONGEST_WORDING = 200
"""In characters."""


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
