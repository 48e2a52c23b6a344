"""The part of an instruction that a model reads before its token limit."""

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
"""Number of tokens of the text encoders of all public models, including start and end."""
SPECIAL_TOKENS = 2
"""The start and the end token."""
_PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def read_length(instruction: str, model: Path) -> int:
    """Number of characters of an instruction that a model reads; the cut is between words.

    For a single file, and for a folder whose tokenizer cannot be read, CLIP's tokenizer is used.
    """
    most = _length(model) - SPECIAL_TOKENS
    if len(instruction.encode()) <= most:  # every token has at least one byte
        return len(instruction)
    offsets = _tokenizer(model).encode(instruction, add_special_tokens=False).offsets
    if len(offsets) <= most:
        return len(instruction)
    cut: int = offsets[most][0]
    if instruction[cut - 1].isalnum() and instruction[cut].isalnum():
        cut = instruction.rfind(" ", 0, cut) + 1  # a word that is only partly read does not count
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
    except Exception:  # the library raises plain Exception for files that it cannot read
        return _clip_tokenizer()


@lru_cache(maxsize=1)
def _clip_tokenizer() -> Tokenizer:
    """The tokenizer of all CLIP text encoders, without transformers, which needs torch."""
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
