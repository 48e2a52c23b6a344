"""The kernels of attention: one is never taken, and torch's flash kernel can be insisted on.

What is insisted on is taken, or it is said that it cannot be.
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
"""As many as latents of 8 x 8, and as an instruction."""

Insisting = Callable[[], AbstractContextManager[None]]


def leave_out_cudnn() -> None:
    """Take no kernel of cuDNN's in this process from now on.

    It goes first on an H100 or H200, and its gradients there are at times no numbers, though the loss is
    (pytorch/pytorch issue 196678: torch 2.11 and later).
    """
    torch.backends.cuda.enable_cudnn_sdp(False)


def flash_attention(unet: UNet2DConditionModel, dtype: torch.dtype) -> tuple[Insisting, WarningRaised | None]:
    """A context in which attention takes the flash kernel or raises, and None.

    Where the kernel cannot be had for the UNet's attention in `dtype`, a context that does nothing, and
    a warning.
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
    """Number and width of the heads of every attention in the UNet."""
    found = (module for module in unet.modules() if isinstance(module, Attention))
    return {(module.heads, module.inner_dim // module.heads) for module in found}


def _problem(heads: Iterable[tuple[int, int]], device: torch.device, dtype: torch.dtype) -> str:
    """What torch says against the kernel, forward and backward; "" if nothing."""
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


def _reason(said: Sequence[str]) -> str:
    """The first thing said that is a reason; each kernel is named before what is against it."""
    reasons = [text for text in said if "not used because" not in text]
    return reasons[0].partition(" (Triggered")[0].splitlines()[0].rstrip(". ")
