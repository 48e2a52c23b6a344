"""Installs edit packs off the GUI thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.edit_packs.pack_installation import InstalledPack, install_pack
from engine.library import BytesCallback, ModelLibrary, ignore_bytes
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.engine_loading import load_libraries
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.models.model_list import read_models


def install_edit_pack(
    path: Path,
    library: ModelLibrary,
    *,
    on_progress: BytesCallback = ignore_bytes,
    cancel: CancelToken | None = None,
) -> InstalledPack:
    """The installed pack, beside the starter and the user's own models. Raises as `install_pack`."""
    load_libraries(cancel or CancelToken())
    return install_pack(path, library, read_models().cards, on_progress=on_progress, cancel=cancel)


class EditPackInstaller(QObject):
    """Installs packs one after the other; a new model is then in the list of models."""

    began = Signal(str)
    """Name of the file that is being installed."""
    installed = Signal(object)
    """`InstalledPack`."""
    failed = Signal(object)
    """`ErrorReport`."""

    def __init__(self, models: InstalledModels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._background = Background(self, workers=1)
        self._cancel = CancelToken()

    def install(self, path: Path) -> None:
        """Install a pack; emits `installed` or `failed`, unless the program is closed meanwhile."""
        self.began.emit(path.name)
        self._background.submit(partial(self._install, path), self._on_installed, self.failed.emit)

    def shut_down(self) -> None:
        """Cancel the installation, which leaves nothing behind, and wait until it has ended."""
        self._cancel.cancel()
        self._background.close()

    def _install(self, path: Path) -> InstalledPack | None:
        try:
            return install_edit_pack(path, ModelLibrary(paths.models_folder), cancel=self._cancel)
        except Cancelled:
            return None

    def _on_installed(self, outcome: InstalledPack | None) -> None:
        if outcome is None:
            return
        if not outcome.was_there:
            self._models.reload()
        self.installed.emit(outcome)
