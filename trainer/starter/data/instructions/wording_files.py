"""Reads the wordings written down in `wordings/`.

A wording may hold alternatives, "(dark|gloomy)", and slots in braces, which `slots.py` fills. " * 3" at
its end has it drawn three times as often. It is spelled the British way; American spelling is drawn later.
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
    """A list of a file of `wordings/`."""
    return weighted(read_file(name)[key])


def read_choices(name: str, section: str) -> dict[str, tuple[str, ...]]:
    """A section of a file of `wordings/`: slots, each with what may stand in it."""
    return {slot: weighted(choices) for slot, choices in read_file(name)[section].items()}


def read_table(name: str, section: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """A section of sections, as `read_choices` gives each of them."""
    return {
        outer: {inner: weighted(choices) for inner, choices in table.items()}
        for outer, table in read_file(name)[section].items()
    }


def read_tables(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """All sections of a file."""
    return {section: read_choices(name, section) for section in read_file(name)}


@cache
def read_file(name: str) -> Mapping[str, Any]:
    """A file of `wordings/` as it stands there."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def weighted(wordings: Sequence[str]) -> tuple[str, ...]:
    """The wordings, those that end in " * 3" three times."""
    expanded: list[str] = []
    for wording in wordings:
        often = _OFTEN.fullmatch(wording)
        expanded += [often[1]] * int(often[2]) if often else [wording]
    return tuple(expanded)
