"""The words of the families of edits, by their part of a sentence."""

from __future__ import annotations

from dataclasses import dataclass, fields

from trainer.starter.data.instructions.wording_files import read_tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The wordings of a family by their part of a sentence; `frames.py` has the sentences."""

    states: tuple[str, ...] = ()
    """States of the photo: make it "black and white", "{more}warmer"."""
    things: tuple[str, ...] = ()
    """Things to add: add "{some}fog", "{a}vignette"."""
    results: tuple[str, ...] = ()
    """Kinds of image to turn the photo into: "a pencil sketch"."""
    acts: tuple[str, ...] = ()
    """Whole commands: "blur {it}{lot}"."""
    settings: tuple[str, ...] = ()
    """Times and places: "at night"."""
    events: tuple[str, ...] = ()
    """Events in the photo: "it were snowing"."""
    more_of: tuple[str, ...] = ()
    """Properties to increase: "contrast"."""
    less_of: tuple[str, ...] = ()
    """Properties to decrease."""
    too: tuple[str, ...] = ()
    """Excessive properties of the photo: too "dark"."""
    without: tuple[str, ...] = ()
    """Things to remove completely."""
    says: tuple[str, ...] = ()
    """Whole sentences that are not commands: "it is too dark"."""

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Returns the wordings by the name of their part, without empty parts."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: wordings for name, wordings in named.items() if wordings}


def read_words(*names: str) -> dict[str, Words]:
    """Returns the words of every family in the named files of `wordings/`."""
    return {family: Words(**parts) for name in names for family, parts in read_tables(name).items()}
