"""The card of a model whose weights were derived from those of another, by training or by an edit pack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.library.cards import ModelCard
from engine.library.edit_looks import EditLook

MAX_SUGGESTIONS = 24
"""New instructions on a card at most."""


def derived_card(
    base: ModelCard,
    folder: Path,
    *,
    name: str,
    description: str,
    new: tuple[str, ...],
    kept: tuple[str, ...],
    looks: tuple[EditLook, ...] = (),
    trained_from: str = "",
) -> ModelCard:
    """The card of a model in `folder` with the settings of `base`.

    It suggests at most `MAX_SUGGESTIONS` of the `new` instructions, and all that are `kept` of the base;
    `looks` are those of the new ones.
    """
    return replace(
        base,
        path=folder,
        name=name,
        source="",  # it is no longer the model that can be downloaded there
        size=0,
        weights=(),
        preview="",
        description=description,
        suggestions=tuple(dict.fromkeys((*new[:MAX_SUGGESTIONS], *kept))),
        lists_all_edits=base.lists_all_edits and len(new) <= MAX_SUGGESTIONS,
        seeded_edits=None,  # not measured for the new edits
        looks=(*looks, *(base.looks if kept else ())),
        files=None,
        weight_sets=(),
        trained_from=trained_from,
        edit_pack="",
        unknown_fields={},
    )
