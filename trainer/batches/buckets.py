"""Aspect buckets: a few sizes of about the same area, so that images need not be cropped to squares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from engine.errors import ImageUnreadable
from engine.progress import CancelToken
from trainer.datasets.lookahead import worked_ahead
from trainer.datasets.opening import Size, size_in_use, upright_size
from trainer.datasets.pairs import Pair

MOST_OBLONG = 2.0
"""Largest ratio of the sides of a bucket."""


def bucket_sizes(resolution: int, multiple: int) -> tuple[Size, ...]:
    """Returns sizes (width, height) of at most `resolution` squared pixels, sides multiples of `multiple`.

    The square comes first.
    """
    square = max(multiple, resolution // multiple * multiple)
    sizes = [(square, square)]
    for width in range(multiple, int(square * MOST_OBLONG) + 1, multiple):
        height = square * square // width // multiple * multiple
        if height and width != square and max(width / height, height / width) <= MOST_OBLONG:
            sizes.append((width, height))
    return tuple(dict.fromkeys(sizes))


def assign_buckets(image_sizes: Sequence[Size], sizes: Sequence[Size], smallest: int) -> list[int]:
    """Returns the number of each image's bucket: the one of the nearest aspect ratio.

    Buckets of fewer than `smallest` images are dropped, the smallest first, and their images go to the
    nearest of the others.
    """
    kept = list(range(len(sizes)))
    while True:
        chosen = [min(kept, key=lambda bucket: _distance(size, sizes[bucket])) for size in image_sizes]
        counts = Counter(chosen)
        rarest = min(counts, key=lambda bucket: counts[bucket])
        if counts[rarest] >= smallest or len(counts) == 1:
            return chosen
        kept = [bucket for bucket in counts if bucket != rarest]


def _distance(image_size: Size, bucket: Size) -> float:
    return abs(math.log(image_size[0] * bucket[1] / (image_size[1] * bucket[0])))


def read_sizes(pairs: Sequence[Pair], cancel: CancelToken | None = None) -> list[Size]:
    """Returns the upright width and height of each original; decodes little more than the file headers.

    An image that cannot be read counts as a square. Raises `Cancelled`.
    """
    unknown = [pair for pair in pairs if pair.facts is None or pair.facts.size is None]
    opened = worked_ahead(_size_of, unknown, cancel=cancel or CancelToken())
    return [pair.facts.size if pair.facts and pair.facts.size else next(opened) for pair in pairs]


def _size_of(pair: Pair) -> Size:
    try:
        return size_in_use(pair, upright_size(pair.original.read(), pair.original.name))
    except ImageUnreadable:
        return 1, 1
