"""Pairs of two folders: the photos before, and the photos after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.pictures.controls.drop_surface import DropArea
from ip2p_desktop.training.dialog.pictures.controls.picture_slot import PictureSlot
from ip2p_desktop.training.dialog.pictures.pair_lists.pairing_preview import PairingPreview
from ip2p_desktop.training.pictures.collections.file_matching import sides_of_folders
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class TwoFolders(DropArea):
    """Two places for folders; their photos are matched as soon as both are given."""

    pairs_given = Signal(str, object)
    """A name for the pairs, and a tuple of `GivenPair`s."""

    def __init__(self, thumbnails: PictureThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("two_folders")
        self.before = PictureSlot("before_folder", self.tr("Folder before"), takes_folder=True)
        self.after = PictureSlot("after_folder", self.tr("Folder after"), takes_folder=True)
        explanation = self.tr(
            "Photos of the same name belong together. They are copied, so that later changes do not matter."
        )
        self.explanation = body_label(explanation, role="hint")
        self.refusal = named(body_label("", role="hint"), "folders_refusal")
        self.preview = PairingPreview("folders_preview", thumbnails)
        slots = QHBoxLayout()
        slots.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(slots)
        for slot in (self.before, self.after):
            slots.addWidget(slot, 1)
            slot.given.connect(lambda path, slot=slot: self._take(slot, path))
            slot.several_given.connect(self.take)
            slot.refused.connect(self._refuse)
        for widget in (self.refusal, self.explanation, self.preview):
            column.addWidget(widget)
        self.files_dropped.connect(self.take)
        self.preview.accepted.connect(self._on_accepted)
        self.preview.dismissed.connect(self.clear)
        self._refuse("")

    def clear(self) -> None:
        """Have no folders."""
        self.preview.close_preview()
        self._refuse("")
        for slot in (self.before, self.after):
            slot.show_path(None)

    def take(self, paths: Sequence[Path]) -> None:
        """Take two folders at once."""
        folders = [path for path in paths if path.is_dir()]
        if len(folders) != 2:
            self._refuse(self.tr("Drop two folders: one with the photos before, one with those after."))
            return
        for slot, path in zip((self.before, self.after), sides_of_folders(folders), strict=True):
            slot.show_path(path)
        self._match()

    def _take(self, slot: PictureSlot, path: Path) -> None:
        slot.show_path(path)
        self._match()

    def _match(self) -> None:
        self._refuse("")
        before, after = self.before.path, self.after.path
        if before is None or after is None:
            return
        if before == after:
            self._refuse(self.tr("Both are the same folder. Choose another one for one side."))
            self.preview.close_preview()
            return
        self.preview.show_folders(before, after)

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))

    def _on_accepted(self, pairs: object) -> None:
        before, after = self.before.path, self.after.path
        names = [path.name for path in (before, after) if path is not None]
        self.clear()
        self.pairs_given.emit(self.tr("{first} and {second}").format(first=names[0], second=names[1]), pairs)
