"""A colour map: the colour that an edit gives to each colour of the photo, regardless of the place."""

from __future__ import annotations

import math
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
"""Weight of the squared coefficients by degree, beside a mean squared error of values from -1 to 1: the map
is non-linear only where the photo has enough colours to determine it."""
EVEN_PENALTIES = (0.0, 5e-2, 1e3, 1e3)
"""The same for an edit whose difference depends on the place."""
OUTLIER = 12.0
"""Pixels with a residual above this many levels have less than half the weight."""
ROUNDS = 3
TARGET_SAMPLES = 1 << 15
"""About so many pixels, at most four times as many, determine the 60 coefficients."""
CHUNK = 1 << 15
"""Pixels mapped at a time, so that their terms fit into the CPU's cache."""


@dataclass(frozen=True, slots=True)
class ColourMap:
    """A cubic polynomial of the three channels."""

    coefficients: Tensor
    """(terms, 3), of channels scaled to -1 to 1; the results are levels."""

    def __call__(self, levels: Tensor) -> Tensor:
        """The mapped colours of `levels` (3, H, W), 0 to 255; neither rounded nor clipped."""
        weights = self.coefficients.T
        mapped = [weights @ _terms(chunk) for chunk in torch.split(levels.flatten(1), CHUNK, dim=1)]
        return torch.cat(mapped, dim=1).reshape(levels.shape)

    def mixed(self, other: ColourMap, share: float) -> ColourMap:
        """This map with a share, 0 to 1, of another."""
        return ColourMap(torch.lerp(self.coefficients, other.coefficients, share))


def fit_colour_map(before: Tensor, after: Tensor, weight: Tensor) -> ColourMap:
    """The map that best predicts `after` from `before`, both (3, H, W) in levels.

    `weight` (H, W) is the weight of each pixel, and is not 0 everywhere.
    """
    return ColourMap(_fitted(_samples(before), _samples(after), _samples(weight[None]), PENALTIES))


def fit_even_map(before: Tensor, after: Tensor, weight: Tensor) -> ColourMap:
    """Like `fit_colour_map`, for edits that do not depend on colour: nearly the identity, and linear."""
    difference = _samples(after) - _samples(before)
    fitted = _fitted(_samples(before), difference, _samples(weight[None]), EVEN_PENALTIES)
    return ColourMap(fitted + _unchanged())


def _samples(planes: Tensor) -> Tensor:
    """Some of the pixels of planes (C, H, W), evenly spread: (C, N)."""
    height, width = planes.shape[1:]
    stride = max(1, math.isqrt(height * width // TARGET_SAMPLES))
    return planes[:, ::stride, ::stride].flatten(1).double()


def _fitted(before: Tensor, target: Tensor, weight: Tensor, penalties: tuple[float, ...]) -> Tensor:
    """Coefficients (terms, 3) that predict `target` from `before`, both (3, N), weighted by (1, N).

    Iteratively reweighted least squares (Cauchy's weights), so that objects painted in one place do not
    change the colours of the rest.
    """
    terms = _terms(before)
    penalty = torch.diag(torch.tensor([penalties[len(term)] for term in TERMS], dtype=torch.float64))
    weights = weight.clamp(min=1e-9)
    for _ in range(ROUNDS):
        weighted = terms * (weights / weights.sum())
        coefficients = torch.linalg.solve(weighted @ terms.T + penalty, weighted @ target.T)
        residual = (target - coefficients.T @ terms).square().mean(0)
        weights = weight.clamp(min=1e-9) / (1 + residual / OUTLIER**2)
    fitted: Tensor = coefficients.float()
    return fitted


def _unchanged() -> Tensor:
    """The coefficients (terms, 3) of the identity."""
    coefficients = torch.zeros(len(TERMS), 3)
    coefficients[0] = 127.5
    for channel in range(3):
        coefficients[TERMS.index((channel,)), channel] = 127.5
    return coefficients


def _terms(levels: Tensor) -> Tensor:
    """The terms (terms, N) of colours (3, N)."""
    channels = levels / 127.5 - 1
    known: dict[tuple[int, ...], Tensor] = {(): torch.ones_like(channels[0])}
    for term in TERMS[1:]:
        known[term] = known[term[:-1]] * channels[term[-1]]
    return torch.stack(list(known.values()))
