"""`python -m trainer.starter.card_list --model DIR`: lists in the card of a starter the edits that it knows.

The list comes from the model's knowledge, as the ideas in the window do. It stands in README.md between two
comments; the rest of the card is written by hand.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from textwrap import TextWrapper

from engine.console import run_program
from engine.files.text_files import write_text_file
from engine.instructions.knowledge import KnownEdit, read_knowledge
from trainer.starter.data.edits import PAINTED, TONE_EDITS

CARD_NAME = "README.md"
WIDTH = 120
"""Characters of a line."""
BEGIN, END = "<!-- known edits -->", "<!-- end of known edits -->"


def listed(edits: tuple[KnownEdit, ...]) -> str:
    """Returns the edits in groups as Markdown, each with an example of an instruction."""
    groups: dict[str, list[str]] = {
        "Tone and colour": [],
        "Weather, drawings and finishes": [],
        "Painted styles": [],
    }
    tone, others, painted = groups.values()
    for edit in edits:
        group = tone if edit.family in TONE_EDITS else painted if edit.family in PAINTED else others
        group.append(f"{edit.family} (“{edit.example}”)")
    lines = [f"- **{name}** ({len(group)}): {', '.join(group)}." for name, group in groups.items() if group]
    wrapped = TextWrapper(width=WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(map(wrapped.fill, lines))


def with_list(card: str, edits: tuple[KnownEdit, ...]) -> str:
    """Returns the card with the list in place of the one it had. Raises `ValueError` if it has none."""
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The card has no list between {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{listed(edits)}\n{END}{after}"


def main() -> int:
    """Writes the card; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter.card_list", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the starter's folder")
    arguments = parser.parse_args()
    card = arguments.model / CARD_NAME
    edits = read_knowledge(arguments.model).edits
    write_text_file(card, with_list(card.read_text(encoding="utf-8"), edits))
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
