"""A preview that was asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from PIL import Image

from engine.edit_settings import OutputSize
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.masks.stored_mask import mask_image
from ip2p_desktop.widgets.display_images import DisplayImage


class PreviewPriority(IntEnum):
    """The order in which previews are made; a more urgent one interrupts the one that is being made."""

    LIVE = 0
    """What the settings in the window would make."""
    LARGE = 1
    """A known edit that is looked at."""
    THUMBNAIL = 2
    IDLE = 3
    """Thumbnails of the chips, and a preview that only warms up the model."""


@dataclass(frozen=True, slots=True)
class PreviewSize:
    """The two sizes of a preview, as the longer side in pixels."""

    photo: int
    """The edit is transferred to a copy of the photo of this size, so that it is as sharp as the photo."""
    resolution: int
    """The size at which the model edits."""


SCREEN_SIZE = PreviewSize(photo=1024, resolution=256)
THUMBNAIL_SIZE = PreviewSize(photo=360, resolution=192)
"""For 180 points on a screen with two pixels for each point."""


@dataclass(frozen=True, eq=False, slots=True)
class PreviewJob:
    """A preview of one edit. It enters neither the session nor the history."""

    edit_state: EditState
    source: SourcePhoto
    model: ModelCard
    size: PreviewSize
    priority: PreviewPriority
    is_known: bool = False
    """Whether the model lists the instruction; it is then not read, which would take a third of the time."""

    def request(self, photo: Image.Image) -> EditRequest:
        """The request for the engine, with a copy of the photo and of its mask.

        Raises `ImageUnreadable` or `InvalidRequest`.
        """
        state = preview_state(self.edit_state, self.size.resolution)
        mask = mask_image(self.source.masks, state.mask_in_use, photo.size)
        return state.request(photo, self.model.path, mask)


def preview_state(state: EditState, resolution: int = SCREEN_SIZE.resolution) -> EditState:
    """The state without what a preview does not show, so that equal states give the same preview."""
    return state.normalized().with_values(
        resolution=min(state.settings.resolution, resolution),
        output_size=OutputSize.SOURCE,
        variations=1,
    )


class PreviewEnd(Enum):
    """How a preview ended."""

    MADE = auto()
    UNKNOWN = auto()
    """The model does not know the instruction, so that nothing would change."""
    SLOW = auto()
    """Previews take too long with this model; none was made."""
    FAILED = auto()
    """An edit with these settings reports why."""


@dataclass(frozen=True, slots=True)
class PreviewOutcome:
    """What became of a preview."""

    end: PreviewEnd
    image: DisplayImage | None = None
    """Only of a preview that was made."""
