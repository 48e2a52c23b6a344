"""Downloads models from the hub one after the other, and keeps interrupted downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.downloads import DownloadProgress, RetryPolicy, download_model
from engine.downloads.cached_editors import cached_editors
from engine.downloads.hub import hub_endpoint
from engine.downloads.hub_cache import cached_models, cached_repositories
from engine.downloads.retry_policy import DEFAULT_RETRIES
from engine.errors import ErrorReport
from engine.library import ModelCard
from engine.library.catalogue import CatalogueEntry
from engine.library.file_copy import files_below, remove_tree, total_size
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.models.model_list import library


class DownloadPhase(StrEnum):
    """The phase of a model of the catalogue."""

    OFFERED = "offered"
    WAITING = "waiting"
    """Waits until the download before it has ended."""
    RUNNING = "running"
    STOPPING = "stopping"
    PARTIAL = "partial"
    """Partly downloaded; the download can be resumed."""
    INSTALLED = "installed"


ACTIVE = (DownloadPhase.WAITING, DownloadPhase.RUNNING, DownloadPhase.STOPPING)


@dataclass(frozen=True, slots=True)
class DownloadState:
    """The state of a model of the catalogue, as its row shows it."""

    phase: DownloadPhase = DownloadPhase.OFFERED
    progress: DownloadProgress | None = None
    report: ErrorReport | None = None
    """Why the latest download failed."""
    model: Path | None = None
    """Its path, if it is installed."""
    is_cached: bool = False
    """Whether it is complete in the cache of the hub's client, so that no download is needed."""


class ModelDownloads(QObject):
    """Runs downloads and emits `changed` for each change. Partial downloads are kept on disk."""

    changed = Signal(object)
    """The `CatalogueEntry` whose state has changed."""
    found = Signal(object)
    """A `CatalogueEntry` outside the catalogue, for a model that another program has downloaded."""

    def __init__(
        self,
        entries: Sequence[CatalogueEntry],
        models: InstalledModels,
        parent: QObject | None = None,
        *,
        endpoint: str | None = None,
        retry_policy: RetryPolicy = DEFAULT_RETRIES,
    ) -> None:
        super().__init__(parent)
        self._listed = tuple(entries)
        self.entries = self._listed
        self._endpoint, self._retry_policy = endpoint, retry_policy
        self._models = models
        self._states = {entry.id: DownloadState() for entry in entries}
        self._tokens: dict[str, CancelToken] = {}
        self._is_closed = False
        self._background = Background(self, workers=1)
        self._reads = Background(self, workers=1)

    def state(self, entry: CatalogueEntry) -> DownloadState:
        """The state of an entry."""
        return self._states[entry.id]

    @property
    def is_active(self) -> bool:
        """Whether a download runs or waits."""
        return any(state.phase in ACTIVE for state in self._states.values())

    def refresh(self) -> None:
        """Read again which models are installed, cached or partly downloaded."""
        if self._is_closed:
            return
        read = partial(_read_states, self._listed, self._models.cards)
        self._reads.submit(read, self._on_states_read, lambda _: None)

    def start(self, entry: CatalogueEntry, token: str = "") -> None:
        """Download a model, or resume its download.

        Without a token, the token of the hub's own client is used if there is one.
        """
        if self.state(entry).phase in ACTIVE:
            return
        self._tokens[entry.id] = cancel = CancelToken()
        self._show(entry, DownloadState(DownloadPhase.WAITING, is_cached=self.state(entry).is_cached))
        self._background.submit(
            partial(self._download, entry, token, cancel),
            partial(self._on_finished, entry),
            partial(self._on_failed, entry),
        )

    def cancel(self, entry: CatalogueEntry) -> None:
        """Cancel a download; the partial download is kept."""
        if self.state(entry).phase in ACTIVE:
            self._tokens[entry.id].cancel()
            self._show(entry, replace(self.state(entry), phase=DownloadPhase.STOPPING))

    def discard(self, entry: CatalogueEntry) -> None:
        """Delete a partial download."""
        if self.state(entry).phase is DownloadPhase.PARTIAL:
            folder = library().staging_folder / entry.id
            read = self._refresh_after
            self._reads.submit(partial(remove_tree, folder), read, read)

    def _refresh_after(self, _: object) -> None:
        self.refresh()

    def find_page(self, entry: CatalogueEntry, success: Callable[[str], None]) -> None:
        """Call `success` with the address of the model's page on the hub."""

        def find() -> str:
            return f"{self._endpoint or hub_endpoint()}/{entry.repository}"

        self._reads.submit(find, success, lambda _: None)

    def close(self) -> None:
        """Cancel all downloads and wait until they have ended."""
        self._is_closed = True
        for token in self._tokens.values():
            token.cancel()
        self._background.close()
        self._reads.close()

    def _download(self, entry: CatalogueEntry, token: str, cancel: CancelToken) -> ModelCard | None:
        with suppress(Cancelled):
            cancel.raise_if_cancelled()
            return download_model(
                entry,
                library(),
                token=token or None,
                endpoint=self._endpoint,
                on_progress=self._background.relayed(partial(self._on_progressed, entry), cancel),
                cancel=cancel,
                retries=self._retry_policy,
            )
        return None

    def _on_progressed(self, entry: CatalogueEntry, progress: DownloadProgress) -> None:
        state = self.state(entry)
        if state.phase in ACTIVE:
            phase = DownloadPhase.RUNNING if state.phase is DownloadPhase.WAITING else state.phase
            self._show(entry, replace(state, phase=phase, progress=progress))

    def _on_finished(self, entry: CatalogueEntry, card: ModelCard | None) -> None:
        if card is None:
            self._show(entry, DownloadState(DownloadPhase.PARTIAL))
            self.refresh()
        else:
            self._show(entry, DownloadState(DownloadPhase.INSTALLED, model=card.path))
            self._models.reload()

    def _on_failed(self, entry: CatalogueEntry, report: ErrorReport) -> None:
        self._show(entry, DownloadState(DownloadPhase.OFFERED, report=report))
        self.refresh()

    def _on_states_read(self, states: list[tuple[CatalogueEntry, DownloadState]]) -> None:
        for entry, _ in states:
            if entry.id not in self._states:
                self.entries = (*self.entries, entry)
                self._states[entry.id] = DownloadState()
                self.found.emit(entry)
        seen = {entry.id: state for entry, state in states}
        for entry in self.entries:
            known = self.state(entry)
            if known.phase not in ACTIVE:
                state = seen.get(entry.id, DownloadState())
                self._show(entry, replace(state, report=known.report))

    def _show(self, entry: CatalogueEntry, state: DownloadState) -> None:
        if state != self.state(entry):
            self._states[entry.id] = state
            self.changed.emit(entry)


def _read_states(
    listed: Sequence[CatalogueEntry], cards: Sequence[ModelCard]
) -> list[tuple[CatalogueEntry, DownloadState]]:
    """The states of the listed entries and of editing models in the cache of the hub's client."""
    by_source = {card.source: card.path for card in cards if card.source}
    repositories = cached_repositories()
    entries = (*listed, *cached_editors(listed, repositories))
    cached = cached_models(entries, repositories)
    return [(entry, _state_of(entry, by_source.get(entry.source), entry.id in cached)) for entry in entries]


def _state_of(entry: CatalogueEntry, model: Path | None, is_cached: bool) -> DownloadState:
    if model is not None:
        return DownloadState(DownloadPhase.INSTALLED, model=model)
    folder = library().staging_folder / entry.id
    arrived = total_size(files_below(folder)) if folder.is_dir() else 0
    if not arrived:
        return DownloadState(is_cached=is_cached)
    return DownloadState(DownloadPhase.PARTIAL, DownloadProgress(arrived, max(entry.size, arrived)))
