"""The edits that a model knows, to be shown to the user."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    is_listed: bool = True
    """Whether the model lists it; otherwise the user has written it."""

    @property
    def has_name(self) -> bool:
        """Whether its name says something else than its instruction."""
        return self.name.casefold() != self.instruction.casefold()

    def matches(self, words: str) -> bool:
        """Whether each of the words occurs in the name or in the instruction."""
        text = f"{self.name} {self.instruction}".casefold()
        return all(word in text for word in words.casefold().split())


def known_ideas(card: ModelCard, own: Sequence[str] = ()) -> tuple[KnownIdea, ...]:
    """The edits of a model: trained ones, those of its knowledge or of its card, and the user's own.

    `own` are instructions that the user has used with the model. Reads a small file: about 2 ms.
    """
    knowledge = _knowledge(card)
    if knowledge is None:
        listed = [_named(each, each) for each in card.suggestions]
    else:
        listed = [_named(each, each) for each in knowledge.instructions]
        listed += [_named(edit.family, edit.example) for edit in knowledge.edits if edit.example]
    ideas = [*listed, *(replace(_named(each, each), is_listed=False) for each in own)]
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
