"""The photos opened and the results made, each with its parent. Uses no widgets or threads."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.images.comparing import blended
from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_memory import ImageMemory, StoredImage
from ip2p_desktop.session.masks.stored_mask import PhotoMasks
from ip2p_desktop.session.result_names import file_name, suggested_name
from ip2p_desktop.session.saved_file import SavedFile
from ip2p_desktop.session.store.node_record import new_node_id
from ip2p_desktop.widgets.display_images import DisplayImage


class EditNode:
    """A photo or a result. Nodes are compared by identity."""

    def __init__(
        self, name: str, pixels: StoredImage, state: EditState | None, parent: EditNode | None
    ) -> None:
        self.name = name
        """A file name, or "Pasted photo"."""
        self.pixels = pixels
        self.state = state
        """The settings that made a result; for an opened photo its own: see `UndoController`."""
        self.parent = parent
        self.node_id = new_node_id()
        """The name of its files in the session."""
        self.created = time.time()
        """Seconds since 1970."""
        self.is_starred = False
        """Whether the user has marked it as one of the best."""

    @property
    def photo(self) -> SourcePhoto:
        """The opened photo that it comes from, or is."""
        node = self
        while node.parent is not None:
            node = node.parent
        assert isinstance(node, SourcePhoto)
        return node

    @property
    def display_image(self) -> DisplayImage:
        """The image for painting; read from its file if it is not in memory. Raises `ImageUnreadable`."""
        return self.pixels.display_image

    @property
    def shown_images(self) -> tuple[StoredImage, ...]:
        """The images that are shown with it."""
        return (self.pixels,)

    @property
    def root(self) -> EditNode:
        """The opened photo that it comes from, over all edits."""
        node: EditNode = self
        while node.parent is not None:
            node = node.parent
        return node

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
        self.last_shown: EditNode = self
        """Of an opened photo: the photo or the result of it that was last on screen."""

    @classmethod
    def of(cls, image: Image.Image, display_image: DisplayImage, name: str) -> SourcePhoto:
        """A photo in memory, with the metadata in its `info`."""
        return cls(StoredImage.of(display_image, image), name, image.info)

    @property
    def image(self) -> Image.Image:
        """The photo, mode RGB or RGBA, with its metadata; created at each call. On any thread.

        Raises `ImageUnreadable`.
        """
        image = self.pixels.read_image()
        image.info = dict(self.info)
        return image


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
        self.saved_file: SavedFile | None = None
        """Where it was saved last, in this run of the program."""

    @property
    def source(self) -> SourcePhoto:
        """The photo that was edited."""
        return self.parent

    @property
    def shown_images(self) -> tuple[StoredImage, ...]:
        """A result is shown beside its photo."""
        return (self.source.pixels, self.pixels)

    @property
    def file_name(self) -> str:
        """The name as one that every system takes for a file; a PNG if it says nothing else."""
        return file_name(self.name)

    @property
    def request(self) -> EditRequest:
        """The request that gives this image again, without its mask. Raises `ImageUnreadable`."""
        return self.state.request(self.source.image, self.model.path)

    def image(self) -> Image.Image:
        """The result as it is shown, over its photo with its opacity; created at each call.

        On any thread; slow. Mode RGB, or RGBA if the photo is transparent. Raises `ImageUnreadable`.
        """
        opacity, result = self.opacity, self.pixels.read_image()
        return result if opacity >= 1 else blended(self.source.pixels.read_image(), result, opacity)

    def as_source(self) -> SourcePhoto:
        """A child node with the result, as it is shown, as its photo and the metadata of the original photo.

        With an opacity below 1, a new image is computed, which is slow. On any thread. Raises
        `ImageUnreadable`.
        """
        pixels = self.pixels
        if self.opacity < 1:
            image = self.image()
            pixels = StoredImage.of(DisplayImage.of(image), image)
        child = SourcePhoto(pixels, self.name, self.source.info)
        child.parent = self
        if pixels.size == self.source.pixels.size:
            child.masks, child.mask_id = self.source.masks, self.source.mask_id
            child.uses_mask = self.source.uses_mask
        return child


class EditTree(QObject):
    """All nodes with their parents. The strip shows the nodes that are listed."""

    added = Signal(object)
    """An `EditNode` that is listed."""
    removed = Signal(object)
    """An `EditNode` that is no longer listed."""
    changed = Signal(object)
    """An `EditNode` with another name, star or opacity."""
    replaced = Signal()
    """The nodes are others: those of another session."""
    grown = Signal(object)
    """An `EditNode` that is new in the tree, listed or not."""
    opacity_changed = Signal(object)
    """An `EditedPhoto` that is shown and saved with another opacity; emitted before `changed`."""
    deleted = Signal(object, bool)
    """An `EditNode` that nothing can bring back any more; whether another node has its pixels."""

    def __init__(self, memory: ImageMemory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._nodes: dict[EditNode, bool] = {}
        """All nodes, oldest first, and whether each is listed."""
        self._children: dict[EditNode, list[EditNode]] = {}
        self._photos: dict[SourcePhoto, int] = {}
        """All opened photos, and the number of listed results of each."""
        self._starred: set[EditNode] = set()
        self._origins: dict[EditNode, SourcePhoto] = {}
        """The opened photo of each node, as there may be many nodes between them."""

    def __contains__(self, node: object) -> bool:
        """Whether a node is kept, listed or not."""
        return node in self._nodes

    @property
    def is_empty(self) -> bool:
        """Whether there is no node."""
        return not self._nodes

    @property
    def nodes(self) -> tuple[EditNode, ...]:
        """All nodes, oldest first."""
        return tuple(self._nodes)

    @property
    def listed(self) -> tuple[EditNode, ...]:
        """The nodes that the strip shows, oldest first."""
        return tuple(node for node, is_listed in self._nodes.items() if is_listed)

    @property
    def photos(self) -> tuple[SourcePhoto, ...]:
        """The opened photos that are listed or have listed results, oldest first."""
        return tuple(photo for photo, count in self._photos.items() if count or self.is_listed(photo))

    @property
    def starred(self) -> tuple[EditedPhoto, ...]:
        """The listed results of all photos that have a star, oldest first."""
        starred = (node for node in self._nodes if node in self._starred and self._nodes[node])
        return tuple(node for node in starred if isinstance(node, EditedPhoto))

    @property
    def has_starred(self) -> bool:
        """Whether a listed result has a star; also fast for thousands of nodes."""
        return any(self.is_listed(node) for node in self._starred)

    @property
    def byte_count(self) -> int:
        """Bytes of memory that all images use."""
        return self._memory.byte_count

    def is_listed(self, node: EditNode) -> bool:
        """Whether the strip shows a node."""
        return self._nodes.get(node, False)

    def is_visible(self, node: EditNode) -> bool:
        """Whether the strip shows a node: it is listed, or something listed comes from it."""
        return self.is_listed(node) or any(self.is_listed(each) for each in self.branch(node))

    def result_count(self, photo: SourcePhoto) -> int:
        """The number of listed results of an opened photo, with those of its results."""
        return self._photos.get(photo, 0)

    def children_of(self, node: EditNode) -> tuple[EditNode, ...]:
        """The nodes with this parent, oldest first."""
        return tuple(self._children.get(node, ()))

    def results_from(self, node: EditNode) -> tuple[EditNode, ...]:
        """The results of edits that started with a photo or with a result, oldest first."""
        children = self.children_of(node)
        if isinstance(node, SourcePhoto):
            return children
        made = [result for source in children for result in self.children_of(source)]
        return tuple(sorted(made, key=lambda each: each.created))

    def branch(self, node: EditNode) -> tuple[EditNode, ...]:
        """A node and all that come from it, each after its parent."""
        found, left = [], [node]
        while left:
            found.append(left.pop())
            left.extend(reversed(self._children.get(found[-1], ())))
        return tuple(found)

    def add(self, *nodes: EditNode, is_listed: bool = True) -> None:
        """Add nodes that were opened or made together; emits `added` for each that is listed."""
        for node in nodes:
            self._insert(node, is_listed)
        for node in nodes:
            self.grown.emit(node)
            if is_listed:
                self.added.emit(node)

    def set_listed(self, node: EditNode, is_listed: bool) -> None:
        """List a node, or remove it from the listed ones: it stays in the tree until `prune`."""
        if node in self._nodes and self._nodes[node] != is_listed:
            self._nodes[node] = is_listed
            self._count(node, is_listed, -1)
            (self.added if is_listed else self.removed).emit(node)

    def set_starred(self, node: EditNode, is_starred: bool) -> None:
        """Give a node a star, or take it away; emits `changed`."""
        if node.is_starred != is_starred:
            node.is_starred = is_starred
            (self._starred.add if is_starred else self._starred.discard)(node)
            self.changed.emit(node)

    def rename(self, node: EditNode, name: str) -> None:
        """Give a node another name, a result also where it is a source; emits `changed`."""
        if node.name != name:
            node.name = name
            if isinstance(node, EditedPhoto):
                for source in self._children.get(node, ()):
                    source.name = name
            self.changed.emit(node)

    def prune(self, kept: frozenset[EditNode]) -> None:
        """Delete the nodes that are not listed, not among `kept` and not an ancestor of either."""
        needed: set[EditNode] = set()
        for node, is_listed in self._nodes.items():
            each: EditNode | None = node if is_listed or node in kept else None
            while each is not None and each not in needed:
                needed.add(each)
                each = each.parent
        unneeded = [node for node in self._nodes if node not in needed]
        for node in unneeded:
            self._take_out(node)
        pixels = {node.pixels for node in self._nodes} if unneeded else set()
        for node in unneeded:
            if node.pixels not in pixels:
                self._memory.remove(node.pixels)
            self.deleted.emit(node, node.pixels in pixels)

    def set_opacity(self, result: EditedPhoto, opacity: float) -> None:
        """Set how much of a result is shown and saved over its photo, 0 to 1."""
        if opacity != result.opacity:
            result.opacity = opacity
            self.opacity_changed.emit(result)
            self.changed.emit(result)

    def set_on_screen(self, node: EditNode | None) -> None:
        """Keep the images of a node in memory until another one is on screen."""
        self._memory.set_on_screen(node.shown_images if node is not None else ())

    def limit_memory(self) -> None:
        """Drop images from memory that have been stored since."""
        self._memory.limit()

    def replace(self, nodes: Iterable[tuple[EditNode, bool]] = ()) -> None:
        """Have other nodes, oldest first, and whether each is listed; the files of those before stay.

        Emits only `replaced`, as there may be thousands.
        """
        for known in (self._nodes, self._children, self._photos, self._origins, self._starred):
            known.clear()
        self._memory.clear()
        for node, is_listed in nodes:
            self._insert(node, is_listed)
        self.replaced.emit()

    def _insert(self, node: EditNode, is_listed: bool) -> None:
        self._nodes[node] = is_listed
        if node.parent is not None:
            self._children.setdefault(node.parent, []).append(node)
        if node.is_starred:
            self._starred.add(node)
        self._count(node, is_listed)
        self._memory.add(node.pixels)

    def _count(self, node: EditNode, is_listed: bool, otherwise: int = 0) -> None:
        """Note a photo, or a result that is listed, or is not any more."""
        origin = self._origins.get(node.parent) if node.parent is not None else None
        photo = self._origins[node] = origin or node.photo
        self._photos.setdefault(photo, 0)
        if isinstance(node, EditedPhoto):
            self._photos[photo] += 1 if is_listed else otherwise

    def _take_out(self, node: EditNode) -> None:
        del self._nodes[node]
        self._children.pop(node, None)
        self._origins.pop(node, None)
        self._starred.discard(node)
        if isinstance(node, SourcePhoto):
            self._photos.pop(node, None)
        if node.parent is not None and node in (siblings := self._children.get(node.parent, [])):
            siblings.remove(node)
