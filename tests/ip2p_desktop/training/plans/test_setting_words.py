"""Arguments of the trainer, merged and made readable without changing what the trainer reads."""

from __future__ import annotations

import pytest

from ip2p_desktop.training.plans.setting_words import merged, quoted, quoted_list, readable
from trainer.config import read_config

TEXTS = (
    "plain",
    "two words",
    "null",
    "None",
    " spaces around ",
    "[brackets]",
    'it\'s "quoted"',
    '"in quotes"',
    "'in quotes'",
    "${model.seed} and \\${x}",
    "C:\\Users\\me\\pairs",
    "Bäume & $HOME; `x` 100 %",
    "a=b, c",
    "\\",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_readable_word_is_read_as_the_quoted_one(text: str) -> None:
    word = f"model.name={quoted(text)}"
    assert read_config(["data.data_path=pairs", word]).model.name == text
    assert read_config(["data.data_path=pairs", readable(word)]).model.name == text
    path = f"data.data_path={quoted(text)}"
    assert read_config([readable(path)]).data.data_path == read_config([path]).data.data_path == text


def test_lists_of_texts_are_read_unchanged() -> None:
    word = f"data.wordings={quoted_list(TEXTS)}"
    assert read_config(["data.data_path=pairs", readable(word)]).data.wordings == list(TEXTS)


def test_most_words_need_no_quotes() -> None:
    assert readable(f"data.data_path={quoted('/home/me/my pairs')}") == "data.data_path=/home/me/my pairs"
    assert readable("trainer.max_steps=5") == "trainer.max_steps=5"


def test_the_last_value_of_a_key_counts() -> None:
    assert merged(("a=1", "b=2"), ("a=3",), ("c=x=y",)) == ("a=3", "b=2", "c=x=y")
