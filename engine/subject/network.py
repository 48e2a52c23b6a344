"""U²-Net's small network, which finds the subject of a photo.

Qin et al.: U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, 2020. Their network
`u2netp`, with batch normalisation folded into the convolutions; only its final map is computed, not the six
maps that its training compares too.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d, relu

SIDE = 320
"""Width and height of the input."""
WIDTH, INNER_WIDTH = 64, 16
"""Channels of a block's output, and inside a block."""
DEPTHS = (7, 6, 5, 4)
"""Convolutions on the way down in the blocks with pooling, of the encoder; the decoder has the same."""
DILATIONS = (1, 2, 4, 8)
"""Of the blocks without pooling, whose images are only 20 and 10 pixels wide."""


class NestedBlock(nn.Module):
    """A U-shaped network, used as one block of the larger one, with a residual connection."""

    def __init__(self, channels: int, dilations: Sequence[int], *, has_pooling: bool) -> None:
        """`dilations` are those of the convolutions on the way down."""
        super().__init__()
        self.entry = _convolution(channels, WIDTH)
        self.down = nn.ModuleList(
            _convolution(INNER_WIDTH if number else WIDTH, INNER_WIDTH, dilation)
            for number, dilation in enumerate(dilations)
        )
        self.up = nn.ModuleList(
            _convolution(2 * INNER_WIDTH, INNER_WIDTH if number else WIDTH, dilations[number])
            for number in reversed(range(len(dilations) - 1))
        )
        self._has_pooling = has_pooling

    def forward(self, image: Tensor) -> Tensor:
        """(N, 64, H, W) from (N, C, H, W)."""
        entry = relu(self.entry(image))
        levels: list[Tensor] = []
        hidden = entry
        for number, convolution in enumerate(self.down):
            # the last convolution, a dilated one, sees the image of the one before it
            if self._has_pooling and 0 < number < len(self.down) - 1:
                hidden = _halved(hidden)
            hidden = relu(convolution(hidden))
            levels.append(hidden)
        hidden = levels.pop()
        for convolution in self.up:
            level = levels.pop()
            hidden = relu(convolution(torch.cat([_enlarged(hidden, level), level], dim=1)))
        return hidden + entry


class SubjectNetwork(nn.Module):
    """The network: how likely each pixel belongs to the subject."""

    def __init__(self) -> None:
        super().__init__()
        pooled = [(1,) * (depth - 1) + (2,) for depth in DEPTHS]
        self.encoder = nn.ModuleList(
            NestedBlock(WIDTH if number else 3, dilations, has_pooling=True)
            for number, dilations in enumerate(pooled)
        )
        self.encoder.extend(NestedBlock(WIDTH, DILATIONS, has_pooling=False) for _ in range(2))
        self.decoder = nn.ModuleList([NestedBlock(2 * WIDTH, DILATIONS, has_pooling=False)])
        self.decoder.extend(
            NestedBlock(2 * WIDTH, dilations, has_pooling=True) for dilations in reversed(pooled)
        )
        self.sides = nn.ModuleList(nn.Conv2d(WIDTH, 1, 3, padding=1) for _ in range(6))
        self.fusion = nn.Conv2d(6, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Probabilities (N, 1, H, W) from normalised images (N, 3, H, W); see `engine.subject.finder`."""
        levels: list[Tensor] = []
        hidden = image
        for number, block in enumerate(self.encoder):
            hidden = block(_halved(hidden) if number else hidden)
            levels.append(hidden)
        outputs = [levels.pop()]
        for block in self.decoder:
            level = levels.pop()
            outputs.append(block(torch.cat([_enlarged(outputs[-1], level), level], dim=1)))
        # from the largest to the smallest, in the order of the weights of `fusion`
        maps = [side(output) for side, output in zip(self.sides, reversed(outputs), strict=True)]
        fused: Tensor = self.fusion(torch.cat([_enlarged(each, maps[0]) for each in maps], dim=1))
        return fused.sigmoid()


def _convolution(channels: int, made: int, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, made, 3, padding=dilation, dilation=dilation)


def _halved(image: Tensor) -> Tensor:
    return max_pool2d(image, 2, stride=2, ceil_mode=True)


def _enlarged(image: Tensor, like: Tensor) -> Tensor:
    return interpolate(image, size=like.shape[2:], mode="bilinear", align_corners=False)
