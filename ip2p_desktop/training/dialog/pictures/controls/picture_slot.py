"""A place for one photo or one folder, chosen with a click or a key, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.images.photo_search import is_photo_name
from ip2p_desktop.training.dialog.pictures.controls.drop_surface import DropSurface, is_activation
from ip2p_desktop.training.dialog.pictures.pair_painting import draw_covering
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.file_choosing import choose_file, choose_folder, photo_filters
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import RADIUS, body_label

HEIGHT = 104


class PictureSlot(DropSurface):
    """Shows a title, and what was given: the photo, or the name of the folder."""

    given = Signal(Path)
    several_given = Signal(object)
    """A list of `Path`s, where one is wanted."""
    refused = Signal(str)
    """A sentence about what cannot be used."""

    def __init__(
        self, name: str, title: str, *, takes_folder: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._title, self._takes_folder = title, takes_folder
        self.path: Path | None = None
        self._image = QImage()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)
        self.title_label = body_label(title, role="section")
        self.hint = named(ElidedLabel(), f"{name}_hint")
        self.hint.setProperty("role", "hint")
        for label in (self.title_label, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 8, 14, 8)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self._column.addWidget(self.title_label)
        self._column.addWidget(self.hint)
        self._column.addStretch(1)
        self.files_dropped.connect(self.take)
        self.show_path(None)

    def show_path(self, path: Path | None, image: QImage | None = None) -> None:
        """Show what is given; None if nothing is."""
        self.path = path
        self._image = image or QImage()
        wanted = (
            self.tr("Drop a folder, or click") if self._takes_folder else self.tr("Drop a photo, or click")
        )
        self.hint.setText(path.name if path is not None else wanted)
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(self.hint.text())
        self._column.setStretch(0, 1)
        self._column.setStretch(3, 1)
        self.title_label.setVisible(self._image.isNull())
        self.hint.setVisible(self._image.isNull())
        self.show_empty(path is None)

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped or chosen, or refuse it with a sentence."""
        if len(paths) > 1:
            self.several_given.emit(list(paths))
        elif self._takes_folder and not paths[0].is_dir():
            self.refused.emit(self.tr("“{name}” is not a folder.").format(name=paths[0].name))
        elif not self._takes_folder and paths[0].is_dir():
            self.several_given.emit(list(paths))
        elif not self._takes_folder and not is_photo_name(paths[0].name):
            self.refused.emit(self.tr("“{name}” is not a photo.").format(name=paths[0].name))
        else:
            self.given.emit(paths[0])

    def choose(self) -> None:
        """Open the file dialog."""
        if self._takes_folder:
            choose_folder(self, "folder_dialog", self._title, lambda path: self.take([path]))
        else:
            filters = photo_filters()
            choose_file(self, "photos_dialog", self._title, lambda path: self.take([path]), filters=filters)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_activation(event.key()):
            self.choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS - 2, RADIUS - 2)
        painter.setClipPath(outline)
        draw_covering(painter, area, self._image)
