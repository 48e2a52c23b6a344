"""The instructions that a model is known to follow."""

from __future__ import annotations

import logging

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import has_knowledge, read_knowledge
from engine.library import ModelCard

log = logging.getLogger(__name__)


def known_instructions(card: ModelCard) -> tuple[str, ...]:
    """An instruction for each edit that a model knows, those of its card first.

    A model that does not say what it knows has only those of its card.
    """
    known: tuple[str, ...] = ()
    if has_knowledge(card.path):
        try:
            knowledge = read_knowledge(card.path)
            known = (*knowledge.instructions, *(edit.example for edit in knowledge.edits if edit.example))
        except ModelNotUsable as error:
            log.warning("%s", error)
    return tuple(dict.fromkeys((*card.suggestions, *known)))
