"""Writes a folder of pairs that is a valid dataset after each pair: images, and a line in its metadata."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.datasets.layouts.metadata_files import JSON_LINES

ORIGINAL, EDITED, INSTRUCTION = "original_image", "edited_image", "edit_instruction"
"""The columns of a line."""
BEFORE, AFTER = "before", "after"


def image_name(number: int, side: str, suffix: str) -> str:
    """Returns the name of an image: `0007-before.jpg`; `side` is BEFORE or AFTER."""
    return f"{number:04}-{side}{suffix}"


def pair_line(
    original: str, edited: str, instructions: Sequence[str], others: Mapping[str, Any] | None = None
) -> str:
    """Returns the line of a pair, with its line feed; several wordings are a list."""
    words = instructions[0] if len(instructions) == 1 else list(instructions)
    values = {ORIGINAL: original, EDITED: edited, INSTRUCTION: words if instructions else ""}
    return json.dumps({**(others or {}), **values}, ensure_ascii=False) + "\n"


def append_pair_line(folder: Path, line: str) -> None:
    """Adds a line to `metadata.jsonl` on disk, after the images of its pair. Raises `OSError`.

    A program that ends meanwhile may leave a part of the line, which readers skip.
    """
    with (folder / JSON_LINES).open("ab") as file:
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
