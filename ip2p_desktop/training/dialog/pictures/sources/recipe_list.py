"""The recipes of practice sets, each with a sample; several are made one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import Index
from ip2p_desktop.training.dialog.pictures.pair_painting import draw_covering
from ip2p_desktop.widgets.surfaces import tone

PICTURE = QSize(96, 68)
TILE = QSize(112, 98)
HEIGHT = 2 * TILE.height() + TILE.height() // 2
CORNER = 6.0
BADGE = 10.0
IMAGE, NAME, PLACE = (Qt.ItemDataRole.UserRole + number for number in range(3))


class RecipeList(QListWidget):
    """A grid of recipes; those that are chosen have the number of their order."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipe_list")
        self.setAccessibleName(self.tr("Recipes"))
        self.chosen: list[str] = []
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # so that columns stay
        self.setFixedHeight(HEIGHT)
        self.setItemDelegate(_RecipeDelegate(self))

    def show_recipes(self, recipes: Sequence[tuple[str, str]]) -> None:
        """Offer recipes, each with the text for it."""
        self.clear()
        for name, text in recipes:
            item = QListWidgetItem(text, self)
            item.setData(NAME, name)
        self._show_places()

    def show_sample(self, name: str, image: QImage) -> None:
        """Show what a recipe makes."""
        for item in self._items():
            if item.data(NAME) == name:
                item.setData(IMAGE, image)

    def choose(self, name: str, is_chosen: bool) -> None:
        """Choose a recipe, after those chosen before, or no longer."""
        if is_chosen != (name in self.chosen):
            (self.chosen.append if is_chosen else self.chosen.remove)(name)
            self._show_places()
            self._keep_in_sight(name)
            self.chosen_changed.emit()

    def name_of_chosen(self) -> str:
        """What the chosen recipes are called together, in their order."""
        texts = {item.data(NAME): item.text() for item in self._items()}
        return ", ".join(texts[name] for name in self.chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit, over the whole width."""
        width = self.viewport().width()
        self.setGridSize(QSize(width // max(1, width // TILE.width()), TILE.height()))
        super().resizeEvent(event)
        for name in self.chosen[-1:]:
            self._keep_in_sight(name)  # it may be in another row now

    def _keep_in_sight(self, name: str) -> None:
        for item in self._items():
            if item.data(NAME) == name:
                self.scrollToItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._toggle(self.currentItem())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._toggle(self.itemAt(event.position().toPoint()))

    def _toggle(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name = item.data(NAME)
            self.choose(name, name not in self.chosen)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _show_places(self) -> None:
        for item in self._items():
            name = item.data(NAME)
            place = self.chosen.index(name) + 1 if name in self.chosen else 0
            item.setData(PLACE, place)
            spoken = self.tr("{recipe}, chosen as number {number}") if place else "{recipe}"
            text = spoken.format(recipe=item.text(), number=place)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text)


class _RecipeDelegate(QStyledItemDelegate):
    """Paints a sample with its name below."""

    def __init__(self, view: RecipeList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The size of a tile."""
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell, place, image = QRectF(option.rect), index.data(PLACE), index.data(IMAGE)
        area = QRectF(cell.left() + (cell.width() - PICTURE.width()) / 2, cell.top() + 5, *PICTURE.toTuple())
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(area, CORNER, CORNER)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(area, tone(QPalette.ColorRole.Shadow))
        if isinstance(image, QImage) and not image.isNull():
            draw_covering(painter, area, image)
        painter.restore()
        if place:
            self._ring(painter, area, tone(QPalette.ColorRole.Highlight), 3)
            self._draw_place(painter, area, place)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            self._ring(painter, area, tone(QPalette.ColorRole.Dark), 1.5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            self._ring(painter, area.adjusted(-2, -2, 2, 2), tone(QPalette.ColorRole.Light), 2)
        painter.setPen(tone(QPalette.ColorRole.WindowText))
        text = QRectF(cell.left() + 2, area.bottom() + 3, cell.width() - 4, cell.bottom() - area.bottom() - 3)
        shown = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, shown)
        painter.restore()

    def _ring(self, painter: QPainter, area: QRectF, colour: QColor, width: float) -> None:
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, CORNER, CORNER)

    def _draw_place(self, painter: QPainter, area: QRectF, place: int) -> None:
        disc = QRectF(0, 0, 2 * BADGE, 2 * BADGE)
        disc.moveTopRight(area.topRight() + QPointF(-4, 4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone(QPalette.ColorRole.Highlight))
        painter.drawEllipse(disc)
        painter.setPen(tone(QPalette.ColorRole.HighlightedText))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(place))
