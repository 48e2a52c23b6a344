"""The panel above the instruction with the edits that wait."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.queue.queue_list import QueueEntry, QueueList

WIDTH = 420
MOST_ROWS = 5
"""Rows that are visible without scrolling, where there is room."""
MARGIN = 12


class QueuePanel(QFrame):
    """Lies over its parent, above `anchor`, at its right end."""

    shown_changed = Signal(bool)
    cancel_all_requested = Signal()

    def __init__(self, parent: QWidget, anchor: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("queue_panel")
        self._parent, self._anchor = parent, anchor
        self.title = named(QLabel(self.tr("Edits that wait")), "queue_title")
        self.title.setProperty("role", "section")
        self.close_button = self._tool("queue_close", "close", self.tr("Hide the queue (Esc)"))
        self.list = QueueList()
        self.up_button = self._tool("queue_up", "move-up", self.tr("Earlier (Alt+Up)"))
        self.down_button = self._tool("queue_down", "move-down", self.tr("Later (Alt+Down)"))
        self.cancel_button = named(QPushButton(self.tr("Cancel edit")), "queue_cancel")
        self.cancel_button.setToolTip(self.tr("Cancel the selected edit (Delete)"))
        self.cancel_all_button = named(QPushButton(self.tr("Cancel all")), "queue_cancel_all")
        self.cancel_all_button.setToolTip(self.tr("Cancel the running edit and all that wait"))
        self.wait_label = ElidedLabel()
        self.wait_label.setObjectName("queue_wait")
        self.wait_label.setProperty("role", "hint")
        self._lay_out()
        self._connect()
        anchor.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def _tool(self, name: str, icon_name: str, text: str) -> QToolButton:
        button = named(QToolButton(), name)
        button.setToolTip(text)
        button.setAccessibleName(text)
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.up_button, self.down_button, self.cancel_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_all_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.wait_label)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.hide)
        self.up_button.clicked.connect(lambda: self.list.move_current(-1))
        self.down_button.clicked.connect(lambda: self.list.move_current(1))
        self.cancel_button.clicked.connect(self._cancel_current)
        self.cancel_all_button.clicked.connect(self.cancel_all_requested)
        self.list.currentRowChanged.connect(self._enable_buttons)

    def show_entries(self, entries: Sequence[QueueEntry]) -> None:
        """Show the edits that wait; without any, the panel is hidden."""
        self.list.show_entries(entries)
        self._enable_buttons()
        if not entries:
            self.hide()
        elif not self.isHidden():
            self._place()

    def show_wait(self, text: str) -> None:
        """Show when the next edit would be ready; empty if that is not known."""
        self.wait_label.setText(text)
        self.wait_label.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        self._place()
        self.raise_()
        self.list.setFocus()
        self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        if self.isHidden():  # not when the window is minimized
            self.shown_changed.emit(False)

    def event(self, event: QEvent) -> bool:
        # Esc in the panel hides it; elsewhere it cancels the running edit
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.isHidden():
            self._place()
        return False

    def _cancel_current(self) -> None:
        if (job := self.list.current_job) is not None:
            self.list.cancel_requested.emit(job)

    def _enable_buttons(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < count - 1)
        self.cancel_button.setEnabled(row >= 0)

    def _place(self) -> None:
        corner = self._anchor.mapTo(self._parent, QPoint(0, 0))
        width = min(WIDTH, self._anchor.width() - 2 * MARGIN)
        rows = min(MOST_ROWS, self.list.count())
        self.list.setMinimumHeight(min(1, rows) * self.list.row_height())
        others = self.sizeHint().height() - self.list.sizeHint().height()
        wanted = others + rows * self.list.row_height() + 2 * self.list.frameWidth()
        height = min(wanted, corner.y() - 2 * MARGIN)
        left = corner.x() + self._anchor.width() - width - MARGIN
        self.setGeometry(left, corner.y() - height - MARGIN, width, height)
