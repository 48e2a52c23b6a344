"""Models of the catalogue that other programs have downloaded into the cache of `huggingface_hub`.

The cache is the folder `HF_HUB_CACHE`, or below `HF_HOME`. It is only read: its files are hard-linked into
the library if both are on one disk, otherwise copied, so that deleting one keeps the other.
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
    """Its name in the cache: the sha256, for a small file the sha1 in git; empty if neither."""

    @property
    def sha256(self) -> str:
        """The checksum if it is a sha256, otherwise empty."""
        return self.checksum if re.fullmatch(r"[0-9a-f]{64}", self.checksum) else ""


@dataclass(frozen=True, slots=True)
class CachedModel:
    """The files of a catalogue entry in the cache, all of one version."""

    commit: str
    files: tuple[CachedFile, ...]
    """In the order of the entry's files."""


def cached_models(
    entries: Sequence[CatalogueEntry], repositories: Iterable[CachedRepoInfo]
) -> dict[str, CachedModel]:
    """The entries that are complete in the cache, by id: the entry's revision, else the newest version."""
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
    """The cached file of a version of the entry's repository; None if missing or of another checksum."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(entry.repository, file.path, revision=commit)
    if not isinstance(found, str):
        return None
    link = Path(found)  # where links are supported, it points to a file named by its checksum
    cached = CachedFile(link.resolve(), link.readlink().name if link.is_symlink() else "")
    is_another = file.sha256 and cached.sha256 and file.sha256 != cached.sha256
    return None if is_another else cached


def use_cached_file(
    cached: CachedFile, target: Path, sha256: str, on_progress: BytesCallback, cancel: CancelToken
) -> str | None:
    """Links or copies a file of the cache to `target` and returns its sha256; None if it is damaged.

    It is verified against `sha256` if that is known, else against its checksum in the cache. Raises
    `OSError`, `OutputNotWritable` or `Cancelled`.
    """
    try:
        FileCopier(0, ignore_bytes, cancel).link_or_copy(cached.path, target)
        found = FileCopier(target.stat().st_size, on_progress, cancel).hash(target)
    except FileNotFoundError:  # removed from the cache in the meantime
        return None
    expected = sha256 or cached.sha256
    if found == expected or (not expected and _matches_git_checksum(cached)):
        return found
    target.unlink()
    return None


def _matches_git_checksum(cached: CachedFile) -> bool:
    """Whether a small file matches its git checksum; true if that is unknown."""
    from huggingface_hub.utils.sha import git_hash

    is_known = re.fullmatch(r"[0-9a-f]{40}", cached.checksum)
    return not is_known or git_hash(cached.path.read_bytes()) == cached.checksum


def cached_repositories() -> Collection[CachedRepoInfo]:
    """The repositories in the cache; empty if there is none."""
    from huggingface_hub import constants, scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        return scan_cache_dir(constants.HF_HUB_CACHE).repos
    except (CacheNotFound, OSError, ValueError):
        return ()


def _commits(entry: CatalogueEntry, repositories: Iterable[CachedRepoInfo]) -> Iterator[str]:
    """The cached versions of the entry's repository: first the entry's revision, then the newest."""
    versions = [
        version
        for found in repositories
        if (found.repo_type, found.repo_id) == ("model", entry.repository)
        for version in found.revisions
    ]
    versions.sort(key=lambda version: version.last_modified, reverse=True)
    versions.sort(key=lambda version: entry.revision not in (version.commit_hash, *version.refs))
    yield from (version.commit_hash for version in versions)
