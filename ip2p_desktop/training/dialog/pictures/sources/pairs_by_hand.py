"""Pairs collected by hand: each a card with its words; added, replaced, removed, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.images.photo_search import is_photo_name
from ip2p_desktop.training.dialog.pictures.controls.drop_surface import DropArea
from ip2p_desktop.training.dialog.pictures.controls.picture_slot import PictureSlot
from ip2p_desktop.training.dialog.pictures.controls.progress_strip import ProgressStrip
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import set_button_text, text_button
from ip2p_desktop.training.dialog.pictures.controls.words_box import WordsBox
from ip2p_desktop.training.dialog.pictures.pair_lists.collected_list import CollectedList
from ip2p_desktop.training.dialog.pictures.pair_lists.pairing_preview import PairingPreview
from ip2p_desktop.training.pictures.collections.collection_editor import CollectionEditor
from ip2p_desktop.training.pictures.collections.collection_list import LONGEST_NAME
from ip2p_desktop.training.pictures.collections.given_pictures import GivenFile, GivenPair
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.widgets.controls.file_choosing import choose_photos
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label


class PairsByHand(DropArea):
    """Shows the collection that is open in a `CollectionEditor`."""

    edits_requested = Signal()
    """Results of the session are to be added."""
    finished = Signal(Path)
    """The folder of the collection, to train on."""

    def __init__(
        self, editor: CollectionEditor, thumbnails: PictureThumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pairs_by_hand")
        self.editor, self._thumbnails = editor, thumbnails
        self._is_finishing = False
        """Whether the pairs are to be used as soon as they are written."""
        self.name_box = named(QLineEdit(maxLength=LONGEST_NAME), "collection_name")
        self.name_box.setAccessibleName(self.tr("Name of these pairs"))
        self.words = WordsBox("common_words", self.tr("What was changed?"), self.tr("make it snow"))
        self.before = PictureSlot("before_photo", self.tr("Photo before"))
        self.after = PictureSlot("after_photo", self.tr("Photo after"))
        self.many = text_button("add_many", self.tr("&Many photos…"))
        self.edits = text_button("add_edits", self.tr("From my &edits…"))
        self.undo = text_button("undo_pairs", self.tr("&Undo"))
        self.use = text_button("use_pairs", self.tr("Use these pairs"), role="primary")
        self.refusal = named(body_label("", role="hint"), "pairs_refusal")
        self.notice = Notice()
        self.notice.setObjectName("pairs_notice")
        self.notice.show_report(None)
        self.preview = PairingPreview("files_preview", thumbnails)
        self.progress = ProgressStrip("adding")
        self.pairs = CollectedList(editor, thumbnails)
        self._lay_out()
        self._connect()
        self._refuse("")
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        slots = QHBoxLayout()
        slots.setSpacing(12)
        slots.addWidget(self.before, 1)
        slots.addWidget(self.after, 1)
        more = WrappingRow(spacing=8)
        for button in (self.many, self.edits, self.undo):
            more.addWidget(button)
        explanation = self.tr("One wording a line. Several wordings make the model listen better.")
        column.addLayout(_field(self.tr("What was changed?"), self.words, explanation))
        column.addLayout(slots)
        column.addLayout(more)
        for widget in (self.refusal, self.notice, self.preview, self.progress, self.pairs):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(_label(self.tr("Na&me"), self.name_box))
        row.addWidget(self.name_box, 1)
        row.addWidget(self.use)
        column.addLayout(row)

    def _connect(self) -> None:
        self.name_box.editingFinished.connect(self._rename)
        self.words.confirmed.connect(self.editor.set_common_words)
        for slot in (self.before, self.after):
            slot.given.connect(lambda path, slot=slot: self._take(slot, path))
            slot.several_given.connect(self.take_files)
            slot.refused.connect(self._refuse)
        self.files_dropped.connect(self._take_dropped)
        self.pairs.files_dropped.connect(self._take_dropped)
        self.pairs.refused.connect(self._refuse)
        self.many.clicked.connect(
            lambda: choose_photos(self, "photos_dialog", self.tr("Photos before and after"), self.take_files)
        )
        self.edits.clicked.connect(self.edits_requested)
        self.undo.clicked.connect(self.editor.undo)
        self._undo_key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.pairs)
        self._undo_key.activated.connect(self.editor.undo)
        self.use.clicked.connect(self._finish)
        self.preview.accepted.connect(self.editor.add)
        self.progress.cancel_requested.connect(self.editor.cancel_adding)
        self.editor.changed.connect(self._show)
        self.editor.busy_changed.connect(self._show_busy)
        self.editor.progressed.connect(self._show_progress)
        self.editor.failed.connect(self._show_failure)
        self._thumbnails.loaded.connect(self._show_slots)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Show how several files, or the photos of folders, are matched."""
        self._refuse("")
        self.notice.show_report(None)
        self.preview.show_paths(paths)

    def _take_dropped(self, paths: Sequence[Path]) -> None:
        if len(paths) == 1 and is_photo_name(paths[0].name):
            self.take_photo(paths[0])
        else:
            self.take_files(paths)

    def take_photo(self, path: Path) -> None:
        """Take one photo as that before, or after where that is given."""
        self._take(self.before if self.before.path is None else self.after, path)

    def _take(self, slot: PictureSlot, path: Path) -> None:
        self._refuse("")
        self.notice.show_report(None)
        slot.show_path(path, self._thumbnail(path))
        before, after = self.before.path, self.after.path
        if before is None or after is None:
            (self.after if before is not None else self.before).setFocus()
            return
        if before == after:
            self._refuse(self.tr("Both are the same photo. Choose the photo after the change."))
            slot.show_path(None)
            return
        for each in (self.before, self.after):
            each.show_path(None)
        self.editor.add([GivenPair(GivenFile(before), GivenFile(after))])
        self.before.setFocus()

    def _thumbnail(self, path: Path) -> QImage | None:
        return self._thumbnails.get(path, GivenFile(path))

    def _show_slots(self, key: object) -> None:
        for slot in (self.before, self.after):
            if slot.path is not None and slot.path == key:
                slot.show_path(slot.path, self._thumbnail(slot.path))

    def _show(self) -> None:
        collection = self.editor.collection
        if collection is None:
            return
        if not (self.name_box.hasFocus() and self.name_box.isModified()):
            self.name_box.setText(collection.name)
        self.words.show_words(collection.words)
        count = len(collection.pairs)
        set_button_text(
            self.use, self.tr("Use %n pair(s)", "", count) if count else self.tr("Use these pairs")
        )
        self._show_busy()

    def _show_busy(self) -> None:
        collection = self.editor.collection
        self.undo.setEnabled(self.editor.can_undo)
        self._undo_key.setEnabled(self.editor.can_undo)
        self.use.setEnabled(collection is not None and bool(collection.pairs) and not self.editor.is_busy)
        if self.editor.is_busy:
            return
        self.progress.hide()
        if self._is_finishing and collection is not None:
            self._is_finishing = False
            self.finished.emit(collection.folder)

    def _show_progress(self, done: int, total: int) -> None:
        if total > 1:
            self.progress.show_progress(done, total)

    def _show_failure(self, report: ErrorReport) -> None:
        self._is_finishing = False
        self.notice.show_report(report)

    def _rename(self) -> None:
        collection = self.editor.collection
        if collection is not None and self.name_box.text().strip() != collection.name:
            self.editor.rename(self.name_box.text())

    def _finish(self) -> None:
        self.words.confirm()
        self.pairs.words.confirm()
        self._is_finishing = True
        self._show_busy()

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    label.setBuddy(field)
    return label


def _field(text: str, field: QWidget, hint: str = "") -> QVBoxLayout:
    group = QVBoxLayout()
    group.setSpacing(4)
    for part in (_label(text, field), field):
        group.addWidget(part)
    if hint:
        group.addWidget(body_label(hint, role="hint"))
    return group
