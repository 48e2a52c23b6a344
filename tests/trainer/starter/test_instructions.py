"""The grammar says what was asked, and measuring uses sentences training never sees."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import CLIPTokenizer

from ip2p_desktop.paths import starter_model
from trainer.starter.blank import strengths_of
from trainer.starter.held_out import HELD_OUT
from trainer.starter.instructions import SUGGESTIONS, WORDINGS, draw_instruction
from trainer.starter.recipes import RECIPES


def test_every_edit_has_many_wordings_and_some_held_out() -> None:
    assert set(HELD_OUT) == set(RECIPES)
    assert set(WORDINGS) == {*RECIPES, "unchanged"}
    assert all(len(wordings) >= 20 for wordings in WORDINGS.values())
    assert len(SUGGESTIONS) == len(RECIPES)


@pytest.mark.parametrize("edit", WORDINGS)
def test_drawn_instructions_are_filled_in_and_never_held_out(edit: str) -> None:
    rng = np.random.default_rng(0)
    held_out = {text for texts in HELD_OUT.values() for text in texts}
    for strength in strengths_of(edit):
        drawn = {draw_instruction(edit, strength, rng) for _ in range(300)}
        assert len(drawn) > 20
        assert not any("{" in text or "  " in text for text in drawn)
        assert not drawn & held_out


def test_sentences_fit_the_tokenizer() -> None:
    tokenizer = CLIPTokenizer.from_pretrained(starter_model() / "tokenizer")
    rng = np.random.default_rng(0)
    longest = max(
        len(tokenizer(draw_instruction(edit, 1.0, rng)).input_ids) for edit in WORDINGS for _ in range(100)
    )
    assert longest <= tokenizer.model_max_length
    assert tokenizer.unk_token_id not in tokenizer("Ünbekannt: 雪, 123 & émoji 🙂").input_ids[1:-1]
