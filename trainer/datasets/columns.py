"""Names of columns: those of all public datasets of edits, and those the user names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

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
INSTRUCTION_NAMES = ("edit_instruction", "edit_prompt", "instruction", "edit", "prompt", "caption", "text")
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


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Names of a dataset's columns; an empty name takes the usual ones."""

    original: str = ""
    edited: str = ""
    instruction: str = ""
    inverse_instruction: str = ""
    """Instructions that turn the edited image back into the original (HQ-Edit's `inverse_edit`); optional."""

    def fitted_to(self, words: Collection[str], images: Collection[str]) -> ColumnNames | None:
        """Returns these names with empty ones filled from a table's columns; None if one is missing.

        `words` and `images` are the names of the table's text and image columns.
        """
        original = self.original or _first(_with_file_names(ORIGINAL_NAMES + LONE_ORIGINAL_NAMES), images)
        edited = self.edited or _first(_with_file_names(EDITED_NAMES), images)
        instruction = self.instruction or _first(INSTRUCTION_NAMES, words)
        if not {original, edited} <= set(images) or instruction not in words:
            return None
        back = self.inverse_instruction if self.inverse_instruction in words else ""
        return ColumnNames(original, edited, instruction, back)


def _with_file_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns each name, also as imagefolders write it: `input_image_file_name`."""
    return tuple(written for name in names for written in (name, f"{name}_file_name"))


def _first(names: tuple[str, ...], present: Collection[str]) -> str:
    return next((name for name in names if name in present), "")
