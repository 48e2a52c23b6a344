"""The nodes of the tree of edits: photos opened and results made. Uses no widgets or threads."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from engine.errors import ErrorReport
from engine.images.comparing import blended
from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.session.masks.stored_mask import PhotoMasks
from ip2p_desktop.session.result_names import file_name, suggested_name
from ip2p_desktop.session.saved_file import SavedFile
from ip2p_desktop.session.store.node_record import new_node_id
from ip2p_desktop.widgets.display_images import DisplayImage

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep


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

    def deep(self) -> Deep | None:
        """The result as it is shown with 16 bits for each colour; None if it has no more than 8.

        On any thread; slow.
        """
        result = self.pixels.read_deep()
        if result is None or self.opacity >= 1:
            return result
        from engine.images.deep_images.deep_pixels import blended_deep  # imports torch

        photo = self.source.pixels.read_deep()
        if photo is None or photo.shape != result.shape:
            return None
        return blended_deep(photo, result, self.opacity)

    def as_source(self) -> SourcePhoto:
        """A child node with the result, as it is shown, as its photo and the metadata of the original photo.

        With an opacity below 1, a new image is computed, which is slow. On any thread. Raises
        `ImageUnreadable`.
        """
        pixels = self.pixels
        if self.opacity < 1:
            image = self.image()
            pixels = StoredImage.of(DisplayImage.of(image), image, self.deep())
        child = SourcePhoto(pixels, self.name, self.source.info)
        child.parent = self
        if pixels.size == self.source.pixels.size:
            child.masks, child.mask_id = self.source.masks, self.source.mask_id
            child.uses_mask = self.source.uses_mask
        return child
