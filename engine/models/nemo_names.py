"""Converts names of UNet tensors between NeMo and the original Stable Diffusion code.

NeMo's UNet is the original's, but its group norms include the activation that follows, and its layer norms
are part of the layers that use them (`attention.py` and `openaimodel.py` of NVIDIA/NeMo,
`nemo/collections/multimodal/modules/stable_diffusion`). One table serves both directions. With Transformer
Engine, norm and layer are one module with other names; those are read, not written.
"""

from __future__ import annotations

import re

from engine.tensors.tensor_files import renamed
from engine.tensors.tensor_source import TensorSource

WRAPPER = "model."
"""Prefix that NeMo's wrapper adds to every name of the original."""
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
"""Ends of module names in the original, and in NeMo."""
_FUSED = {
    "attn1.norm_to_q.layer_norm_": "norm1.",
    "attn2.norm_to_q.layer_norm_": "norm2.",
    "norm_to_q.": "to_q.",
    "ff.net.layer_norm_": "norm3.",
    "ff.net.fc1_": "ff.net.0.proj.",
    "ff.net.fc2_": "ff.net.2.",
}
"""Parts of names with Transformer Engine, and in the original."""


def _pattern(modules: list[str]) -> re.Pattern[str]:
    """Matches these module names at the end of a tensor's name; norms only within a transformer block."""
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
    """NeMo's name of a tensor of the original layout, without the wrapper's prefix."""
    return _ORIGINAL.sub(lambda found: _MODULES[found[1]], name)


def original_name(name: str) -> str:
    """The original name of a tensor of NeMo; `name` itself if it is an original name."""
    for fused, plain in _FUSED.items():
        if fused in name:
            return name.replace(fused, plain)
    return _NEMO.sub(lambda found: _BACK[found[1]], name)


def in_original_names(source: TensorSource) -> TensorSource:
    """A NeMo checkpoint with the names of the original layout; other sources are returned unchanged."""
    names = {original_name(name): name for name in source.names()}
    return source if all(new == old for new, old in names.items()) else renamed(source, names)
