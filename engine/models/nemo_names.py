"""What NeMo calls the tensors of a UNet, and what the original Stable Diffusion code calls them.

NeMo's UNet is the original's, but its group norms hold the activation that follows them, and its layer
norms lie within the layers they feed (`attention.py` and `openaimodel.py` of NVIDIA/NeMo,
`nemo/collections/multimodal/modules/stable_diffusion`). One table serves both ways. Where NeMo ran on
Transformer Engine, norm and layer are one module with names of its own; these are read, not written.
"""

from __future__ import annotations

import re

from engine.tensors.tensor_files import renamed
from engine.tensors.tensor_source import TensorSource

WRAPPER = "model."
"""What NeMo's own wrapper puts before every name of the original."""
_MODULES = {
    "in_layers.2": "in_layers.1",
    "out_layers.3": "out_layers.2",
    "out.2": "out.1",
    "norm1": "attn1.norm",
    "norm2": "attn2.norm",
    "norm3": "ff.net.0",
    "ff.net.0.proj": "ff.net.1.proj",
    "ff.net.2": "ff.net.3",
}
"""Ends of module names: the original's, and NeMo's."""
_FUSED = {
    "attn1.norm_to_q.layer_norm_": "norm1.",
    "attn2.norm_to_q.layer_norm_": "norm2.",
    "norm_to_q.": "to_q.",
    "ff.net.layer_norm_": "norm3.",
    "ff.net.fc1_": "ff.net.0.proj.",
    "ff.net.fc2_": "ff.net.2.",
}
"""Beginnings of the last part of a name as Transformer Engine has it, and as the original has it."""


def _pattern(modules: list[str]) -> re.Pattern[str]:
    """These module names where they end a tensor's name; norms only within a transformer block."""
    names = "|".join(
        rf"(?<=transformer_blocks\.\d\.){re.escape(name)}"
        if name.startswith(("norm", "attn", "ff"))
        else rf"(?:(?<=\.)|^){re.escape(name)}"
        for name in modules
    )
    return re.compile(rf"({names})(?=\.(?:weight|bias)$)")


_ORIGINAL, _NEMO = _pattern(list(_MODULES)), _pattern(list(_MODULES.values()))
_BACK = {nemo: original for original, nemo in _MODULES.items()}


def nemo_name(name: str) -> str:
    """What NeMo calls a tensor of the original layout, without its wrapper."""
    return _ORIGINAL.sub(lambda found: _MODULES[found[1]], name)


def original_name(name: str) -> str:
    """What the original calls a tensor of NeMo, or `name` itself if that is one of the original's."""
    for fused, plain in _FUSED.items():
        if fused in name:
            return name.replace(fused, plain)
    return _NEMO.sub(lambda found: _BACK[found[1]], name)


def in_original_names(source: TensorSource) -> TensorSource:
    """The tensors of a NeMo checkpoint by the names of the original layout; any other source as it is."""
    names = {original_name(name): name for name in source.names()}
    return source if all(new == old for new, old in names.items()) else renamed(source, names)
