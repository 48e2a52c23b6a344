"""The cells of a grid of edits, filled as results arrive."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.photo_labels import draw_small_label
from ip2p_desktop.widgets.surfaces import tone

SMALLEST, USUAL = 44, 150
"""Sides of a cell in points."""
PIXELS = 420
"""The longer side of the image in a cell."""
CORNER = 6.0


class CellState(Enum):
    """How far the edit of a cell is."""

    PLANNED = auto()
    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()
    REMOVED = auto()
    """The result is no longer in the history."""


class SweepCell(QAbstractButton):
    """The result at one place of the grid, with its values; a checked cell is the chosen one."""

    def __init__(self, name: str, values: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.values = values
        self.result: EditedPhoto | None = None
        self._image = QImage()
        self.state = CellState.PLANNED
        self.show_state(CellState.PLANNED)

    def show_state(self, state: CellState) -> None:
        """Show how far the edit is."""
        self.state = state
        texts = {
            CellState.PLANNED: "",
            CellState.WAITING: self.tr("Waiting"),
            CellState.RUNNING: self.tr("Editing…"),
            CellState.DONE: "",
            CellState.CANCELLED: self.tr("Cancelled"),
            CellState.FAILED: self.tr("Failed"),
            CellState.REMOVED: self.tr("Removed"),
        }
        self._text = texts[state]
        self.setEnabled(state is CellState.DONE)
        self.setAccessibleName(" · ".join(part for part in (self.values, self._text) if part))
        self.update()

    def show_result(self, result: EditedPhoto, image: QImage) -> None:
        """Show a result."""
        self.result, self._image = result, image
        self.show_state(CellState.DONE)

    def sizeHint(self) -> QSize:
        return QSize(USUAL, USUAL)

    def minimumSizeHint(self) -> QSize:
        return QSize(SMALLEST, SMALLEST)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        shape = QPainterPath()
        shape.addRoundedRect(area, CORNER, CORNER)
        painter.setClipPath(shape)
        painter.fillRect(area, tone(QPalette.ColorRole.Shadow))
        if not self._image.isNull() and self.state is not CellState.REMOVED:
            size = self._image.size().scaled(
                area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
            )
            target = QRectF(0, 0, size.width(), size.height())
            target.moveCenter(area.center())
            painter.drawImage(target, self._image)
        else:
            painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text)
        draw_small_label(painter, self.values, area)
        painter.setClipping(False)
        self._paint_border(painter, area)

    def _paint_border(self, painter: QPainter, area: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(tone(QPalette.ColorRole.Highlight), 3))
        elif self.hasFocus():
            painter.setPen(QPen(tone(QPalette.ColorRole.Light), 2))
        elif (self.underMouse() and self.isEnabled()) or self.state is CellState.RUNNING:
            painter.setPen(QPen(tone(QPalette.ColorRole.Dark), 1.5))
        else:
            painter.setPen(QPen(tone(QPalette.ColorRole.Mid), 1))
        painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), CORNER + 1, CORNER + 1)


class SweepGrid(QWidget):
    """Cells in rows and columns. Arrow keys move among those that are done."""

    chosen = Signal(object)
    """The `EditedPhoto` of a cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_grid")
        self.cells: list[SweepCell] = []
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)

    def show_cells(self, values: Sequence[str], side: int, state: CellState) -> None:
        """Replace all cells by ones without results, with these values, row by row."""
        for cell in self.cells:
            self._layout.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self.cells = [SweepCell(f"sweep_cell_{number}", text) for number, text in enumerate(values)]
        for number, cell in enumerate(self.cells):
            self._layout.addWidget(cell, number // side, number % side)
            cell.show_state(state)
            cell.clicked.connect(lambda _=False, own=cell: self.chosen.emit(own.result))

    @property
    def has_results(self) -> bool:
        """Whether a cell has its result."""
        return any(cell.state is CellState.DONE for cell in self.cells)

    @property
    def chosen_result(self) -> EditedPhoto | None:
        """The result of the chosen cell."""
        done = (cell for cell in self.cells if cell.state is CellState.DONE)
        return next((cell.result for cell in done if cell.isChecked()), None)


def cell_image(result: EditedPhoto) -> QImage:
    """A result for a cell. Raises `ImageUnreadable`."""
    image = result.display_image
    longer = max(image.size.width(), image.size.height())
    level = image.levels[image.level_at(PIXELS / longer)]
    return level.scaled(
        PIXELS, PIXELS, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
