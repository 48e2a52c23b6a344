"""File names that every common file system takes."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePath

MAX_NAME_BYTES = 255
"""The limit in UTF-8. Windows and macOS count UTF-16 units, of which a name never has more than bytes."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udc7f\udd00-\udfff]')
"""Characters that Windows does not allow in names, control characters, and halves of characters.

Those halves from U+DC80 to U+DCFF stand for bytes of names of files that are no UTF-8.
"""
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Beginnings of names that Windows takes for a device, whatever the suffix."""
JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)


def cut_to_bytes(text: str, limit: int) -> str:
    """The longest beginning of `text` with at most `limit` bytes of UTF-8 that splits no character.

    Accents and other marks stay with their letter, and joined emoji together.
    """
    end = size = 0
    for place, character in enumerate(text):
        if not _continues(text, place):
            end = place
        size += len(character.encode(errors="surrogatepass"))
        if size > limit:
            return text[:end]
    return text


def valid_stem(text: str) -> str:
    """`text` as a file name without suffix: no forbidden characters, and not a device of Windows."""
    stem = FORBIDDEN.sub("_", text).strip().rstrip(". ")
    return f"_{stem}" if not stem or RESERVED.match(stem) else stem


def numbered_name(name: str, number: int) -> str:
    """`name-2.png` for the name `name.png` and 2; the stem is cut so that the name has at most 255 bytes."""
    path = PurePath(name)
    ending = f"-{number}{path.suffix}"
    return cut_to_bytes(path.stem, MAX_NAME_BYTES - len(ending.encode(errors="surrogatepass"))) + ending


def first_free(path: Path, is_taken: Callable[[Path], bool] = os.path.lexists) -> Path:
    """The path itself, or the first numbered one that is not taken: that does not exist, by default."""
    candidate, number = path, 1
    while is_taken(candidate):
        number += 1
        candidate = path.with_name(numbered_name(path.name, number))
    return candidate


def _continues(text: str, place: int) -> bool:
    """Whether the character at `place` belongs to the one before."""
    character = text[place]
    return place > 0 and (
        unicodedata.category(character).startswith("M")
        or JOINER in (character, text[place - 1])
        or ord(character) in SKIN_TONES
    )
