"""How much of an instruction a model reads."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import NFC, Lowercase, Replace, Sequence
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.pre_tokenizers import Sequence as PreTokenizers

from engine.models.families import clip_vocabulary

CLIP_LENGTH = 77
"""Tokens that the text encoders of all public models read, start and end included."""
SPECIAL_TOKENS = 2
"""The tokens of start and end."""
_PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def read_length(instruction: str, model: Path) -> int:
    """How many characters of an instruction a model reads; it is cut between words.

    A single file, or a folder whose tokenizer cannot be read, is taken to read as CLIP does.
    """
    most = _length(model) - SPECIAL_TOKENS
    if len(instruction.encode()) <= most:  # no token is shorter than a byte
        return len(instruction)
    offsets = _tokenizer(model).encode(instruction, add_special_tokens=False).offsets
    if len(offsets) <= most:
        return len(instruction)
    cut: int = offsets[most][0]
    if instruction[cut - 1].isalnum() and instruction[cut].isalnum():
        cut = instruction.rfind(" ", 0, cut) + 1  # a word that is read in part is not read
    return len(instruction[:cut].rstrip())


@lru_cache(maxsize=16)
def _length(model: Path) -> int:
    try:
        config = json.loads((model / "text_encoder" / "config.json").read_text(encoding="utf-8"))
        return max(SPECIAL_TOKENS, int(config["max_position_embeddings"]))
    except (OSError, ValueError, TypeError, KeyError):
        return CLIP_LENGTH


@lru_cache(maxsize=4)
def _tokenizer(model: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(model / "tokenizer" / "tokenizer.json"))
    except Exception:  # the library knows no other class for files that it cannot read
        return _clip_tokenizer()


@lru_cache(maxsize=1)
def _clip_tokenizer() -> Tokenizer:
    """The tokenizer of every CLIP text encoder, made without the library that needs torch."""
    folder = clip_vocabulary()
    tokenizer = Tokenizer(
        BPE.from_file(
            str(folder / "vocab.json"),
            str(folder / "merges.txt"),
            end_of_word_suffix="</w>",
            continuing_subword_prefix="",
            unk_token="<|endoftext|>",
        )
    )
    tokenizer.normalizer = Sequence([NFC(), Replace(Regex(r"\s+"), " "), Lowercase()])
    tokenizer.pre_tokenizer = PreTokenizers(
        [Split(Regex(_PIECES), "removed", invert=True), ByteLevel(add_prefix_space=False)]
    )
    return tokenizer
