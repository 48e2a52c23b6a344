"""Advice about a dataset as a whole: whether it has enough pairs, of enough different photos."""

from __future__ import annotations

from enum import StrEnum

FEWEST_PAIRS = 8
"""Fewer pairs than this are too few."""
GOOD_PAIRS = 20
"""So many pairs are a good beginning."""
ALIKE_SHARE = 0.5
"""Share of the pairs that show a photo of another pair again from which on there are too few photos."""


class DatasetAdvice(StrEnum):
    """What a dataset lacks."""

    FEW_PAIRS = "few pairs"
    ONE_PHOTO = "one photo"
    ALIKE = "alike"


SENTENCES = {
    DatasetAdvice.FEW_PAIRS: (
        "There are {usable} pairs. The edit may then work on these photos only; {good} pairs are a good "
        "beginning."
    ),
    DatasetAdvice.ONE_PHOTO: (
        "All {usable} pairs are of one photo. The model may learn this photo instead of the edit; add pairs "
        "of other photos."
    ),
    DatasetAdvice.ALIKE: (
        "The {usable} pairs are of {photos} photos; the others are nearly the same. Pairs of other photos "
        "teach more."
    ),
}


def advice_on(usable: int, photos: int) -> tuple[DatasetAdvice, ...]:
    """Returns the advice on so many usable pairs of so many different photos; 0 photos are not known."""
    advice = []
    if 0 < usable < FEWEST_PAIRS:
        advice.append(DatasetAdvice.FEW_PAIRS)
    if photos == 1 < usable:
        advice.append(DatasetAdvice.ONE_PHOTO)
    elif photos and usable > 1 and usable - photos >= ALIKE_SHARE * usable:
        advice.append(DatasetAdvice.ALIKE)
    return tuple(advice)


def advice_sentences(usable: int, photos: int) -> list[str]:
    """Returns the advice as sentences."""
    return [
        SENTENCES[kind].format(usable=usable, photos=photos, good=GOOD_PAIRS)
        for kind in advice_on(usable, photos)
    ]
