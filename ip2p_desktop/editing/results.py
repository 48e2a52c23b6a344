"""The results of an edit as nodes of the session, stored before they are reported."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from engine.errors import ErrorReport, OutputNotWritable
from engine.request import EditRequest, EditResult, FinishedImage
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_state import EditState
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


def stored_result(job: EditJob, request: EditRequest, finished: FinishedImage) -> EditedPhoto:
    """A node for an image of an edit, on disk if it can be written. Slow: not for the GUI thread.

    `request` is that of all variations, as it was read. Raises `Cancelled` if the job was cancelled
    meanwhile; then nothing of this image is left on disk.
    """
    result = EditedPhoto(
        job.source,
        job.model,
        EditState.of_request(_alone(request, finished.number), job.edit_state.mask_in_use),
        StoredImage.of(DisplayImage.of(finished.image), finished.image, finished.deep),
        finished.is_unchanged,
    )
    store = job.store
    if store is None:
        return result
    try:
        store.write_nodes(result)
    except OutputNotWritable as error:
        log.warning("A result of edit %s stays in memory: %s", job.number, error)
    if job.cancel_token.is_cancelled:
        store.delete_node(result, keeps_image=False)
    job.cancel_token.raise_if_cancelled()
    return result


def _alone(request: EditRequest, number: int) -> EditRequest:
    """The request that gives one variation alone, counted from 0."""
    return replace(request, variations=1, settings=replace(request.settings, seed=request.seeds[number]))
