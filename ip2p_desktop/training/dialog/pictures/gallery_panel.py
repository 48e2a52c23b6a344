"""The gallery with its filters, its search and the repairs of the selected pairs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.alignment_dialog import AlignmentDialog
from ip2p_desktop.training.dialog.pictures.gallery_view import GalleryView
from ip2p_desktop.training.dialog.pictures.pair_dialog import PairDialog
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry, PairFilter
from ip2p_desktop.training.training_texts import with_groups
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

SEARCH_DELAY_MS = 150


class GalleryPanel(QWidget):
    """Shows a gallery; every repair is made on all selected pairs, and can be undone with Ctrl+Z."""

    def __init__(self, gallery: Gallery, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_panel")
        self._gallery = gallery
        self._background = Background(self, workers=1)
        self.view = GalleryView(gallery, self._background)
        self.filters: dict[PairFilter, QPushButton] = {}
        self._group = QButtonGroup(self)
        for chosen in PairFilter:
            self.filters[chosen] = self._filter_button(chosen)
        self.filters[PairFilter.ALL].setChecked(True)
        self.search = named(QLineEdit(placeholderText=self.tr("Search")), "gallery_search")
        self.search.setAccessibleName(self.tr("Search the pairs by words"))
        self.search.setMaximumWidth(220)
        self.empty = body_label("", role="hint")
        self.empty.setObjectName("gallery_empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = self._button("edit_words", self.tr("&Instruction…"))
        self.swap = self._button("swap_pair", self.tr("&Swap"))
        self.align = self._button("align_pair", self.tr("Ali&gn…"))
        self.leave_out = self._button("leave_out_pair", self.tr("Leave &out"))
        self.undo = self._button("undo_repair", self.tr("&Undo"))
        self.dialog: PairDialog | AlignmentDialog | None = None
        self._search_delay = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._lay_out()
        self._connect()
        self._refresh_all()

    def _filter_button(self, chosen: PairFilter) -> QPushButton:
        button = named(QPushButton(), f"show_{chosen.name.lower()}")
        button.setProperty("role", "tab")
        button.setCheckable(True)
        button.setAutoDefault(False)
        self._group.addButton(button)
        return button

    def _button(self, name: str, text: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAccessibleName(text.replace("&", ""))
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(4)
        for button in self.filters.values():
            above.addWidget(button)
        above.addStretch(1)
        above.addWidget(self.search, 2)
        below = WrappingRow(spacing=6)
        for widget in (self.words, self.swap, self.align, self.leave_out, self.undo):
            below.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(above)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._filter)
        self.search.textChanged.connect(self._search_delay.start)
        self._search_delay.timeout.connect(self._filter)
        self.view.selection_changed.connect(self._refresh_selection)
        self.view.opened.connect(self._open)
        self.words.clicked.connect(self._edit_words)
        self.swap.clicked.connect(self._swap)
        self.align.clicked.connect(self._align)
        self.leave_out.clicked.connect(self._leave_out)
        self.undo.clicked.connect(self._gallery.undo)
        gallery = self._gallery
        gallery.entries_changed.connect(self._on_entries_changed)
        gallery.findings_changed.connect(self._refresh)
        gallery.repairs_changed.connect(self._refresh)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, gallery.undo),
            (QKeySequence.StandardKey.Redo, gallery.redo),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shut_down)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view, self._leave_out)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)

    def shut_down(self) -> None:
        """Make no more thumbnails and alignments; waits for the one that is being made."""
        self._background.cancel()
        self._background.close()

    def _chosen(self) -> PairFilter:
        return next(chosen for chosen, button in self.filters.items() if button.isChecked())

    def _filter(self) -> None:
        self.view.list.filter(self._chosen(), self.search.text())
        self._refresh_empty()

    def _on_entries_changed(self) -> None:
        self.search.clear()
        self.filters[PairFilter.ALL].setChecked(True)
        self._refresh_all()

    def _refresh_all(self) -> None:
        self._filter()
        self._refresh()
        self.view.scrollToTop()

    def _refresh(self) -> None:
        """Show counts, problems and repairs; what was selected stays selected if it is still shown."""
        names = [entry.name for entry in self.view.selected()]
        before = self.view.list.shown
        self.view.list.refresh()
        if names and self.view.list.shown is not before:
            self.view.select(names)
        counts = self._gallery.counts()
        for chosen, text, count in (
            (PairFilter.ALL, self.tr("All {count}"), counts.all),
            (PairFilter.PROBLEMS, self.tr("With problems {count}"), counts.problems),
            (PairFilter.LEFT_OUT, self.tr("Left out {count}"), counts.left_out),
        ):
            button = self.filters[chosen]
            button.setText(text.format(count=with_groups(count)))
            button.setAccessibleName(button.text())
        self._refresh_empty()
        self._refresh_selection()

    def _refresh_empty(self) -> None:
        is_empty = not self.view.list.shown
        if self.search.text().strip():
            text = self.tr("No pair contains these words.")
        elif self._chosen() is PairFilter.PROBLEMS:
            text = self.tr("No problems found.")
        else:
            text = self.tr("No pair is left out.")
        self.empty.setText(text)
        self.empty.setVisible(is_empty)
        self.empty.setMinimumHeight(self.view.minimumSizeHint().height() if is_empty else 0)
        self.view.setVisible(not is_empty)

    def _selected(self) -> list[GalleryEntry]:
        return [entry for entry in self.view.selected() if entry.pair is not None]

    def _refresh_selection(self) -> None:
        selected = self._selected()
        for button in (self.words, self.swap, self.align, self.leave_out):
            button.setEnabled(bool(selected))
        repairs = [self._gallery.repair_of(entry) for entry in selected]
        is_back = bool(repairs) and all(repair.exclude for repair in repairs)
        self.leave_out.setText(self.tr("Put &back") if is_back else self.tr("Leave &out"))
        self.leave_out.setAccessibleName(self.leave_out.text().replace("&", ""))
        self.undo.setEnabled(self._gallery.can_undo())

    def _open(self, entry: GalleryEntry) -> None:
        if entry.pair is not None:
            self._show(PairDialog(self._gallery, [entry], self._background, self))

    def _edit_words(self) -> None:
        if selected := self._selected():
            self._show(PairDialog(self._gallery, selected, self._background, self))

    def _align(self) -> None:
        if selected := self._selected():
            dialog = AlignmentDialog(self._gallery, selected, self._background, self)
            self._show(dialog)
            dialog.begin()

    def _show(self, dialog: PairDialog | AlignmentDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()

    def _on_closed(self) -> None:
        self.dialog = None
        self.view.setFocus()

    def _swap(self) -> None:
        self._gallery.change(self._selected(), lambda pair, repair: repair.swapped())

    def _leave_out(self) -> None:
        selected = self._selected()
        is_out = not all(self._gallery.repair_of(entry).exclude for entry in selected)
        self._gallery.change(selected, lambda pair, repair: replace(repair, exclude=is_out))
