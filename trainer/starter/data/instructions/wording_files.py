"""Reads the wordings in the files of `wordings/`.

A wording may contain alternatives, "(dark|gloomy)", and slots in braces, which `slots.py` fills. " * 3" at
its end makes it three times as frequent. Spelling is British; American spelling is drawn later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "wordings"
_OFTEN = re.compile(r"(.*) \* (\d+)")


def read_list(name: str, key: str) -> tuple[str, ...]:
    """Returns a list in a file of `wordings/`."""
    return weighted(read_file(name)[key])


def read_choices(name: str, section: str) -> dict[str, tuple[str, ...]]:
    """Returns a section of a file of `wordings/`: slots, each with its choices."""
    return {slot: weighted(choices) for slot, choices in read_file(name)[section].items()}


def read_table(name: str, section: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Returns a section of sections, each as `read_choices` returns it."""
    return {
        outer: {inner: weighted(choices) for inner, choices in table.items()}
        for outer, table in read_file(name)[section].items()
    }


def read_tables(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Returns all sections of a file, each as `read_choices` returns it."""
    return {section: read_choices(name, section) for section in read_file(name)}


@cache
def read_file(name: str) -> Mapping[str, Any]:
    """Returns the contents of a file of `wordings/`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def weighted(wordings: Sequence[str]) -> tuple[str, ...]:
    """Returns the wordings, those that end in " * 3" three times."""
    expanded: list[str] = []
    for wording in wordings:
        often = _OFTEN.fullmatch(wording)
        expanded += [often[1]] * int(often[2]) if often else [wording]
    return tuple(expanded)
