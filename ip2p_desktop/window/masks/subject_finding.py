"""Finds the subject of a photo with the network that is shipped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PIL import Image

from engine.progress import CancelToken
from ip2p_desktop.base.engine_loading import load_libraries

if TYPE_CHECKING:
    from engine.subject.finder import SubjectFinder


def find_subject(photo: Image.Image) -> Image.Image:
    """The mask of the subject, mode "L", of the photo's size. Slow; on one thread only.

    Raises `SubjectNotFound`.
    """
    load_libraries(CancelToken())
    return _finder().mask(photo if photo.mode == "RGB" else photo.convert("RGB"))


@cache
def _finder() -> SubjectFinder:
    # it uses torch, which must not be loaded before the window is shown
    from engine.subject.finder import SubjectFinder

    return SubjectFinder()
