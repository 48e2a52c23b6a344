"""The names of results, and of the files they are saved to."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

from engine.files.file_names import MAX_NAME_BYTES, cut_to_bytes, valid_stem
from engine.images.image_saving import OUTPUT_FORMATS

MAX_PHOTO_BYTES, MAX_WORDS_BYTES = 128, 80
"""Of the photo's name and of the instruction in the name of a result."""


def file_name(name: str) -> str:
    """A name as one that every system takes for a file; of a PNG if it says nothing else."""
    path = Path(name)
    is_image = path.suffix.lower() in OUTPUT_FORMATS
    stem, suffix = (path.stem, path.suffix) if is_image else (name, ".png")
    return f"{cut_to_bytes(valid_stem(stem), MAX_NAME_BYTES - len(suffix))}{suffix}"


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
