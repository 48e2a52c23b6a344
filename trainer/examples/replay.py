"""Replay: mixes edits by the start weights into the training pairs, so that the model keeps its old edits.

A model that is trained on one edit alone soon makes it whatever the instruction is. Training on others in
between prevents that ("replay", Robins 1995). The targets are the start weights' own outputs: their latents,
not decoded images, of exactly the cut that is trained on ("distillation", Li & Hoiem 2016).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from engine.denoising.sampling import initial_noise
from engine.editing.conditioning import TextConditioning, encode_instructions
from engine.library import read_model_card
from engine.models.loading import Model
from engine.progress import CancelToken
from trainer.batches.latents import latent_distribution
from trainer.config import ConfigNotValid, TrainingConfig
from trainer.config.replay_defaults import MANY_STEPS_REPLAY, known_instructions
from trainer.datasets import Pair, PairSet, Source
from trainer.examples.cache_folder import Entry
from trainer.learning.fingerprint import fingerprint
from trainer.learning.threads import limited_threads
from trainer.validation.trial_edits import evaluating, sampled_latents
from trainer.validation.validation import preview_settings


class Replay:
    """Makes edits of cuts of the training photos with the start weights."""

    def __init__(self, model: Model, config: TrainingConfig, source: int) -> None:
        """`source` is the number of the source whose pairs are made; `model` is not trained yet."""
        self.source = source
        self._model = model
        self._settings = preview_settings(config, model)
        self._most_at_once = config.model.micro_batch_size
        networks = (model.unet, model.vae, *model.text_encoders.networks)
        self.name = f"replayed-{fingerprint(*networks)}"
        """Name of the cache of these edits."""
        self.salt = repr((self._settings, sorted(model.scheduler_config.items()))).encode()
        """The settings that an edit depends on beside the weights, the cut and the instruction."""

    @property
    def has_noise(self) -> bool:
        """Whether the entries contain the noise that their edits began with.

        Edits in one step do, since the network predicted the edit from this noise; edits in several steps are
        no single prediction.
        """
        return self._settings.num_inference_steps == 1

    @contextmanager
    def worker_threads(self) -> Iterator[int]:
        """Gives the number of threads that may make entries during the context, each with its share of cores.

        One edit of a small cut uses about one core. At most as many edits are made at a time as a training
        pass has examples, which needs more memory for each.
        """
        cores = torch.get_num_threads()
        workers = min(cores, self._most_at_once) if self._model.unet.device.type == "cpu" else 1
        with evaluating(self._model), limited_threads(cores // workers):
            yield workers

    @torch.no_grad()
    def text(self, instruction: str) -> TextConditioning:
        """Returns the encoded instruction and the null, two rows. One thread at a time may call this, since
        tokenizers are not thread-safe.
        """
        encoded, null = encode_instructions(self._model, [instruction]), self._null
        embeddings = torch.cat([encoded.embeddings, null.embeddings])
        if encoded.pooled is None or null.pooled is None:
            return TextConditioning(embeddings)
        return TextConditioning(embeddings, torch.cat([encoded.pooled, null.pooled]))

    @cached_property
    def _null(self) -> TextConditioning:
        return encode_instructions(self._model, [""])

    def entry(self, pixels: Tensor, text: TextConditioning, key: str, cancel: CancelToken) -> Entry:
        """Returns latents (1, C, H, W) of a cut (1, 3, h, w) and of its edit. Raises `Cancelled`."""
        vae = self._model.vae
        original, deviation = latent_distribution(vae, pixels.to(vae.device))
        seed = int(np.random.SeedSequence(int(key, 16)).generate_state(1)[0])
        settings = replace(self._settings, seed=seed)
        scaled = sampled_latents(self._model, original, text, settings, cancel=cancel)
        entry = {"original": original, "edited": scaled / vae.config.scaling_factor}
        if deviation is not None:  # the entries of other pairs have one; here it is zero
            entry["edited_std"] = torch.zeros_like(original)
        if self.has_noise:
            entry["noise"] = initial_noise(torch.Generator().manual_seed(seed), scaled.shape)
        return entry


def with_replay(config: TrainingConfig, train: PairSet, model: Model) -> tuple[PairSet, Replay]:
    """Returns the training pairs with added pairs of their photos and replayed instructions, and the replay.

    The edits of `model`, which is not trained yet, are made later. At most as many pairs are added as the
    steps of the run draw. Raises `ConfigNotValid` if there are no instructions to replay.
    """
    settings = config.data.replay
    drawn = math.ceil(config.trainer.max_steps * draws_per_step(config))
    instructions = settings.instructions or known_instructions(read_model_card(model.path))
    if not instructions:
        raise ConfigNotValid(
            "configuration.replay-empty",
            "data.replay has no instructions: the card of the start weights suggests no edits.",
            "List some edits that the start weights can make in data.replay.instructions.",
        )
    replay, share = Replay(model, config, source=len(train.sources)), replay_share(config)
    added = [
        replace(pair, instructions=(instruction,), scene="", captions=None, source=replay.source)
        for pair, instruction in _combinations(train.pairs, instructions, min(settings.pairs or 0, drawn))
    ]
    return _joined(train, added, share), replay


def replay_share(config: TrainingConfig) -> float:
    """Returns the share of the examples that are replayed."""
    share = config.data.replay.share
    return MANY_STEPS_REPLAY[1] if share is None else share


def draws_per_step(config: TrainingConfig) -> float:
    """Returns how many examples of a step are replayed, on average."""
    return config.step_size * replay_share(config)


def _combinations(pairs: tuple[Pair, ...], instructions: list[str], count: int) -> Iterator[tuple[Pair, str]]:
    """Yields so many pairs with an instruction each: all of both in turn, recombined when they repeat."""
    until_repeated = math.lcm(len(pairs), len(instructions))
    for number in range(count):
        shift = number // until_repeated
        yield pairs[number % len(pairs)], instructions[(number + shift) % len(instructions)]


def _joined(train: PairSet, added: list[Pair], share: float) -> PairSet:
    """Returns the training pairs and the added pairs, the latter with this share of all draws."""
    counts = [sum(pair.source == number for pair in train.pairs) for number in range(len(train.sources))]
    given = [source.weight for source in train.sources]
    weights = counts if any(weight is None for weight in given) else given
    whole = sum(weight or 0 for weight in weights)
    sources = [
        replace(source, weight=(weight or 0) / whole * (1 - share))
        for source, weight in zip(train.sources, weights, strict=True)
    ]
    return replace(
        train,
        sources=(*sources, Source(train.folder, share)),
        layouts=(*train.layouts, train.layout),
        pairs=(*train.pairs, *added),
    )
