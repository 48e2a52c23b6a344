"""The dialog about the program, with the licences of all its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from ip2p_desktop import __version__
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.icons import application_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label

if TYPE_CHECKING:
    from ip2p_desktop.base.licences import LicencedPart

SIZE, SMALLEST_SIZE = QSize(940, 600), QSize(460, 320)
LIST_WIDTH = 270
PART = Qt.ItemDataRole.UserRole


class AboutDialog(QDialog):
    """Name, version and purpose of the program, and a list of its parts with their licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(self.tr("About {program}").format(program=paths.APP_NAME))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._background = Background(self, workers=1)
        self.parts = named(QListWidget(), "licence_parts")
        self.parts.setAccessibleName(self.tr("Parts of the program"))
        self.parts.setProperty("role", "pages")
        self.parts.setUniformItemSizes(True)
        self.text = named(QPlainTextEdit(), "licence_text")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Licence"))
        self.text.setPlaceholderText(self.tr("Reading the licences…"))
        self.close_button = plain_button("close_about", self.tr("Close"))
        self._lay_out()
        self.parts.currentItemChanged.connect(self._show_part)
        self.close_button.clicked.connect(self.accept)
        self._background.submit(_read_parts, self._show_parts, self._show_problem)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._background.cancel()
        self._background.close()

    def _lay_out(self) -> None:
        symbol = QLabel()
        symbol.setPixmap(application_icon().pixmap(56))
        name = body_label(paths.APP_NAME, role="title")
        version = self.tr("Version {version}").format(version=__version__)
        promise = self.tr("Edits photos from written instructions. They never leave this computer.")
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(symbol)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (name, body_label(version), body_label(promise, role="hint")):
            words.addWidget(label)
        head.addLayout(words, 1)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.addWidget(self.parts)
        columns.addWidget(self.text)
        columns.setSizes([LIST_WIDTH, SIZE.width() - LIST_WIDTH])
        columns.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(body_label(self.tr("Parts and their licences"), role="section"))
        layout.addWidget(columns, 1)
        layout.addLayout(foot)

    def _show_parts(self, parts: tuple[LicencedPart, ...]) -> None:
        for part in parts:
            item = QListWidgetItem(f"{part.name} {part.version}".strip())
            item.setData(PART, part)
            item.setToolTip(part.licence)
            self.parts.addItem(item)
        self.parts.setCurrentRow(0)

    def _show_problem(self, report: ErrorReport) -> None:
        self.text.setPlainText(str(report))

    def _show_part(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        part: LicencedPart = item.data(PART)
        head = [f"{part.name} {part.version}".strip()]
        if part.licence:
            head.append(self.tr("Licence: {licence}").format(licence=part.licence))
        text = part.text or self.tr("Its text is not installed with it. It is on the web page of this part.")
        self.text.setPlainText("\n".join([*head, "", text]))


def _read_parts() -> tuple[LicencedPart, ...]:
    from ip2p_desktop.base.licences import licenced_parts  # only here: the window starts without it

    return licenced_parts()
