"""Chooses the preview picture of a model: from a file, from the result in the window, or dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.images.image_files import open_photo
from engine.images.photo_search import is_photo_name
from engine.images.preview_pictures import preview_jpeg
from ip2p_desktop.base.background import Background
from ip2p_desktop.models.dialog.model_preview import ModelPreview, preview_thumbnail
from ip2p_desktop.widgets.controls.file_choosing import choose_file, photo_filters
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.display_images import to_pillow
from ip2p_desktop.widgets.drop import offered_files, offered_image
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.surfaces import body_label

ResultSource = Callable[[], Callable[[], Image.Image] | None]
"""Returns the function that creates the image of the result in the window; None without a result.

That function is slow and is called on another thread.
"""


@dataclass(frozen=True, eq=False, slots=True)
class _Picture:
    """A chosen picture."""

    jpeg: bytes
    thumbnail: QImage


class PreviewPicker(QWidget):
    """Shows the preview that a model has or will get. Pictures are read off the GUI thread."""

    changed = Signal()
    """Another picture was chosen, or is being read."""
    failed = Signal(object)
    """`ErrorReport` of a picture that cannot be read."""

    def __init__(self, thumbnail: QImage, result: ResultSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result = result
        self._background = Background(self, workers=1, is_latest_only=True)
        self.chosen: bytes | None = None
        """The new preview as a JPEG, b"" for none; None if the present one stays."""
        self.is_reading = False
        self.shown = ModelPreview(thumbnail)
        self.choose = plain_button(
            "choose_preview", self.tr("Choose a file…"), self.tr("Choose a preview file")
        )
        self.use_result = plain_button(
            "use_result_as_preview",
            self.tr("Use the result"),
            self.tr("Use the result in the window"),
        )
        self.clear = plain_button("remove_preview", self.tr("No picture"), self.tr("Have no picture"))
        self._lay_out()
        self.choose.clicked.connect(self._open_dialog)
        self.use_result.clicked.connect(self._take_result)
        self.clear.clicked.connect(self._take_none)
        self.show_offers()

    def _lay_out(self) -> None:
        buttons = QWidget()
        row = WrappingRow(buttons, spacing=8, is_last_at_right=False)
        for button in (self.choose, self.use_result, self.clear):
            row.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(buttons)
        column.addWidget(
            body_label(self.tr("or drop a picture here; a small copy of it is kept."), role="hint")
        )
        column.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.shown, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

    def show_offers(self) -> None:
        """Show which pictures can be chosen now; the result in the window may have changed."""
        self.use_result.setVisible(self._result() is not None)
        self.clear.setEnabled(self.shown.has_image)

    @staticmethod
    def is_offered(data: QMimeData) -> bool:
        """Whether dragged data is one picture."""
        files = offered_files(data)
        return is_photo_name(files[0].name) if len(files) == 1 else not files and data.hasImage()

    def take(self, data: QMimeData) -> None:
        """Choose the picture in dropped data."""
        files, image = offered_files(data), offered_image(data)
        if files:
            self.take_file(files[0])
        elif image is not None:
            self._read(partial(to_pillow, image))

    def take_file(self, file: Path) -> None:
        """Choose the picture in a file."""
        self._read(partial(open_photo, file))

    def _take_result(self) -> None:
        if (image := self._result()) is not None:
            self._read(image)

    def _take_none(self) -> None:
        self._background.cancel()
        self._show(b"", QImage())

    def _read(self, image: Callable[[], Image.Image]) -> None:
        self.is_reading = True
        self._background.submit(lambda: _picture(image()), self._on_read, self._on_failed)
        self.changed.emit()

    def _on_read(self, picture: _Picture) -> None:
        self._show(picture.jpeg, picture.thumbnail)

    def _on_failed(self, report: ErrorReport) -> None:
        self.is_reading = False
        self.changed.emit()
        self.failed.emit(report)

    def _show(self, jpeg: bytes, thumbnail: QImage) -> None:
        self.chosen, self.is_reading = jpeg, False
        self.shown.show_image(thumbnail)
        self.show_offers()
        self.changed.emit()

    def _open_dialog(self) -> None:
        title = self.tr("Choose a preview")
        choose_file(self, "preview_dialog", title, self.take_file, filters=photo_filters())


def _picture(image: Image.Image) -> _Picture:
    jpeg = preview_jpeg(image)
    return _Picture(jpeg, preview_thumbnail(QImage.fromData(jpeg)))
