"""The words of the families as they are written down in `wordings/`: what they are in a sentence.

A wording may hold alternatives, "(dark|gloomy)", and slots in braces, which `slots.py` fills. " * 3" at
its end has it drawn three times as often. It is spelled the British way; American spelling is drawn later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "wordings"
_OFTEN = re.compile(r"(.*) \* (\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The wordings of a family by their part in a sentence; `frames.py` has the sentences."""

    states: tuple[str, ...] = ()
    """What the photo is made: make it "black and white", "{more}warmer"."""
    things: tuple[str, ...] = ()
    """What the photo is given: add "{some}fog", "{a}vignette"."""
    results: tuple[str, ...] = ()
    """What the photo is turned into: "a pencil sketch"."""
    acts: tuple[str, ...] = ()
    """Whole commands: "blur {it}{lot}"."""
    settings: tuple[str, ...] = ()
    """When and where: "at night"."""
    events: tuple[str, ...] = ()
    """What happens there: "it were snowing"."""
    more_of: tuple[str, ...] = ()
    """What there is to be more of: "contrast"."""
    less_of: tuple[str, ...] = ()
    """What there is to be less of."""
    too: tuple[str, ...] = ()
    """What the photo is too much: too "dark"."""
    without: tuple[str, ...] = ()
    """What is to be taken away altogether."""
    says: tuple[str, ...] = ()
    """Whole sentences that are no command: "it is too dark"."""

    def parts(self) -> dict[str, tuple[str, ...]]:
        """The wordings by name of their part, without the parts that have none."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: wordings for name, wordings in named.items() if wordings}


def read_words(*names: str) -> dict[str, Words]:
    """The words of every family in the named files of `wordings/`."""
    tables = [_read(name) for name in names]
    return {
        family: Words(**{part: weighted(wordings) for part, wordings in parts.items()})
        for table in tables
        for family, parts in table.items()
    }


def read_choices(name: str, section: str) -> dict[str, tuple[str, ...]]:
    """A section of a file of `wordings/`: slots, each with what may stand in it."""
    return {slot: weighted(choices) for slot, choices in _read(name)[section].items()}


def weighted(wordings: Sequence[str]) -> tuple[str, ...]:
    """The wordings, those that end in " * 3" three times."""
    expanded: list[str] = []
    for wording in wordings:
        often = _OFTEN.fullmatch(wording)
        expanded += [often[1]] * int(often[2]) if often else [wording]
    return tuple(expanded)


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
