"""The pairs of a collection with what can be done with the selected ones."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.images.photo_search import is_photo_name
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.training.dialog.pictures.controls.words_box import WordsBox
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_list import PairList
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import PairRow, PairRows, RowsOf, SlowPicture
from ip2p_desktop.training.pictures.collections.collection_editor import CollectionEditor
from ip2p_desktop.training.pictures.collections.given_pictures import GivenFile
from ip2p_desktop.training.pictures.collections.pair_collection import CollectedPair, PairCollection
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.widgets.controls.file_choosing import choose_file, photo_filters
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label
from trainer.datasets.pair_writing import AFTER, BEFORE


class CollectedList(QWidget):
    """A picture dropped on a pair replaces it there."""

    files_dropped = Signal(object)
    """A list of `Path`s, dropped beside the pictures."""
    refused = Signal(str)

    def __init__(
        self, editor: CollectionEditor, thumbnails: PictureThumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("collected_pairs")
        self._editor = editor
        self._shown: PairCollection | None = None
        self.rows = PairRows(thumbnails, parent=self)
        self.list = PairList("collected_list", self.tr("Pairs"), self.rows, takes_drops=True)
        self.empty = named(body_label("", role="hint"), "no_pairs_yet")
        self.empty.setText(self.tr("No pairs yet. Ten show the idea, twenty are a good beginning."))
        self.words = WordsBox(
            "own_words", self.tr("Words of the selected pairs"), self.tr("Own words, instead of those above")
        )
        self.replace_before = text_button("replace_before", self.tr("Replace &before…"))
        self.replace_after = text_button("replace_after", self.tr("Replace &after…"))
        self.remove = text_button("remove_pairs", self.tr("&Remove"))
        self.tools = QWidget()
        tools = QVBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(8)
        buttons = WrappingRow(spacing=8)
        for button in (self.replace_before, self.replace_after, self.remove):
            buttons.addWidget(button)
        tools.addWidget(self.words)
        tools.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.empty, self.list, self.tools):
            column.addWidget(widget)
        self._connect()
        self._show()

    def _connect(self) -> None:
        self.list.selection_changed.connect(self._show_tools)
        self.list.removal_requested.connect(self._remove)
        self.list.picture_dropped.connect(self._replace)
        self.list.files_dropped.connect(self.files_dropped)
        self.words.confirmed.connect(self._set_words)
        self.replace_before.clicked.connect(lambda: self._choose(BEFORE))
        self.replace_after.clicked.connect(lambda: self._choose(AFTER))
        self.remove.clicked.connect(self._remove)
        self._editor.changed.connect(self._show)

    def _show(self) -> None:
        collection = self._editor.collection
        if collection == self._shown and collection is not None:
            return
        chosen = self.list.chosen
        before, self._shown = self._shown, collection
        pairs = collection.pairs if collection is not None else ()
        self.rows.show(RowsOf(pairs, partial(self._row, collection)) if collection is not None else ())
        is_same = before is not None and collection is not None and before.folder == collection.folder
        if is_same and before is not None and len(pairs) > len(before.pairs):
            self.list.scrollToBottom()
        elif is_same and chosen and len(chosen) == 1 and chosen[0] < len(pairs):
            self.list.setCurrentIndex(self.rows.index(chosen[0]))
        self.empty.setVisible(not pairs)
        self.list.setVisible(bool(pairs))
        self._show_tools()

    def _row(self, collection: PairCollection, pair: CollectedPair) -> PairRow:
        sides = [
            SlowPicture((collection.folder, name), GivenFile(collection.folder / name))
            for name in (pair.original, pair.edited)
        ]
        words = collection.words_of(pair)
        text = words[0] if words else self.tr("No words yet")
        details = [self.tr("own words")] if pair.words else []
        if len(words) > 1:
            details.append(self.tr("%n wording(s)", "", len(words)))
        return PairRow(pair, sides[0], sides[1], text, " · ".join(details))

    def _show_tools(self) -> None:
        collection, chosen = self._editor.collection, self.list.chosen
        self.tools.setVisible(bool(chosen) and collection is not None)
        for button in (self.replace_before, self.replace_after):
            button.setVisible(len(chosen) == 1)
        if collection is not None and chosen and chosen[-1] < len(collection.pairs):
            wordings = {collection.pairs[place].words for place in chosen}
            self.words.show_words(next(iter(wordings)) if len(wordings) == 1 else ())

    def _set_words(self, words: tuple[str, ...]) -> None:
        if chosen := self.list.chosen:
            self._editor.set_words(chosen, words)

    def _remove(self) -> None:
        if chosen := self.list.chosen:
            self._editor.remove(chosen)

    def _choose(self, side: str) -> None:
        if len(chosen := self.list.chosen) == 1:
            title = self.tr("Photo before") if side == BEFORE else self.tr("Photo after")
            choose_file(
                self,
                "photos_dialog",
                title,
                lambda path: self._replace(chosen[0], side, path),
                filters=photo_filters(),
            )

    def _replace(self, place: int, side: str, path: Path) -> None:
        if not is_photo_name(path.name):
            self.refused.emit(self.tr("“{name}” is not a photo.").format(name=path.name))
            return
        self.refused.emit("")
        self._editor.replace(place, side, GivenFile(path))
