"""Base class of the pages of the dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ip2p_desktop.widgets.scrolling_column import UprightScrollArea
from ip2p_desktop.widgets.surfaces import Notice

MARGIN = 20


class ModelsPage(QWidget):
    """A fixed part `top` above a scrolling column `rows`; `notice` shows errors."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.top = QVBoxLayout()
        self.top.setContentsMargins(MARGIN, 16, MARGIN, 12)
        self.top.setSpacing(12)
        self.notice = Notice()
        self.notice.setObjectName(f"{name}_notice")
        self.notice.show_report(None)
        body = QWidget()
        self.rows = QVBoxLayout()
        self.rows.setSpacing(10)
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 2, MARGIN, MARGIN)
        column.addLayout(self.rows)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.top)
        self.area = UprightScrollArea(body)
        layout.addWidget(self.area, 1)
