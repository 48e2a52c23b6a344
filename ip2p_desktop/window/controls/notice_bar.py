"""The bar that shows notices of the window."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QHideEvent,
    QShowEvent,
)
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
from ip2p_desktop.base.crashes.crash_reports import report_of
from ip2p_desktop.base.error_details import error_details
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.scrolling_column import ScrollingColumn
from ip2p_desktop.widgets.theme import restyle

MIN_DURATION_MS = 5000
"""Shortest duration of a message."""
READING_MS_PER_CHARACTER = 60
"""Duration of a message for each character."""


class NoticeBar(QFrame):
    """Shows one notice.

    Errors, offers and advice stay until they are dismissed or resolved; messages disappear after a time. A
    cause is a name that is given with a notice and later passed to `resolve`.
    """

    log_requested = Signal()
    crash_report_requested = Signal(object)
    """`Path` of a report about the error that is shown."""
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
        self.copy_button = named(QPushButton(self.tr("Copy details"), self), "notice_copy")
        self.copy_button.setToolTip(self.tr("Copy the error with what others need to find its cause"))
        self._report: ErrorReport | None = None
        self.other_button = named(QPushButton(self), "notice_other_action")
        self.close_button = named(QToolButton(self), "notice_close")
        self.close_button.setAccessibleName(self.tr("Dismiss"))
        self.close_button.setToolTip(self.tr("Dismiss"))
        set_icon(self.close_button, "close")
        self._causes: frozenset[str] = frozenset()
        self._action: Callable[[], None] | None = None
        self._other_action: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=MIN_DURATION_MS)
        self._lay_out()
        self._timer.timeout.connect(self.clear)
        self.close_button.clicked.connect(self.dismiss)
        self.action_button.clicked.connect(self._act)
        self.copy_button.clicked.connect(self._copy_details)
        self.other_button.clicked.connect(self._act_otherwise)
        self.hide()

    def _lay_out(self) -> None:
        texts = QWidget()
        column = QVBoxLayout(texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.message)
        column.addWidget(self.advice)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(12)
        layout.addWidget(self._symbol)
        layout.addWidget(ScrollingColumn(texts), 1)
        layout.addWidget(self.copy_button)
        layout.addWidget(self.other_button)
        layout.addWidget(self.action_button)
        layout.addWidget(self.close_button)

    def show_error(
        self,
        report: ErrorReport,
        causes: Collection[str] = (),
        *,
        remark: str = "",
        action: str = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        """Show an error with its advice and a remark; a button calls `act`, that of an unexpected one shows
        its crash report, or the log if there is none."""
        is_unexpected = report.kind == UnexpectedError.kind
        message, advice = error_text(report)
        self._fill("error", message, f"{advice} {remark}".strip(), causes)
        self._report = report
        self.copy_button.show()
        if is_unexpected and (file := report_of(report)) is not None:
            self._offer(self.tr("Show the report"), partial(self.crash_report_requested.emit, file))
        elif is_unexpected:
            self._offer(self.tr("Show log"), self.log_requested.emit)
        elif act is not None:
            self._offer(action, act)
        self._timer.stop()
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
        """Show a message that disappears after a time that depends on its length; a button calls `act`."""
        self._fill("info", text, advice, causes)
        if act is not None:
            self._offer(action, act)
        self._timer.start(max(MIN_DURATION_MS, READING_MS_PER_CHARACTER * len(f"{text} {advice}")))
        self.show()

    def show_offer(
        self,
        text: str,
        action: str,
        act: Callable[[], None],
        *,
        other: str = "",
        act_otherwise: Callable[[], None] | None = None,
        advice: str = "",
        causes: Collection[str] = (),
    ) -> None:
        """Show a message with one button, or two; it stays until it is dismissed or resolved."""
        self.show_message(text, action, act, advice=advice, causes=causes)
        if act_otherwise is not None:
            self._other_action = act_otherwise
            self.other_button.setText(other)
            self.other_button.show()
        self._timer.stop()

    def show_advice(self, text: str, advice: str, causes: Collection[str] = ()) -> None:
        """Show a message with advice; it stays until it is dismissed or resolved."""
        self.show_message(text, advice=advice, causes=causes)
        self._timer.stop()

    def resolve(self, cause: str) -> None:
        """Hide the notice if this is one of its causes."""
        if cause in self._causes:
            self.clear()

    def clear(self) -> None:
        """Hide the notice."""
        self._timer.stop()
        self._causes = frozenset()
        self.hide()

    def dismiss(self) -> None:
        """Hide the notice and emit `dismissed`."""
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
        self.copy_button.hide()
        self.other_button.hide()
        spoken = f"{message} {advice}".strip()
        self.setAccessibleName(spoken)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def _offer(self, text: str, act: Callable[[], None]) -> None:
        self._action = act
        self.action_button.setText(text)
        self.action_button.show()

    def _copy_details(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(error_details(self._report))

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _act_otherwise(self) -> None:
        if self._other_action is not None:
            self._other_action()
