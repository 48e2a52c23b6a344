"""The words of the families of edits, by the part they play in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, fields

from trainer.starter.data.instructions.wording_files import read_tables


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
    return {family: Words(**parts) for name in names for family, parts in read_tables(name).items()}
