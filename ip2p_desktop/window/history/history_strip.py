"""The strip below the canvas: the opened photos, and the results of the one on screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.history.node_menu import NodeMenu
from ip2p_desktop.window.history.photo_row import PhotoRow, PhotosModel
from ip2p_desktop.window.history.results_model import ResultsModel
from ip2p_desktop.window.history.results_view import ResultsView
from ip2p_desktop.window.history.thumbnail_painting import LARGE, SMALL

MOST_ROWS = 3
"""Branches that are visible at once; a taller strip shows as many as fit into its share of the window."""
SHARE, TALL_SHARE = 0.33, 0.5
"""The largest part of the window's height for the strip."""
OTHER_HEIGHT = 400
"""Points of the window's height that more than one row leaves to the photo and what else there is."""
PHOTOS_SHARE = 0.38
"""The largest part of the strip's width for the photos."""
MARGIN = 5
SCROLL_BAR = 16
"""Space for a scroll bar, with what the style keeps free around it."""


class HistoryStrip(QWidget):
    """Choosing a thumbnail emits `chosen`; it does not change settings."""

    chosen = Signal(object)
    """An `EditNode` of the photo on screen."""
    photo_chosen = Signal(object)
    """A `SourcePhoto`: another one, or the one on screen again."""
    use_settings_requested = Signal(object)
    use_as_source_requested = Signal(object)
    compare_requested = Signal(object)
    """An `EditNode` to compare with the one on screen."""
    star_requested = Signal(object)
    rename_requested = Signal(object, str)
    """An `EditNode` and its new name, as typed."""
    use_as_pair_requested = Signal(object)
    save_requested = Signal(object)
    show_file_requested = Signal(object)
    """A `SourcePhoto` whose file is known."""
    remove_requested = Signal(object)
    tall_changed = Signal(bool)
    updated = Signal()
    """It shows other nodes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tree: EditTree | None = None
        self._shown: EditNode | None = None
        self._is_dirty = False
        self.photos = PhotoRow(PhotosModel(self), self)
        self.results = ResultsView(ResultsModel(self), self)
        self._line = QFrame(self)
        self._line.setProperty("role", "upright")
        self.starred_button = self._button("only_starred", "star", self.tr("Only starred"))
        self.starred_button.setToolTip(self.tr("Show only the starred results of this photo"))
        self.tall_button = self._button("tall_strip", "taller", self.tr("Taller"))
        self.tall_button.setToolTip(self.tr("Larger thumbnails with names (F4)"))
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.results)
        self.hide()

    def _button(self, name: str, icon_name: str, text: str) -> QToolButton:
        button = named(QToolButton(self), name)
        button.setText(text)
        button.setAccessibleName(text)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        buttons = QVBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(0)
        buttons.addWidget(self.starred_button, 0, Qt.AlignmentFlag.AlignRight)
        buttons.addWidget(self.tall_button, 0, Qt.AlignmentFlag.AlignRight)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, MARGIN, 8, MARGIN)
        layout.setSpacing(6)
        layout.addWidget(self.photos)
        layout.addWidget(self._line)
        layout.addWidget(self.results, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        results, photos = self.results, self.photos
        results.chosen.connect(self.chosen)
        results.star_requested.connect(self.star_requested)
        photos.chosen.connect(self.photo_chosen)
        for view in (results, photos):
            view.remove_requested.connect(self.remove_requested)
            view.menu_requested.connect(self._open_menu)
            view.rename_ended.connect(self._on_rename_ended)
            view.model().rename_requested.connect(self.rename_requested)  # type: ignore[attr-defined]
        self.starred_button.toggled.connect(self._on_filter_changed)
        self.tall_button.toggled.connect(self._on_tall_changed)

    def show_tree(self, tree: EditTree) -> None:
        """Show the nodes of a tree from now on."""
        self._tree = tree
        for signal in (tree.added, tree.removed, tree.replaced):
            signal.connect(self._note_change)
        tree.changed.connect(self._on_node_changed)

    @property
    def entries(self) -> list[EditNode]:
        """The nodes in the tree of results, row by row."""
        self.update_now()
        return [node for row in self.results.results.layout_.rows for node in row.nodes]

    @property
    def opened_photos(self) -> tuple[SourcePhoto, ...]:
        """The photos in the row of photos."""
        self.update_now()
        return self.photos.photos.photos

    @property
    def current(self) -> EditNode | None:
        """The node that is marked in the tree of results."""
        self.update_now()
        return self.results.results.node(self.results.currentIndex())

    @property
    def shows_only_starred(self) -> bool:
        """Whether results without a star are left out."""
        return self.starred_button.isChecked()

    def node_rect(self, node: EditNode) -> QRect:
        """The cell of a node in the viewport of `results`; empty if it is not there."""
        self.update_now()
        return self.results.node_rect(node).toRect()

    def mark(self, shown: EditNode | None) -> None:
        """Mark the node on screen, and show the results of its photo."""
        before, self._shown = self._shown, shown
        model = self.results.results
        photo = shown.photo if shown is not None else None
        source_before = model.source
        source = shown if isinstance(shown, SourcePhoto) else shown.parent if shown is not None else None
        model.source = source.parent or source if source is not None else None
        if self._is_dirty or model.photo is not photo or model.index_of(before) != model.index_of(shown):
            self._is_dirty = self._is_dirty or model.photo is not photo
            self.update_now()
        self._mark()
        if source_before is not model.source:
            model.repaint(source_before, model.source)

    def update_now(self) -> None:
        """Show what has changed in the tree since the last update."""
        if not self._is_dirty or self._tree is None or self._is_renaming:
            return
        self._is_dirty = False
        photo = self._shown.photo if self._shown is not None else None
        self.photos.photos.rebuild(self._tree)
        self.results.results.rebuild(self._tree, photo, only_starred=self.shows_only_starred)
        self._mark()
        self._show_empty_text()
        self._fit()
        self.updated.emit()

    def rename(self, node: EditNode) -> None:
        """Edit the name of a node in its place."""
        self.update_now()
        if self.results.results.index_of(node).isValid():
            self.results.rename(node)
        elif isinstance(node, SourcePhoto):
            self.photos.rename(node)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._mark()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return False

    def _note_change(self) -> None:
        if not self._is_dirty:
            self._is_dirty = True
            QTimer.singleShot(0, self, self.update_now)

    def _on_node_changed(self, node: EditNode) -> None:
        if self.shows_only_starred:
            self._note_change()
        self.results.results.repaint(node)
        self.photos.viewport().update()

    def _on_filter_changed(self) -> None:
        styles = Qt.ToolButtonStyle
        is_on = self.shows_only_starred
        self.starred_button.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if is_on else styles.ToolButtonIconOnly
        )
        set_icon(self.starred_button, "star")
        self._is_dirty = True
        self.update_now()

    def _on_tall_changed(self, is_tall: bool) -> None:
        for view in (self.results, self.photos):
            view.set_size(LARGE if is_tall else SMALL)
        self._show_empty_text()
        self._fit()
        self._mark()
        self.tall_changed.emit(is_tall)

    @property
    def _is_renaming(self) -> bool:
        """Whether the name of a photo or result of the photo on screen is being typed: all else waits."""
        if self._tree is None or self._shown is None or self.results.results.photo is not self._shown.photo:
            return False
        renamed = [node for node in (self.results.renamed, self.photos.renamed) if node is not None]
        return any(self._tree.is_visible(node) for node in renamed)

    def _on_rename_ended(self) -> None:
        self.update_now()
        self._mark()

    def _mark(self) -> None:
        if self._is_renaming:
            return
        self.results.mark(self._shown)
        self.photos.mark(self._shown.photo if self._shown is not None else None)

    def _show_empty_text(self) -> None:
        is_empty = self.shows_only_starred and len(self.results.results.layout_.nodes) == 1
        text = self.tr("No result of this photo has a star yet. Click the star on a thumbnail, or press S.")
        self.results.show_empty_text(text if is_empty else "")

    def _fit(self) -> None:
        """Be as high as the rows, up to a share of the window; hide without a photo."""
        photos, layout = self.photos.photos.photos, self.results.results.layout_
        self.setVisible(bool(photos))
        cell = self.results.size_.cell
        is_tall = self.tall_button.isChecked()
        height = self.window().height()
        space = min(int(height * (TALL_SHARE if is_tall else SHARE)), height - OTHER_HEIGHT)
        fitting = max(1, (space - 2 * MARGIN) // cell.height())
        rows = min(max(len(layout.rows), 1), fitting if is_tall else min(MOST_ROWS, fitting))
        has_row = len(photos) > 1  # the tree begins with the photo, so one need not be shown twice
        for widget in (self.photos, self._line):
            widget.setVisible(has_row)
        columns = -(-len(photos) // rows)
        width = min(columns * cell.width(), int(self.width() * PHOTOS_SHARE) // cell.width() * cell.width())
        self.photos.setFixedWidth(max(width, cell.width()) + SCROLL_BAR + 2)
        self.photos.setWrapping(rows > 1)
        is_wide = layout.column_count * cell.width() > self.results.viewport().width()
        photos_wide = rows == 1 and has_row and len(photos) * cell.width() > self.photos.width()
        bar = SCROLL_BAR if is_wide or photos_wide else 0
        self.setFixedHeight(
            max(rows * cell.height() + bar, 2 * self.tall_button.sizeHint().height()) + 2 * MARGIN
        )

    def _open_menu(self, node: EditNode, place: QPoint) -> None:
        menu = NodeMenu(node, self._shown, self)
        menu.chosen.connect(self.chosen)
        menu.use_settings_requested.connect(self.use_settings_requested)
        menu.use_as_source_requested.connect(self.use_as_source_requested)
        menu.compare_requested.connect(self.compare_requested)
        menu.star_requested.connect(self.star_requested)
        menu.rename_requested.connect(self.rename)
        menu.save_requested.connect(self.save_requested)
        menu.use_as_pair_requested.connect(self.use_as_pair_requested)
        menu.show_file_requested.connect(self.show_file_requested)
        menu.remove_requested.connect(self.remove_requested)
        menu.popup(place)
