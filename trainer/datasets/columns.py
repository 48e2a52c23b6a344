"""Names of columns: those of all public datasets of edits, and those the user names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trainer.datasets.sides import EDITED_WORDS, ORIGINAL_WORDS, chosen_sides, side_of

ORIGINAL_NAMES = (
    "original_image",
    "input_image",
    "source_image",
    "source_img",
    "original",
    "input",
    "source",
)
EDITED_NAMES = (
    *("edited_image", "output_image", "target_image", "target_img", "cartoonized_image"),
    *("edited", "output", "target"),
)
INSTRUCTION_NAMES = (
    *("edit_instruction", "edit_prompt", "instruction", "edit", "prompt", "caption", "text"),
    *("instructions", "edit_text", "editing_instruction", "editing_prompt", "prompts"),
)
"""Names from instructpix2pix-1000-samples, instructpix2pix-clip-filtered, MagicBrush, HQ-Edit, UltraEdit,
cartoonization, and users' own names. If a dataset has several, the earlier name is used."""
LONE_ORIGINAL_NAMES = ("file_name", "image")
"""Less specific names of an original, used only if there is none of the others."""

CAPTION_NAMES = (
    ("original_prompt", "edited_prompt"),
    ("input_caption", "output_caption"),
    ("original_caption", "edited_caption"),
    ("input", "output"),
)
"""Columns that describe the two images: of the release as parquet, of imagefolders, of HQ-Edit."""


def caption_columns(words: Collection[str]) -> tuple[str, str] | None:
    """Returns the two caption columns among the text columns `words`; None without any."""
    return next((names for names in CAPTION_NAMES if set(names) <= set(words)), None)


def plain_name(name: str) -> str:
    """Returns a column's name in its usual form: `Edited Image` and `editedImage` are `edited_image`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\s._-]+", "_", parted).lower()


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Names of a dataset's columns; an empty name takes the usual ones."""

    original: str = ""
    edited: str = ""
    instruction: str = ""
    inverse_instruction: str = ""
    """Instructions that turn the edited image back into the original (HQ-Edit's `inverse_edit`); optional."""

    def fitted_to(
        self, words: Collection[str], images: Collection[str], *, needs_words: bool = True
    ) -> ColumnNames | None:
        """Returns these names with empty ones filled from a table's columns; None if one is missing.

        `words` and `images` are the names of the table's text and image columns. Without `needs_words`, the
        instruction may be missing, and is "" then.
        """
        texts, pictures = _by_plain_name(words), _by_plain_name(images)
        usual = ORIGINAL_NAMES + LONE_ORIGINAL_NAMES
        original = _named(self.original, pictures) or _found(self.original, usual, ORIGINAL_WORDS, pictures)
        edited = _named(self.edited, pictures) or _found(self.edited, EDITED_NAMES, EDITED_WORDS, pictures)
        if not (self.original or self.edited or (original and edited)):
            original, edited = _of_sides(pictures)
        instruction = _named(self.instruction, texts)
        if not self.instruction:
            instruction = _first(INSTRUCTION_NAMES, texts)
        if not (original and edited) or original == edited or instruction in (original, edited):
            return None
        if not instruction and (needs_words or self.instruction):
            return None
        return ColumnNames(original, edited, instruction, _named(self.inverse_instruction, texts))


def _by_plain_name(names: Iterable[str]) -> dict[str, str]:
    """Returns the names by their usual form; those that have it already go before others."""
    found: dict[str, str] = {}
    for name in names:
        plain = plain_name(name)
        if plain not in found or name == plain:
            found[plain] = name
    return found


def _named(name: str, present: Mapping[str, str]) -> str:
    """Returns the column that the user has named; "" if there is none, or none is named."""
    if not name or name in present.values():
        return name
    return present.get(plain_name(name), "")


def _found(named: str, usual: tuple[str, ...], words: tuple[str, ...], present: Mapping[str, str]) -> str:
    """Returns an image column by its usual names, else by the word for its side; "" if the user named one."""
    if named:
        return ""
    return _first(_with_file_names(usual), present) or _first(words, _by_side(present))


def _by_side(present: Mapping[str, str]) -> dict[str, str]:
    return {side: name for plain, name in reversed(list(present.items())) if (side := side_of(plain))}


def _of_sides(present: Mapping[str, str]) -> tuple[str, str]:
    """Returns two image columns by words that mean sides only together, such as `image_a` and `image_b`."""
    by_side = _by_side({plain: name for plain, name in present.items() if not plain.isdigit()})
    sides = chosen_sides(by_side)
    return (by_side[sides[0]], by_side[sides[1]]) if sides else ("", "")


def _with_file_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns each name, also as imagefolders write it: `input_image_file_name`."""
    return tuple(written for name in names for written in (name, f"{name}_file_name"))


def _first(names: tuple[str, ...], present: Mapping[str, str]) -> str:
    return next((present[name] for name in names if name in present), "")
