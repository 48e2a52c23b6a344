"""Small pictures of the fixed edits, to choose the one that is shown large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from ip2p_desktop.training.dialog.pictures.pair_painting import draw_covering
from ip2p_desktop.training.dialog.progress.preview_timeline import PreviewedEdit
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import tone

SIDE = 42
CORNER = 6.0
RING = 2.0
GAP = 2


class PreviewThumbnail(QAbstractButton):
    """The edited image of one fixed edit, with a ring if it is the chosen one."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"preview_{number}")
        self.setCheckable(True)
        self.setFixedSize(SIDE, SIDE)
        self.image: QImage | None = None

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(RING + GAP, RING + GAP, -RING - GAP, -RING - GAP)
        outline = QPainterPath()
        outline.addRoundedRect(frame, CORNER - 2, CORNER - 2)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(frame, tone(QPalette.ColorRole.Shadow))
        if self.image is not None:
            draw_covering(painter, frame, self.image)
        painter.restore()
        if self.isChecked() or self.hasFocus() or self.underMouse():
            role = QPalette.ColorRole.Highlight if self.isChecked() else QPalette.ColorRole.Mid
            role = QPalette.ColorRole.Light if self.hasFocus() else role
            painter.setPen(QPen(tone(role), RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER, CORNER)


class PreviewChoice(QWidget):
    """A thumbnail for each fixed edit; hidden if there are fewer than two."""

    chosen = Signal(int)
    """The index of the edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "preview_choice")
        self.setAccessibleName(self.tr("Which pictures are shown"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.thumbnails: list[PreviewThumbnail] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self.hide()

    def show_edits(self, edits: Sequence[PreviewedEdit], chosen: int) -> None:
        """Offer these edits."""
        while len(self.thumbnails) > len(edits):
            thumbnail = self.thumbnails.pop()
            self._group.removeButton(thumbnail)
            thumbnail.deleteLater()
        while len(self.thumbnails) < len(edits):
            thumbnail = PreviewThumbnail(len(self.thumbnails))
            self._group.addButton(thumbnail, len(self.thumbnails))
            self._row.addWidget(thumbnail)
            self.thumbnails.append(thumbnail)
        for number, (thumbnail, edit) in enumerate(zip(self.thumbnails, edits, strict=True)):
            kind = self.tr("Pair {number}") if edit.wanted else self.tr("Photo {number}")
            thumbnail.setAccessibleName(kind.format(number=number + 1))
            thumbnail.setAccessibleDescription(edit.instruction)
            thumbnail.setToolTip(tooltip_text(edit.instruction))
            thumbnail.setChecked(number == chosen)
        self.setVisible(len(edits) > 1)

    def show_images(self, images: Sequence[QImage | None]) -> None:
        """Show the edited image of each edit; one that is still loaded keeps its earlier image."""
        for thumbnail, image in zip(self.thumbnails, images, strict=True):
            if image is not None and image is not thumbnail.image:
                thumbnail.image = image
                thumbnail.update()
