"""What the program keeps about a dataset: its repairs, and what the check of its pairs has found out.

It is kept in the user's data folder, since the dataset itself is never changed.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from engine.files.disk_space import not_written
from ip2p_desktop.base.paths import datasets_folder
from trainer.datasets.repairs.repairs_file import (
    FILE,
    Repairs,
    RepairsNotUsable,
    read_repairs,
    write_repairs,
)

LONGEST_NAME = 40


def repairs_of_run(dataset: Path, run: Path) -> Path | None:
    """The file of the repairs of a run: those it began with, or those of now if the run is not made yet."""
    file = run / FILE if run.exists() else DatasetMemory(dataset).usable_repairs()
    return file if file is not None and file.exists() else None


class DatasetMemory:
    """The files about the dataset at one path; its methods read and write files."""

    def __init__(self, dataset: Path) -> None:
        place = os.path.normcase(dataset.absolute())
        digest = hashlib.blake2b(place.encode(errors="surrogatepass"), digest_size=8).hexdigest()
        name = re.sub(r"[^\w-]+", "-", dataset.stem)[:LONGEST_NAME].strip("-")
        self.folder = datasets_folder() / f"{name or 'pairs'}-{digest}"

    @property
    def repairs_file(self) -> Path:
        """The file of repairs, which need not exist."""
        return self.folder / FILE

    def read_repairs(self) -> Repairs:
        """The repairs made so far. Raises `RepairsNotUsable` for a damaged file or one of a newer version."""
        return read_repairs(self.repairs_file) if self.repairs_file.exists() else Repairs()

    def write_repairs(self, repairs: Repairs) -> None:
        """Keep the repairs. Raises `OutputNotWritable`."""
        if self.repairs_file.exists() or any(not repair.is_empty for repair in repairs.pairs.values()):
            write_repairs(self.repairs_file, repairs)

    def usable_repairs(self) -> Path | None:
        """The file of repairs; None if there is none that can be read."""
        try:
            return self.repairs_file if self.read_repairs().pairs else None
        except RepairsNotUsable:
            return None

    def hand_over(self, run: Path) -> None:
        """Copy repairs and checked pairs to the folder of a run, which then needs no check of its own.

        Repairs that cannot be read are left out, as they are in the window. Raises `OutputNotWritable`.
        """
        # imports numpy, which the window does not need to start
        from trainer.datasets.checking.pair_record import copy_record

        if self.usable_repairs() is not None:
            write_repairs(run / FILE, self.read_repairs())
        try:
            copy_record(self.folder, run)
        except OSError as error:
            raise not_written(run, error) from error
