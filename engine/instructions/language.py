"""English word lists and sentence patterns for judging instructions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine.resources import resources_folder


@cache
def english_words() -> frozenset[str]:
    """Common words in lower case."""
    return frozenset((_folder() / "english_words.txt").read_text(encoding="utf-8").split())


@cache
def short_forms() -> Mapping[str, str]:
    """Abbreviations that people type, and the words for which they stand."""
    forms: dict[str, str] = _lists()["short_forms"]
    return forms


@cache
def function_words() -> frozenset[str]:
    """Words that carry no information about the edit."""
    return frozenset(_lists()["function_words"])


@cache
def negations() -> frozenset[str]:
    """Words that reverse the meaning of an instruction."""
    return frozenset(_lists()["negations"])


@cache
def subject_nouns() -> tuple[str, ...]:
    """Things that stand out in a photo."""
    return tuple(_lists()["subject_nouns"])


@cache
def comparatives() -> tuple[str, ...]:
    """Words that say how a photo should be compared with now."""
    return tuple(_lists()["comparatives"])


@cache
def overlays() -> tuple[str, ...]:
    """What is put over a finished photo, in the singular."""
    return tuple(_lists()["overlays"])


def is_denial(instruction: str) -> bool:
    """Whether an instruction says what should not be done."""
    beginnings = tuple(f"{words} " for words in _lists()["denials"])
    return " ".join(instruction.lower().split()).startswith(beginnings)


def clauses(instruction: str) -> list[str]:
    """The commands in an instruction; "make it snow and add a hat" has two."""
    return [clause for clause in _joint().split(instruction) if clause.strip()]


def is_command(words: str) -> bool:
    """Whether words begin with the verb of an instruction, as "warm it up" does and "warm" does not."""
    return command_pattern().match(words) is not None


@cache
def command_pattern() -> re.Pattern[str]:
    """Matches the beginning of a command; some words are verbs only if an object follows."""
    lists = _lists()
    always = "|".join(map(re.escape, (*lists["command_verbs"], *lists["edit_verbs"])))
    with_object = "|".join(map(re.escape, lists["verbs_with_object"]))
    objects = r"(?:it|this|that|the|my|everything|all|some|down|up|out|off)"
    return re.compile(rf"(?:(?:{always})\b|(?:{with_object})\s+{objects}\b)", re.IGNORECASE)


@cache
def _joint() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, _lists()["command_verbs"]))
    return re.compile(rf"(?:[,.;&]|\b(?:and|then|but|also)\b)+\s+(?=(?:{verbs})\b)", re.IGNORECASE)


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((_folder() / "english.toml").read_text(encoding="utf-8"))


def _folder() -> Path:
    return resources_folder() / "language"
