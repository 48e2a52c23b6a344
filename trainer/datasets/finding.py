"""Finds the pairs of datasets, whose layout is recognised by their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engine.progress import CancelToken
from trainer.datasets.columns import ColumnNames
from trainer.datasets.layouts.metadata_files import JSON_LINES, metadata_entries, metadata_files
from trainer.datasets.layouts.named_files import (
    ending_entries,
    equal_folders,
    folder_entries,
    name_endings,
    two_folders,
)
from trainer.datasets.layouts.release import SEEDS, is_release, release_entries
from trainer.datasets.layouts.table_files import ARROW
from trainer.datasets.layouts.tables import table_entries
from trainer.datasets.layouts.tree_opening import ARCHIVES, is_table, open_tree
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import (
    DatasetLayout,
    DatasetNotUsable,
    Pair,
    PairSet,
    SkippedEntry,
    SkipReason,
    Source,
)
from trainer.datasets.sides import part_of

NO_INSTRUCTION = "dataset.no-instruction"
"""Code of the error for a dataset whose pairs have no text."""
GONE = "dataset.gone"
"""Code of the error for a dataset that was removed or disconnected while it was checked."""
DEEPEST = 3
"""Number of nested folders that may contain the dataset; those that are alone in a folder do not count."""

HELD_BACK = ("val", "test")
"""Parts that are not trained on; their pairs come last, in this order."""

Entries = Iterator[Pair | SkippedEntry]


@dataclass(frozen=True, slots=True)
class _Located:
    """Pairs of one layout in one folder."""

    layout: DatasetLayout
    entries: Callable[[], Entries]
    prefix: str = ""
    """The folder, before the names of pairs where there are several folders."""
    part: str = ""


@dataclass(frozen=True, slots=True)
class _Search:
    """What a dataset is searched with."""

    columns: ColumnNames
    instruction: str
    cancel: CancelToken


def find_pairs(
    sources: Sequence[Source],
    columns: ColumnNames | None = None,
    *,
    instruction: str = "",
    cancel: CancelToken | None = None,
) -> PairSet:
    """Returns the pairs of all datasets, in their order, those for training first; opens no image.

    `instruction` is that of pairs without texts. Raises `DatasetNotUsable` for the first dataset without a
    pair, or `Cancelled`.
    """
    search = _Search(columns or ColumnNames(), instruction, cancel or CancelToken())
    layouts: list[DatasetLayout] = []
    pairs: list[Pair] = []
    skipped: list[SkippedEntry] = []
    for number, source in enumerate(sources):
        tree = open_tree(source.path)
        located = _located_in(tree, search)
        found, left_out = _gathered(located, number, search.cancel)
        if not found:
            raise _no_pairs(source.path, left_out)
        layouts.append(located[0].layout)
        # of repeated pairs the first is used, and it should be one to train on
        pairs += sorted(found, key=lambda pair: HELD_BACK.index(pair.part) if pair.part in HELD_BACK else -1)
        skipped += left_out
        skipped += [
            SkippedEntry(SkipReason.STRAY, stray, f"{stray} is no part of a pair.")
            for stray in sorted(tree.strays)
        ]
    return PairSet(tuple(sources), tuple(layouts), tuple(pairs), tuple(skipped))


def _no_pairs(folder: Path, left_out: Sequence[SkippedEntry]) -> DatasetNotUsable:
    wordless = [entry for entry in left_out if entry.reason == SkipReason.NO_INSTRUCTION]
    if wordless:
        return DatasetNotUsable(
            NO_INSTRUCTION,
            "{folder} contains pairs ({count}), but no text says what was changed.",
            "Write it into instruction.txt beside the images, or add data.instruction=… to the command.",
            folder=folder,
            count=len(wordless),
        )
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


def _gathered(
    located: Sequence[_Located], number: int, cancel: CancelToken
) -> tuple[list[Pair], list[SkippedEntry]]:
    pairs: list[Pair] = []
    skipped: list[SkippedEntry] = []
    for place in located:
        prefix = place.prefix
        blocks = max((pair.block for pair in pairs), default=0)
        for entry in place.entries():
            cancel.raise_if_cancelled()
            if isinstance(entry, SkippedEntry):
                skipped.append(
                    replace(entry, name=prefix + entry.name, sentence=prefix + entry.sentence)
                    if prefix
                    else entry
                )
            else:
                pairs.append(_placed(entry, place, prefix, blocks, number))
    return pairs, skipped


def _placed(pair: Pair, place: _Located, prefix: str, blocks: int, source: int) -> Pair:
    """Returns a pair with its part, source, and the names that tell it from those of other folders."""
    if not (prefix or source or place.part):
        return pair
    return replace(
        pair,
        name=prefix + pair.name,
        scene=prefix + pair.scene if pair.scene else "",
        part=pair.part or place.part,
        block=pair.block + blocks if pair.block else 0,
        source=source,
    )


def _located_in(tree: Tree, search: _Search) -> list[_Located]:
    """Returns the places of pairs in a dataset. Raises `DatasetNotUsable` if no layout is recognised."""
    if located := _located(tree, "", search, DEEPEST):
        return located
    tables = [name for name in tree.files() if is_table(name)]
    if tables:
        return [_tables(tree, tables, search)]
    if folders := equal_folders(tree, ""):
        raise DatasetNotUsable(
            "dataset.sides-unknown",
            "The images in {one} and {other} have the same names, but nothing tells which are the originals.",
            "Rename the folder of the originals to “before”, and the other one to “after”.",
            one=folders[0],
            other=folders[1],
        )
    raise DatasetNotUsable(
        "dataset.no-layout",
        (
            "No pairs were recognised in {folder}: it has no folders “before” and “after”, no names such as "
            "street_before.jpg and street_after.jpg, and no {json_lines}, {seeds} or parquet files."
        ),
        (
            "Put the photos into two such folders, or rename them. A {json_lines} with a line for each pair, "
            "naming original_image, edited_image and edit_instruction, works too."
        ),
        folder=tree.path,
        json_lines=JSON_LINES,
        seeds=SEEDS,
    )


def _located(tree: Tree, root: str, search: _Search, depth: int) -> list[_Located]:
    """Returns the pairs in a folder, else those in its subfolders, such as `train` and `test`."""
    search.cancel.raise_if_cancelled()
    here = _located_at(tree, root, search)
    _, folders = tree.entries(root)
    if here or not depth:
        return here or _archives(tree, root, search)
    depth -= len(folders) > 1
    inside = {folder: _located(tree, f"{root}{folder}/", search, depth) for folder in folders}
    if not any(inside.values()):
        return _archives(tree, root, search)
    tree.strays.update(root + folder for folder, found in inside.items() if not found)
    are_several = sum(map(bool, inside.values())) > 1
    return [
        replace(
            place,
            prefix=f"{folder}/{place.prefix}" if are_several else place.prefix,
            part=place.part or part_of(folder),
        )
        for folder, found in inside.items()
        for place in found
    ]


def _located_at(tree: Tree, root: str, search: _Search) -> list[_Located]:
    columns, instruction = search.columns, search.instruction
    names, _ = tree.entries(root)
    if files := metadata_files(tree, root, columns):
        return [
            _Located(
                DatasetLayout.METADATA,
                partial(metadata_entries, tree, root, name, columns, instruction),
                prefix=f"{name}, " if len(files) > 1 else "",
            )
            for name in files
        ]
    if is_release(tree, root):
        return [_Located(DatasetLayout.RELEASE, partial(release_entries, tree, root, instruction))]
    if tables := sorted(root + name for name in names if is_table(name)):
        return [_tables(tree, tables, search)]
    if pairs_of_folders := two_folders(tree, root):
        return [
            _Located(
                DatasetLayout.TWO_FOLDERS,
                partial(folder_entries, tree, root, folders, instruction),
                prefix=f"{folders.part}/" if folders.part and len(pairs_of_folders) > 1 else "",
            )
            for folders in pairs_of_folders
        ]
    endings = name_endings(tree, root)
    if endings is not None:
        return [
            _Located(DatasetLayout.NAME_ENDINGS, partial(ending_entries, tree, root, endings, instruction))
        ]
    return []


def _tables(tree: Tree, names: list[str], search: _Search) -> _Located:
    layout = DatasetLayout.ARROW if names[0].lower().endswith(ARROW) else DatasetLayout.PARQUET
    return _Located(layout, partial(table_entries, tree, names, search.columns, search.instruction))


def _archives(tree: Tree, root: str, search: _Search) -> list[_Located]:
    """Returns the pairs in the tars and zips of a folder, such as the shards of a webdataset.

    Those without pairs are strays. Raises `DatasetNotUsable` if one in the uppermost folder is damaged, and
    none has pairs.
    """
    names = sorted(root + name for name in tree.entries(root)[0] if name.lower().endswith(ARCHIVES))
    found: dict[str, list[_Located]] = {}
    damage: DatasetNotUsable | None = None
    for name in names:
        try:
            if (tree.path / name).is_file():
                found[name] = _located(open_tree(tree.path / name), "", search, DEEPEST)
        except DatasetNotUsable as error:
            damage = damage or error
    if damage and not root and not any(found.values()):
        raise damage
    used = [name for name in names if found.get(name)]
    if used:
        tree.strays.update(name for name in names if name not in used)
    return [
        replace(
            place,
            prefix=f"{name}/{place.prefix}" if len(names) > 1 else place.prefix,
            part=place.part or part_of(Path(name).stem),
        )
        for name in used
        for place in found[name]
    ]
