"""The default settings of a training run: everything except dataset, model, name and number of steps."""

from __future__ import annotations

import json
from functools import lru_cache

from engine.library import ModelCard

FEW_STEPS_SETTINGS = (
    "data.resolution=192",
    'model.timestep_sampling="few_steps"',
    "model.optim.lr=1.5e-4",
    "model.optim.sched.warmup_steps=20",
    "model.optim.sched.decay=true",
)
"""Measured with the starter by `tests/benchmarks/new_edit.py`."""
CACHE_SETTINGS = ("data.cache.enable=true",)
THREAD_SETTINGS = ("trainer.threads=-1",)
"""Tried when a run begins: beside other programs, fewer threads are several times as fast as one a core."""
COMMON_INSTRUCTIONS = (
    "make it black and white",
    "make it look like a watercolour painting",
    "make it night",
    "turn it into a pencil sketch",
    "make it snow",
    "make it a sunset",
    "make it look old",
    "turn it into an oil painting",
    "make it autumn",
    "add fog",
    "make the sky cloudy",
    "make it rain",
    "turn it into a cartoon",
    "make the colours more vivid",
    "put it in a forest",
    "add flowers",
)
"""Instructions for the replay of models that list no instructions they know."""
CARDS_REMEMBERED = 256


def default_settings(base: ModelCard, *, keeps_edits: bool, is_editor: bool = True) -> tuple[str, ...]:
    """The settings of the trainer for a base model, with or without replay.

    A model that is not an editor yet is trained at all timesteps, whatever its card recommends.
    """
    # imports omegaconf, which the window does not need to start
    from trainer.config.replay_defaults import edits_in_few_steps, replay_for

    learning = FEW_STEPS_SETTINGS if is_editor and edits_in_few_steps(base) else ()
    settings = (*CACHE_SETTINGS, *THREAD_SETTINGS, *learning)
    if not keeps_edits:
        return (*settings, "data.replay.pairs=0")
    pairs, share = replay_for(base)
    settings = (*settings, f"data.replay.pairs={pairs}", f"data.replay.share={share}")
    if names_what_it_knows(base):
        return settings
    return (*settings, f"data.replay.instructions={json.dumps(COMMON_INSTRUCTIONS)}")


@lru_cache(maxsize=CARDS_REMEMBERED)
def names_what_it_knows(base: ModelCard) -> bool:
    """Whether card or knowledge of a model list instructions. The first call reads the files of the model."""
    from trainer.config.replay_defaults import known_instructions

    return bool(known_instructions(base))
