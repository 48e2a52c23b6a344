"""A judged edit as large as the page, with a divider between the new model's result and another picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.progress.enlarged_preview import DividedPictures
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture
from ip2p_desktop.training.dialog.result.judged_pictures import JudgedPictures
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

MARGIN = 16


class EnlargedResult(QWidget):
    """Lies over the page. Esc closes it; Page Up and Page Down show the edit before and the next one."""

    def __init__(self, view: JudgedPictures, page: QWidget) -> None:
        super().__init__(page)
        named(self, "enlarged_result")
        self.setAutoFillBackground(True)
        self._view, self._page = view, page
        self._compared = view.base
        self.pictures = DividedPictures()
        self.heading = named(ElidedLabel(), "enlarged_result_heading")
        self.heading.setProperty("role", "section")
        self.keys = body_label(self.tr("Page Up, Page Down: other pictures"), role="hint")
        self.keys.setWordWrap(False)
        self.with_base = self._tab("compare_base", self.tr("Start model and new model"))
        self.with_wanted = self._tab("compare_wanted", self.tr("Wanted and new model"))
        self.with_source = self._tab("compare_source", self.tr("Photo and new model"))
        self.close_button = plain_button(
            "close_enlarged_result", self.tr("Close"), self.tr("Close the large picture")
        )
        self._tabs = {
            view.base: self.with_base,
            view.wanted: self.with_wanted,
            view.source: self.with_source,
        }
        self._lay_out()
        self.hide()
        page.installEventFilter(self)
        view.pictures_changed.connect(self._show_pictures)
        self.with_base.clicked.connect(lambda: self._compare(view.base))
        self.with_wanted.clicked.connect(lambda: self._compare(view.wanted))
        self.with_source.clicked.connect(lambda: self._compare(view.source))
        self.close_button.clicked.connect(self.hide)

    def _tab(self, name: str, text: str) -> QPushButton:
        button = plain_button(name, text, text)
        button.setCheckable(True)
        button.setProperty("role", "tab")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self._tabs.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.heading, 1)
        below.addWidget(self.keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self.pictures, 1)
        column.addLayout(below)

    def open(self, picture: PreviewPicture) -> None:
        """Show the pictures of the view large, the clicked one beside that of the new model."""
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        self._compare(picture if picture in self._tabs else self._view.base)
        self.pictures.move_divider(0.5)
        self.pictures.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._page.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._view.go(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    def _compare(self, picture: PreviewPicture) -> None:
        self._compared = picture
        self._show_pictures()

    def _show_pictures(self) -> None:
        if self.isHidden():
            return
        view = self._view
        if view.shown is None:
            self.hide()
            return
        if self._compared.isHidden():
            self._compared = view.base
        for picture, button in self._tabs.items():
            button.setVisible(not picture.isHidden())
            button.setChecked(picture is self._compared)
        self.heading.setText(f"{view.instruction.text()} · {view.kind.text()} · {view.place.text()}")
        captions = (self._compared.text(), view.trained.text())
        self.pictures.show_pictures(self._compared.image, view.trained.image, captions)
