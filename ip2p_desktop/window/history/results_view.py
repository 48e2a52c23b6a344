"""The tree of results of one photo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.widgets.surfaces import tone
from ip2p_desktop.window.history.name_editing import NameEditing, edit_name
from ip2p_desktop.window.history.results_layout import BranchLine
from ip2p_desktop.window.history.results_model import NODE, Index, ResultsModel
from ip2p_desktop.window.history.thumbnail_painting import (
    NAME_HEIGHT,
    SMALL,
    ThumbnailSize,
    draw_name,
    draw_ring,
    draw_star,
    draw_thumbnail,
)

Move = QAbstractItemView.CursorAction
Key = Qt.Key


class ResultsView(QTableView):
    """Paints only what is visible. The arrow keys follow the branches."""

    chosen = Signal(object)
    """An `EditNode` to show."""
    star_requested = Signal(object)
    remove_requested = Signal(object)
    menu_requested = Signal(object, object)
    """An `EditNode` and the `QPoint` on the screen where its menu opens."""
    rename_ended = Signal()
    """The field of a name is closed."""

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_results")
        self.setAccessibleName(self.tr("Results"))
        self.setAccessibleDescription(
            self.tr(
                "The arrow keys show another result and change no setting. "
                "F2 renames it, S stars it, Delete removes it."
            )
        )
        self.results = model
        self.size_ = SMALL
        self._is_marking = False
        self._renamed: EditNode | None = None
        self.empty_text = QLabel(self.viewport())
        self.empty_text.setProperty("role", "hint")
        self.empty_text.setWordWrap(True)
        self.empty_text.hide()
        self._set_up()
        self.setModel(model)
        self.setItemDelegate(_ResultDelegate(self))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def _set_up(self) -> None:
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.set_size(SMALL)

    def set_size(self, size: ThumbnailSize) -> None:
        """Use thumbnails of another size."""
        self.size_ = size
        self.horizontalHeader().setDefaultSectionSize(size.cell.width())
        self.verticalHeader().setDefaultSectionSize(size.cell.height())
        self.mark(self.results.node(self.currentIndex()))

    @property
    def renamed(self) -> EditNode | None:
        """The node whose name is being edited, in a field that a change of the rows would close."""
        return self._renamed if self.state() is QAbstractItemView.State.EditingState else None

    def mark(self, node: EditNode | None) -> None:
        """Make the node on screen the current one without emitting `chosen`."""
        index = self.results.index_of(node)
        self._is_marking = True
        try:
            self.setCurrentIndex(index)
            if not index.isValid():
                self.clearSelection()
        finally:
            self._is_marking = False
        if index.isValid():
            self.scrollTo(index)

    def node_rect(self, node: EditNode) -> QRectF:
        """The cell of a node in the viewport; empty if it is not shown."""
        return QRectF(self.visualRect(self.results.index_of(node)))

    def rename_current(self) -> None:
        """Edit the name of the current node in its place."""
        node = self.results.node(self.currentIndex())
        if node is not None:
            self.rename(node)

    def rename(self, node: EditNode) -> None:
        """Edit the name of a node in its place."""
        index = self.results.index_of(node)
        if index.isValid():
            self._renamed = node
            edit_name(self, index)

    def show_empty_text(self, text: str) -> None:
        """Say beside the photo why there is no result; hide it for an empty text."""
        self.empty_text.setText(text)
        self.empty_text.setVisible(bool(text))
        self._place_empty_text()

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """The arrow keys follow time and branches; see `ResultsLayout`."""
        layout, node = self.results.layout_, self.results.node(self.currentIndex())
        if node is None:
            return self.results.index_of(self.results.photo)
        moves: dict[Move, Callable[[EditNode], EditNode | None]] = {
            Move.MoveLeft: layout.left_of,
            Move.MovePrevious: layout.left_of,
            Move.MoveRight: layout.right_of,
            Move.MoveNext: layout.right_of,
            Move.MoveUp: layout.above,
            Move.MoveDown: layout.below,
            Move.MoveHome: lambda each: layout.ends_of(each)[0],
            Move.MoveEnd: lambda each: layout.ends_of(each)[1],
        }
        found = moves[action](node) if action in moves else None
        return self.results.index_of(found or node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = self.results.node(self.currentIndex())
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if node is None or not is_plain:
            super().keyPressEvent(event)
        elif event.key() in (Key.Key_Return, Key.Key_Enter):
            self.chosen.emit(node)
        elif event.key() == Key.Key_F2:
            self.rename_current()
        elif event.key() == Key.Key_S:
            self.star_requested.emit(node)
        elif event.key() == Key.Key_Delete:
            self.remove_requested.emit(node)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Letters are no search: S sets a star."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        index = self.indexAt(position)
        node = self.results.node(index)
        if event.button() != Qt.MouseButton.LeftButton:  # the menu is of any node, and shows none
            event.accept()
            return
        star = self.size_.star_area(QRectF(self.visualRect(index)))
        if isinstance(node, EditedPhoto) and star.contains(event.position()):
            self.star_requested.emit(node)
        elif node is not None:
            is_current = index == self.currentIndex()
            super().mousePressEvent(event)
            if is_current:  # the preview of an edit may hide it
                self.chosen.emit(node)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:  # dragging does not choose
            super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        node = self.results.node(index)
        if node is not None:
            place = self.visualRect(index).center() if by_keyboard else event.pos()
            self.menu_requested.emit(node, self.viewport().mapToGlobal(place))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel without a second direction scrolls through time where all rows are visible."""
        delta = event.angleDelta()
        if self.verticalScrollBar().maximum() == 0 and delta.x() == 0:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - delta.y())
            event.accept()
        else:
            super().wheelEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.setFocus()
        self.rename_ended.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_empty_text()

    def _place_empty_text(self) -> None:
        left = self.size_.cell.width() + 8
        width = max(self.viewport().width() - left - 4, 80)
        height = min(max(self.empty_text.heightForWidth(width), 16), self.size_.cell.height())
        self.empty_text.setGeometry(left, (self.size_.side + 12 - height) // 2, width, height)

    def _on_current_changed(self, index: QModelIndex) -> None:
        node = self.results.node(index)
        if node is not None and not self._is_marking:
            self.chosen.emit(node)


class _ResultDelegate(NameEditing):
    """Paints thumbnails and the lines to branches."""

    def __init__(self, view: ResultsView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell, size = QRectF(option.rect), self._view.size_
        self._draw_lines(painter, index, cell)
        node = index.data(NODE)
        if node is None:
            return
        area = size.area(cell)
        draw_thumbnail(painter, node.pixels.thumbnail, area, self._caption(node))
        draw_ring(painter, option, area)
        if size.has_name:
            draw_name(painter, node.name, area)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if isinstance(node, EditedPhoto) and (node.is_starred or is_hovered):
            draw_star(painter, size.star_area(cell), is_set=node.is_starred)

    def _caption(self, node: EditNode) -> str:
        if node is self._view.results.source:
            return self.tr("Source")
        return self.tr("Photo") if isinstance(node, SourcePhoto) else ""

    def _draw_lines(self, painter: QPainter, index: Index, cell: QRectF) -> None:
        line = self._view.results.layout_.line_at(index.row(), index.column())
        if line is BranchLine.NONE:
            return
        size = self._view.size_
        area = size.area(cell)
        x, y = area.center().x(), area.center().y()
        below = y  # what goes down begins below the name of a node
        if index.data(NODE) is not None:
            below = area.bottom() + (NAME_HEIGHT if size.has_name else 0)
        painter.save()
        painter.setPen(QPen(tone(QPalette.ColorRole.Dark), 1.5))
        if line & BranchLine.UP:
            painter.drawLine(int(x), int(cell.top()), int(x), int(y))
        if line & BranchLine.DOWN:
            painter.drawLine(int(x), int(below), int(x), int(cell.bottom()) + 1)
        if line & BranchLine.RIGHT:
            painter.drawLine(int(x), int(y), int(cell.right()) + 6, int(y))
        painter.restore()
