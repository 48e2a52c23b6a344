"""Controls edit packs that are dropped or opened: installs them, and offers to use them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from engine.edit_packs.pack_installation import InstalledPack
from engine.errors import ErrorReport
from ip2p_desktop.models.edit_packs import EditPackInstaller
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.models.model_selection import ModelSelectionController

NOTICE = "edit pack"
"""Cause of the notices about packs."""


class EditPackController(QObject):
    """Connects the files that are opened with the installer, the notices and the document."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        files: PhotoFiles,
        models: InstalledModels,
        selection: ModelSelectionController,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._selection = window, document, selection
        self.installer = EditPackInstaller(models, self)
        files.edit_pack_offered.connect(self.installer.install)
        self.installer.began.connect(self._on_began)
        self.installer.installed.connect(self._on_installed)
        self.installer.failed.connect(self._on_failed)

    def shut_down(self) -> None:
        """Cancel the installation and wait until it has ended."""
        self.installer.shut_down()

    def use(self, installed: InstalledPack) -> None:
        """Choose the model, and put its instruction into the box."""
        self._window.notice_bar.resolve(NOTICE)
        if installed.pack.instructions:
            self._document.change(instruction=installed.pack.instructions[0])
        self._selection.choose(installed.card.path)
        self._window.composer.instruction_box.setFocus()

    def _on_began(self, name: str) -> None:
        text = self.tr("Adding the edit in {name}…").format(name=name)
        self._window.notice_bar.show_advice(text, "", causes=(NOTICE,))

    def _on_installed(self, installed: InstalledPack) -> None:
        text = self.tr("“{name}” is there already.") if installed.was_there else self.tr("“{name}” is added.")
        self._window.notice_bar.show_offer(
            text.format(name=installed.card.name),
            self.tr("Use it"),
            partial(self.use, installed),
            advice=self._about(installed),
            causes=(NOTICE,),
        )

    def _about(self, installed: InstalledPack) -> str:
        """Its first instruction, and its licence."""
        parts = []
        if installed.pack.instructions:
            parts.append(
                self.tr("Edits with “{instruction}”.").format(instruction=installed.pack.instructions[0])
            )
        if installed.card.licence:
            parts.append(self.tr("Licence: {licence}.").format(licence=installed.card.licence))
        return " ".join(parts)

    def _on_failed(self, report: ErrorReport) -> None:
        self._window.notice_bar.show_error(report, causes=(NOTICE,))
