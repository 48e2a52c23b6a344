"""Finds the pairs of datasets, whose layout is recognised by their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from engine.progress import CancelToken
from trainer.datasets.columns import ColumnNames
from trainer.datasets.layouts.metadata_files import CSV, JSON_LINES, metadata_entries
from trainer.datasets.layouts.named_files import ending_entries, folder_entries, name_endings, two_folders
from trainer.datasets.layouts.release import SEEDS, is_release, release_entries
from trainer.datasets.layouts.tables import SUFFIX, parquet_entries
from trainer.datasets.layouts.trees import Tree, open_tree
from trainer.datasets.pairs import DatasetLayout, DatasetNotUsable, Pair, PairSet, SkippedEntry, Source

DEEPEST = 3
"""Number of nested single folders that may contain the dataset, as in many zips."""

Entries = Iterator[Pair | SkippedEntry]


def find_pairs(
    sources: Sequence[Source],
    columns: ColumnNames | None = None,
    *,
    instruction: str = "",
    cancel: CancelToken | None = None,
) -> PairSet:
    """Returns the pairs of all datasets, in their order; opens no image.

    `instruction` is that of images without texts. Raises `DatasetNotUsable` for the first dataset without a
    pair, or `Cancelled`.
    """
    layouts: list[DatasetLayout] = []
    pairs: list[Pair] = []
    skipped: list[SkippedEntry] = []
    for number, source in enumerate(sources):
        layout, entries = _entries_of(open_tree(source.path), columns or ColumnNames(), instruction)
        found, left_out = _gathered(entries, number, cancel or CancelToken())
        if not found:
            raise _no_pairs(source.path, left_out)
        layouts.append(layout)
        pairs += found
        skipped += left_out
    return PairSet(tuple(sources), tuple(layouts), tuple(pairs), tuple(skipped))


def _no_pairs(folder: Path, left_out: Sequence[SkippedEntry]) -> DatasetNotUsable:
    if not left_out:
        return DatasetNotUsable(
            "dataset.no-pairs",
            "{folder} contains no complete image pair.",
            "Check the names of the files.",
            folder=folder,
        )
    return DatasetNotUsable(
        "dataset.incomplete-pairs",
        "{folder} contains no complete image pair. {first}",
        "Check the names of the files.",
        folder=folder,
        first=left_out[0].sentence,
    )


def _gathered(entries: Entries, number: int, cancel: CancelToken) -> tuple[list[Pair], list[SkippedEntry]]:
    pairs: list[Pair] = []
    skipped: list[SkippedEntry] = []
    for entry in entries:
        cancel.raise_if_cancelled()
        if isinstance(entry, SkippedEntry):
            skipped.append(entry)
        else:
            pairs.append(replace(entry, source=number) if number else entry)
    return pairs, skipped


def _entries_of(tree: Tree, columns: ColumnNames, instruction: str) -> tuple[DatasetLayout, Entries]:
    root = ""
    for _ in range(DEEPEST):
        found = _layout_at(tree, root, columns, instruction)
        if found is not None:
            return found
        _, folders = tree.entries(root)
        if len(folders) != 1:
            break
        root = f"{root}{folders[0]}/"
    tables = [name for name in tree.files() if name.endswith(SUFFIX)]
    if tables:
        return DatasetLayout.PARQUET, parquet_entries(tree, tables, columns)
    raise DatasetNotUsable(
        "dataset.no-layout",
        (
            "{folder} contains neither {json_lines} nor {seeds}, no parquet files, no two folders "
            "such as “before” and “after”, and no file names that end so."
        ),
        (
            "Put a {json_lines} beside the images: one line for each pair, naming original_image, "
            "edited_image and edit_instruction."
        ),
        folder=tree.path,
        json_lines=JSON_LINES,
        seeds=SEEDS,
    )


def _layout_at(
    tree: Tree, root: str, columns: ColumnNames, instruction: str
) -> tuple[DatasetLayout, Entries] | None:
    names, _ = tree.entries(root)
    for name in (JSON_LINES, CSV):
        if name in names:
            return DatasetLayout.METADATA, metadata_entries(tree, root, name, columns)
    if is_release(tree, root):
        return DatasetLayout.RELEASE, release_entries(tree, root)
    if any(name.endswith(SUFFIX) for name in names):
        tables = sorted(root + name for name in names if name.endswith(SUFFIX))
        return DatasetLayout.PARQUET, parquet_entries(tree, tables, columns)
    folders = two_folders(tree, root)
    if folders is not None:
        return DatasetLayout.TWO_FOLDERS, folder_entries(tree, root, folders, instruction)
    endings = name_endings(tree, root)
    if endings is not None:
        return DatasetLayout.NAME_ENDINGS, ending_entries(tree, root, endings, instruction)
    return None
