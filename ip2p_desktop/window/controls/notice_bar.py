"""The one place where the window says that something happened."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport, UnexpectedError
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.theme import restyle

PASSING_MS = 5000
"""How long a notice stays that asks for nothing, at least."""
READING_MS = 60
"""For every character: long ones take longer to read."""


class NoticeBar(QFrame):
    """Errors, offers and advice stay until their cause is gone or they are dismissed; other notices pass.

    A cause is a name known to those who show the notice and to those who remove the cause.
    """

    log_requested = Signal()
    dismissed = Signal()
    shown_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_bar")
        self._symbol = QLabel(self)
        self.message = named(QLabel(self, wordWrap=True), "notice_message")
        self.advice = named(QLabel(self, wordWrap=True), "notice_advice")
        self.message.setProperty("role", "section")
        for label in (self.message, self.advice):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.action_button = named(QPushButton(self), "notice_action")
        self.close_button = named(QToolButton(self), "notice_close")
        self.close_button.setAccessibleName(self.tr("Dismiss"))
        self.close_button.setToolTip(self.tr("Dismiss"))
        set_icon(self.close_button, "close")
        self._causes: frozenset[str] = frozenset()
        self._action: Callable[[], None] | None = None
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._lay_out()
        self._passing.timeout.connect(self.clear)
        self.close_button.clicked.connect(self.dismiss)
        self.action_button.clicked.connect(self._act)
        self.hide()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.message)
        texts.addWidget(self.advice)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(12)
        layout.addWidget(self._symbol)
        layout.addLayout(texts, 1)
        layout.addWidget(self.action_button)
        layout.addWidget(self.close_button)

    def show_error(self, report: ErrorReport, causes: Collection[str] = ()) -> None:
        """Say what went wrong, in the report's own words."""
        is_unexpected = report.kind == UnexpectedError.kind
        self._fill("error", report.message, report.advice, causes)
        if is_unexpected:
            self._offer(self.tr("Show log"), self.log_requested.emit)
        self._passing.stop()
        self.show()

    def show_message(
        self,
        text: str,
        action: str = "",
        act: Callable[[], None] | None = None,
        *,
        advice: str = "",
        causes: Collection[str] = (),
    ) -> None:
        """Say something that needs no answer; it goes by itself."""
        self._fill("calm", text, advice, causes)
        if act is not None:
            self._offer(action, act)
        self._passing.start(max(PASSING_MS, READING_MS * len(f"{text} {advice}")))
        self.show()

    def show_offer(
        self,
        text: str,
        action: str,
        act: Callable[[], None],
        *,
        advice: str = "",
        causes: Collection[str] = (),
    ) -> None:
        """Offer something; it waits until it is taken or dismissed, or its cause is gone."""
        self.show_message(text, action, act, advice=advice, causes=causes)
        self._passing.stop()

    def show_advice(self, text: str, advice: str, causes: Collection[str] = ()) -> None:
        """Say what can be tried; it stays until it is dismissed or its cause is gone."""
        self.show_message(text, advice=advice, causes=causes)
        self._passing.stop()

    def resolve(self, cause: str) -> None:
        """Take the notice away if this was a cause of it."""
        if cause in self._causes:
            self.clear()

    def clear(self) -> None:
        """Take away whatever is shown."""
        self._passing.stop()
        self._causes = frozenset()
        self.hide()

    def dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.shown_changed.emit(not self.isHidden())

    def _fill(self, tone: str, message: str, advice: str, causes: Collection[str]) -> None:
        self._causes = frozenset(causes)
        for widget in (self, self._symbol):
            widget.setProperty("tone", tone)
            restyle(widget)
        set_icon(self._symbol, "warning" if tone == "error" else "info")
        self.message.setText(message)
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self.action_button.hide()
        spoken = f"{message} {advice}".strip()
        self.setAccessibleName(spoken)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def _offer(self, text: str, act: Callable[[], None]) -> None:
        self._action = act
        self.action_button.setText(text)
        self.action_button.show()

    def _act(self) -> None:
        if self._action is not None:
            self._action()
