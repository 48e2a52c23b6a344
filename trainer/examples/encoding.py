"""Encodes images and instructions for the cache, in batches of a fixed size.

A batch is filled up where its images or texts are fewer. So an entry depends on its own input alone: what is
computed for one place of a batch does not depend on the others, but may depend on the size of the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from engine.models.model_plan import Autoencoder
from engine.models.text_encoders import TextEncoders
from trainer.batches.latents import latent_distribution
from trainer.examples.cache_folder import Entry

PIXELS = {"cpu": 4 * 256 * 256, "cuda": 16 * 512 * 512}
"""Most pixels of a batch of images by kind of device, unless it is a single image; that limits the memory."""
MOST_PAIRS, MOST_TEXTS = 4, 8
"""Most pairs and texts in a batch."""

PairCuts = tuple[Tensor, Tensor]
"""K cuts of the original and of the edited image of a pair, as pixels (K, 3, h, w)."""


def pairs_at_once(cuts: int, width: int, height: int, device: str) -> int:
    """Returns how many pairs of so many cuts each are encoded in a batch."""
    return max(1, min(MOST_PAIRS, _images_at_once(width, height, device) // (2 * cuts)))


def _images_at_once(width: int, height: int, device: str) -> int:
    return max(1, PIXELS.get(device, PIXELS["cpu"]) // (width * height))


def encoded_pairs(vae: Autoencoder, pairs: Iterator[tuple[int, PairCuts]]) -> Iterator[tuple[int, Entry]]:
    """Yields the number of each pair with its entry: latents (K, C, H, W) of its cuts.

    They are the mode of the original, and mean and deviation of the edited image.
    """
    waiting: dict[torch.Size, list[tuple[int, PairCuts]]] = {}
    for number, cuts in pairs:
        shape = cuts[0].shape
        alike = waiting.setdefault(shape, [])
        alike.append((number, cuts))
        if len(alike) == pairs_at_once(shape[0], shape[3], shape[2], vae.device.type):
            yield from _encoded_batch(vae, waiting.pop(shape))
    for alike in waiting.values():
        yield from _encoded_batch(vae, alike)


def _encoded_batch(vae: Autoencoder, pairs: list[tuple[int, PairCuts]]) -> Iterator[tuple[int, Entry]]:
    count, _, height, width = pairs[0][1][0].shape
    size = pairs_at_once(count, width, height, vae.device.type)
    filled = [cuts for _, cuts in pairs] + [pairs[0][1]] * (size - len(pairs))
    images = torch.cat([torch.cat(cuts) for cuts in filled])
    encoded = [
        latent_distribution(vae, some.to(vae.device))
        for some in torch.split(images, _images_at_once(width, height, vae.device.type))
    ]
    means = torch.cat([mean.cpu() for mean, _ in encoded])
    deviations = [deviation.cpu() for _, deviation in encoded if deviation is not None]
    spread = torch.cat(deviations) if deviations else None
    for place, (number, _) in enumerate(pairs):
        original = slice(2 * place * count, (2 * place + 1) * count)
        edited = slice(original.stop, original.stop + count)
        entry = {"original": means[original].clone(), "edited": means[edited].clone()}
        yield number, entry if spread is None else {**entry, "edited_std": spread[edited].clone()}


@torch.no_grad()
def encoded_texts(
    encoder: TextEncoders, texts: Sequence[str], numbers: Sequence[int]
) -> Iterator[tuple[int, Entry]]:
    """Yields the number of each of these texts with its entry: embeddings (T, D), and pooled ones (P,)."""
    for first in range(0, len(numbers), MOST_TEXTS):
        some = numbers[first : first + MOST_TEXTS]
        filled = [texts[number] for number in some] + [""] * (MOST_TEXTS - len(some))
        embeddings, pooled = encoder.encode(filled)
        for place, number in enumerate(some):
            entry = {"embeddings": embeddings[place].clone()}
            yield number, entry if pooled is None else {**entry, "pooled": pooled[place].clone()}


@torch.no_grad()
def text_bytes(encoder: TextEncoders) -> int:
    """Returns the bytes of the tensors of a text's entry, which are the same for every text."""
    encoded = [tensor for tensor in encoder.encode([""]) if tensor is not None]
    return sum(tensor.numel() * tensor.element_size() for tensor in encoded)
