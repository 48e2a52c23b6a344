"""The photos opened and the results made, each with its parent. Uses no widgets or threads."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unicodedata import category

from PIL import Image
from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.files.file_names import cut_to_bytes, valid_stem
from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_memory import ImageMemory, StoredImage
from ip2p_desktop.session.masks.stored_mask import PhotoMasks, mask_of
from ip2p_desktop.session.store.node_record import new_node_id
from ip2p_desktop.widgets.display_images import DisplayImage

MAX_PHOTO_BYTES, MAX_WORDS_BYTES = 128, 80
"""Of the photo's name and of the instruction in the name of a result."""


class EditNode:
    """A photo or a result. Nodes are compared by identity."""

    def __init__(
        self, name: str, pixels: StoredImage, state: EditState | None, parent: EditNode | None
    ) -> None:
        self.name = name
        """A file name, or "Pasted photo"."""
        self.pixels = pixels
        self.state = state
        """The settings that made a result; for a photo, those that were set when it was last on screen."""
        self.parent = parent
        self.node_id = new_node_id()
        """The name of its files in the session."""
        self.created = time.time()
        """Seconds since 1970."""
        self.is_starred = False
        """Whether the user has marked it as one of the best."""

    @property
    def display_image(self) -> DisplayImage:
        """The image for painting; read from its file if it is not in memory. Raises `ImageUnreadable`."""
        return self.pixels.display_image

    @property
    def shown_images(self) -> tuple[StoredImage, ...]:
        """The images that are shown with it."""
        return (self.pixels,)

    def load(self) -> None:
        """Read what is needed to show it from its files into memory. Raises `ImageUnreadable`."""
        for image in self.shown_images:
            _ = image.display_image


class SourcePhoto(EditNode):
    """A photo to edit: one that was opened, or an earlier result used as the source."""

    def __init__(
        self,
        pixels: StoredImage,
        name: str,
        info: Mapping[Any, Any] | None = None,
        record: EditRecord | None = None,
        record_problem: ErrorReport | None = None,
        file: Path | None = None,
    ) -> None:
        super().__init__(name, pixels, None, None)
        self.info: dict[str | tuple[int, int], Any] = dict(info or {})
        """The metadata for a result, as in Pillow's `info`."""
        self.record = record
        """The edit in the metadata of the file; None if there is none."""
        self.record_problem = record_problem
        """Why the edit in the metadata cannot be read."""
        self.file = file
        """The file it was opened from, in this run of the program."""
        self.masks: PhotoMasks = {}
        """The masks painted on it that something refers to."""
        self.mask_id = ""
        """The mask that belongs to it now; empty if there is none."""
        self.uses_mask = True
        """Whether edits of it are limited to that mask."""

    @classmethod
    def of(cls, image: Image.Image, display_image: DisplayImage, name: str) -> SourcePhoto:
        """A photo in memory, with the metadata in its `info`."""
        return cls(StoredImage.of(display_image, image), name, image.info)

    @property
    def image(self) -> Image.Image:
        """The photo as a Pillow image with its metadata; created at each call. On any thread.

        Raises `ImageUnreadable`.
        """
        image = self.pixels.read_image()
        image.info = dict(self.info)
        return image

    def request(self, state: EditState, model: Path) -> EditRequest:
        """The request of an edit of this photo, with the mask in use. On any thread; slow.

        Raises `ImageUnreadable` or `InvalidRequest`.
        """
        mask_id = state.mask_in_use
        mask = mask_of(self.masks, mask_id).read().to_image() if mask_id else None
        return state.request(self.image, model, mask)


class EditedPhoto(EditNode):
    """The result of an edit."""

    state: EditState
    parent: SourcePhoto

    def __init__(
        self,
        source: SourcePhoto,
        model: ModelCard,
        state: EditState,
        pixels: StoredImage,
        is_unchanged: bool = False,
        name: str = "",
    ) -> None:
        """`state` gives this image alone, also for one of several variations."""
        name = name or suggested_name(source.name, state.instruction)
        super().__init__(name, pixels, state, source)
        self.model = model
        self.is_unchanged = is_unchanged
        """Whether the result hardly differs from the photo."""
        self.opacity = 1.0
        """How much of it is shown and saved over its photo, 0 to 1."""

    @property
    def source(self) -> SourcePhoto:
        """The photo that was edited."""
        return self.parent

    @property
    def shown_images(self) -> tuple[StoredImage, ...]:
        """A result is shown beside its photo."""
        return (self.source.pixels, self.pixels)

    @property
    def request(self) -> EditRequest:
        """The request that gives this image again, without its mask. Raises `ImageUnreadable`."""
        return self.state.request(self.source.image, self.model.path)

    def image(self) -> Image.Image:
        """The result as a Pillow image; created at each call. On any thread. Raises `ImageUnreadable`."""
        return self.pixels.read_image()

    def as_source(self) -> SourcePhoto:
        """A child node with the result as its photo and the metadata of the original photo."""
        child = SourcePhoto(self.pixels, self.name, self.source.info)
        child.parent = self
        if self.pixels.size == self.source.pixels.size:
            child.masks, child.mask_id = self.source.masks, self.source.mask_id
            child.uses_mask = self.source.uses_mask
        return child


class EditTree(QObject):
    """All nodes with their parents. The strip shows the nodes that are listed."""

    added = Signal(object)
    """An `EditNode` that is listed."""
    removed = Signal(object)
    """An `EditNode` that is no longer listed."""
    grown = Signal(object)
    """An `EditNode` that is new in the tree, listed or not."""
    deleted = Signal(object, bool)
    """An `EditNode` that the user removed and nothing depends on; whether another node has its pixels."""

    def __init__(self, memory: ImageMemory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._nodes: dict[EditNode, bool] = {}
        """All nodes, oldest first, and whether each is listed."""

    def __contains__(self, node: object) -> bool:
        """Whether a node is kept, listed or not."""
        return node in self._nodes

    @property
    def nodes(self) -> tuple[EditNode, ...]:
        """All nodes, oldest first."""
        return tuple(self._nodes)

    @property
    def listed(self) -> tuple[EditNode, ...]:
        """The nodes that the strip shows, oldest first."""
        return tuple(node for node, is_listed in self._nodes.items() if is_listed)

    @property
    def byte_count(self) -> int:
        """Bytes of memory that all images use."""
        return self._memory.byte_count

    def children_of(self, node: EditNode) -> tuple[EditNode, ...]:
        """The nodes with this parent, oldest first."""
        return tuple(each for each in self._nodes if each.parent is node)

    def add(self, *nodes: EditNode, is_listed: bool = True) -> None:
        """Add nodes that were opened or made together; emits `added` for each that is listed."""
        for node in nodes:
            self._nodes[node] = is_listed
            self._memory.add(node.pixels)
        for node in nodes:
            self.grown.emit(node)
            if is_listed:
                self.added.emit(node)

    def remove(self, node: EditNode) -> None:
        """Remove a node from the listed ones; it stays in the tree while other nodes depend on it."""
        if self._nodes.get(node):
            self._nodes[node] = False
            self.removed.emit(node)

    def prune(self, kept: frozenset[EditNode]) -> None:
        """Delete the nodes that are not listed, not among `kept` and not an ancestor of either."""
        needed = {node for node, is_listed in self._nodes.items() if is_listed or node in kept}
        for node in tuple(needed):
            ancestor = node.parent
            while ancestor is not None:
                needed.add(ancestor)
                ancestor = ancestor.parent
        for node in [node for node in self._nodes if node not in needed]:
            del self._nodes[node]
            has_twin = any(each.pixels is node.pixels for each in self._nodes)
            if not has_twin:
                self._memory.remove(node.pixels)
            self.deleted.emit(node, has_twin)

    def set_on_screen(self, node: EditNode | None) -> None:
        """Keep the images of a node in memory until another one is on screen."""
        self._memory.set_on_screen(node.shown_images if node is not None else ())

    def limit_memory(self) -> None:
        """Drop images from memory that have been stored since."""
        self._memory.limit()

    def clear(self) -> None:
        """Take all nodes out of the tree; their files stay."""
        nodes, self._nodes = self._nodes, {}
        self._memory.clear()
        for node in (node for node, is_listed in nodes.items() if is_listed):
            self.removed.emit(node)


def suggested_name(photo: str, instruction: str) -> str:
    """A file name from the photo's name and the instruction, for example "dog - make it snowy.png".

    It has at most 215 bytes, which leaves room for a number, another suffix and what other programs add.
    """
    letters = "".join(filter(_is_of_a_word, instruction))
    words = cut_to_bytes(" ".join(letters.split()), MAX_WORDS_BYTES).strip() or "edited"
    stem = cut_to_bytes(valid_stem(Path(photo).stem), MAX_PHOTO_BYTES).strip()
    return f"{stem} - {words}.png"


def _is_of_a_word(character: str) -> bool:
    """Whether it is a letter, a mark on one, a number, an underscore or a blank."""
    return character.isspace() or character == "_" or category(character)[0] in "LMN"
