"""The edits of a grid: the current settings at several guidance values, or with several seeds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from engine.edit_settings import MAX_SEED
from engine.library.useful_ranges import CompleteRanges
from ip2p_desktop.session.document import RANDOM_SEEDS
from ip2p_desktop.session.edit_state import EditState

FEWEST, MOST, USUAL = 2, 5, 3
"""Cells per side."""


class SweepKind(StrEnum):
    """What differs between the edits of a grid."""

    GUIDANCE = "guidance"
    SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """The edits of a grid, row by row from the top, each row from the left."""

    kind: SweepKind
    side: int
    states: tuple[EditState, ...]


def guidance_plan(state: EditState, ranges: CompleteRanges, side: int) -> SweepPlan:
    """Both useful ranges with the seed of `state`: text to the right, image upwards, as in a pad."""
    states = tuple(
        _alone(state, text_guidance_scale=round(text, 2), image_guidance_scale=round(image, 2))
        for image in reversed(ranges.image.spread(side))
        for text in ranges.text.spread(side)
    )
    return SweepPlan(SweepKind.GUIDANCE, side, states)


def seed_plan(state: EditState, side: int) -> SweepPlan:
    """The settings of `state` with its own seed and others, all different."""
    first = state.settings.seed
    others = random.sample(range(RANDOM_SEEDS), side * side)
    seeds = [first, *(seed for seed in others if seed != first)][: side * side]
    return SweepPlan(SweepKind.SEEDS, side, tuple(_alone(state, seed=min(seed, MAX_SEED)) for seed in seeds))


def _alone(state: EditState, **values: object) -> EditState:
    """A single edit with other values, and with a fixed seed."""
    return state.with_values(variations=1, randomises_seed=False, **values)
