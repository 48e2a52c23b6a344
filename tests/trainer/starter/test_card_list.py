"""The list of known edits in the starter's card."""

from __future__ import annotations

import pytest

from engine.instructions.knowledge import KnownEdit, read_knowledge
from ip2p_desktop.base.paths import starter_model
from trainer.starter.card_list import BEGIN, CARD_NAME, END, with_list


def test_the_card_lists_what_the_window_offers() -> None:
    card = (starter_model() / CARD_NAME).read_text(encoding="utf-8")
    edits = read_knowledge(starter_model()).edits
    assert card == with_list(card, edits)
    listed = " ".join(card.partition(BEGIN)[2].partition(END)[0].split())
    assert all(f"{edit.family} (“{edit.example}”)" in listed for edit in edits)


def test_only_the_list_is_replaced() -> None:
    edits = (KnownEdit("sepia", "make it sepia"), KnownEdit("woodcut", "turn it into a woodcut"))
    card = with_list(f"before\n{BEGIN}\nold\n{END}\nafter\n", edits)
    assert card.startswith("before\n")
    assert card.endswith("\nafter\n")
    assert "old" not in card
    assert "- **Painted styles** (1): woodcut (“turn it into a woodcut”)." in card


def test_a_card_without_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no list"):
        with_list("a card", ())
