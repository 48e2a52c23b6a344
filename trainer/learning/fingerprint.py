"""Tells networks with different weights apart."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from engine.models.loading import Model


def fingerprint(*networks: nn.Module) -> str:
    """Returns a hash of all weights of the networks."""
    digest = hashlib.blake2b(digest_size=16)
    for network in networks:
        for name, tensor in sorted(network.state_dict().items()):
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            whole = tensor.detach().cpu().contiguous()
            digest.update(whole.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def networks_of(model: Model) -> tuple[nn.Module, ...]:
    """Returns all networks of a model."""
    return (model.unet, model.vae, *model.text_encoders.networks)
