"""Two pictures on both sides of a divider."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.photo_labels import draw_label
from ip2p_desktop.widgets.surfaces import tone

KEY_STEP = 0.02
"""Share of the width by which an arrow key moves the divider."""


class DividedPictures(QWidget):
    """One picture at the left of a divider and one at the right; the pointer or the arrow keys move it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "divided_pictures")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.share = 0.5
        self._left: QImage | None = None
        self._right: QImage | None = None
        self._captions = ("", "")
        self._scaled: dict[int, QImage] = {}

    def show_pictures(self, left: QImage | None, right: QImage | None, captions: tuple[str, str]) -> None:
        """Show two pictures; without one of them, the other one alone."""
        self._left, self._right, self._captions = left, right, captions
        self.setAccessibleName(self.tr("{left} and {right}").format(left=captions[0], right=captions[1]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(512, 512)

    def frame(self) -> QRect:
        """Where the pictures are painted: as large as they fit, in the middle."""
        image = self._right or self._left
        if image is None:
            return QRect()
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        frame = QRect(QPoint(), size)
        frame.moveCenter(self.rect().center())
        return frame

    def move_divider(self, share: float) -> None:
        """Move the divider to a share of the width."""
        self.share = min(1.0, max(0.0, share))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self.frame()
        if frame.width():
            self.move_divider((event.position().x() - frame.left()) / frame.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}
        if event.key() in steps:
            self.move_divider(self.share + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        frame = self.frame()
        if frame.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        divider = frame.left() + round(self.share * frame.width())
        left, right = QRect(frame), QRect(frame)
        left.setRight(divider - 1)
        right.setLeft(divider)
        if self._left is None or self._right is None:
            divider, left, right = -1, frame, frame
        for image, part, caption, side in (
            (self._right, right, self._captions[1], Qt.AlignmentFlag.AlignRight),
            (self._left, left, self._captions[0], Qt.AlignmentFlag.AlignLeft),
        ):
            if image is not None:
                painter.save()
                painter.setClipRect(part)
                painter.drawImage(frame.topLeft(), self._at_size(image, frame.size()))
                painter.restore()
                draw_label(painter, caption, QRectF(part), side)
        if divider >= 0:
            painter.setPen(
                QPen(tone(QPalette.ColorRole.Light if self.hasFocus() else QPalette.ColorRole.Base), 2)
            )
            painter.drawLine(divider, frame.top(), divider, frame.bottom())

    def _at_size(self, image: QImage, size: QSize) -> QImage:
        """A picture in exactly the pixels of the screen; those of the two shown are kept."""
        ratio = self.devicePixelRatioF()
        pixels = size * ratio
        scaled = self._scaled.get(image.cacheKey())
        if scaled is None or scaled.size() != pixels:
            shown = [each.cacheKey() for each in (self._left, self._right) if each is not None]
            self._scaled = {key: kept for key, kept in self._scaled.items() if key in shown}
            scaled = image.scaled(
                pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            scaled.setDevicePixelRatio(ratio)
            self._scaled[image.cacheKey()] = scaled
        return scaled
