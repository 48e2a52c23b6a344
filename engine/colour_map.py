"""A colour map: what one edit makes of each colour, wherever it stands in the photo."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import torch
from torch import Tensor

DEGREE = 3
TERMS = tuple(
    term for degree in range(DEGREE + 1) for term in combinations_with_replacement(range(3), degree)
)
"""The channels that each term of the polynomial multiplies: none, r, g, b, rr, rg, …, bbb."""
PENALTIES = (0.0, 1e-5, 1e-3, 1e-3)
"""Weight of the squared coefficients by degree, beside a mean squared error of values from -1 to 1: a
curve is bent only where the photo has the colours to show it."""
OUTLIER = 12.0
"""In levels: pixels that a map misses by more than this count for less than half."""
ROUNDS = 3
STRIDE = 2
"""One pixel in four is enough to tell the 60 coefficients."""
CHUNK = 1 << 15
"""Pixels mapped at a time, so that their terms stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class ColourMap:
    """A cubic polynomial of the three channels."""

    coefficients: Tensor
    """(terms, 3), of channels scaled to -1 to 1; the results are levels."""

    def __call__(self, levels: Tensor) -> Tensor:
        """The mapped colours of `levels` (3, H, W), 0 to 255; neither rounded nor bounded."""
        weights = self.coefficients.T
        mapped = [weights @ _terms(chunk) for chunk in torch.split(levels.flatten(1), CHUNK, dim=1)]
        return torch.cat(mapped, dim=1).reshape(levels.shape)


def fit_colour_map(before: Tensor, after: Tensor) -> ColourMap:
    """The map that best gives `after` from `before`, both (3, H, W) in levels.

    Least squares, weighted anew in each round (Cauchy's weights), so that what is painted in one place
    does not bend the colours of the rest.
    """
    terms = _terms(before[:, ::STRIDE, ::STRIDE].flatten(1)).double()
    wanted = after[:, ::STRIDE, ::STRIDE].flatten(1).double()
    penalty = torch.diag(torch.tensor([PENALTIES[len(term)] for term in TERMS], dtype=torch.float64))
    weights = torch.ones(terms.shape[1], dtype=torch.float64)
    for _ in range(ROUNDS):
        weighted = terms * (weights / weights.sum())
        coefficients = torch.linalg.solve(weighted @ terms.T + penalty, weighted @ wanted.T)
        missed = (wanted - coefficients.T @ terms).square().mean(0)
        weights = 1 / (1 + missed / OUTLIER**2)
    return ColourMap(coefficients.float())


def _terms(levels: Tensor) -> Tensor:
    """The terms (terms, N) of colours (3, N)."""
    channels = levels / 127.5 - 1
    known: dict[tuple[int, ...], Tensor] = {(): torch.ones_like(channels[0])}
    for term in TERMS[1:]:
        known[term] = known[term[:-1]] * channels[term[-1]]
    return torch.stack(list(known.values()))
