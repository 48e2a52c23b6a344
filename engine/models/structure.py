"""Reads the configuration of a network from the shapes of its tensors.

From the tensors: input and output channels, channels of every level, layers per level, transformer depth of
every level, width of the text embeddings, whether attention projects linearly, width of the added embeddings;
for text encoders vocabulary, positions, width, layers and projection. From the family: the number of groups,
activations, and the division of channels among attention heads (8 heads in Stable Diffusion 1; heads of 64
channels in 2, XL and every CLIP text encoder).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any, TypeAlias

from engine.errors import ModelNotUsable
from engine.models.families import Family
from engine.models.original_layout import TensorLayout, unet_name
from engine.models.parts import CheckpointPart
from engine.tensors.tensor_source import TensorSource

CLIP_HEAD_DIM = 64
TIME_IDS = 6
"""Number of sizes and crop offsets in the conditions of Stable Diffusion XL."""

TINY_VAE_MARKER = "decoder.layers.0.weight"
"""A tensor of every `AutoencoderTiny`, and of no other network."""

_MOST_TINY_LAYERS = 64
"""Most layers of the encoder or decoder of an `AutoencoderTiny`; TAESD has 19."""

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UNetStructure:
    """The structure of a UNet; tuples run from the finest level to the coarsest."""

    in_channels: int
    out_channels: int
    block_out_channels: tuple[int, ...]
    layers_per_block: int
    depths: tuple[int, ...]
    """Transformer layers of every level; 0 where there is no attention."""
    middle_depth: int
    text_width: int
    is_linear: bool
    added_width: int | None
    """Width of the embeddings added to the timestep embedding, in Stable Diffusion XL."""


def read_unet_structure(source: TensorSource, part: CheckpointPart) -> UNetStructure:
    """The structure of the UNet in a part. Raises `ModelNotUsable` if tensors are missing."""
    shape = _UNetShapes(source, part)
    levels = _count(lambda level: shape.has(f"down_blocks.{level}.resnets.0.conv1.weight"))
    depths = tuple(_depth(shape, f"down_blocks.{level}") for level in range(levels))
    attended = next((level for level, depth in enumerate(depths) if depth), None)
    attention = "mid_block" if attended is None else f"down_blocks.{attended}"
    transformer = f"{attention}.attentions.0"
    is_added = shape.has("add_embedding.linear_1.weight")
    return UNetStructure(
        in_channels=shape("conv_in.weight")[1],
        out_channels=shape("conv_out.weight")[0],
        block_out_channels=tuple(
            shape(f"down_blocks.{level}.resnets.0.conv1.weight")[0] for level in range(levels)
        ),
        layers_per_block=shape.layers_per_block,
        depths=depths,
        middle_depth=_depth(shape, "mid_block"),
        text_width=shape(f"{transformer}.transformer_blocks.0.attn2.to_k.weight")[1],
        is_linear=len(shape(f"{transformer}.proj_in.weight")) == 2,
        added_width=shape("add_embedding.linear_1.weight")[1] if is_added else None,
    )


def unet_config(structure: UNetStructure, family: Family, pooled_width: int | None) -> dict[str, Any]:
    """The configuration of a UNet; `pooled_width` is the width of the pooled text embedding."""
    channels, depths = structure.block_out_channels, structure.depths
    config = {
        **family.config("unet"),
        "in_channels": structure.in_channels,
        "out_channels": structure.out_channels,
        "block_out_channels": list(channels),
        "layers_per_block": structure.layers_per_block,
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)],
        "transformer_layers_per_block": [
            *(depth or 1 for depth in depths[:-1]),
            depths[-1] or structure.middle_depth or 1,
        ],
        "cross_attention_dim": structure.text_width,
        "use_linear_projection": structure.is_linear,
        "attention_head_dim": _heads(family, channels),
    }
    if structure.added_width is not None and pooled_width is not None:
        config["projection_class_embeddings_input_dim"] = structure.added_width
        config["addition_time_embed_dim"] = (structure.added_width - pooled_width) // TIME_IDS
    return config


def vae_config(source: TensorSource, part: CheckpointPart, family: Family) -> dict[str, Any]:
    """The configuration of the VAE in a part. Raises `ModelNotUsable` if tensors are missing."""
    shape = _Shapes(source, part)
    if shape.has(TINY_VAE_MARKER):
        return _tiny_vae_config(shape)
    levels = _count(lambda level: shape.has(f"encoder.down_blocks.{level}.resnets.0.conv1.weight"))
    return {
        **family.config("vae"),
        "latent_channels": shape("decoder.conv_in.weight")[1],
        "block_out_channels": [
            shape(f"encoder.down_blocks.{level}.resnets.0.conv1.weight")[0] for level in range(levels)
        ],
        "layers_per_block": _count(
            lambda layer: shape.has(f"encoder.down_blocks.0.resnets.{layer}.conv1.weight")
        ),
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
    }


def _tiny_vae_config(shape: _Shapes) -> dict[str, Any]:
    """The configuration of an `AutoencoderTiny`, which numbers convolutions and blocks through all levels.

    A block has three convolutions. Other values are diffusers' defaults, such as latents without scaling, as
    in TAESD.
    """
    config: dict[str, Any] = {"_class_name": "AutoencoderTiny"}
    for side in ("encoder", "decoder"):
        convolutions, blocks = (
            [layer for layer in range(_MOST_TINY_LAYERS) if shape.has(f"{side}.layers.{layer}.{name}")]
            for name in ("weight", "conv.0.weight")
        )
        counts = [sum(before < layer < after for layer in blocks) for before, after in pairwise(convolutions)]
        config[f"num_{side}_blocks"] = counts
        config[f"{side}_block_out_channels"] = [shape(f"{side}.layers.0.weight")[0]] * len(counts)
    config["latent_channels"] = shape("decoder.layers.0.weight")[1]
    return config


def text_config(source: TensorSource, part: CheckpointPart, family: Family, name: str) -> dict[str, Any]:
    """The configuration of the family's text encoder `name`.

    Layers that the family does not use are left out: Stable Diffusion 2 stores 24 and uses 23.
    """
    shape = _Shapes(source, part)
    config = family.config(name)
    vocabulary, width = shape("embeddings.token_embedding.weight")
    layers = _count(lambda layer: shape.has(f"encoder.layers.{layer}.mlp.fc1.weight"))
    projection = "text_projection.weight"
    return {
        **config,
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shape("encoder.layers.0.mlp.fc1.weight")[0],
        "max_position_embeddings": shape("embeddings.position_embedding.weight")[0],
        "num_hidden_layers": min(layers, config["num_hidden_layers"]),
        "num_attention_heads": max(1, width // CLIP_HEAD_DIM),
        "projection_dim": shape(projection)[0] if shape.has(projection) else width,
    }


class _Shapes:
    """Shapes of tensors by their names in the network, if a location does not depend on other tensors."""

    def __init__(self, source: TensorSource, part: CheckpointPart) -> None:
        self._source, self._part = source, part
        self._available = frozenset(source.names())

    def _find(self, name: str) -> Shape | None:
        location = self._part.locations([name], self._available)[name]
        return (
            location.cut_shape(self._source.shape(location.name))
            if location.name in self._available
            else None
        )

    def has(self, name: str) -> bool:
        return self._find(name) is not None

    def __call__(self, name: str) -> Shape:
        shape = self._find(name)
        if shape is None:
            raise ModelNotUsable(
                "model.tensor-missing",
                "{file} lacks the tensor {tensor}.",
                "Choose another file, or download it again.",
                file=self._source.location,
                tensor=name,
            )
        return shape


class _UNetShapes(_Shapes):
    """Shapes of the tensors of a UNet, whose original names count layers through all levels."""

    def __init__(self, source: TensorSource, part: CheckpointPart) -> None:
        super().__init__(source, part)
        self.layers_per_block = self._count_layers()

    def _count_layers(self) -> int:
        if self._part.layout is TensorLayout.DIFFUSERS:
            return _count(lambda layer: self.has(f"down_blocks.0.resnets.{layer}.conv1.weight"))
        prefix = self._part.prefix
        return _count(
            lambda layer: f"{prefix}input_blocks.{layer + 1}.0.in_layers.0.weight" in self._available
        )

    def _find(self, name: str) -> Shape | None:
        if self._part.layout is TensorLayout.DIFFUSERS:
            return super()._find(name)
        stored = self._part.prefix + unet_name(name, self.layers_per_block, frozenset())
        return self._source.shape(stored) if stored in self._available else None


def _count(is_there: Callable[[int], bool]) -> int:
    return next(number for number in count() if not is_there(number))


def _depth(shape: _Shapes, block: str) -> int:
    transformer = f"{block}.attentions.0.transformer_blocks"
    return _count(lambda layer: shape.has(f"{transformer}.{layer}.norm1.weight"))


def _heads(family: Family, channels: tuple[int, ...]) -> int | list[int]:
    """Number of heads of every level, which diffusers calls `attention_head_dim`."""
    if family.attention_heads is not None:
        return family.attention_heads
    return [max(1, width // (family.attention_head_dim or width)) for width in channels]
