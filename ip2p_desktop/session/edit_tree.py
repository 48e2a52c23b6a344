"""The photos opened and the results made, each with what it came from. Knows no widget and no thread."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_store import ImageStore, StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow


class EditNode:
    """A photo or a result. Two nodes are never equal."""

    def __init__(
        self, name: str, pixels: StoredImage, state: EditState | None, parent: EditNode | None
    ) -> None:
        self.name = name
        """What people call it: a file name, or "Pasted photo"."""
        self.pixels = pixels
        self.state = state
        """Of a result, the settings that made it; of a photo, those it was last on screen with."""
        self.parent = parent

    @property
    def display_image(self) -> DisplayImage:
        """Ready to be painted; read from disk if it had to leave memory."""
        return self.pixels.display_image


class SourcePhoto(EditNode):
    """A photo to edit: opened, or the result of an earlier edit."""

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
        """The edit it came from, if the file tells."""
        self.record_problem = record_problem
        """Why the edit it came from is not known, though the file tells."""

    @property
    def image(self) -> Image.Image:
        """The photo for Pillow, with what the camera noted."""
        return self.pixels.image


class EditedPhoto(EditNode):
    """A finished edit of a photo."""

    state: EditState

    def __init__(
        self,
        source: SourcePhoto,
        model: ModelCard,
        request: EditRequest,
        display_image: DisplayImage,
        is_unchanged: bool = False,
    ) -> None:
        """`request` asks for this very picture, of several variations too."""
        super().__init__(
            suggested_name(source.name, request.instruction),
            StoredImage(display_image),
            EditState.of_request(request),
            source,
        )
        self.source = source
        self.model = model
        self.is_unchanged = is_unchanged
        """Whether it shows hardly any change against the photo."""

    @property
    def request(self) -> EditRequest:
        """What makes this picture again."""
        return self.state.request(self.source.image, self.model.path)

    def image(self) -> Image.Image:
        """The picture for Pillow. A large one is kept only once, as it is painted."""
        return to_pillow(self.display_image.levels[0])

    def as_source(self) -> SourcePhoto:
        """A child: the edited photo as the start of a next edit, with what the camera noted in the first."""
        image = self.image()
        image.info = dict(self.source.image.info)
        child = SourcePhoto(image, self.display_image, self.name)
        child.parent = self
        return child


class EditTree(QObject):
    """Every node by its parent; pixels used long ago are on disk. The strip lists what `is_listed`."""

    added = Signal(object)
    """`EditNode` that the strip lists."""
    removed = Signal(object)
    """`EditNode` that the strip lists no more."""

    def __init__(self, store: ImageStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._nodes: dict[EditNode, bool] = {}
        """Every node, oldest first, and whether it is listed."""

    @property
    def nodes(self) -> tuple[EditNode, ...]:
        """Oldest first."""
        return tuple(self._nodes)

    @property
    def listed(self) -> tuple[EditNode, ...]:
        """The photos opened and the results made, but for those removed."""
        return tuple(node for node, is_listed in self._nodes.items() if is_listed)

    @property
    def byte_count(self) -> int:
        """Memory that all pixels take now."""
        return self._store.byte_count

    def children_of(self, node: EditNode) -> tuple[EditNode, ...]:
        """What was made from a node, oldest first."""
        return tuple(each for each in self._nodes if each.parent is node)

    def add(self, *nodes: EditNode, is_listed: bool = True) -> None:
        """Keep these, which were opened or made together."""
        for node in nodes:
            self._nodes[node] = is_listed
            self._store.add(node.pixels)
        for node in nodes if is_listed else ():
            self.added.emit(node)

    def remove(self, node: EditNode) -> None:
        """List a node no more; it stays in the tree for as long as something was made from it."""
        if self._nodes.get(node):
            self._nodes[node] = False
            self.removed.emit(node)

    def prune(self, kept: frozenset[EditNode]) -> None:
        """Forget the nodes that are neither listed, nor among the kept, nor needed by one that is."""
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
        """Remove the files of this session."""
        self._store.close()


def suggested_name(photo: str, instruction: str) -> str:
    """A file name made of the photo's and the instruction, for example "dog - make it snowy.png"."""
    stem = Path(photo).stem
    words = re.sub(r"[^\w ]+", "", instruction)
    words = " ".join(words.split())[:48].strip()
    return f"{stem[:64]} - {words}.png" if words else f"{stem[:64]} - edited.png"
