"""English, as far as judging instructions needs it."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache

from engine.models.families import clip_vocabulary
from engine.resources import resources_folder

_WORD_END = "</w>"


@cache
def english_words() -> frozenset[str]:
    """Words that CLIP's vocabulary has whole; names, abbreviations and a few common slips are among them."""
    tokens: dict[str, int] = json.loads((clip_vocabulary() / "vocab.json").read_text(encoding="utf-8"))
    whole = (token.removesuffix(_WORD_END) for token in tokens if token.endswith(_WORD_END))
    return frozenset(word for word in whole if word.isalpha())


@cache
def function_words() -> frozenset[str]:
    """Words that say nothing about which edit an instruction asks for."""
    return frozenset(_lists()["function_words"])


@cache
def negations() -> frozenset[str]:
    """Words with which an instruction asks for the contrary."""
    return frozenset(_lists()["negations"])


def is_denial(instruction: str) -> bool:
    """Whether an instruction says what is not to be done."""
    beginnings = tuple(f"{words} " for words in _lists()["denials"])
    return " ".join(instruction.lower().split()).startswith(beginnings)


def clauses(instruction: str) -> list[str]:
    """The commands that an instruction consists of: "make it snow and add a hat" has two."""
    return [clause for clause in _joint().split(instruction) if clause.strip()]


@cache
def _joint() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, _lists()["command_verbs"]))
    return re.compile(rf"(?:[,.;]|\b(?:and|then|but|also|&)\b)+\s+(?=(?:{verbs})\b)", re.IGNORECASE)


@cache
def _lists() -> dict[str, list[str]]:
    path = resources_folder() / "language" / "english.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
