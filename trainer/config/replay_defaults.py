"""How much is replayed by default: in the window, on the command line and in an estimate alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from engine.instructions.knowledge import has_knowledge
from engine.library import ModelCard
from trainer.config.training import TrainingConfig

_Value = TypeVar("_Value")

FEW_STEPS = 4
"""Models that edit in at most so many steps make nearly all of an edit at the last timestep."""
FEW_STEPS_REPLAY, MANY_STEPS_REPLAY = (768, 0.8), (48, 0.5)
"""Number of replay pairs made before training, and their share of the examples.

An edit in many steps takes as long as about ten training examples, so there are fewer pairs.
"""


def edits_in_few_steps(start: ModelCard) -> bool:
    """Returns whether the start weights make an edit nearly all at once."""
    return start.recommended.num_inference_steps <= FEW_STEPS


def replay_for(start: ModelCard) -> tuple[int, float]:
    """Returns the number of replay pairs that suits start weights, and their share of the examples."""
    return FEW_STEPS_REPLAY if edits_in_few_steps(start) else MANY_STEPS_REPLAY


def names_known_edits(start: ModelCard) -> bool:
    """Returns whether the start weights come with instructions of edits that they know."""
    return bool(start.suggestions) or has_knowledge(start.path)


def with_replay_defaults(
    config: TrainingConfig, start: ModelCard, kept: Mapping[str, Any] | None = None
) -> TrainingConfig:
    """Returns the settings with those of replay and its cache that were left open.

    `kept` are the settings of the run that is resumed, which has replay if it began with it. A new run has
    replay if its start weights name what they know, unless the cache that replay needs is switched off.
    """
    pairs, share = replay_for(start)
    data, earlier = config.data, kept or {}
    has_replay = data.cache.enable is not False and names_known_edits(start) and kept is None
    count = _first(data.replay.pairs, earlier.get("data.replay.pairs"), pairs if has_replay else 0)
    replay = replace(
        data.replay, pairs=count, share=_first(data.replay.share, earlier.get("data.replay.share"), share)
    )
    is_cached = _first(data.cache.enable, earlier.get("data.cache.enable"), count > 0)
    return replace(config, data=replace(data, replay=replay, cache=replace(data.cache, enable=is_cached)))


def _first(given: _Value | None, earlier: _Value | None, default: _Value) -> _Value:
    """Returns the value that is given, else that of the earlier run, else the default."""
    if given is not None:
        return given
    return default if earlier is None else earlier
