"""Writes one session to its folder, which is created with the first file. Used on any thread."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from engine.errors import ImageUnreadable
from engine.files.disk_space import not_written
from engine.images.metadata import BIT_DEPTH
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.mask_references import all_masks
from ip2p_desktop.session.masks.stored_mask import StoredMask
from ip2p_desktop.session.store.node_files import (
    deep_file,
    image_file,
    record_file,
    thumbnail_file,
    write_deep_image,
    write_image,
    write_record,
    write_thumbnail,
)
from ip2p_desktop.session.store.node_record import NodeKind, NodeRecord
from ip2p_desktop.session.store.project_file import write_project
from ip2p_desktop.session.store.session_folder import SessionFolder
from ip2p_desktop.session.store.session_record import SessionRecord, write_session

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

log = logging.getLogger(__name__)


class SessionStore:
    """The files of one session. Nodes are written before the nodes that depend on them."""

    def __init__(self, parent: Path) -> None:
        """`parent` is the folder of all sessions."""
        self._parent = parent
        self._folder: SessionFolder | None = None
        self._is_decided = threading.Event()
        self._is_closed = False
        self._stored: set[str] = set()
        self._deleted: set[EditNode] = set()
        """Nodes that must not be written, although that may have been asked for before."""
        self._lock = threading.RLock()
        """Held while the image of a node is written, so that none is written twice."""
        self._folder_lock = threading.Lock()
        self._record_lock = threading.Lock()
        self._deletion_lock = threading.Lock()
        """Held while files are deleted, and while a project is made of all files."""
        self._turns = itertools.count(1)
        self.has_lost_files = False
        """Whether the folder was removed by others, so that all nodes must be written again."""
        self._last_turn = 0
        """Of the record that was written last."""

    def decide(self, folder: SessionFolder | None) -> None:
        """Set the folder; with None, a new one is created with the first file. Until then, writing waits."""
        self._folder = folder
        self._is_decided.set()

    @property
    def path(self) -> Path | None:
        """The folder of the session; None as long as nothing was written."""
        return self._folder.path if self._folder is not None else None

    def has_stored(self, node: EditNode) -> bool:
        """Whether a node is in the session on disk."""
        return node.node_id in self._stored

    def mark_stored(self, nodes: Collection[EditNode]) -> None:
        """Note nodes that were read from this session."""
        self._stored.update(node.node_id for node in nodes)

    def write_nodes(self, *nodes: EditNode) -> None:
        """Write nodes, and those they come from, that are not stored yet. Slow.

        Does nothing after `close`. Raises `OutputNotWritable`; then the nodes stay in memory.
        """
        for each in nodes:
            missing = [each]
            while (parent := missing[-1].parent) is not None and not self.has_stored(parent):
                missing.append(parent)
            for node in reversed(missing):
                self._write_missing(node)

    def write_masks(self, masks: Collection[StoredMask]) -> None:
        """Write masks that are not stored yet. Slow for large photos. Raises `OutputNotWritable`."""
        if self._is_closed or not masks:
            return
        folder = self._ready_folder()
        try:
            for mask in masks:
                mask.write(folder)
        except OSError as error:
            raise not_written(folder, error) from error

    def delete_masks(self, masks: Collection[StoredMask]) -> None:
        """Delete the files of masks that nothing refers to; those that cannot be deleted stay."""
        with self._deletion_lock:
            for mask in masks:
                if mask.file is not None:
                    with suppress(OSError):
                        mask.file.unlink()

    def take_turn(self) -> int:
        """A number for a new record of the session, higher than all before."""
        return next(self._turns)

    def write_session(self, record: SessionRecord, turn: int) -> None:
        """Write what the window shows, unless a later record has been written or the session is closed.

        Raises `OutputNotWritable`.
        """
        with self._record_lock:
            if self._is_closed or turn < self._last_turn:
                return
            folder = self._ready_folder()
            try:
                write_session(folder, record)
                self._last_turn = turn
            except OSError as error:
                raise not_written(folder, error) from error

    def save_project(
        self, record: SessionRecord, turn: int, nodes: Collection[EditNode], target: Path
    ) -> None:
        """Write all nodes and the record, then all to one file. Slow. Raises `OutputNotWritable`."""
        self.write_nodes(*nodes)  # raises where one could not be written before
        self.write_masks(list(all_masks(nodes).values()))
        self.write_session(record, turn)
        assert self.path is not None
        with self._deletion_lock:
            write_project(self.path, target)

    def delete_node(self, node: EditNode, keeps_image: bool) -> None:
        """Delete the files of a node; those that cannot be deleted stay."""
        with self._lock:
            self._deleted.add(node)
        with self._deletion_lock:
            folder = self.path
            if folder is None:
                return
            files = [record_file(folder, node.node_id), thumbnail_file(folder, node.node_id)]
            if node.pixels.file is not None and not keeps_image:
                files += [node.pixels.file, deep_file(node.pixels.file)]
            for file in files:
                with suppress(OSError):
                    file.unlink()

    def close(self) -> None:
        """Write nothing more, and let other programs open the session. Waits for the file being written."""
        with self._lock, self._record_lock:
            self._is_closed = True
            if self._folder is not None:
                self._folder.close()

    def _ready_folder(self) -> Path:
        """Raises `OutputNotWritable`."""
        self._is_decided.wait()
        with self._folder_lock:
            if self._folder is None:
                self._folder = SessionFolder.create(self._parent)
            elif self._folder.restore():
                self._stored.clear()
                self.has_lost_files = True
            return self._folder.path

    def _write_deep(self, node: EditNode, image: Image.Image, file: Path) -> None:
        """Write the pixels with 16 bits, if there are any; without room for them, the node has 8."""
        try:
            if (deep := _deep_pixels(node, image)) is not None:
                write_deep_image(file, deep)
        except OSError as error:
            log.warning("The 16 bits of %s are not stored: %s", node.name, error)

    def _write_missing(self, node: EditNode) -> None:
        with self._lock:
            if self._is_closed or node in self._deleted or self.has_stored(node):
                return
            try:
                self._write_node(node)
            except ImageUnreadable as error:  # it was only in a file that others have removed
                log.warning("%s cannot be stored again: %s", node.name, error)

    def _write_node(self, node: EditNode) -> None:
        folder = self._ready_folder()
        try:
            if node.pixels.file is None or not node.pixels.file.exists():
                info = node.info if isinstance(node, SourcePhoto) else {}
                image = node.pixels.read_image()
                file = write_image(folder, node.node_id, image, info)
                self._write_deep(node, image, file)
                node.pixels.set_file(file)
            write_thumbnail(folder, node.node_id, node.pixels.thumbnail)
            write_record(folder, _record(node, folder))
        except OSError as error:
            raise not_written(folder, error) from error
        self._stored.add(node.node_id)


def _deep_pixels(node: EditNode, image: Image.Image) -> Deep | None:
    """The pixels of a node with 16 bits for each colour; those of an opened photo are in its file."""
    if (deep := node.pixels.read_deep()) is not None:
        return deep
    if not isinstance(node, SourcePhoto) or node.file is None or not node.info.get(BIT_DEPTH):
        return None
    from engine.images.deep_images.deep_pixels import read_deep_photo  # imports torch

    image.info = dict(node.info)
    return read_deep_photo(node.file, image)


def _record(node: EditNode, folder: Path) -> NodeRecord:
    file = node.pixels.file
    assert file is not None
    is_result = isinstance(node, EditedPhoto)
    photo = node if isinstance(node, SourcePhoto) else None
    return NodeRecord(
        node_id=node.node_id,
        kind=NodeKind.RESULT if is_result else NodeKind.PHOTO,
        name=node.name,
        image=file.stem,
        width=node.pixels.size.width(),
        height=node.pixels.size.height(),
        byte_count=image_file(folder, file.stem).stat().st_size,
        created=node.created,
        parent=node.parent.node_id if node.parent is not None else "",
        state=node.state if is_result else None,
        model_name=node.model.name if isinstance(node, EditedPhoto) else "",
        is_unchanged=isinstance(node, EditedPhoto) and node.is_unchanged,
        record=photo.record.to_json() if photo is not None and photo.record is not None else "",
        info={str(name): value for name, value in photo.info.items()} if photo is not None else {},
    )
