"""Runs every network on the meta device before its tensors are read, to check its shapes.

A network may fit the file's tensors and still fail, or return images of another size; without this check,
that would happen in the middle of an edit. The check takes longer than reading the tensors of a small model,
so a configuration that passed is not checked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from diffusers.models import UNet2DConditionModel

from engine.models.model_plan import STYLE_UNET, Autoencoder, TextPlan
from engine.models.network_loading import invalid_configuration
from engine.models.text_encoders import INVALID_CONFIGURATION, TextNetwork

_LATENT_SIDE = 3
"""Side of the latents in the deepest level: more than one, and not a power of two, which could hide
errors."""
_passed: set[str] = set()
"""Descriptions of the networks that passed in this process."""


def check_networks(
    unet: UNet2DConditionModel,
    vae: Autoencoder,
    text_networks: Sequence[TextNetwork],
    text: TextPlan,
    style_unet: UNet2DConditionModel | None = None,
) -> None:
    """Raises `ModelNotUsable` if a network cannot compute the shapes that an edit needs."""
    checks = {"unet": (unet, partial(_check_unet, unet, text)), "vae": (vae, partial(_check_vae, vae))}
    for plan, network in zip(text.encoders, text_networks, strict=True):
        checks[plan.network.name] = (network, partial(_check_text, network))
    if style_unet is not None:
        checks[STYLE_UNET] = (style_unet, partial(_check_style_unet, style_unet, unet, text))
    with torch.no_grad(), torch.device("meta"):
        for name, (network, check) in checks.items():
            try:
                description = _description(network, text.pooled_width)
                if description not in _passed:
                    check()
            except INVALID_CONFIGURATION as error:
                raise invalid_configuration(name) from error
            _passed.add(description)


def _description(network: UNet2DConditionModel | Autoencoder | TextNetwork, pooled_width: int | None) -> str:
    """Everything that the result depends on: class, configuration and width of the pooled embedding."""
    config = network.config
    values = config.to_dict() if hasattr(config, "to_dict") else dict(config)
    return json.dumps([type(network).__name__, pooled_width, values], default=str)


def _check_unet(unet: UNet2DConditionModel, text: TextPlan) -> None:
    config = unet.config
    side = _LATENT_SIDE * 2 ** (len(config.block_out_channels) - 1)
    added: dict[str, Any] = {}
    if config.addition_embed_type == "text_time":
        added = {"text_embeds": torch.empty(1, text.pooled_width or 0), "time_ids": torch.empty(1, 6)}
    predicted = unet(
        torch.empty(1, config.in_channels, side, side),
        torch.empty(()),
        torch.empty(1, 77, config.cross_attention_dim),
        added_cond_kwargs=added,
        return_dict=False,
    )[0]
    _expect(predicted.shape, (1, config.out_channels, side, side))


def _check_style_unet(style_unet: UNet2DConditionModel, unet: UNet2DConditionModel, text: TextPlan) -> None:
    """Also that it fits the latents and the text of the other UNet."""
    for name in ("in_channels", "out_channels", "cross_attention_dim"):
        _expect((style_unet.config[name],), (unet.config[name],))
    if len(style_unet.config.block_out_channels) > len(unet.config.block_out_channels):
        raise ValueError("it has more levels than the other UNet, so that sizes of images may not fit it")
    _check_unet(style_unet, text)


def _check_vae(vae: Autoencoder) -> None:
    factor, channels = 2 ** (len(vae.config.block_out_channels) - 1), vae.config.latent_channels
    latents = torch.empty(1, channels, _LATENT_SIDE, _LATENT_SIDE)
    pixels = torch.empty(1, 3, _LATENT_SIDE * factor, _LATENT_SIDE * factor)
    encoded = vae.encode(pixels)
    mode = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
    _expect(mode.shape, latents.shape)
    _expect(vae.decode(latents).sample.shape, pixels.shape)


def _check_text(network: TextNetwork) -> None:
    length = int(network.config.max_position_embeddings)
    network(torch.zeros(1, length, dtype=torch.long), output_hidden_states=True)


def _expect(found: Sequence[int], expected: Sequence[int]) -> None:
    if tuple(found) != tuple(expected):
        raise ValueError(f"{tuple(found)} instead of {tuple(expected)}")
