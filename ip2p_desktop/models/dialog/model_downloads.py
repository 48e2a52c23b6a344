"""Models on their way from the hub: one after the other, each kept where it stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.downloads import DownloadProgress, RetryPolicy, download_model
from engine.downloads.retry_policy import USUAL
from engine.errors import ErrorReport, OutputNotWritable
from engine.library import ModelCard, ModelLibrary
from engine.library.catalogue import CatalogueEntry
from engine.library.file_copy import files_below, remove_tree, total_size
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background


class DownloadPhase(StrEnum):
    """Where a model of the catalogue stands."""

    OFFERED = "offered"
    WAITING = "waiting"
    """For the download before it."""
    RUNNING = "running"
    STOPPING = "stopping"
    PARTIAL = "partial"
    """Some of it is here; the download can go on."""
    INSTALLED = "installed"


ACTIVE = (DownloadPhase.WAITING, DownloadPhase.RUNNING, DownloadPhase.STOPPING)


@dataclass(frozen=True, slots=True)
class DownloadState:
    """How a model of the catalogue is shown."""

    phase: DownloadPhase = DownloadPhase.OFFERED
    progress: DownloadProgress | None = None
    report: ErrorReport | None = None
    """Why the last try ended."""
    model: Path | None = None
    """Where it lies, once it is installed."""


class ModelDownloads(QObject):
    """Fetches models; tells of every change by `changed`. What has arrived survives closing the app."""

    changed = Signal(object)
    """The `CatalogueEntry` whose state is another."""
    installed = Signal(object)
    """The `ModelCard` of a model that has just arrived."""

    _progressed = Signal(object, object)

    def __init__(
        self,
        entries: Sequence[CatalogueEntry],
        library_changing: threading.Lock,
        parent: QObject | None = None,
        *,
        endpoint: str | None = None,
        patience: RetryPolicy = USUAL,
    ) -> None:
        """`library_changing` is held while the library is changed elsewhere; an arrival waits for it."""
        super().__init__(parent)
        self.entries = tuple(entries)
        self._endpoint, self._patience = endpoint, patience
        self._library_changing = library_changing
        self._states = {entry.id: DownloadState() for entry in entries}
        self._tokens: dict[str, CancelToken] = {}
        self._is_closed = False
        self._background = Background(self, workers=1)
        self._surveys = Background(self, workers=1)
        self._progressed.connect(self._on_progressed)

    def state(self, entry: CatalogueEntry) -> DownloadState:
        return self._states[entry.id]

    @property
    def is_active(self) -> bool:
        return any(state.phase in ACTIVE for state in self._states.values())

    def survey(self) -> None:
        """See anew what is installed, and of what a part is here."""
        if self._is_closed:
            return
        self._surveys.submit(partial(_survey, self.entries), self._on_surveyed, lambda _: None)

    def start(self, entry: CatalogueEntry, token: str = "") -> None:
        """Fetch it, or go on. Without a token, that of the hub's own client is used if there is one."""
        if self.state(entry).phase in ACTIVE:
            return
        self._tokens[entry.id] = cancel = CancelToken()
        self._show(entry, DownloadState(DownloadPhase.WAITING))
        self._background.submit(
            partial(self._fetch, entry, token, cancel),
            partial(self._on_ended, entry),
            partial(self._on_failed, entry),
        )

    def cancel(self, entry: CatalogueEntry) -> None:
        """Stop; what has arrived is kept."""
        if self.state(entry).phase in ACTIVE:
            self._tokens[entry.id].cancel()
            self._show(entry, DownloadState(DownloadPhase.STOPPING, self.state(entry).progress))

    def discard(self, entry: CatalogueEntry) -> None:
        """Throw away what has arrived of a model that was not fetched to its end."""
        if self.state(entry).phase is DownloadPhase.PARTIAL:
            place = ModelLibrary(paths.models_folder()).aside / entry.id
            look = self._look_again
            self._surveys.submit(partial(remove_tree, place), look, look)

    def _look_again(self, _: object) -> None:
        self.survey()

    def find_page(self, entry: CatalogueEntry, success: Callable[[str], None]) -> None:
        """The address of the model's page on the hub."""

        def find() -> str:
            return f"{self._endpoint or _hub()}/{entry.repository}"

        self._surveys.submit(find, success, lambda _: None)

    def close(self) -> None:
        """Stop what runs, and wait for it."""
        self._is_closed = True
        for token in self._tokens.values():
            token.cancel()
        self._background.close()
        self._surveys.close()

    def _fetch(self, entry: CatalogueEntry, token: str, cancel: CancelToken) -> ModelCard | None:
        with suppress(Cancelled):
            cancel.raise_if_cancelled()
            return self._fetch_past_changes(entry, token or _stored_token(), cancel)
        return None

    def _fetch_past_changes(self, entry: CatalogueEntry, token: str | None, cancel: CancelToken) -> ModelCard:
        """A model that arrives while another is being copied in waits for that and is installed then."""
        while True:
            try:
                return download_model(
                    entry,
                    paths.models_folder(),
                    token=token,
                    endpoint=self._endpoint,
                    on_progress=lambda progress: self._progressed.emit(entry, progress),
                    cancel=cancel,
                    patience=self._patience,
                )
            except OutputNotWritable:
                if not self._library_changing.locked():
                    raise
                with self._library_changing:
                    cancel.raise_if_cancelled()

    def _on_progressed(self, entry: CatalogueEntry, progress: DownloadProgress) -> None:
        phase = self.state(entry).phase
        if phase in ACTIVE:
            self._show(
                entry,
                DownloadState(DownloadPhase.RUNNING if phase is DownloadPhase.WAITING else phase, progress),
            )

    def _on_ended(self, entry: CatalogueEntry, card: ModelCard | None) -> None:
        self._show(entry, DownloadState(DownloadPhase.PARTIAL if card is None else DownloadPhase.INSTALLED))
        self.survey()
        if card is not None:
            self.installed.emit(card)

    def _on_failed(self, entry: CatalogueEntry, report: ErrorReport) -> None:
        self._show(entry, DownloadState(DownloadPhase.OFFERED, report=report))
        self.survey()

    def _on_surveyed(self, found: dict[str, DownloadState]) -> None:
        for entry in self.entries:
            known, seen = self.state(entry), found[entry.id]
            if known.phase not in ACTIVE:
                self._show(entry, DownloadState(seen.phase, seen.progress, known.report, seen.model))

    def _show(self, entry: CatalogueEntry, state: DownloadState) -> None:
        if state != self.state(entry):
            self._states[entry.id] = state
            self.changed.emit(entry)


def _survey(entries: Sequence[CatalogueEntry]) -> dict[str, DownloadState]:
    library = ModelLibrary(paths.models_folder())
    by_source = {card.source: card.path for card in library.models() if card.source}
    return {entry.id: _found(entry, library, by_source.get(entry.source)) for entry in entries}


def _found(entry: CatalogueEntry, library: ModelLibrary, model: Path | None) -> DownloadState:
    if model is not None:
        return DownloadState(DownloadPhase.INSTALLED, model=model)
    place = library.aside / entry.id
    arrived = total_size(files_below(place)) if place.is_dir() else 0
    if not arrived:
        return DownloadState()
    return DownloadState(DownloadPhase.PARTIAL, DownloadProgress(arrived, max(entry.size, arrived)))


def _hub() -> str:
    """Where the hub's own client says that it is; importing it takes time."""
    from huggingface_hub import constants

    return constants.ENDPOINT


def _stored_token() -> str | None:
    """What the person has given to the hub's own client, by signing in."""
    from huggingface_hub import get_token

    return get_token()
