"""The menu of photos, projects and sessions opened last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ip2p_desktop.session.store.session_folder import SessionTitle
from ip2p_desktop.widgets.literal_text import button_text, tooltip_text

LONGEST_NAME = 60


class RecentMenu(QMenu):
    """Emits `about_to_fill` before it opens; then `fill` sets its entries."""

    about_to_fill = Signal()
    file_chosen = Signal(object)
    """`Path`."""
    session_chosen = Signal(object)
    """`Path` of the folder of a session."""
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Open &recent"))
        self.setObjectName("recent_menu")
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.about_to_fill)

    def fill(self, files: Sequence[Path], sessions: Sequence[SessionTitle]) -> None:
        """Show files, the latest first, and earlier sessions below them."""
        self.clear()
        for file in files:
            action = self.addAction(_plain(file.name))
            action.setToolTip(tooltip_text(str(file)))
            action.triggered.connect(lambda _=False, chosen=file: self.file_chosen.emit(chosen))
        if sessions:
            self.addSection(self.tr("Earlier sessions"))
        for session in sessions:
            action = self.addAction(_plain(self.session_text(session)))
            folder = session.folder
            action.triggered.connect(lambda _=False, chosen=folder: self.session_chosen.emit(chosen))
        self.addSeparator()
        clear = self.addAction(self.tr("Clear this list of files"))
        clear.setEnabled(bool(files))
        clear.triggered.connect(self.clear_requested)

    def session_text(self, session: SessionTitle) -> str:
        """The first photo of a session, and when it was changed last."""
        changed = QDateTime.fromSecsSinceEpoch(round(session.changed))
        when = QLocale().toString(changed, QLocale.FormatType.ShortFormat)
        name = session.name or self.tr("without a photo")
        return self.tr("Session {name} · {when}").format(name=name, when=when)


def _plain(text: str) -> str:
    return button_text(text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…")
