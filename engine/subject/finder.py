"""Finds the subject of a photo: what a person would look at first."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import SubjectNotFound
from engine.images.recent_values import RecentValues, image_content
from engine.images.transparency import on_white
from engine.progress import CancelToken
from engine.resources import resources_folder
from engine.subject.area import SMALLEST_SHARE, share_of
from engine.subject.edge import refined_mask
from engine.subject.network import SIDE, SubjectNetwork

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours of ImageNet, for which the network was trained."""
LEAST_CERTAINTY = 0.5
"""Probability that the surest pixel of a subject has at least."""
KEPT = 3
"""Number of masks that are kept; one of 50 megapixels takes 50 MB."""


def network_file() -> Path:
    """The weights of the network."""
    return resources_folder() / "subject" / "u2netp.safetensors"


class SubjectFinder:
    """Finds the subject of photos, always on the processor. Not thread-safe.

    The network is loaded for the first photo. The masks of the last photos are kept.
    """

    def __init__(self) -> None:
        self._masks: RecentValues[tuple[object, ...], Image.Image] = RecentValues(KEPT)

    @torch.inference_mode()
    def mask(
        self,
        photo: Image.Image,
        *,
        cancel: CancelToken | None = None,
        on_work: Callable[[], None] = lambda: None,
    ) -> Image.Image:
        """The mask of the subject of a photo: mode "L", of its size, 255 where the subject is.

        It is shared with later calls and must not be changed. `on_work` is called if the mask is not known
        yet. Raises `SubjectNotFound` if nothing stands out, and `Cancelled`.
        """
        check = (cancel or CancelToken()).raise_if_cancelled

        def find() -> Image.Image:
            on_work()
            check()
            colours = on_white(photo).convert("RGB")
            mask = refined_mask(colours, self._soft_mask(colours), check)
            if share_of(mask) < SMALLEST_SHARE:
                raise _no_subject()
            return mask

        return self._masks.get(image_content(photo), find)

    @cached_property
    def _network(self) -> SubjectNetwork:
        network = SubjectNetwork().eval()
        network.load_state_dict(load_file(network_file()))
        return network

    def _soft_mask(self, photo: Image.Image) -> Tensor:
        """The network's map (320, 320), stretched to levels 0 to 255. Raises `SubjectNotFound`."""
        found = self._network(network_input(photo))[0, 0]
        lowest, highest = found.min(), found.max()
        if highest < LEAST_CERTAINTY:
            raise _no_subject()
        stretched: Tensor = (found - lowest) * (255 / (highest - lowest))
        return stretched


def network_input(photo: Image.Image) -> Tensor:
    """An RGB photo as the network reads it, (1, 3, 320, 320)."""
    small = photo.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1).float()
    pixels /= pixels.max().clamp(min=1)
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    return ((pixels - mean) / deviation)[None]


def _no_subject() -> SubjectNotFound:
    return SubjectNotFound(
        "subject.not-found",
        "No subject was found in this photo.",
        "Paint the part to edit, or choose Everything.",
    )
