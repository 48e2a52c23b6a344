"""How much is replayed by default: in the window, on the command line and in an estimate alike."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import has_knowledge, read_knowledge
from engine.library import ModelCard
from trainer.config.training import TrainingConfig

log = logging.getLogger(__name__)

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


def known_instructions(model: ModelCard) -> list[str]:
    """Returns the instructions that a model knows: its card's suggestions, then those of its knowledge.

    Instructions of later training are repeated to be as frequent as an edit with many wordings. Those of
    painted styles are left out, since a UNet makes them that is not trained. Damaged knowledge is ignored
    with a warning.
    """
    suggested = list(model.suggestions)
    if not has_knowledge(model.path):
        return suggested
    try:
        knowledge = read_knowledge(model.path)
    except ModelNotUsable as error:
        log.warning("Only suggestions are replayed: %s", error)
        return suggested
    examples = knowledge.examples(without=model.painted_styles)
    painted = set(knowledge.examples()) - set(examples)
    suggested = [text for text in suggested if text not in painted]
    later, wordings = knowledge.instructions, knowledge.wordings
    # but they are never more than half of all
    repeated = min(len(wordings) // max(1, len(examples)), len(wordings) // max(1, len(later)))
    return [*dict.fromkeys((*suggested, *examples, *later)), *later * repeated, *wordings]


def with_replay_defaults(
    config: TrainingConfig, start: ModelCard, kept: Mapping[str, Any] | None = None
) -> TrainingConfig:
    """Returns the settings with those of replay and its cache that were left open.

    `kept` are the settings of the run that is resumed, which has replay if it began with it. A new run has
    replay if its start weights name what they know, unless the cache that replay needs is switched off.
    """
    pairs, share = replay_for(start)
    data, earlier = config.data, kept or {}
    has_replay = kept is None and data.cache.enable is not False and known_instructions(start)
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
