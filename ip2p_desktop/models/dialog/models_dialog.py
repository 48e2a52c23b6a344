"""The dialog of models. Downloads continue after it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport, ModelNotUsable
from engine.library.catalogue import CatalogueEntry, read_catalogue
from ip2p_desktop.base.engine_loading import recognise_model
from ip2p_desktop.models.dialog.catalogue_page import CataloguePage
from ip2p_desktop.models.dialog.installed_page import InstalledPage
from ip2p_desktop.models.dialog.library_client import LibraryClient, Recogniser
from ip2p_desktop.models.dialog.model_downloads import ModelDownloads
from ip2p_desktop.models.dialog.models_page import MARGIN, ModelsPage
from ip2p_desktop.models.dialog.preview_picker import ResultSource
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.screen_fit import fit_to_screen

SIZE, SMALLEST_SIZE = QSize(760, 640), QSize(560, 380)


class ModelsDialog(QDialog):
    """Two pages: the models on this computer, and those to download."""

    model_chosen = Signal(object)
    """`Path` of the model to use."""
    folder_requested = Signal()
    """Show the folder of the models in the system's file manager."""

    def __init__(
        self,
        models: InstalledModels,
        parent: QWidget | None = None,
        *,
        entries: Sequence[CatalogueEntry] | None = None,
        recognise: Recogniser = recognise_model,
        result: ResultSource = lambda: None,
        endpoint: str | None = None,
    ) -> None:
        """Without `entries` the shipped catalogue is shown; without `endpoint` the hub's own is used.

        `result` gives the result in the window, which can become the preview of a model.
        """
        super().__init__(parent)
        self.setObjectName("models_dialog")
        self.setWindowTitle(self.tr("Models"))
        self.setModal(False)
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        offered, problem = (entries, None) if entries is not None else _shipped()
        self.models = models
        self.library = LibraryClient(models, recognise, self)
        self.downloads = ModelDownloads(offered, models, self, endpoint=endpoint)
        self.installed_page = InstalledPage(self.library, result)
        self.catalogue_page = CataloguePage(self.downloads, self.library)
        self.catalogue_page.notice.show_report(problem)
        self.pages = QStackedWidget()
        self.tabs = QButtonGroup(self)
        self.close_button = plain_button("close_models", self.tr("Close"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        tabs.setContentsMargins(MARGIN - 6, 10, MARGIN, 0)
        tabs.setSpacing(6)
        tabs.addWidget(self._tab("installed_tab", self.tr("On this computer"), self.installed_page))
        tabs.addWidget(self._tab("catalogue_tab", self.tr("Get more"), self.catalogue_page))
        tabs.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(tabs)
        layout.addWidget(_line())
        layout.addWidget(self.pages, 1)
        layout.addWidget(_line())
        layout.addLayout(foot)
        self.tabs.buttons()[0].setChecked(True)

    def _tab(self, name: str, text: str, page: ModelsPage) -> QPushButton:
        tab = plain_button(name, text)
        tab.setProperty("role", "tab")
        tab.setCheckable(True)
        self.tabs.addButton(tab)
        self.pages.addWidget(page)
        tab.clicked.connect(lambda: self.pages.setCurrentWidget(page))
        return tab

    def _connect(self) -> None:
        for page in (self.installed_page, self.catalogue_page):
            page.model_chosen.connect(self.model_chosen)
        self.installed_page.folder_requested.connect(self.folder_requested)
        self.downloads.changed.connect(self._on_download_changed)
        self.models.changed.connect(self._on_models_changed)
        self.close_button.clicked.connect(self.reject)

    def refresh(self) -> None:
        """Read the list of models again, and their details if the dialog is visible."""
        self.models.reload()

    def show_catalogue(self) -> None:
        """Show the page of models to download."""
        self.tabs.buttons()[1].click()

    def show_used(self, model: Path | None) -> None:
        """Mark the model that edits."""
        self.installed_page.show_used(model)

    def shut_down(self) -> None:
        """Cancel all tasks and downloads and wait until they have ended."""
        self.downloads.close()
        self.library.close()

    def reject(self) -> None:
        """Hide the dialog."""
        self.hide()

    def _on_models_changed(self) -> None:
        if self.isVisible():  # the list is reloaded whenever the dialog opens
            self.library.read_details()
            self.downloads.refresh()

    def _on_download_changed(self, entry: CatalogueEntry) -> None:
        self.installed_page.allow_moving(not self.downloads.is_active)


def _shipped() -> tuple[tuple[CatalogueEntry, ...], ErrorReport | None]:
    try:
        return read_catalogue(), None
    except ModelNotUsable as error:
        return (), error.report()


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    return line
