"""The first part of the page of pictures: the ways of giving them, or what was given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.images.photo_search import is_photo_name
from ip2p_desktop.base.paths import collections_folder
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.dialog.pictures.controls.scrolling import scroll_to
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.training.dialog.pictures.sources.edits_choice import EditsChoice
from ip2p_desktop.training.dialog.pictures.sources.folder_drop import FolderDrop
from ip2p_desktop.training.dialog.pictures.sources.folder_example import FolderExample
from ip2p_desktop.training.dialog.pictures.sources.my_pairs import MyPairs
from ip2p_desktop.training.dialog.pictures.sources.pairs_by_hand import PairsByHand
from ip2p_desktop.training.dialog.pictures.sources.practice_form import PracticeForm
from ip2p_desktop.training.dialog.pictures.sources.two_folders import TwoFolders
from ip2p_desktop.training.dialog.pictures.sources.ways import Way, WayTiles
from ip2p_desktop.training.pictures.collections.collection_editor import CollectionEditor
from ip2p_desktop.training.pictures.collections.collection_library import CollectionLibrary
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPair
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.training.pictures.collections.practice_maker import PracticeMaker
from ip2p_desktop.training.pictures.collections.session_pairs import pair_of_result
from ip2p_desktop.training.plans.model_names import free_name
from ip2p_desktop.widgets.surfaces import body_label


class PictureSources(QWidget):
    """Shows all ways, or one that was opened, or the dataset that was chosen."""

    dataset_chosen = Signal(Path)
    """A folder of pairs, a zip of one, or a collection of ours."""
    way_changed = Signal()
    """A way of giving pictures was opened or left."""
    cleared = Signal()
    """Other pictures are wanted than those of the dataset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture_sources")
        root = collections_folder()
        self.library = CollectionLibrary(root, self)
        self.editor = CollectionEditor(root, self)
        self.maker = PracticeMaker(root, self)
        self.thumbnails = PictureThumbnails(self)
        self._dataset: Path | None = None
        self.way: Way | None = None
        """The way that is open; None if all are offered, or a dataset is chosen."""
        self.drop = FolderDrop()
        self.tiles = WayTiles()
        self.my_pairs = MyPairs(self.library)
        self.example = FolderExample()
        self.back = text_button("other_ways", self.tr("‹ &Other ways"), role="link")
        self.change = text_button("change_pairs", self.tr("Add or change &pairs"), role="link")
        self.heading = body_label("", role="section")
        self.folders = TwoFolders(self.thumbnails)
        self.by_hand = PairsByHand(self.editor, self.thumbnails)
        self.edits = EditsChoice(self.thumbnails)
        self.practice = PracticeForm(self.maker)
        self._views: dict[Way, QWidget] = {
            Way.FOLDERS: self.folders,
            Way.HAND: self.by_hand,
            Way.EDITS: self.edits,
            Way.PRACTICE: self.practice,
        }
        self._first_fields: dict[Way, QWidget] = {
            Way.FOLDERS: self.folders.before,
            Way.HAND: self.by_hand.words,
            Way.EDITS: self.edits.only_starred,
            Way.PRACTICE: self.practice.recipes,
        }
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.back)
        links.addWidget(self.change)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.drop)
        column.addLayout(links)
        column.addWidget(self.heading)
        for widget in (self.tiles, *self._views.values(), self.my_pairs, self.example):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.drop.dataset_chosen.connect(self.dataset_chosen)
        self.drop.several_given.connect(self.take_files)
        self.tiles.chosen.connect(self.open_way)
        self.back.clicked.connect(self._go_back)
        self.change.clicked.connect(self._change_dataset)
        self.my_pairs.use_requested.connect(self.dataset_chosen)
        self.my_pairs.listed.connect(self._show)
        self.my_pairs.edit_requested.connect(self.open_collection)
        self.folders.pairs_given.connect(self._collect)
        self.edits.pairs_given.connect(self._on_edits_given)
        self.by_hand.edits_requested.connect(partial(self.open_way, Way.EDITS))
        self.by_hand.finished.connect(self._use)
        self.practice.finished.connect(self._use)

    def show_tree(self, tree: EditTree | None) -> None:
        """Offer the photos and results of a session."""
        self.edits.show_tree(tree)
        self.practice.show_tree(tree)

    def show_dataset(self, dataset: Path | None) -> None:
        """Show the chosen dataset; None if there is none."""
        if dataset is not None:
            self.way = None
        elif self._dataset is not None:
            self.library.reload()
        self._dataset = dataset
        self._show()

    def open_way(self, way: Way) -> None:
        """Open one way of giving pictures."""
        if way is Way.HAND and self.editor.collection is None:
            self.editor.create(self._free_name(self.tr("My pairs")))
        self.way = way
        if way is Way.EDITS:
            self.edits.refresh()
        self._show()
        if way is Way.PRACTICE:
            self.practice.refresh()
        self._first_fields[way].setFocus()
        scroll_to(self.back)

    def open_collection(self, folder: Path) -> None:
        """Show the pairs of a collection, to add and change some."""
        self.editor.open(folder)
        self.way = Way.HAND
        self._show()

    def take_files(self, paths: Sequence[Path]) -> None:
        """Take what is dropped on the page: several files, two folders, or one photo."""
        if len(paths) == 2 and all(path.is_dir() for path in paths):
            self.open_way(Way.FOLDERS)
            self.folders.take(paths)
        elif len(paths) == 1 and is_photo_name(paths[0].name):
            self.open_way(Way.HAND)
            self.by_hand.take_photo(paths[0])
        else:
            self.open_way(Way.HAND)
            self.by_hand.take_files(paths)

    def use_as_pair(self, result: EditedPhoto) -> None:
        """Add a result with its photo to the open collection, else to a new one."""
        self._add_to_open(self.tr("From my edits"), (pair_of_result(result),))

    def shut_down(self) -> None:
        """Wait until everything that is being written is written, and cancel the rest."""
        for part in (self.editor, self.maker, self.thumbnails, self.library):
            part.shut_down()
        for preview in (self.folders.preview, self.by_hand.preview):
            preview.matcher.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.library.reload()

    def _show(self) -> None:
        is_start = self._dataset is None and self.way is None
        self.drop.show_dataset(self._dataset, self._name_of(self._dataset))
        self.drop.setVisible(self.way is None)
        self.tiles.setVisible(is_start)
        self.example.setVisible(is_start)
        self.my_pairs.setVisible(is_start and not self.my_pairs.is_empty)
        self.back.setVisible(not is_start)
        self.change.setVisible(self._dataset is not None and self._dataset.parent == collections_folder())
        self.heading.setVisible(self.way is not None)
        if self.way is not None:
            self.heading.setText(self.tiles.tiles[self.way].accessibleName())
        for way, view in self._views.items():
            view.setVisible(way is self.way)
        self.way_changed.emit()

    def _free_name(self, name: str) -> str:
        """The name, with a number if there are pairs of that name."""
        return free_name(name, [each.name for each in self.library.collections])

    def _name_of(self, dataset: Path | None) -> str:
        """The name of one of our collections; "" for other datasets."""
        return next((each.name for each in self.library.collections if each.folder == dataset), "")

    def _go_back(self) -> None:
        if self.way is Way.EDITS and self.editor.collection is not None:
            self.open_way(Way.HAND)
            return
        self.way = None
        self.maker.cancel()
        self.editor.close()
        self.folders.clear()
        self.library.reload()
        self.cleared.emit()
        self._show()

    def _change_dataset(self) -> None:
        folder = self._dataset
        self.cleared.emit()
        if folder is not None:
            self.open_collection(folder)

    def _collect(self, name: str, pairs: tuple[GivenPair, ...]) -> None:
        """Make a collection of pairs, and show it."""
        self.editor.create(self._free_name(name), partial(self.editor.add, pairs))
        self._show_collected()

    def _on_edits_given(self, name: str, pairs: tuple[GivenPair, ...]) -> None:
        self._add_to_open(name, pairs)

    def _add_to_open(self, name: str, pairs: tuple[GivenPair, ...]) -> None:
        if self.editor.collection is None:
            self._collect(name, pairs)
            return
        self.editor.add(pairs)
        self._show_collected()

    def _show_collected(self) -> None:
        """Show the pairs of the open collection, with the focus where it stays on this way."""
        self.way = Way.HAND
        self._show()
        self._first_fields[Way.HAND].setFocus()

    def _use(self, folder: Path) -> None:
        self.editor.close()
        self.library.reload()
        self.way = None
        self._show()
        self.dataset_chosen.emit(folder)
