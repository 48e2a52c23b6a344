"""The text encoder in NumPy gives what the one in torch gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from engine.errors import ModelNotUsable
from engine.instructions.text_network import NumpyTextEncoder

SENTENCES = ["make it snow", "add a hat, please!", "Größer — 雪 ok", "fog " * 80, ""]


def test_the_summaries_are_those_of_torch(starter: Path) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(starter / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(starter / "text_encoder").eval()
    ids = tokenizer(SENTENCES, padding="max_length", truncation=True, return_tensors="pt").input_ids
    with torch.no_grad():
        hidden = encoder(input_ids=ids).last_hidden_state
    ending = (ids == encoder.config.eos_token_id).float().unsqueeze(-1)
    wanted = ((hidden * ending).sum(1) / ending.sum(1)).numpy()
    np.testing.assert_allclose(NumpyTextEncoder.load(starter).summaries(SENTENCES), wanted, atol=1e-5)


def test_a_damaged_encoder_is_one_sentence(model_folder: Path) -> None:
    path = model_folder / "text_encoder" / "model.safetensors"
    path.unlink()
    path.write_bytes(b"no weights")
    with pytest.raises(ModelNotUsable, match="cannot be read"):
        NumpyTextEncoder.load(model_folder)
