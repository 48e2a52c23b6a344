"""A model of the catalogue fetched file by file, and put into the library once it is whole."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.downloads.download_progress import DownloadCallback, DownloadProgress, ignore_download
from engine.downloads.file_download import FileDownload
from engine.downloads.retry_policy import USUAL, RetryPolicy
from engine.errors import DownloadFailed
from engine.files.disk_space import check_room, not_written
from engine.files.locking import AlreadyLocked, locked
from engine.library.cards import MODEL_SUFFIXES, ModelCard, WeightFile, write_model_card
from engine.library.catalogue import CatalogueEntry, CatalogueFile
from engine.library.file_copy import FileCopy, files_below, ignore_bytes, remove_tree, total_size
from engine.library.model_library import ModelLibrary
from engine.progress import CancelToken

COMMIT_NAME = "commit"


def download_model(
    entry: CatalogueEntry,
    library_folder: Path,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    on_progress: DownloadCallback = ignore_download,
    cancel: CancelToken | None = None,
    patience: RetryPolicy = USUAL,
) -> ModelCard:
    """Fetch a model into the library, going on from what earlier calls have left; its card.

    One that is there already is not fetched again. All files are of one version of the repository.
    `endpoint` is the address of the hub; without it, the one its own client uses. Raises what
    `engine.downloads.download` does; files that have arrived whole, and the part of one, are kept.
    """
    library = ModelLibrary(library_folder)
    there = [card for card in library.models() if card.source == entry.source]
    if there:
        return there[0]
    fetching = _ModelDownload(entry, library, token, endpoint or _hub_endpoint(), patience)
    try:
        fetching.root.mkdir(parents=True, exist_ok=True)
        with locked(library.aside / f"{entry.id}.lock"):
            return fetching.run(on_progress, cancel or CancelToken())
    except AlreadyLocked:
        raise DownloadFailed(
            f"{entry.name} is being downloaded by another program.", "Wait until that has ended."
        ) from None
    except OSError as error:
        raise not_written(fetching.root, error) from error


def _hub_endpoint() -> str:
    from huggingface_hub import constants

    return constants.ENDPOINT


class _ModelDownload:
    """The files of an entry on their way, in a folder below the library's `.part`."""

    def __init__(
        self,
        entry: CatalogueEntry,
        library: ModelLibrary,
        token: str | None,
        endpoint: str,
        patience: RetryPolicy,
    ) -> None:
        self._entry, self._library = entry, library
        self._token, self._endpoint, self._patience = token, endpoint, patience
        self.root = library.aside / entry.id
        self._model = self.root / (Path(entry.files[0].path).name if entry.is_single_file else entry.id)

    def run(self, on_progress: DownloadCallback, cancel: CancelToken) -> ModelCard:
        arrived = total_size(files_below(self.root))
        check_room(self._library.folder, max(self._entry.size - arrived, 0))
        weights, done = [], 0
        for file in self._entry.files:
            recorded = self._fetch(file, done, on_progress, cancel)
            done += recorded.size
            if Path(recorded.name).suffix.lower() in MODEL_SUFFIXES:
                weights.append(recorded)
        return self._install(tuple(weights), done)

    def _target(self, file: CatalogueFile) -> Path:
        return self._model if self._entry.is_single_file else self._model / file.path

    def _fetch(
        self, file: CatalogueFile, done: int, on_progress: DownloadCallback, cancel: CancelToken
    ) -> WeightFile:
        target = self._target(file)
        address = self._entry.url(file, endpoint=self._endpoint, revision=self._commit())
        fetching = FileDownload(
            address, target, sha256=file.sha256, token=self._token, patience=self._patience
        )
        fetching.run(lambda progress: on_progress(self._overall(progress, done)), cancel)
        if fetching.commit:
            (self.root / COMMIT_NAME).write_text(fetching.commit, encoding="utf-8")
        return WeightFile(
            name=target.name if self._entry.is_single_file else file.path,
            size=target.stat().st_size,
            sha256=fetching.sha256 or FileCopy(0, ignore_bytes, cancel).hash(target),
        )

    def _commit(self) -> str | None:
        """The version that the files here are of: a branch may move between two of them."""
        with suppress(OSError):
            return (self.root / COMMIT_NAME).read_text(encoding="utf-8")
        return None

    def _overall(self, progress: DownloadProgress, done: int) -> DownloadProgress:
        received = done + progress.received
        total = max(self._entry.size, done + progress.total)
        speed = progress.bytes_per_second
        return DownloadProgress(received, total, speed, (total - received) / speed if speed else None)

    def _install(self, weights: tuple[WeightFile, ...], size: int) -> ModelCard:
        entry = self._entry
        card = ModelCard(
            path=self._model,
            name=entry.name,
            description=entry.description,
            recommended=entry.recommended,
            family=entry.family,
            licence=entry.licence,
            source=entry.source,
            size=size,
            weights=weights,
        )
        write_model_card(card)
        with self._library.change():
            installed = self._library.install(card)
        remove_tree(self.root)
        return replace(card, path=installed.path)
