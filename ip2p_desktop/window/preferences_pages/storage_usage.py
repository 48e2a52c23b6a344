"""How much disk space the sessions use, and the button to their dialog."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.files.disk_space import size_text
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.store.session_folder import disk_usage
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.surfaces import body_label


class StorageUsage(QWidget):
    """Counts in the background, when it is asked to."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("storage_usage")
        self._folder = folder
        self._background = Background(self, workers=1, is_latest_only=True)
        self.used = body_label("")
        self.sessions_button = plain_button("show_sessions", self.tr("Free disk space…"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.used, 1)
        layout.addWidget(self.sessions_button)

    def refresh(self) -> None:
        """Count again."""
        self._background.submit(partial(disk_usage, self._folder), self._show_bytes, self._on_failed)

    def shut_down(self) -> None:
        """Wait until the thread has ended."""
        self._background.cancel()
        self._background.close()

    def _show_bytes(self, count: int) -> None:
        self.used.setText(self.tr("Your sessions take {used}.").format(used=size_text(count)))

    def _on_failed(self, report: ErrorReport) -> None:
        self.used.setText("")
