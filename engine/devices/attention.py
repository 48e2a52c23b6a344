"""Faster self-attention of a UNet on CPUs with few cores, where torch's own takes two fifths of a step.

torch's kernel never holds a whole row of scores, which suits GPUs. On a CPU, plain matrix products on
blocks of whole rows that fit into its cache are faster: for the 4096 tokens of Stable Diffusion 1.5 and
three branches, two cores with AVX512-BF16 take 0.40 s a layer instead of 0.61 s. On a CPU with AMX, torch's
kernel uses it and is faster: 0.15 s instead of 0.36 s (tests/benchmarks/attention.py).

Shapes: B rows, T tokens, N heads, D width of a head.
"""

from __future__ import annotations

import torch
from diffusers.models import UNet2DConditionModel
from diffusers.models.attention_processor import Attention, AttnProcessor2_0
from torch import Tensor
from torch.nn.functional import pad

from engine.devices.device import cpu_has_amx

BLOCK = 2**20
"""Number of scores in one block, 2 MiB in bf16."""
MIN_TOKENS = 1024
"""With fewer tokens, torch's kernel is as fast."""
MAX_THREADS_BLOCKED = 4
"""With more threads, a block is too little work to share. Measured on two."""
WIDTH_MULTIPLE = 16
"""bf16 matrix products need a head width that is a multiple of this."""


def choose_attention(unet: UNet2DConditionModel, device: torch.device) -> None:
    """Sets blocked attention on a UNet that computes in bf16 on a CPU with few cores and no AMX."""
    is_slow = device.type == "cpu" and torch.get_num_threads() <= MAX_THREADS_BLOCKED and not cpu_has_amx()
    processor = BlockedAttention if is_slow and unet.dtype == torch.bfloat16 else AttnProcessor2_0
    for name, module in unet.named_modules():
        if name.endswith(".attn1") and isinstance(module, Attention):
            module.set_processor(processor())


def blocked_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(query keyᵀ / √D) value, all (B, N, T, D), up to the rounding of the scores.

    The mean of the keys is subtracted first. This shifts a row of scores by a constant, which does not change
    its softmax, and makes the scores smaller, so that rounding costs less (Zhang et al. 2024,
    SageAttention, section 4.2).
    """
    batch, heads, tokens, width = query.shape
    queries = (query * width**-0.5).flatten(0, 1)
    keys = (key - key.mean(dim=2, keepdim=True)).transpose(2, 3).flatten(0, 1).contiguous()
    values = pad(value, (0, -width % WIDTH_MULTIPLE)).flatten(0, 1).contiguous()
    attended = values.new_empty(batch * heads, tokens, values.shape[-1])
    rows = max(1, BLOCK // tokens)
    scores, weights = query.new_empty(2, rows, tokens)
    for head, first in ((head, first) for head in range(batch * heads) for first in range(0, tokens, rows)):
        block = slice(first, min(first + rows, tokens))
        count = block.stop - first
        torch.mm(queries[head, block], keys[head], out=scores[:count])
        torch.softmax(scores[:count], dim=-1, out=weights[:count])
        torch.mm(weights[:count], values[head], out=attended[head, block])
    return attended[..., :width].view(batch, heads, tokens, width)


class BlockedAttention(AttnProcessor2_0):  # type: ignore[misc]
    """Attention processor that replaces diffusers' own in the self-attention of a transformer block."""

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
    ) -> Tensor:
        """Returns the attention output (B, T, N · D), as diffusers' processor does."""
        is_large_self = encoder_hidden_states is None and hidden_states.shape[1] >= MIN_TOKENS
        if not is_large_self or attention_mask is not None or torch.compiler.is_compiling():
            attended: Tensor = super().__call__(
                attn, hidden_states, encoder_hidden_states, attention_mask, temb
            )
            return attended
        query, key, value = (
            project(hidden_states).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for project in (attn.to_q, attn.to_k, attn.to_v)
        )
        merged = blocked_attention(query, key, value).transpose(1, 2).flatten(2)
        projected: Tensor = attn.to_out[0](merged)
        return projected
