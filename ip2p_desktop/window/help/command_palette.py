"""The command palette: a search over all actions and known edits, above the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.help.matching import best_matches

WIDTH, HEIGHT, TOP = 560, 420, 56
ROW_HEIGHT = 34
INSET = 12
ENTRY = Qt.ItemDataRole.UserRole
LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
FOCUS_KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
"""They would leave the palette, which has only one field."""


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """An action or an edit that the palette offers."""

    title: str
    detail: str
    """Where it is found otherwise, for example its menu."""
    keys: str
    run: Callable[[], None]
    is_enabled: bool = True


class CommandPalette(QFrame):
    """Typing searches, Up and Down choose, Enter runs, Esc closes. It closes when it loses the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("command_palette")
        self.setAutoFillBackground(True)
        self._entries: Sequence[PaletteEntry] = ()
        self._focus_before: QWidget | None = None
        self.search = named(QLineEdit(), "palette_search")
        self.search.setPlaceholderText(self.tr("Search commands and edits"))
        self.search.setAccessibleName(self.tr("Search commands and edits"))
        self.list = named(QListWidget(), "palette_list")
        self.list.setAccessibleName(self.tr("Commands and edits"))
        self.list.setProperty("role", "pages")
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.nothing = named(QLabel(self.tr("Nothing found. Try another word.")), "palette_nothing")
        self.nothing.setProperty("role", "hint")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        self.list.currentItemChanged.connect(self._announce)
        parent.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]
        self.hide()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing, 1)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 6)
        self.setGraphicsEffect(shadow)

    @property
    def shown_entries(self) -> list[PaletteEntry]:
        """The entries found, the best first."""
        return [self.list.item(row).data(ENTRY) for row in range(self.list.count())]

    def open(self, entries: Sequence[PaletteEntry]) -> None:
        """Show these entries and take the focus."""
        self._entries = entries
        self._focus_before = QApplication.focusWidget()
        self.search.clear()
        self._fill("")
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus()

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        if self.isHidden():
            return
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self.search and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        """Whether a key of the search field belongs to the list, or closes or runs."""
        enter_keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() not in (*LIST_KEYS, *FOCUS_KEYS, *enter_keys, Qt.Key.Key_Escape):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
            elif event.key() in LIST_KEYS:
                QApplication.sendEvent(self.list, event)
            elif event.key() in enter_keys and (item := self.list.currentItem()) is not None:
                self._run(item)
        return True

    def _fill(self, search: str) -> None:
        found = best_matches(self._entries, search, lambda entry: (entry.title, entry.detail))
        found.sort(key=lambda entry: not entry.is_enabled)
        self.list.clear()
        for entry in found:
            item = QListWidgetItem(entry.title)
            item.setData(ENTRY, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title}, {entry.detail} {entry.keys}")
            if not entry.is_enabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self._place()

    def _announce(self, item: QListWidgetItem | None) -> None:
        """Tell a screen reader what Enter would run, as the focus stays in the search field."""
        if item is not None and not self.isHidden():
            text = item.data(Qt.ItemDataRole.AccessibleTextRole)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.search, text))

    def _run(self, item: QListWidgetItem) -> None:
        entry: PaletteEntry = item.data(ENTRY)
        if entry.is_enabled:
            self.close_palette()
            QTimer.singleShot(0, self, entry.run)  # once the focus is where it was

    def _place(self) -> None:
        space = self._window.rect()
        rows = max(self.list.count(), 2) * ROW_HEIGHT
        wanted = self.search.sizeHint().height() + rows + 4 * INSET
        height = min(wanted, HEIGHT, space.height() - TOP - INSET)
        size = QSize(min(WIDTH, space.width() - 2 * INSET), height)
        place = QRect(0, TOP, size.width(), size.height())
        place.moveLeft((space.width() - size.width()) // 2)
        self.setGeometry(place)

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if not self.isHidden() and now is not None and not self.isAncestorOf(now):
            self._focus_before = None
            self.hide()


class _EntryDelegate(QStyledItemDelegate):
    """Paints the title at the left, then the detail, and the keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: PaletteEntry = index.data(ENTRY)
        background = QStyleOptionViewItem(option)
        self.initStyleOption(background, index)
        background.text = ""
        view = option.widget
        style = view.style() if isinstance(view, QAbstractItemView) else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, background, painter, view)
        palette: QPalette = QApplication.palette()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected) and entry.is_enabled
        ink, muted = palette.text().color(), palette.placeholderText().color()
        if is_selected:
            ink = muted = palette.highlightedText().color()
        elif not entry.is_enabled:
            ink = muted
        area = option.rect.adjusted(INSET, 0, -INSET, 0)
        metrics = option.fontMetrics
        painter.save()
        painter.setPen(muted)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.keys)
        area.setRight(area.right() - metrics.horizontalAdvance(entry.keys) - INSET)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, area.width())
        detail_left = area.left() + metrics.horizontalAdvance(title) + INSET
        detail_area = QRect(detail_left, area.top(), max(0, area.right() - detail_left), area.height())
        detail = metrics.elidedText(entry.detail, Qt.TextElideMode.ElideRight, detail_area.width())
        painter.drawText(detail_area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, detail)
        painter.setPen(ink)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.restore()
