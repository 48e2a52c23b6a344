"""Downloads a model of the catalogue into the library, from the hub or from its cache on this computer."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from engine.downloads.download_progress import DownloadCallback, DownloadProgress, SpeedMeter, ignore_download
from engine.downloads.file_download import FileDownload
from engine.downloads.hub import Hub
from engine.downloads.hub_cache import (
    CachedFile,
    cached_file,
    cached_models,
    cached_repositories,
    use_cached_file,
)
from engine.downloads.retry_policy import DEFAULT_RETRIES, RetryPolicy
from engine.errors import DownloadFailed
from engine.files.disk_space import check_free_space, not_written
from engine.files.locking import AlreadyLocked, locked
from engine.library.cards import MODEL_SUFFIXES, ModelCard, WeightFile
from engine.library.catalogue import CatalogueEntry, CatalogueFile
from engine.library.file_copy import FileCopier, files_below, ignore_bytes, remove_tree, total_size
from engine.library.model_library import ModelLibrary
from engine.library.model_places import remove_empty
from engine.progress import CancelToken

COMMIT_NAME = "commit"


def download_model(
    entry: CatalogueEntry,
    library: ModelLibrary,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    on_progress: DownloadCallback = ignore_download,
    cancel: CancelToken | None = None,
    retries: RetryPolicy = DEFAULT_RETRIES,
) -> ModelCard:
    """Downloads a model into the library, resuming an earlier call, and returns its card.

    A model in the library is not downloaded again. Files in the cache of `huggingface_hub` are used; if all
    are there, the hub is not contacted. All files are of one version of the repository. `endpoint` and
    `token` default to those of `huggingface_hub`. Raises as `engine.downloads.download` does; complete files
    and the partial file are kept, in the folder of the library at that time.
    """
    there = [card for card in library.models() if card.source == entry.source]
    if there:
        return there[0]
    cancel = cancel or CancelToken()
    download = _ModelDownload(entry, library, Hub(endpoint, token, retries), retries, on_progress, cancel)
    try:
        try:
            download.root.mkdir(parents=True, exist_ok=True)
            with locked(download.root.with_name(f"{entry.id}.lock")):
                return download.run()
        finally:
            _follow(library, download.root)
    except AlreadyLocked:
        raise DownloadFailed(
            "download.already-running",
            "{name} is being downloaded by another program.",
            "Wait until that has finished.",
            name=entry.name,
        ) from None
    except OSError as error:
        raise not_written(download.root, error) from error


def _follow(library: ModelLibrary, root: Path) -> None:
    """Moves what has been downloaded to where the library is now, if another folder was chosen meanwhile.

    Raises `OSError`.
    """
    target = library.staging_folder / root.name
    if target == root:
        return
    if root.is_dir() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root, target)
    remove_tree(root)
    remove_empty(root.parent.parent)


class _ModelDownload:
    """The download of an entry's files to a folder in the library's staging folder."""

    def __init__(
        self,
        entry: CatalogueEntry,
        library: ModelLibrary,
        hub: Hub,
        retries: RetryPolicy,
        on_progress: DownloadCallback,
        cancel: CancelToken,
    ) -> None:
        self._entry, self._library, self._hub, self._retries = entry, library, hub, retries
        self._on_progress, self._cancel = on_progress, cancel
        self._done = 0
        self._sha256: dict[str, str] = {}
        self.root = library.staging_folder / entry.id
        self._model = self.root / (Path(entry.files[0].path).name if entry.is_single_file else entry.id)

    def run(self) -> ModelCard:
        self._take_from_cache()
        arrived = total_size(files_below(self.root))
        check_free_space(self._library.folder, max(self._entry.size - arrived, 0))
        weights = []
        for file in self._entry.files:
            recorded = self._download_file(file)
            self._done += recorded.size
            if Path(recorded.name).suffix.lower() in MODEL_SUFFIXES:
                weights.append(recorded)
        installed = self._library.install(self._card(tuple(weights)), cancel=self._cancel)
        remove_tree(self.root)
        return installed

    def _target(self, file: CatalogueFile) -> Path:
        return self._model if self._entry.is_single_file else self._model / file.path

    def _take_from_cache(self) -> None:
        """Uses the cache if it holds all files, in the version of those already downloaded."""
        cached = cached_models((self._entry,), cached_repositories()).get(self._entry.id)
        if cached is None or self._commit not in (None, cached.commit):
            return
        self._note_commit(cached.commit)
        for file, source in zip(self._entry.files, cached.files, strict=True):
            if not self._target(file).exists():
                self._take(file, source, file.sha256 or "")

    def _take(self, file: CatalogueFile, source: CachedFile, sha256: str) -> None:
        """Links or copies a file of the cache to its place here, unless it is damaged."""
        target = self._target(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.path.stat().st_dev != target.parent.stat().st_dev:
            check_free_space(target.parent, source.path.stat().st_size)
        done, meter = total_size(files_below(self.root)), SpeedMeter(self._on_progress)

        def show(read: int, _: int) -> None:
            meter.show(done + read, max(self._entry.size, done + read))

        if found := use_cached_file(source, target, sha256, show, self._cancel):
            self._sha256[file.path] = found

    def _download_file(self, file: CatalogueFile) -> WeightFile:
        """Downloads a file unless it is here already, and returns its record."""
        target = self._target(file)
        if not target.exists():
            self._fetch(file)
        return WeightFile(
            name=target.name if self._entry.is_single_file else file.path,
            size=target.stat().st_size,
            sha256=self._sha256.get(file.path) or FileCopier(0, ignore_bytes, self._cancel).hash(target),
        )

    def _fetch(self, file: CatalogueFile) -> None:
        entry, done = self._entry, self._done
        found = self._hub.look_up(entry.repository, file.path, self._commit or entry.revision, self._cancel)
        sha256 = file.sha256 or found.sha256
        if found.commit:
            self._note_commit(found.commit)
            if source := cached_file(entry, file, found.commit):
                self._take(file, source, sha256)
        download = FileDownload(
            found.url,
            self._target(file),
            sha256=sha256,
            size=found.size,
            token=self._hub.token,
            retries=self._retries,
        )
        download.run(lambda progress: self._on_progress(self._overall(progress, done)), self._cancel)
        if download.sha256:
            self._sha256[file.path] = download.sha256

    @property
    def _commit(self) -> str | None:
        """The version of the files here, because a branch may move between two downloads."""
        with suppress(OSError):
            return (self.root / COMMIT_NAME).read_text(encoding="utf-8")
        return None

    def _note_commit(self, commit: str) -> None:
        (self.root / COMMIT_NAME).write_text(commit, encoding="utf-8")

    def _overall(self, progress: DownloadProgress, done: int) -> DownloadProgress:
        received = done + progress.received
        total = max(self._entry.size, done + progress.total)
        speed = progress.bytes_per_second
        return DownloadProgress(received, total, speed, (total - received) / speed if speed else None)

    def _card(self, weights: tuple[WeightFile, ...]) -> ModelCard:
        entry = self._entry
        return ModelCard(
            path=self._model,
            name=entry.name,
            description=entry.description,
            recommended=entry.recommended,
            useful_ranges=entry.useful_ranges,
            family=entry.family,
            licence=entry.licence,
            source=entry.source,
            weights=weights,
        )
