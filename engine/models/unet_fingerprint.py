"""Recognises the weights of a UNet, whatever folder or file they are in."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from engine.model_options import ModelOptions
from engine.models.loading import plan_model
from engine.models.network_loading import prepare_network
from engine.models.recognition import TRAINABLE

SAMPLED = 512
"""Numbers at the beginning and at the end of each tensor that are read. Training changes nearly all numbers
of a tensor, so that a model of gigabytes is recognised by some hundred thousand of them."""


def unet_fingerprint(model: Path) -> str:
    """A hash of names, shapes and some numbers of all tensors of a model's UNet.

    The numbers count as float16, so that a copy in half precision has the same hash. Of two sets of weights
    in a file, those that edits use by default count. Raises `ModelNotUsable`.
    """
    digest = hashlib.blake2b(digest_size=16)
    with ExitStack() as files:
        plan = plan_model(model, ModelOptions(), TRAINABLE, files)
        tensors = prepare_network(plan.unet).tensors
        for name in sorted(tensors.names()):
            digest.update(f"{name} {tensors.shape(name)}".encode())
            digest.update(_sampled(tensors.read(name)))
    return digest.hexdigest()


def _sampled(tensor: Tensor) -> bytes:
    flat = tensor.reshape(-1)
    ends = torch.cat([flat[:SAMPLED], flat[-SAMPLED:]])
    return bytes(ends.to(torch.float16).contiguous().view(torch.uint8).numpy().data)
