"""Opens what the user has chosen as a dataset: a folder, an archive, or a single table."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

from trainer.datasets.layouts.archives import TarTree, ZipTree
from trainer.datasets.layouts.trees import FolderTree, OneFile, Tree
from trainer.datasets.pairs import DatasetNotUsable

TABLES = (".parquet", ".arrow", ".feather")
"""Suffixes of tables, in lower case."""
METADATA = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".bz2", ".xz", ".zst")
ARCHIVES = (".tar", ".zip")


def is_table(name: str) -> bool:
    """Returns whether a file is a table by its name."""
    return name.lower().endswith(TABLES)


def open_tree(path: Path) -> Tree:
    """Opens the folder, zip, tar or table at `path`. Raises `DatasetNotUsable` for anything else."""
    try:
        if path.is_dir():
            os.scandir(path).close()
            return FolderTree(path)
        if path.is_file() and is_table(path.name):
            return OneFile(path)
        if path.is_file() and zipfile.is_zipfile(path):
            return ZipTree(path)
        if path.is_file() and tarfile.is_tarfile(path):
            return TarTree(path)
    except OSError as error:
        raise DatasetNotUsable(
            "dataset.unreadable",
            "{folder} cannot be read ({reason}).",
            "Check the permissions of the folder.",
            folder=path,
            reason=error.strerror,
        ) from error
    if path.is_file() and path.suffix.lower() in METADATA:
        raise DatasetNotUsable(
            "dataset.metadata-alone",
            "{file} is one file of a dataset.",
            "Choose the folder that contains it and the images.",
            file=path.name,
        )
    if path.is_file() and path.suffix.lower() in OTHER_ARCHIVES:
        raise DatasetNotUsable(
            "dataset.other-archive",
            "{file} is an archive that this program does not open.",
            "Unpack it, and choose the unpacked folder.",
            file=path.name,
        )
    if path.is_file():
        raise DatasetNotUsable(
            "dataset.not-a-zip",
            "{file} is not a zip file.",
            "Choose a folder of image pairs, or a zip file of one.",
            file=path.name,
        )
    if not path.exists():
        raise DatasetNotUsable(
            "dataset.missing",
            "{folder} is not there.",
            "Put it back, or connect the disk it is on. You can also choose another folder of pairs.",
            folder=path,
        )
    raise DatasetNotUsable(
        "dataset.not-a-folder",
        "{folder} is not a folder.",
        "Choose the folder that contains the image pairs.",
        folder=path,
    )
