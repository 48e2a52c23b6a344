"""Other wordings of an instruction: a model trained with several understands more of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_SUGGESTED = 6
MOST_WORDINGS = 12
LONGEST_WORDING = 500
"""In characters; longer ones are cut by every text encoder."""
_PHOTO = r"(?:it|this|the (?:photo|picture|image))"
_PLEASE = r"(?:please )?"

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        rf"{_PLEASE}make {_PHOTO} look like (?P<x>.+)",
        (
            *("turn it into {x}", "make it {x}", "in the style of {x}"),
            *("let it look like {x}", "change the photo to {x}"),
        ),
    ),
    (
        rf"{_PLEASE}make {_PHOTO} (?P<x>(?:an?|the) .+)",
        ("turn it into {x}", "convert it to {x}", "change this to {x}", "make the photo look like {x}"),
    ),
    (
        rf"{_PLEASE}make {_PHOTO} (?:look )?(?P<x>.+)",
        (
            *("make the photo {x}", "make it look {x}", "let it be {x}", "change this to be {x}"),
            *("it should be {x}", "make this picture {x}"),
        ),
    ),
    (
        rf"{_PLEASE}(?:turn|convert|change|transform) {_PHOTO} (?:in)?to (?P<x>.+)",
        ("make it {x}", "convert this to {x}", "change the photo to {x}", "make it look like {x}"),
    ),
    (
        rf"{_PLEASE}(?:change|turn) (?P<x>.+?) (?:in)?to (?P<y>.+)",
        ("replace {x} with {y}", "make {x} {y}", "turn {x} into {y}", "change {x} to {y}"),
    ),
    (
        rf"{_PLEASE}replace (?P<x>.+?) (?:with|by) (?P<y>.+)",
        ("change {x} to {y}", "turn {x} into {y}", "swap {x} for {y}"),
    ),
    (
        rf"{_PLEASE}(?:add|put(?: in)?|insert|give it) (?P<x>.+?)(?: (?:in|on|to|into) {_PHOTO})?",
        ("add {x}", "put {x} in the photo", "give it {x}", "let there be {x}", "insert {x}"),
    ),
    (
        rf"{_PLEASE}(?:remove|delete|erase|take away|get rid of) (?P<x>.+)",
        ("remove {x}", "take away {x}", "erase {x}", "get rid of {x}", "delete {x}"),
    ),
)
"""Patterns of instructions, each with other ways to say the same. The first that fits is used."""


def suggested_wordings(texts: Iterable[str]) -> tuple[str, ...]:
    """Other wordings of an edit that has these, at most six."""
    known = list(texts)
    found = dict.fromkeys(wording for text in known for wording in _others(text))
    own = {_plain(text) for text in known}
    return tuple(text for text in found if _plain(text) not in own)[:MOST_SUGGESTED]


def typed_wordings(text: str, instruction: str) -> tuple[str, ...]:
    """The lines of a text as wordings: each once, without empty ones and the instruction itself."""
    lines = (" ".join(line.split())[:LONGEST_WORDING] for line in text.splitlines())
    known = {instruction.casefold(), ""}
    kept: list[str] = []
    for line in lines:
        if line.casefold() not in known:
            known.add(line.casefold())
            kept.append(line)
    return tuple(kept[:MOST_WORDINGS])


def _others(text: str) -> Iterator[str]:
    plain = text.strip().rstrip(".!")
    plain = plain[:1].lower() + plain[1:]
    for pattern, wordings in _RULES:
        if match := re.fullmatch(pattern, plain, flags=re.IGNORECASE):
            yield from (wording.format(**match.groupdict()) for wording in wordings)
            return
    for old, new in (("it", "the photo"), ("the photo", "this picture"), ("the picture", "it")):
        changed = re.sub(rf"\b{old}\b", new, plain, count=1)
        if changed != plain:
            yield changed
    if _plain(plain):
        yield f"please {plain.removeprefix('please ')}"
        yield f"can you {plain.removeprefix('please ')}?"


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
