"""The photos opened and the results made, each with its parent. Uses no widgets or threads."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

from PIL import Image
from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.files.file_names import cut_to_bytes, valid_stem
from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_store import ImageStore, StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

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

    @property
    def display_image(self) -> DisplayImage:
        """The image for painting; read from its file if it is not in memory. Raises `ImageUnreadable`."""
        return self.pixels.display_image

    def load(self) -> None:
        """Read what is needed to show it from its files into memory. Raises `ImageUnreadable`."""
        _ = self.display_image


class SourcePhoto(EditNode):
    """A photo to edit: one that was opened, or an earlier result used as the source."""

    def __init__(
        self,
        image: Image.Image,
        display_image: DisplayImage,
        name: str,
        record: EditRecord | None = None,
        record_problem: ErrorReport | None = None,
    ) -> None:
        super().__init__(name, StoredImage(display_image, image), None, None)
        self.record = record
        """The edit in the metadata of the file; None if there is none."""
        self.record_problem = record_problem
        """Why the edit in the metadata cannot be read."""

    @property
    def image(self) -> Image.Image:
        """The photo as a Pillow image, with its metadata."""
        return self.pixels.image


class EditedPhoto(EditNode):
    """The result of an edit."""

    state: EditState

    def __init__(
        self,
        source: SourcePhoto,
        model: ModelCard,
        request: EditRequest,
        display_image: DisplayImage,
        is_unchanged: bool = False,
    ) -> None:
        """`request` is the request that gives this image alone, also for one of several variations."""
        super().__init__(
            suggested_name(source.name, request.instruction),
            StoredImage(display_image),
            EditState.of_request(request),
            source,
        )
        self.source = source
        self.model = model
        self.is_unchanged = is_unchanged
        """Whether the result hardly differs from the photo."""

    def load(self) -> None:
        """A result is shown beside its photo."""
        self.source.load()
        super().load()

    @property
    def request(self) -> EditRequest:
        """The request that gives this image again. Raises `ImageUnreadable`."""
        return self.state.request(self.source.image, self.model.path)

    def image(self) -> Image.Image:
        """The result as a Pillow image; created at each call."""
        return to_pillow(self.display_image.levels[0])

    def as_source(self) -> SourcePhoto:
        """A child node with the result as its photo and the metadata of the original photo.

        Raises `ImageUnreadable`.
        """
        image = self.image()
        image.info = dict(self.source.image.info)
        child = SourcePhoto(image, self.display_image, self.name)
        child.parent = self
        return child


class EditTree(QObject):
    """All nodes with their parents. The strip shows the nodes that are listed."""

    added = Signal(object)
    """An `EditNode` that is listed."""
    removed = Signal(object)
    """An `EditNode` that is no longer listed."""

    def __init__(self, store: ImageStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
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
        return self._store.byte_count

    def children_of(self, node: EditNode) -> tuple[EditNode, ...]:
        """The nodes with this parent, oldest first."""
        return tuple(each for each in self._nodes if each.parent is node)

    def add(self, *nodes: EditNode, is_listed: bool = True) -> None:
        """Add nodes that were opened or made together; emits `added` for each that is listed."""
        for node in nodes:
            self._nodes[node] = is_listed
            self._store.add(node.pixels)
        for node in nodes if is_listed else ():
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
            self._store.remove(node.pixels)

    def close(self) -> None:
        """Delete the files of this session."""
        self._store.close()


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
