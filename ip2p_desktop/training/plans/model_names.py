"""Names of new models and sets of pairs."""

from __future__ import annotations

from collections.abc import Collection

LONGEST_NAME = 60


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number if it is one of those taken, at most `LONGEST_NAME` characters long."""
    used = {other.casefold() for other in taken}
    candidate, number = name[:LONGEST_NAME], 2
    while candidate.casefold() in used:
        ending = f" {number}"
        candidate, number = f"{name[: LONGEST_NAME - len(ending)].rstrip()}{ending}", number + 1
    return candidate


def shortened(name: str) -> str:
    """The name without the words after `LONGEST_NAME` characters; a single word is cut."""
    if len(name) <= LONGEST_NAME:
        return name
    words, _, _ = name[: LONGEST_NAME + 1].rpartition(" ")
    return words.rstrip(" ,;:") or name[:LONGEST_NAME]
