"""The page of the models that can be downloaded."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.library.catalogue import CatalogueEntry
from ip2p_desktop.models.dialog import model_texts
from ip2p_desktop.models.dialog.entry_row import EntryRow
from ip2p_desktop.models.dialog.library_client import LibraryClient, LibraryListing, LibraryTask
from ip2p_desktop.models.dialog.model_downloads import DownloadPhase, ModelDownloads
from ip2p_desktop.models.dialog.models_page import ModelsPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.widgets.system_viewer import show_in_system


class CataloguePage(ModelsPage):
    """Shows a row for each entry, with the state of its download."""

    model_chosen = Signal(object)
    """`Path` of the model to use."""

    def __init__(
        self, downloads: ModelDownloads, library: LibraryClient, parent: QWidget | None = None
    ) -> None:
        super().__init__("catalogue_page", parent)
        self.downloads = downloads
        self._library = library
        self.free_space = named(body_label("", role="hint"), "free_space")
        self.top.addWidget(
            body_label(self.tr("Downloaded once, a model works without a network. Your photos stay here."))
        )
        self.top.addWidget(self.free_space)
        self.top.addWidget(self.notice)
        self.entry_rows: dict[str, EntryRow] = {}
        for entry in downloads.entries:
            self._add_row(entry)
        downloads.found.connect(self._add_row)
        downloads.changed.connect(self._on_changed)
        library.listed.connect(self._on_listed)
        library.began.connect(self._on_began)
        library.ended.connect(self._on_ended)

    def _add_row(self, entry: CatalogueEntry) -> None:
        row = self.entry_rows[entry.id] = EntryRow(entry)
        row.download_requested.connect(partial(self.downloads.start, entry))
        row.cancel_requested.connect(partial(self.downloads.cancel, entry))
        row.discard_requested.connect(partial(self.downloads.discard, entry))
        row.use_requested.connect(partial(self._use, entry))
        row.page_requested.connect(partial(self.downloads.find_page, entry, self._open_page))
        self.rows.addWidget(row)

    def _on_changed(self, entry: CatalogueEntry) -> None:
        self.entry_rows[entry.id].show_state(self.downloads.state(entry))

    def _on_listed(self, listing: LibraryListing) -> None:
        self.free_space.setText(model_texts.free_space_text(listing.free))

    def _on_began(self, task: LibraryTask, name: str) -> None:
        self._allow_downloads(task is not LibraryTask.MOVING)

    def _on_ended(self, outcome: object) -> None:
        self._allow_downloads(True)

    def _allow_downloads(self, allowed: bool) -> None:
        for row in self.entry_rows.values():
            row.allow_download(allowed)

    def _use(self, entry: CatalogueEntry) -> None:
        state = self.downloads.state(entry)
        if state.phase is DownloadPhase.INSTALLED and state.model is not None:
            self.model_chosen.emit(state.model)

    def _open_page(self, address: str) -> None:
        show_in_system(address, self)
