"""Choice of attention kernels: cuDNN's is never used, and torch's flash kernel can be forced.

If the flash kernel cannot be used, a warning says why.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from diffusers.models import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from trainer.protocol.events import WarningRaised, make_warning

TRIED_TOKENS = (64, 77)
"""Numbers of tokens for the trial: those of latents of 8 x 8, and those of an instruction."""

AttentionContext = Callable[[], AbstractContextManager[None]]
"""Makes the context in which attention is computed."""


def disable_cudnn() -> None:
    """Disables cuDNN's attention kernels in this process.

    They take precedence on an H100 or H200, and their gradients are sometimes NaN there although the loss is
    finite (pytorch/pytorch issue 196678: torch 2.11 and later).
    """
    torch.backends.cuda.enable_cudnn_sdp(False)


def flash_attention(
    unet: UNet2DConditionModel, dtype: torch.dtype
) -> tuple[AttentionContext, WarningRaised | None]:
    """Returns a context in which attention uses the flash kernel or raises, and None.

    If the kernel does not support the UNet's attention in `dtype`, returns a context without effect, and a
    warning.
    """
    problem = _problem(_heads(unet), unet.device, dtype)
    if problem:
        return nullcontext, make_warning(
            "attention.no-flash",
            "Flash attention cannot be used ({reason}); torch chooses another kernel.",
            reason=problem,
        )
    return lambda: sdpa_kernel(SDPBackend.FLASH_ATTENTION), None


def _heads(unet: UNet2DConditionModel) -> set[tuple[int, int]]:
    """Returns number and width of the heads of every attention in the UNet."""
    found = (module for module in unet.modules() if isinstance(module, Attention))
    return {(module.heads, module.inner_dim // module.heads) for module in found}


def _problem(heads: Iterable[tuple[int, int]], device: torch.device, dtype: torch.dtype) -> str:
    """Returns torch's reason not to use the kernel, forward and backward; "" without one."""
    for count, width in heads:
        for tokens in TRIED_TOKENS:
            lengths = (TRIED_TOKENS[0], tokens, tokens)
            tried = [(1, count, length, width) for length in lengths]
            with warnings.catch_warnings(record=True) as reasons:
                warnings.simplefilter("always")
                try:
                    _attend(*(torch.randn(shape, device=device, dtype=dtype) for shape in tried))
                except RuntimeError as error:
                    return _reason([str(warning.message) for warning in reasons] + [str(error)])
    return ""


def _attend(query: Tensor, key: Tensor, value: Tensor) -> None:
    for tensor in (query, key, value):
        tensor.requires_grad_(True)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        torch.autograd.backward(scaled_dot_product_attention(query, key, value).sum())


def _reason(messages: Sequence[str]) -> str:
    """Returns the first message that is a reason; a message that only names the kernel precedes it."""
    reasons = [text for text in messages if "not used because" not in text]
    return reasons[0].partition(" (Triggered")[0].splitlines()[0].rstrip(". ")
