"""One edit at several guidance scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.request import EditRequest


def sweep(
    request: EditRequest, text_guidance_scales: Sequence[float], image_guidance_scales: Sequence[float]
) -> list[EditRequest]:
    """The request at every pair of scales, row by row: each text scale with all image scales.

    Raises `InvalidRequest` for a scale no edit can be made with.
    """
    return [
        replace(
            request,
            settings=replace(request.settings, text_guidance_scale=text, image_guidance_scale=image),
        )
        for text in text_guidance_scales
        for image in image_guidance_scales
    ]
