"""What columns are called: the names of every public dataset of edits, and of one's own."""

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
"""Between them: instructpix2pix-1000-samples, instructpix2pix-clip-filtered, MagicBrush, HQ-Edit, UltraEdit,
cartoonization, and what people call them. Where a dataset has several, the earlier name is meant."""
LONE_ORIGINAL_NAMES = ("file_name", "image")
"""Names of an original that say less: only looked for after the others."""

CAPTION_NAMES = (
    ("original_prompt", "edited_prompt"),
    ("input_caption", "output_caption"),
    ("original_caption", "edited_caption"),
    ("input", "output"),
)
"""Columns that say what the two pictures show: of the release's parquet form, of imagefolders, of HQ-Edit."""


def caption_columns(words: Collection[str]) -> tuple[str, str] | None:
    """The two columns of captions among those of text, if there are any."""
    return next((names for names in CAPTION_NAMES if set(names) <= set(words)), None)


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The columns of a dataset that has its own names; empty takes the usual ones."""

    original: str = ""
    edited: str = ""
    instruction: str = ""
    inverse_instruction: str = ""
    """What leads from the edited picture back to the original (HQ-Edit's `inverse_edit`), if wanted."""

    def fitted_to(self, words: Collection[str], pictures: Collection[str]) -> ColumnNames | None:
        """These names, the empty ones filled in by what a table has; None if one is not to be found.

        `words` and `pictures` are the names of its columns of text and of pictures.
        """
        original = self.original or _first(_with_file_names(ORIGINAL_NAMES + LONE_ORIGINAL_NAMES), pictures)
        edited = self.edited or _first(_with_file_names(EDITED_NAMES), pictures)
        instruction = self.instruction or _first(INSTRUCTION_NAMES, words)
        if not {original, edited} <= set(pictures) or instruction not in words:
            return None
        back = self.inverse_instruction if self.inverse_instruction in words else ""
        return ColumnNames(original, edited, instruction, back)


def _with_file_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Each name, also as imagefolders write it: `input_image_file_name`."""
    return tuple(written for name in names for written in (name, f"{name}_file_name"))


def _first(names: tuple[str, ...], present: Collection[str]) -> str:
    return next((name for name in names if name in present), "")
