"""Models of the catalogue that other programs have downloaded into the cache of the hub's client.

The cache is the folder in `HF_HUB_CACHE`, or below `HF_HOME`. It is only read: a file of it gets a second
name in the library where both are on one disk, else it is copied, and removing either leaves the other whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.library.catalogue import CatalogueEntry, CatalogueFile
from engine.library.file_copy import BytesCallback, FileCopier, ignore_bytes
from engine.progress import CancelToken

if TYPE_CHECKING:
    from huggingface_hub import CachedRepoInfo


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file in the cache."""

    path: Path
    checksum: str
    """Its name in the cache: its sha256, for a small file its sha1 in git; empty if it has none."""

    @property
    def sha256(self) -> str:
        return self.checksum if re.fullmatch(r"[0-9a-f]{64}", self.checksum) else ""


@dataclass(frozen=True, slots=True)
class CachedModel:
    """All files of an entry, of one version of its repository."""

    commit: str
    files: tuple[CachedFile, ...]
    """In the order of the entry."""


def cached_models(
    entries: Sequence[CatalogueEntry], repositories: Iterable[CachedRepoInfo]
) -> dict[str, CachedModel]:
    """Those entries of which all is in the cache, by id: the version they ask for, else the newest."""
    found = ((entry.id, _cached_model(entry, repositories)) for entry in entries)
    return {id: model for id, model in found if model is not None}


def _cached_model(entry: CatalogueEntry, repositories: Iterable[CachedRepoInfo]) -> CachedModel | None:
    for commit in _commits(entry, repositories):
        files = [cached_file(entry, file, commit) for file in entry.files]
        there = tuple(file for file in files if file is not None)
        if len(there) == len(files):
            return CachedModel(commit, there)
    return None


def cached_file(entry: CatalogueEntry, file: CatalogueFile, commit: str) -> CachedFile | None:
    """A file of one version of the entry's repository, if the cache has the one that the entry means."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(entry.repository, file.path, revision=commit)
    if not isinstance(found, str):
        return None
    link = Path(found)  # to what is named by its checksum, where the system has links
    cached = CachedFile(link.resolve(), link.readlink().name if link.is_symlink() else "")
    is_another = file.sha256 and cached.sha256 and file.sha256 != cached.sha256
    return None if is_another else cached


def use_cached_file(
    cached: CachedFile, target: Path, sha256: str, on_progress: BytesCallback, cancel: CancelToken
) -> str | None:
    """Give a file of the cache a place at `target` too, and return its sha256; None if it is damaged.

    It is compared with `sha256` if that is known, else with its checksum in the cache. Raises `OSError`,
    `OutputNotWritable` or `Cancelled`.
    """
    try:
        FileCopier(0, ignore_bytes, cancel).link_or_copy(cached.path, target)
        found = FileCopier(target.stat().st_size, on_progress, cancel).hash(target)
    except FileNotFoundError:  # taken out of the cache just now
        return None
    expected = sha256 or cached.sha256
    if found == expected or (not expected and _is_whole_in_git(cached)):
        return found
    target.unlink()
    return None


def _is_whole_in_git(cached: CachedFile) -> bool:
    """Whether a small file has its checksum in git; true if that is unknown."""
    from huggingface_hub.utils.sha import git_hash

    is_known = re.fullmatch(r"[0-9a-f]{40}", cached.checksum)
    return not is_known or git_hash(cached.path.read_bytes()) == cached.checksum


def cached_repositories() -> Collection[CachedRepoInfo]:
    """What is in the cache; nothing if there is none."""
    from huggingface_hub import constants, scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        return scan_cache_dir(constants.HF_HUB_CACHE).repos
    except (CacheNotFound, OSError, ValueError):
        return ()


def _commits(entry: CatalogueEntry, repositories: Iterable[CachedRepoInfo]) -> Iterator[str]:
    """The versions of the entry's repository in the cache: the one it asks for first, then the newest."""
    versions = [
        version
        for found in repositories
        if (found.repo_type, found.repo_id) == ("model", entry.repository)
        for version in found.revisions
    ]
    versions.sort(key=lambda version: version.last_modified, reverse=True)
    versions.sort(key=lambda version: entry.revision not in (version.commit_hash, *version.refs))
    yield from (version.commit_hash for version in versions)
