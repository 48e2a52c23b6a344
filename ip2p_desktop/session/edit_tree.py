"""The photos opened and the results made, each with its parent. Uses no widgets or threads."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.image_memory import ImageMemory


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
