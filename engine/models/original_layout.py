"""Converts names and forms of tensors between diffusers and the original Stable Diffusion code.

The original layout is that of the latent-diffusion repository (CompVis, 2022) and its followers:
`input_blocks`, `middle_block` and `output_blocks` in the UNet, `down`, `mid` and `up` in the VAE, and
OpenAI's or OpenCLIP's text encoder. One table serves both directions: every tensor of a diffusers network has
a `TensorLocation` in the original layout, from which loading takes it and to which exporting writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor


class TensorLayout(StrEnum):
    """The layout of a network's tensors in a file: their names and forms."""

    DIFFUSERS = "diffusers"
    """The names of the diffusers or transformers class."""
    UNET = "original UNet"
    VAE = "original VAE"
    OPEN_CLIP = "OpenCLIP text encoder"


class StoredForm(StrEnum):
    """How a tensor is stored in the original layout."""

    WHOLE = "whole"
    QUERY = "query"
    """As the first third of the rows of a tensor; keys and values are the others."""
    KEY = "key"
    VALUE = "value"
    TRANSPOSED = "transposed"
    POINTWISE = "pointwise"
    """As a 1 × 1 convolution (O, I, 1, 1) instead of a linear layer (O, I)."""


THIRDS = (StoredForm.QUERY, StoredForm.KEY, StoredForm.VALUE)


@dataclass(frozen=True, slots=True)
class TensorLocation:
    """Name and form with which a tensor is stored in a file."""

    name: str
    form: StoredForm = StoredForm.WHOLE

    def cut_shape(self, stored: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the tensor, from the shape of the stored one."""
        match self.form:
            case StoredForm.QUERY | StoredForm.KEY | StoredForm.VALUE:
                return (stored[0] // 3, *stored[1:])
            case StoredForm.TRANSPOSED:
                return stored[::-1]
            case StoredForm.POINTWISE:
                return stored[:2] if all(side == 1 for side in stored[2:]) else stored
            case _:
                return stored

    def cut(self, stored: Tensor) -> Tensor:
        """The tensor, as a view of the stored one."""
        match self.form:
            case StoredForm.QUERY | StoredForm.KEY | StoredForm.VALUE:
                return stored.chunk(3)[THIRDS.index(self.form)]
            case StoredForm.TRANSPOSED:
                return stored.T
            case _:
                return stored.reshape(self.cut_shape(tuple(stored.shape)))


def tensor_locations(layout: TensorLayout, names: Iterable[str]) -> dict[str, TensorLocation]:
    """The location of every tensor of a network, by its name in diffusers or transformers.

    Names of text encoders may begin with "text_model." or not. A name that the layout does not know is kept.
    """
    names = list(names)
    match layout:
        case TensorLayout.UNET:
            layers, attended = _layers_per_block(names), _attended_up_blocks(names)
            return {name: TensorLocation(unet_name(name, layers, attended)) for name in names}
        case TensorLayout.VAE:
            blocks = _count(names, r"decoder\.up_blocks\.(\d+)\.")
            return {name: _vae_location(name, blocks) for name in names}
        case TensorLayout.OPEN_CLIP:
            return {name: _open_clip_location(name.removeprefix("text_model.")) for name in names}
        case _:
            return {name: TensorLocation(name) for name in names}


def to_original(layout: TensorLayout, tensors: Mapping[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """The tensors of one network in the original layout, with names prefixed by `prefix`."""
    stored: dict[str, Tensor] = {}
    thirds: dict[str, dict[StoredForm, Tensor]] = {}
    for name, location in tensor_locations(layout, tensors).items():
        tensor = tensors[name]
        match location.form:
            case StoredForm.QUERY | StoredForm.KEY | StoredForm.VALUE:
                thirds.setdefault(location.name, {})[location.form] = tensor
            case StoredForm.TRANSPOSED:
                stored[prefix + location.name] = tensor.T.contiguous()
            case StoredForm.POINTWISE if tensor.ndim == 2:
                stored[prefix + location.name] = tensor[:, :, None, None]
            case _:
                stored[prefix + location.name] = tensor
    for name, parts in thirds.items():
        stored[prefix + name] = torch.cat([parts[form] for form in THIRDS])
    return stored


def ema_name(name: str) -> str:
    """The name of the average of a UNet tensor in the original `LitEma`, without dots."""
    return f"diffusion_model.{name}".replace(".", "")


_UNET_ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_UNET_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET_BLOCK = re.compile(
    r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)"
)
_UNET_MIDDLE = re.compile(r"mid_block\.(resnets|attentions)\.(\d+)\.(.+)")


def unet_name(name: str, layers_per_block: int, attended: frozenset[int]) -> str:
    """The original name of a UNet tensor; `attended` are the up blocks that have attention.

    The original counts the layers of each half through all blocks: the input convolution, then each block's
    resnets and its downsampler; upsamplers follow the last layer of their block.
    """
    if block := _UNET_BLOCK.fullmatch(name):
        half, number, kind, layer, rest = block.groups()
        in_block = layers_per_block + 1
        place = int(number) * in_block
        match half, kind:
            case "down", "downsamplers":
                return f"input_blocks.{place + in_block}.0.op.{rest.removeprefix('conv.')}"
            case "down", "resnets":
                return f"input_blocks.{place + int(layer) + 1}.0.{_renamed(rest, _UNET_RESNET)}"
            case "down", _:
                return f"input_blocks.{place + int(layer) + 1}.1.{rest}"
            case _, "upsamplers":
                return f"output_blocks.{place + in_block - 1}.{2 if int(number) in attended else 1}.{rest}"
            case _, "resnets":
                return f"output_blocks.{place + int(layer)}.0.{_renamed(rest, _UNET_RESNET)}"
            case _:
                return f"output_blocks.{place + int(layer)}.1.{rest}"
    if middle := _UNET_MIDDLE.fullmatch(name):
        kind, layer, rest = middle.groups()
        if kind == "attentions":
            return f"middle_block.{2 * int(layer) + 1}.{rest}"
        return f"middle_block.{2 * int(layer)}.{_renamed(rest, _UNET_RESNET)}"
    return _renamed(name, _UNET_ENDS)


_VAE_ATTENTION = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}
_VAE_BLOCK = re.compile(
    r"(encoder|decoder)\.(down|up)_blocks\.(\d+)\.(resnets|downsamplers|upsamplers)\.(\d+)\.(.+)"
)
_VAE_MIDDLE = re.compile(r"(encoder|decoder)\.mid_block\.(resnets|attentions)\.(\d+)\.(.+)")


def _vae_location(name: str, blocks: int) -> TensorLocation:
    """The original counts the VAE's up blocks from the finest level, diffusers from the coarsest."""
    if block := _VAE_BLOCK.fullmatch(name):
        half, way, number, kind, layer, rest = block.groups()
        level = int(number) if way == "down" else blocks - 1 - int(number)
        if kind == "resnets":
            rest = rest.replace("conv_shortcut", "nin_shortcut")
            return TensorLocation(f"{half}.{way}.{level}.block.{layer}.{rest}")
        return TensorLocation(f"{half}.{way}.{level}.{kind.removesuffix('rs')}.{rest}")
    if middle := _VAE_MIDDLE.fullmatch(name):
        half, kind, layer, rest = middle.groups()
        if kind == "resnets":
            rest = rest.replace("conv_shortcut", "nin_shortcut")
            return TensorLocation(f"{half}.mid.block_{int(layer) + 1}.{rest}")
        form = (
            StoredForm.POINTWISE if rest.startswith("to_") and rest.endswith("weight") else StoredForm.WHOLE
        )
        return TensorLocation(f"{half}.mid.attn_{int(layer) + 1}.{_renamed(rest, _VAE_ATTENTION)}", form)
    return TensorLocation(name.replace("conv_norm_out", "norm_out"))


_OPEN_CLIP_LAYER = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}
_OPEN_CLIP_ENDS = {
    "embeddings.token_embedding": "token_embedding",
    "final_layer_norm": "ln_final",
}
_THIRD = re.compile(r"self_attn\.([qkv])_proj\.(weight|bias)")


def _open_clip_location(name: str) -> TensorLocation:
    if name == "text_projection.weight":
        return TensorLocation("text_projection", StoredForm.TRANSPOSED)
    if name == "embeddings.position_embedding.weight":
        return TensorLocation("positional_embedding")
    if not (layer := re.fullmatch(r"encoder\.layers\.(\d+)\.(.+)", name)):
        return TensorLocation(_renamed(name, _OPEN_CLIP_ENDS))
    number, rest = layer.groups()
    block = f"transformer.resblocks.{number}"
    if third := _THIRD.fullmatch(rest):
        return TensorLocation(f"{block}.attn.in_proj_{third.group(2)}", THIRDS["qkv".index(third.group(1))])
    return TensorLocation(f"{block}.{_renamed(rest, _OPEN_CLIP_LAYER)}")


def _renamed(name: str, table: Mapping[str, str]) -> str:
    """`name` with its module replaced, if the table has it."""
    module, _, end = name.rpartition(".")
    return f"{table[module]}.{end}" if module in table else name


def _count(names: Iterable[str], pattern: str) -> int:
    """Number of different values of the group of `pattern`."""
    return len({found.group(1) for name in names if (found := re.match(pattern, name))})


def _layers_per_block(names: Iterable[str]) -> int:
    return _count(names, r"down_blocks\.0\.resnets\.(\d+)\.")


def _attended_up_blocks(names: Iterable[str]) -> frozenset[int]:
    found = (re.match(r"up_blocks\.(\d+)\.attentions\.", name) for name in names)
    return frozenset(int(match.group(1)) for match in found if match)
