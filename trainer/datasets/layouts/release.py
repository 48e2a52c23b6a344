"""The layout of the original release: folders with `prompt.json`, `{seed}_0.jpg` and `{seed}_1.jpg`.

`seeds.json` lists `[folder, [seed, …]]`; the published list names 10,434 missing folders
(timothybrooks/instruct-pix2pix#80). A single part of the release, without that list, is read too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from trainer.datasets.layouts.instruction_texts import wordings_of
from trainer.datasets.layouts.name_lookup import NameLookup
from trainer.datasets.layouts.text_decoding import decode_text
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import DatasetNotUsable, Pair, SkippedEntry, SkipReason

SEEDS, PROMPT = "seeds.json", "prompt.json"
FIRST = "_0"
"""Ending of the original's name, without its suffix."""
SUFFIXES = (".jpg", ".png", ".webp")
"""The suffix of the release, and those of copies in other formats."""


def release_entries(tree: Tree, root: str, instruction: str) -> Iterator[Pair | SkippedEntry]:
    """Yields pairs in the order of `seeds.json`, or why there is none. Raises `DatasetNotUsable`.

    `instruction` is that of folders without one.
    """
    lookup = NameLookup(tree)
    for name, seeds in _listed(tree, root) if tree.has(root + SEEDS) else _found(tree, root):
        files, _ = tree.entries(root + name)
        where = f"Folder {name}"
        if not files:
            yield SkippedEntry(SkipReason.MISSING, name, f"{where} is missing.")
            continue
        prompt = _prompt(tree, f"{root}{name}/{PROMPT}")
        edit = prompt.get("edit", "")
        words = (edit,) if edit else wordings_of(instruction)
        if not words:
            yield SkippedEntry(
                SkipReason.NO_INSTRUCTION, name, f"{where}: no readable prompt.json with an “edit”."
            )
            continue
        for seed in seeds:
            first, second = (_images(lookup, f"{root}{name}/", f"{seed}_{side}") for side in "01")
            missing = [
                f"{seed}_{side}{SUFFIXES[0]}"
                for side, images in zip("01", (first, second), strict=True)
                if not images
            ]
            if missing:
                yield SkippedEntry(SkipReason.MISSING, name, f"{where}: {missing[0]} is missing.")
                continue
            original, edited = tree.image(first[0]), tree.image(second[0])
            yield Pair(original, edited, words, f"{name}/{seed}", scene=name, captions=_captions(prompt))


def is_release(tree: Tree, root: str) -> bool:
    """Returns whether there is a `seeds.json`, or at least a folder like those of the release."""
    if tree.has(root + SEEDS):
        return True
    _, folders = tree.entries(root)
    return any(tree.has(f"{root}{name}/{PROMPT}") for name in folders[:20])


def _listed(tree: Tree, root: str) -> list[tuple[str, list[str]]]:
    try:
        listed = json.loads(decode_text(tree.read(root + SEEDS)))
        return [(str(name), [str(seed) for seed in seeds]) for name, seeds in listed]
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DatasetNotUsable(
            "dataset.seeds-invalid",
            "{file} is invalid.",
            "It must be a list of [folder, [seed, …]] entries.",
            file=tree.path / root / SEEDS,
        ) from error


def _found(tree: Tree, root: str) -> Iterator[tuple[str, list[str]]]:
    _, folders = tree.entries(root)
    for name in folders:
        files, _ = tree.entries(root + name)
        stems = {PurePosixPath(file).stem for file in files if file.lower().endswith(SUFFIXES)}
        yield name, sorted(stem.removesuffix(FIRST) for stem in stems if stem.endswith(FIRST))


def _images(lookup: NameLookup, folder: str, stem: str) -> tuple[str, ...]:
    """Returns the images of this name, of the first suffix that there is."""
    return next(filter(None, (lookup.find(folder, stem + suffix) for suffix in SUFFIXES)), ())


def _prompt(tree: Tree, name: str) -> dict[str, str]:
    """Returns the texts of a `prompt.json`; empty if it cannot be read."""
    try:
        values = json.loads(decode_text(tree.read(name)))
        return {key: text.strip() for key, text in values.items() if isinstance(text, str)}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _captions(prompt: dict[str, str]) -> tuple[str, str] | None:
    """Returns the captions of both images; the first is "input", or "caption" in parts of the release."""
    before, after = prompt.get("input") or prompt.get("caption", ""), prompt.get("output", "")
    return (before, after) if before and after else None
