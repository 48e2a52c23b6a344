"""The latest photos of a batch with their results, as small images side by side."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ip2p_desktop.editing.batch.batch_worker import BatchOutcome
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel

MOST_PAIRS = 8
SIDE = 84
GAP = 3
ROUNDING = 6.0


class RecentPairs(QScrollArea):
    """A row of pairs, the latest at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_pairs")
        self.setAccessibleName(self.tr("The latest results"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        content = QWidget()
        self._row = QHBoxLayout(content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addStretch(1)
        self.setWidget(content)
        self.setFixedHeight(SIDE + 46)
        self.pairs: list[PairView] = []

    def add(self, outcome: BatchOutcome) -> None:
        """Show a photo with its result; the oldest of many disappears."""
        if outcome.photo is None or outcome.result is None:
            return
        pair = PairView(outcome.name, outcome.photo, outcome.result)
        self._row.insertWidget(0, pair)
        self.pairs.insert(0, pair)
        for old in self.pairs[MOST_PAIRS:]:
            self.pairs.remove(old)
            self._row.removeWidget(old)
            old.deleteLater()

    def clear(self) -> None:
        """Show nothing."""
        for pair in self.pairs:
            self._row.removeWidget(pair)
            pair.deleteLater()
        self.pairs = []


class PairView(QWidget):
    """A photo beside its result, with the name of the photo below."""

    def __init__(self, name: str, photo: QImage, result: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = _ImagesView(photo, result)
        self.caption: QLabel = ElidedLabel()
        self.caption.setText(name)
        self.caption.setProperty("role", "hint")
        self.setAccessibleName(self.tr("{name}, before and after").format(name=name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.images)
        column.addWidget(self.caption)
        self.setFixedWidth(self.images.sizeHint().width())


class _ImagesView(QWidget):
    def __init__(self, photo: QImage, result: QImage) -> None:
        super().__init__()
        self._images = (photo, result)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(2 * SIDE + GAP, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), ROUNDING, ROUNDING)
        painter.setClipPath(outline)
        for number, image in enumerate(self._images):
            place = QRectF(number * (SIDE + GAP), 0, SIDE, SIDE)
            painter.drawImage(place, image, _middle(image))


def _middle(image: QImage) -> QRectF:
    """The largest square in the middle of an image."""
    side = min(image.width(), image.height())
    return QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
