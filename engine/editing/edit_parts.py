"""What an edit is given besides its request, and the seconds that it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from engine.progress import CancelToken, ProgressCallback
from engine.request import ResultCallback, ignore_result

PreviewCallback = Callable[[Image.Image], None]


@dataclass(frozen=True, slots=True)
class EditListener:
    """Callbacks for progress and previews, and the token that cancels the edit."""

    on_progress: ProgressCallback
    on_preview: PreviewCallback | None
    cancel: CancelToken
    on_result: ResultCallback = ignore_result


@dataclass(frozen=True, slots=True)
class EditedPart:
    """What of a photo is edited."""

    mask: Image.Image | None
    """Where the edit appears in the result: mode "L", of the photo's size; None for everywhere.

    A mask of the request also limits the edit while it is denoised."""
    subject: Image.Image | None = None
    """The mask of the subject, of the photo's size, if only its background is edited."""


@dataclass(slots=True)
class Timings:
    """Seconds spent in each stage."""

    framing: float = 0.0
    """Scaling the photo to the working size."""
    reading: float = 0.0
    sampling: float = 0.0
    finishing: float = 0.0
    """From the latents to the images, without `transferring`."""
    transferring: float = 0.0
    """Bringing the edits to the size of the photo."""
    storing: float = 0.0
    """What the listener did with the images."""
