"""The results of an edit as nodes of the session, stored before they are reported."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from engine.errors import ErrorReport, OutputNotWritable
from engine.request import EditRequest, EditResult
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditedPhoto
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class EditSummary:
    """How an edit was computed, without its images; as in `EditResult`."""

    device: str
    dtype: str
    load_seconds: float
    edit_seconds: float
    fallbacks: tuple[str, ...]
    warnings: tuple[ErrorReport, ...]

    @classmethod
    def of(cls, result: EditResult) -> EditSummary:
        """The summary of a result."""
        return cls(
            device=result.device,
            dtype=result.dtype,
            load_seconds=result.load_seconds,
            edit_seconds=result.edit_seconds,
            fallbacks=result.fallbacks,
            warnings=result.warnings,
        )


@dataclass(frozen=True, slots=True)
class NewImage:
    """One image of a result, without the photo, which needs as much memory."""

    image: Image.Image
    state: EditState
    """The settings that give this image alone."""
    is_unchanged: bool


def new_images(result: EditResult, mask_id: str = "") -> list[NewImage]:
    """The images of a result; `mask_id` is the name of the mask of its request."""
    return [
        NewImage(image, EditState.of_request(request, mask_id), is_unchanged)
        for request, image, is_unchanged in zip(
            each_alone(result.request), result.edited_images, each_unchanged(result), strict=True
        )
    ]


def stored_results(job: EditJob, images: Sequence[NewImage]) -> tuple[EditedPhoto, ...]:
    """A node for each image of an edit, on disk if it can be written. Slow: not for the GUI thread.

    Raises `Cancelled` if the job was cancelled meanwhile; then nothing is left on disk.
    """
    results = tuple(
        EditedPhoto(
            job.source,
            job.model,
            each.state,
            StoredImage.of(DisplayImage.of(each.image), each.image),
            each.is_unchanged,
        )
        for each in images
    )
    store = job.store
    if store is None:
        return results
    try:
        store.write_nodes(*results)
    except OutputNotWritable as error:
        log.warning("The results of edit %s stay in memory: %s", job.number, error)
    if job.cancel_token.is_cancelled:
        for each in results:
            store.delete_node(each, keeps_image=False)
    job.cancel_token.raise_if_cancelled()
    return results


def each_unchanged(result: EditResult) -> list[bool]:
    """For each image of a result, whether it hardly differs from the photo; False if not measured."""
    return list(result.is_unchanged) or [False] * len(result.edited_images)


def each_alone(request: EditRequest) -> list[EditRequest]:
    """For each variation, the request that gives this one alone."""
    return [
        replace(request, variations=1, settings=replace(request.settings, seed=seed))
        for seed in request.seeds
    ]
