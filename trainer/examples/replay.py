"""Edits of the start weights' own among the pairs, so that what a model could do before is not forgotten.

A model that is shown one edit alone soon makes it whatever it is asked for. Shown others in between, it
goes on telling them apart ("replay", Robins 1995). What it is to go on giving is what it gave: its own
latents, not a picture of them, of the very cut that is trained on ("distillation", Li & Hoiem 2016).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.denoising.sampling import initial_noise
from engine.editing.conditioning import TextConditioning, encode_instructions
from engine.errors import ModelNotUsable
from engine.instructions.knowledge import has_knowledge, read_knowledge
from engine.library import read_model_card
from engine.models.loading import Model
from engine.progress import CancelToken
from trainer.batches.latents import latent_distribution
from trainer.config import ConfigNotValid, TrainingConfig
from trainer.datasets import Pair, PairSet, Source
from trainer.examples.cache_folder import Entry, fingerprint
from trainer.learning.threads import limited_threads
from trainer.validation.trial_edits import evaluating, sampled_latents
from trainer.validation.validation import preview_settings

log = logging.getLogger(__name__)


class Replay:
    """What the start weights make of cuts of the training photos."""

    def __init__(self, model: Model, config: TrainingConfig, source: int) -> None:
        """`source` is the number of the pairs to be made; `model` is not trained yet."""
        self.source = source
        self._model = model
        self._settings = preview_settings(config, model)
        self._most_at_once = config.model.micro_batch_size
        networks = (model.unet, model.vae, *model.text_encoders.networks)
        self.name = f"replayed-{fingerprint(*networks)}"
        """Of the cache for what is made."""
        self.salt = repr((self._settings, sorted(model.scheduler_config.items()))).encode()
        """What an edit depends on beside the weights, the cut and the instruction."""

    @property
    def brings_noise(self) -> bool:
        """Whether a made example says which noise it came from.

        In one step the network gave just this for it; in several, no single prediction did.
        """
        return self._settings.num_inference_steps == 1

    @contextmanager
    def at_work(self) -> Iterator[int]:
        """Gives how many threads may make entries while this lasts, each on its share of the cores.

        One edit of a small cut keeps one core busy, hardly two. No more are made at a time than a training
        pass has examples: that takes more memory for each.
        """
        cores = torch.get_num_threads()
        workers = min(cores, self._most_at_once) if self._model.unet.device.type == "cpu" else 1
        with evaluating(self._model), limited_threads(cores // workers):
            yield workers

    @torch.no_grad()
    def text(self, instruction: str) -> TextConditioning:
        """An instruction and its null, for one thread at a time: tokenizers are not for several."""
        asked, null = encode_instructions(self._model, [instruction]), self._null
        embeddings = torch.cat([asked.embeddings, null.embeddings])
        if asked.pooled is None or null.pooled is None:
            return TextConditioning(embeddings)
        return TextConditioning(embeddings, torch.cat([asked.pooled, null.pooled]))

    @cached_property
    def _null(self) -> TextConditioning:
        return encode_instructions(self._model, [""])

    def entry(self, pixels: Tensor, text: TextConditioning, key: str, cancel: CancelToken) -> Entry:
        """Latents (1, C, H, W) of a cut (1, 3, h, w) and of its edit. Raises `Cancelled`."""
        vae = self._model.vae
        original, deviation = latent_distribution(vae, pixels.to(vae.device))
        seed = int(np.random.SeedSequence(int(key, 16)).generate_state(1)[0])
        settings = replace(self._settings, seed=seed)
        scaled = sampled_latents(self._model, original, text, settings, cancel=cancel)
        entry = {"original": original, "edited": scaled / vae.config.scaling_factor}
        if deviation is not None:  # as the other pairs have one, though here there is nothing to draw
            entry["edited_std"] = torch.zeros_like(original)
        if self.brings_noise:
            entry["noise"] = initial_noise(torch.Generator().manual_seed(seed), scaled.shape)
        return entry


def with_replay(config: TrainingConfig, train: PairSet, model: Model) -> tuple[PairSet, Replay]:
    """The training pairs and, beside them, their photos with what is to be replayed on them.

    What `model`, as it is before training, makes of them is not made yet. Not more are added than the
    steps of the run draw. Raises `ConfigNotValid` if nothing is known to ask for.
    """
    asked = config.data.replay
    drawn = math.ceil(config.trainer.max_steps * draws_per_step(config))
    instructions = asked.instructions or known_instructions(model.path)
    if not instructions:
        raise ConfigNotValid(
            "configuration.replay-empty",
            "data.replay has no instructions: the card of the start weights suggests no edits.",
            "List some edits that the start weights can make in data.replay.instructions.",
        )
    replay = Replay(model, config, source=len(train.sources))
    added = [
        replace(pair, instructions=(instruction,), scene="", captions=None, source=replay.source)
        for pair, instruction in _turns(train.pairs, instructions, min(asked.pairs, drawn))
    ]
    return _joined(train, added, asked.share), replay


def draws_per_step(config: TrainingConfig) -> float:
    """How many examples of a step are replayed, on average."""
    return config.step_size * config.data.replay.share


def known_instructions(model: Path) -> list[str]:
    """What a model says it can do: its card's suggestions, then what its knowledge lists.

    Instructions of later training are repeated, to come as often as each edit that has many wordings.
    Damaged knowledge is passed over with a warning.
    """
    suggested = list(read_model_card(model).suggestions)
    if not has_knowledge(model):
        return suggested
    try:
        knowledge = read_knowledge(model)
    except ModelNotUsable as error:
        log.warning("Only suggestions are replayed: %s", error)
        return suggested
    examples = [edit.example for edit in knowledge.edits if edit.example]
    later, wordings = knowledge.instructions, knowledge.wordings
    # though never more than half of all
    repeated = min(len(wordings) // max(1, len(examples)), len(wordings) // max(1, len(later)))
    return [*dict.fromkeys((*suggested, *examples, *later)), *later * repeated, *wordings]


def _turns(pairs: tuple[Pair, ...], instructions: list[str], count: int) -> Iterator[tuple[Pair, str]]:
    """So many pairs with an instruction each: all of both in turn, and at last each in other company."""
    until_repeated = math.lcm(len(pairs), len(instructions))
    for number in range(count):
        shift = number // until_repeated
        yield pairs[number % len(pairs)], instructions[(number + shift) % len(instructions)]


def _joined(train: PairSet, added: list[Pair], share: float) -> PairSet:
    """Both, the added ones at this share of all draws."""
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
