"""A folder that caches the outputs of networks for images and instructions.

An entry's name follows from its input and from the network's weights, so runs share the folder and never find
outdated entries. Entries are written atomically: an entry is complete or missing.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import EngineError, OutputNotWritable
from engine.files.atomic import TEMPORARY_MARK, TEMPORARY_SUFFIX, atomic_write
from engine.files.disk_space import check_free_space, not_written, size_text

APP_NAME = "IP2P Desktop"
DATA_FOLDER_VARIABLE = "IP2P_DATA_DIR"
"""Environment variable that moves all files the program keeps, as in the window."""
SUFFIX = ".safetensors"
SPARE = 2 * 10**9
"""Bytes that stay free on the disk."""
IN_USE = 24 * 3600
"""Seconds after its last use for which an entry counts as being in use."""

_KEY = r"(?P<start>[0-9a-f]{2})[0-9a-f]{30,}"
_ENTRY = re.compile(rf"[\w.-]+/(?P<folder>[0-9a-f]{{2}})/\.?{_KEY}(\.{TEMPORARY_MARK}-[0-9a-f]+)?\.\w+")
"""Paths of entries and of their temporary files, below the folder of all caches."""

OnCached = Callable[[int, int], None]
"""Called with the number of cached entries and the number of all entries."""
Entry = dict[str, Tensor]


class CacheIncomplete(EngineError):
    """An entry that was built is missing."""

    kind = "cache"


def default_cache_folder() -> Path:
    """Returns the folder in the user's cache that all runs share. It is not created here."""
    moved = os.environ.get(DATA_FOLDER_VARIABLE)
    base = Path(moved) / "cache" if moved else Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))
    return base / "training"


@dataclass(frozen=True, slots=True)
class Cache:
    """Cached tensors of one kind, made with certain weights; several processes may use them at a time."""

    folder: Path
    """The folder that all caches share."""
    name: str
    """The kind of entries, with the fingerprint of the weights that make them."""
    limit: int = 50 * 10**9
    """Bytes that all caches in the folder may take together."""

    def path(self, key: str) -> Path:
        """Returns the file of an entry."""
        return self.folder / self.name / key[:2] / f"{key}{SUFFIX}"

    def has(self, key: str) -> bool:
        """Returns whether there is an entry, complete by its header and length; removes a damaged one."""
        path = self.path(key)
        try:
            with safe_open(path, framework="pt"):
                return True
        except FileNotFoundError:
            return False
        except (OSError, SafetensorError):
            with suppress(OSError):
                path.unlink()
            return False

    def read(self, key: str, row: int | None = None) -> Entry:
        """Returns the tensors of an entry, or one row of each. Raises `CacheIncomplete`.

        Its code is "cache.disappeared" if the folder of all caches is missing, as without its
        drive.
        """
        try:
            with safe_open(self.path(key), framework="pt") as file:
                if row is None:
                    return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                return {name: file.get_slice(name)[row] for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            if not self.folder.is_dir():
                raise CacheIncomplete(
                    "cache.disappeared",
                    "The training cache in {folder} can no longer be read.",
                    "Check that its drive is connected.",
                    folder=self.folder,
                ) from error
            raise CacheIncomplete(
                "cache.changed",
                "The training cache in {folder} was changed while it was in use.",
                "Start the run again; it continues and fills the cache first.",
                folder=self.folder,
            ) from error

    def write(self, key: str, entry: Entry) -> None:
        """Writes an entry. Raises `OutputNotWritable`; then there is no entry."""
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path, durable=False) as temporary:
                save_file({name: tensor.cpu().contiguous() for name, tensor in entry.items()}, temporary)
        except SafetensorError as error:  # the library raises this for a full disk
            check_free_space(self.folder, SPARE)
            raise not_written(path, OSError(str(error))) from error
        except OSError as error:
            raise not_written(path, error) from error

    def touch(self, keys: Sequence[str]) -> None:
        """Marks entries as used now, so that they stay when room is made."""
        for key in keys:
            with suppress(OSError):
                os.utime(self.path(key))

    def make_room(self, needed: int) -> None:
        """Removes entries of any cache in the folder, the longest unused first, until `needed` bytes fit.

        Entries used within a day stay, since another run may use them. Raises `OutputNotWritable` if the
        limit or the disk is too small; a limit that is too small removes nothing.
        """
        for path, _ in self._surplus(needed):
            with suppress(OSError):
                path.unlink()
        check_free_space(self.folder, needed + SPARE)

    def check_room(self, needed: int) -> None:
        """Raises `OutputNotWritable` where `make_room` would; removes nothing."""
        removable = sum(size for _, size in self._surplus(needed))
        check_free_space(self.folder, needed + SPARE - removable)

    def _surplus(self, needed: int) -> list[tuple[Path, int]]:
        """Returns the entries to remove so that `needed` bytes fit, with their sizes."""
        entries = sorted(_entries(self.folder))
        taken = sum(size for _, size, _ in entries)
        surplus: list[tuple[Path, int]] = []
        for used, size, path in entries:
            if taken + needed <= self.limit or time.time() - used < IN_USE:
                break
            surplus.append((path, size))
            taken -= size
        if taken + needed > self.limit:
            raise OutputNotWritable(
                "output.cache-limit",
                "The training cache needs {needed}, but may take at most {limit}.",
                "Raise data.cache.limit_gb, use fewer data.cache.variants, or train without a cache.",
                needed=size_text(taken + needed),
                limit=size_text(self.limit),
            )
        return surplus


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yields last use, size and path of every entry in a folder; removes temporary files of killed runs.

    Only files named as `Cache.path` names them count, since the folder may contain others; no links either.
    """
    for path in folder.glob("*/??/*"):
        with suppress(OSError):
            name = _ENTRY.fullmatch(path.relative_to(folder).as_posix())
            if path.is_symlink() or name is None or name["folder"] != name["start"]:
                continue
            stat = path.stat()
            if path.suffix == SUFFIX:
                yield stat.st_mtime, stat.st_size, path
            elif path.suffix == TEMPORARY_SUFFIX and time.time() - stat.st_mtime > IN_USE:
                path.unlink()
