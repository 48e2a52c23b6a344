"""The edits that a model knows, to be shown to the user."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import Knowledge, has_knowledge, read_knowledge
from engine.library import ModelCard

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownIdea:
    """An edit that a model knows."""

    name: str
    """The family of the edit, or its instruction."""
    instruction: str

    def matches(self, words: str) -> bool:
        """Whether each of the words occurs in the name or in the instruction."""
        text = f"{self.name} {self.instruction}".casefold()
        return all(word in text for word in words.casefold().split())


def known_ideas(card: ModelCard, own: Sequence[str]) -> tuple[KnownIdea, ...]:
    """The edits of a model: taught ones, those of its knowledge or of its card, and the user's own.

    `own` are instructions that the user has used with the model. Reads a file: not for the GUI thread.
    """
    knowledge = _knowledge(card)
    instructions: Iterable[str]
    if knowledge is None:
        listed, instructions = [], (*card.suggestions, *own)
    else:
        listed = [_named(edit.family, edit.example) for edit in knowledge.edits if edit.example]
        instructions = own
    taught = [_named(each, each) for each in knowledge.instructions] if knowledge else []
    ideas = [*taught, *listed, *(_named(each, each) for each in instructions)]
    first: dict[str, KnownIdea] = {}
    for idea in ideas:
        first.setdefault(idea.instruction.strip().casefold(), idea)
    return tuple(first.values())


def _named(name: str, instruction: str) -> KnownIdea:
    return KnownIdea(name[:1].upper() + name[1:], instruction)


def _knowledge(card: ModelCard) -> Knowledge | None:
    if not has_knowledge(card.path):
        return None
    try:
        return read_knowledge(card.path)
    except ModelNotUsable as error:
        log.warning("The edits of a model are not listed: %s", error)
        return None
