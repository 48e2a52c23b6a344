"""What is beyond a model's last token is known before it edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from engine.instructions.token_limit import read_length
from engine.models.families import clip_vocabulary

LONG = "make the photo look like an old, faded print with “scratches” and dust; then add some fog to it. " * 6


@pytest.mark.parametrize("kind", ["starter", "single file"])
def test_the_cut_is_where_the_model_stops_reading(starter: Path, tmp_path: Path, kind: str) -> None:
    is_starter = kind == "starter"
    model = starter if is_starter else tmp_path / "model.safetensors"
    tokenizer = CLIPTokenizer.from_pretrained(starter / "tokenizer" if is_starter else clip_vocabulary())
    length = 48 if is_starter else 77
    read = LONG[: read_length(LONG, model)]
    assert LONG.startswith(read)
    wanted = tokenizer(LONG, truncation=True, max_length=length).input_ids
    found = tokenizer(read).input_ids
    assert found[:-1] == wanted[: len(found) - 1]
    one_word_more = " ".join(LONG.split()[: len(read.split()) + 1])
    assert len(tokenizer(one_word_more).input_ids) > length


@pytest.mark.parametrize("instruction", ["", "make it snow", "x" * 46, "word " * 46])
def test_what_fits_is_read_whole(starter: Path, instruction: str) -> None:
    assert read_length(instruction, starter) == len(instruction)
