"""The results of an edit as nodes of the session, stored before they are reported."""

from __future__ import annotations

import logging
from dataclasses import replace

from engine.errors import OutputNotWritable
from engine.request import EditRequest, EditResult
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditedPhoto
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage

log = logging.getLogger(__name__)


def stored_results(job: EditJob, result: EditResult) -> tuple[EditedPhoto, ...]:
    """A node for each image of a result, on disk if it can be written. Slow: not for the GUI thread.

    Raises `Cancelled` if the job was cancelled meanwhile; then nothing is left on disk.
    """
    results = tuple(
        EditedPhoto(
            job.source,
            job.model,
            EditState.of_request(request),
            StoredImage.of(DisplayImage.of(image), image),
            is_unchanged,
        )
        for request, image, is_unchanged in zip(
            each_alone(result.request), result.edited_images, each_unchanged(result), strict=True
        )
    )
    store = job.store
    if store is None:
        return results
    try:
        store.write_nodes(*results)
        for each in results:
            each.pixels.drop_copy()
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
