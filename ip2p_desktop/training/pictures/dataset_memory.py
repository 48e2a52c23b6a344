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
from trainer.datasets.repairs.repairs_file import FILE, Repairs, read_repairs, write_repairs

LONGEST_NAME = 40


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

    def hand_over(self, run: Path) -> None:
        """Copy repairs and checked pairs to the folder of a run, which then needs no check of its own.

        Raises `RepairsNotUsable` or `OutputNotWritable`.
        """
        # imports numpy, which the window does not need to start
        from trainer.datasets.checking.pair_record import copy_record

        repairs = self.read_repairs()
        if repairs.pairs:
            write_repairs(run / FILE, repairs)
        try:
            copy_record(self.folder, run)
        except OSError as error:
            raise not_written(run, error) from error
