"""Recognises files whose weights are stored in fewer bits with scales beside them, for a precise error."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.errors import ModelNotUsable

FULL_ADVICE = "Choose the same model in fp16, bf16 or fp32."
_METHODS = (
    ("SVDQuant (Nunchaku)", r"\.wscales$|\.smooth_factor(_orig)?$"),
    ("bitsandbytes nf4", r"\.quant_state\.bitsandbytes__nf4$"),
    ("bitsandbytes fp4", r"\.quant_state\.bitsandbytes__fp4$"),
    ("bitsandbytes, 4 bits", r"\.absmax$|\.quant_map$|\.nested_absmax$"),
    ("bitsandbytes, 8 bits", r"\.SCB$|\.weight_format$"),
    ("GPTQ or AWQ", r"\.qweight$|\.qzeros$"),
    ("HQQ", r"\.W_q$"),
    ("quanto", r"\.weight\._data(\._data)?$|\.weight\._scale$"),
    ("compressed-tensors", r"\.weight_packed$"),
    ("scaled fp8", r"(^|\.)scaled_fp8$|\.scale_(weight|input)$|\.(weight|input)_scale$|\.comfy_quant$"),
)
"""Methods, and the names of tensors that only they have; the more specific come first."""


def refuse_quantised(names: Iterable[str], location: str) -> None:
    """Raises `ModelNotUsable`, which names the method, if tensors with these names are quantised."""
    text = "\n".join(names)
    for method, pattern in _METHODS:
        if re.search(pattern, text, re.MULTILINE):
            raise ModelNotUsable(
                "model.quantised",
                "The weights in {file} are quantised ({method}), which is not supported.",
                FULL_ADVICE,
                file=location,
                method=method,
            )
