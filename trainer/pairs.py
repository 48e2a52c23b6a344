"""Folders of training pairs: which layout they have, what they hold, what is missing.

Two layouts are read:

- `metadata.jsonl` beside the images, a line each: `{"original_image": …, "edited_image": …,
  "edit_instruction": …}`; the usual other names of these fields are understood too.
- the original release: `seeds.json` lists `[folder, [seed, …]]`, each folder holds `prompt.json`
  (`{"edit": …}`), `{seed}_0.jpg` and `{seed}_1.jpg`; folders named and absent are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.progress import CancelToken

METADATA_NAME = "metadata.jsonl"
SEEDS_NAME = "seeds.json"

ORIGINAL_FIELDS = ("original_image", "input_image", "source_img", "original", "input", "file_name")
EDITED_FIELDS = ("edited_image", "target_img", "output_image", "cartoonized_image", "edited", "output")
INSTRUCTION_FIELDS = ("edit_instruction", "edit_prompt", "instruction", "edit", "text")


class DatasetNotUsable(EngineError):
    """A folder holds no training pairs."""

    kind = "dataset"


class Layout(StrEnum):
    """How a dataset folder is arranged."""

    METADATA = "metadata.jsonl"
    RELEASE = "seeds.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """One example: the photo, what was asked, and the photo after it."""

    original: Path
    edited: Path
    instruction: str


@dataclass(frozen=True, slots=True)
class PairListing:
    """What was found in a dataset folder."""

    folder: Path
    layout: Layout
    pairs: tuple[Pair, ...]
    problems: tuple[str, ...] = field(default=())
    """One sentence for each entry that was left out."""

    @property
    def instructions(self) -> tuple[str, ...]:
        """The different instructions, in order of appearance."""
        return tuple(dict.fromkeys(pair.instruction for pair in self.pairs))


def find_pairs(folder: Path, cancel: CancelToken | None = None) -> PairListing:
    """The pairs of a dataset folder. Raises `DatasetNotUsable` if there is not one, or `Cancelled`."""
    layout = _layout_of(folder)
    entries = _metadata_entries(folder) if layout is Layout.METADATA else _release_entries(folder)
    pairs: list[Pair] = []
    problems: list[str] = []
    for entry in entries:
        if cancel is not None:
            cancel.raise_if_cancelled()
        if isinstance(entry, Pair):
            pairs.append(entry)
        else:
            problems.append(entry)
    if not pairs:
        first = f" {problems[0]}" if problems else ""
        raise DatasetNotUsable(
            f"{folder} holds no complete image pair.{first}", "Check the names of the files."
        )
    return PairListing(folder, layout, tuple(pairs), tuple(problems))


def _layout_of(folder: Path) -> Layout:
    try:
        if not folder.is_dir():
            raise DatasetNotUsable(
                f"{folder} is not a folder.", "Choose the folder that holds the image pairs."
            )
        if (folder / METADATA_NAME).is_file():
            return Layout.METADATA
        if (folder / SEEDS_NAME).is_file():
            return Layout.RELEASE
    except OSError as error:
        raise DatasetNotUsable(f"{folder} cannot be read ({error.strerror}).") from error
    raise DatasetNotUsable(
        f"{folder} has neither {METADATA_NAME} nor {SEEDS_NAME}.",
        f"Put a {METADATA_NAME} beside the images: one line for each pair, "
        "naming original_image, edited_image and edit_instruction.",
    )


def _first_field(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := entry.get(name), str) and value.strip()), "")


def _checked(original: Path, edited: Path, instruction: str, where: str) -> Pair | str:
    for image in (original, edited):
        try:
            if not image.is_file():
                return f"{where}: {image.name} is missing."
        except OSError as error:
            return f"{where}: {image.name} cannot be read ({error.strerror})."
    return Pair(original, edited, instruction)


def _metadata_entries(folder: Path) -> Iterator[Pair | str]:
    try:
        with (folder / METADATA_NAME).open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _metadata_entry(folder, line, f"Line {number}")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetNotUsable(
            f"{folder / METADATA_NAME} cannot be read.", "Save it as UTF-8 text."
        ) from error


def _metadata_entry(folder: Path, line: str, where: str) -> Pair | str:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return f"{where}: not a JSON object."
    if not isinstance(entry, dict):
        return f"{where}: not a JSON object."
    names = [_first_field(entry, fields) for fields in (ORIGINAL_FIELDS, EDITED_FIELDS, INSTRUCTION_FIELDS)]
    if not all(names):
        return f"{where}: needs original_image, edited_image and edit_instruction."
    return _checked(folder / names[0], folder / names[1], names[2].strip(), where)


def _release_entries(folder: Path) -> Iterator[Pair | str]:
    try:
        listed = json.loads((folder / SEEDS_NAME).read_text(encoding="utf-8-sig"))
        entries = [(str(name), [str(seed) for seed in seeds]) for name, seeds in listed]
    except (OSError, ValueError, TypeError) as error:
        raise DatasetNotUsable(
            f"{folder / SEEDS_NAME} cannot be read.", "It should list [folder, [seed, …]] entries."
        ) from error
    for name, seeds in entries:
        if not (folder / name).is_dir():
            yield f"Folder {name} is missing."
            continue
        instruction = _release_instruction(folder / name / "prompt.json")
        if not instruction:
            yield f"Folder {name}: no readable prompt.json with an “edit”."
            continue
        for seed in seeds:
            yield _checked(
                folder / name / f"{seed}_0.jpg",
                folder / name / f"{seed}_1.jpg",
                instruction,
                f"Folder {name}",
            )


def _release_instruction(prompt: Path) -> str:
    try:
        return str(json.loads(prompt.read_text(encoding="utf-8-sig"))["edit"].strip())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
