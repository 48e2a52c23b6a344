"""Names of results, made of the photo's name and the instruction."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

from engine.files.file_names import cut_to_bytes, valid_stem

MAX_PHOTO_BYTES, MAX_WORDS_BYTES = 128, 80
"""Of the photo's name and of the instruction in the name of a result."""


def suggested_name(photo: str, instruction: str) -> str:
    """A file name from the photo's name and the instruction, for example "dog - make it snowy.png".

    It has at most 215 bytes, which leaves room for a number, another suffix and what other programs add.
    """
    letters = "".join(filter(_is_of_a_word, instruction))
    words = cut_to_bytes(" ".join(letters.split()), MAX_WORDS_BYTES).strip() or "edited"
    stem = cut_to_bytes(valid_stem(Path(photo).stem), MAX_PHOTO_BYTES).strip()
    return f"{stem} - {words}.png"


def _is_of_a_word(character: str) -> bool:
    """Whether it is a letter, a mark on one, a number, an underscore or a blank."""
    return character.isspace() or character == "_" or category(character)[0] in "LMN"
