"""The dialog of all sessions on disk: their sizes, and deleting those that are no longer needed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.files.disk_space import size_text
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.store.session_folder import (
    SessionFolder,
    SessionSummary,
    session_paths,
    summarize,
)
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label

MARGIN = 24
SIZE = QSize(680, 560)
SMALLEST_SIZE = QSize(480, 360)


class SessionsDialog(QDialog):
    """Lists the sessions, the latest first. Those that are open cannot be deleted."""

    session_chosen = Signal(object)
    """`Path` of the session to open."""

    def __init__(self, folder: Path, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessions_dialog")
        self.setWindowTitle(self.tr("Sessions and disk space"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._folder, self._preferences = folder, preferences
        self._background = Background(self, workers=1)
        self.rows: list[SessionRow] = []
        self.total = body_label("", role="section")
        self.notice = Notice()
        self.notice.hide()
        self.close_button = plain_button("close_sessions", self.tr("Close"))
        self._list = QVBoxLayout()
        self._lay_out()
        self.close_button.clicked.connect(self.accept)

    def refresh(self) -> None:
        """Read the list again, in the background."""
        self._background.submit(partial(_read, self._folder), self._show_sessions, self.notice.show_report)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._background.close()

    def _lay_out(self) -> None:
        content = named(QWidget(), "sessions_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN)
        column.setSpacing(12)
        explanation = self.tr(
            "Every photo that you open and every result is kept here, until you delete its session. "
            "The size above which the window tells you is in the preferences."
        )
        column.addWidget(self.total)
        column.addWidget(body_label(explanation, role="hint"))
        column.addWidget(self.notice)
        self._list.setSpacing(10)
        column.addLayout(self._list)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(line)
        layout.addLayout(foot)

    def _show_sessions(self, sessions: list[SessionSummary]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [SessionRow(session) for session in sessions]
        for row in self.rows:
            row.opened.connect(partial(self._open, row.session))
            row.removal_requested.connect(partial(self._delete, row.session))
            self._list.addWidget(row)
        used = size_text(sum(session.byte_count for session in sessions))
        if budget := self._preferences.session_budget:
            text = self.tr("Your sessions take {used} of {budget} GB.")
            self.total.setText(text.format(used=used, budget=budget))
        else:
            self.total.setText(self.tr("Your sessions take {used}.").format(used=used))

    def _open(self, session: SessionSummary) -> None:
        self.session_chosen.emit(session.folder)
        self.accept()

    def _delete(self, session: SessionSummary) -> None:
        self.notice.hide()
        self._background.submit(
            partial(_delete, session.folder), lambda _: self.refresh(), self.notice.show_report
        )


class SessionRow(Surface):
    """Shows a session with its actions. Deleting it asks for confirmation in the row."""

    opened = Signal()
    removal_requested = Signal()

    def __init__(self, session: SessionSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName(f"session_{session.folder.name}")
        name = session.name or self.tr("Without a photo")
        self.open = self._button("open_session", self.tr("Open"), self.tr("Open {name}"), name)
        self.remove = self._button("delete_session", self.tr("Delete"), self.tr("Delete {name}"), name)
        self.keep = self._button("keep_session", self.tr("Keep"), self.tr("Keep {name}"), name)
        self.confirm = self._button(
            "confirm_deletion", self.tr("Delete for good"), self.tr("Delete {name} for good"), name
        )
        question = self.tr("Its photos and results are deleted; files that you saved elsewhere stay.")
        self.question = body_label(question, role="hint")
        self._lay_out(name)
        self._show_question(False)
        self.open.clicked.connect(self.opened)
        self.remove.clicked.connect(lambda: self._show_question(True))
        self.keep.clicked.connect(lambda: self._show_question(False))
        self.confirm.clicked.connect(self.removal_requested)

    def _button(self, name: str, text: str, spoken: str, session: str) -> QPushButton:
        return plain_button(name, text, spoken.format(name=session))

    def _lay_out(self, name: str) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(3)
        self.facts = QLabel(self._facts())
        self.facts.setProperty("role", "hint")
        for label in (body_label(name, role="section"), self.facts, self.question):
            texts.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(texts, 1)
        for button in (self.remove, self.open, self.keep, self.confirm):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(row)

    def _facts(self) -> str:
        changed = QDateTime.fromSecsSinceEpoch(round(self.session.changed))
        when = QLocale().toString(changed, QLocale.FormatType.ShortFormat)
        images = self.tr("Photos and results: {count}").format(count=self.session.image_count)
        facts = [images, size_text(self.session.byte_count), when]
        return " · ".join([*facts, *([self.tr("open now")] if self.session.is_open else [])])

    def _show_question(self, is_shown: bool) -> None:
        for button in (self.open, self.remove):
            button.setVisible(not is_shown and not self.session.is_open)
        for widget in (self.keep, self.confirm, self.question):
            widget.setVisible(is_shown)
        if is_shown:
            self.keep.setFocus()


def _read(folder: Path) -> list[SessionSummary]:
    return [summarize(path) for path in session_paths(folder)]


def _delete(path: Path) -> None:
    """Raises `SessionUnreadable` if it is open, `OutputNotWritable` if it cannot be deleted."""
    SessionFolder.open(path).delete()
