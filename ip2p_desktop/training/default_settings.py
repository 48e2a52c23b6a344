"""The default settings of a training run: everything except dataset, model, name and number of steps."""

from __future__ import annotations

import json

from engine.instructions.knowledge import has_knowledge
from engine.library import ModelCard

FEW_STEPS = 4
"""Models that edit in at most so many steps make nearly all of an edit at the last timestep."""
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
FEW_STEPS_REPLAY, MANY_STEPS_REPLAY = (768, 0.8), (48, 0.5)
"""Number of replay pairs made before training, and their share of the examples.

An edit in many steps takes as long as about ten training examples, so there are fewer pairs.
"""
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


def default_settings(base: ModelCard, *, keeps_edits: bool) -> tuple[str, ...]:
    """The settings of the trainer for a base model, with or without replay."""
    is_fast = base.recommended.num_inference_steps <= FEW_STEPS
    learning = FEW_STEPS_SETTINGS if is_fast else ()
    return (
        *CACHE_SETTINGS,
        *THREAD_SETTINGS,
        *learning,
        *(_replay_settings(base, is_fast) if keeps_edits else ()),
    )


def _replay_settings(base: ModelCard, is_fast: bool) -> tuple[str, ...]:
    pairs, share = FEW_STEPS_REPLAY if is_fast else MANY_STEPS_REPLAY
    settings = (f"data.replay.pairs={pairs}", f"data.replay.share={share}")
    if base.suggestions or has_knowledge(base.path):
        return settings
    return (*settings, f"data.replay.instructions={json.dumps(COMMON_INSTRUCTIONS)}")
