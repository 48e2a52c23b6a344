"""Transferring an edit from the size it was painted at to the photo itself, with the photo's own detail.

A latent model repaints the whole photo through its autoencoder, which loses fine detail wherever the edit
changes anything or not. So the painted image is not compared with the photo, but with what the autoencoder
alone makes of the photo, its reconstruction. The difference is the edit, and it is explained as simply as
it can be:

1. by nothing, where it is no more than the model's own unsteadiness: there the photo's pixels stay;
2. by one colour map for the whole photo (`engine.editing.colour_map`), which tone and colour edits are;
3. by linear maps of small windows, where the edit differs from place to place, as in the guided filter
   (He, Sun, Tang: Guided Image Filtering, 2010);
4. by paint: what the photo does not explain, such as snow flakes and strokes, is enlarged and added.

The maps are applied to the photo at its own size. Where the painted image lacks the fine detail that they
predict, as in fog and blur, the edit took it away, and the painted image itself is enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.editing.cells import (
    CELL,
    cell_mean,
    enlarged,
    regression,
    transformed,
    window_maximum,
    window_mean,
)
from engine.editing.colour_map import ColourMap, fit_colour_map, fit_even_map

RADIUS = 1
"""Half side of the windows, in cells: they are 12 × 12 pixels of the working size."""
RIDGE = 60.0
"""Variance in squared levels below which a window is too even to determine a gain."""
DRIFT = 10.0
"""Levels by which a model shifts areas that it means to leave alone: the starter 5 to 8 for instructions it
does not know."""
DRIFT_SHARE = 0.08
"""So much more, as a share of how far a colour map shifts an area: what is changed much is changed less
evenly."""
LEAST_DETAIL = 1.0
"""Deviation in levels that counts as the autoencoder's error where it makes none."""
CLEAR, WHOLE_EDIT = 1.5, 0.4
"""Evidence that a place needs to count as edited where next to nothing differs, and the share of the photo
that differs from which all of it counts as edited."""
UNTOUCHED = 0.1
"""Evidence below which a place is as it was, whatever share of the photo differs: a level of the mean."""
REACH = 3
"""Cells around a clear difference that count as edited too."""
LOCAL_DRIFT, LOCAL_DETAIL = (0.6, 1.2), (0.8, 1.3)
"""How far from the colour map, in units of the drift and of the autoencoder's error, windows begin to have,
and fully have, maps of their own."""
PLACE_NOT_COLOUR = (0.35, 0.6)
"""Share of the windows with maps of their own, from which an edit is a matter of place rather than colour."""
FINE_RADIUS = 2
"""How much fine detail there is, is measured in windows of 20 × 20 pixels."""
FINE_PRIOR = 600.0
"""Variance in squared levels below which the share of the whole image is taken."""
REMOVED, KEPT = 0.62, 0.69
"""Share of the predicted fine detail that is left where the edit removed it, and where it kept it. Blur and
fog leave 0.2 to 0.4; edits of tones, which the UNet softens too, 0.7 and more."""
COVERED = (0.03, 0.08)
"""Share of the photo's own fine detail that is left where something lies over the photo, and where not; the
maps, which never are quite even, must not let the photo shine through. A night keeps 0.15 and more."""
PAINT = (0.05, 0.30)
"""Share of the variance that the maps leave unexplained, where paint begins to be added, and is all added."""
PAINT_RESAMPLING = Image.Resampling.BICUBIC
ROUNDING = 9.0
"""Variance in squared levels that rounding and compression make."""
GREY_SLOPE = (0.25, 0.33)
"""Share of the photo's colour that is left, over the squared share of its contrast, up to which an edit is
meant to be grey, and from which it keeps all of its colour. Snow and fog take contrast away too."""
LEAST_CONTRAST = 0.25
"""The squared share of the contrast is taken for no less; a relief has hardly any contrast left."""
GREY_COLOUR = (12.0, 18.0)
"""The limits of the colour itself: root mean square distance from grey in levels, as a model leaves it."""
BAND_PIXELS = 1 << 17
"""Pixels of the photo worked on at a time: they stay in the processor's cache, and a photo of any size
needs little beside itself."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """An edit, as maps on the cells (h, w) of an image of the working size (H, W)."""

    colour_map: ColourMap
    gains: Tensor
    """(3, 3, h, w), added to what the colour map makes of a pixel; with `offsets` (3, h, w)."""
    offsets: Tensor
    kept: Tensor
    """(h, w), 0 to 1: how much of what the maps make of the photo is kept, beside the paint."""
    paint: Tensor
    """(3, H, W), in levels."""
    colour: float
    """0 for an edit that is meant to be grey, 1 for others: how much of the mapped colour is kept."""
    amount: Tensor
    """(h, w): 0 where the photo's own pixels stay, 1 where all of the edit is applied."""
    change: float
    """Mean squared difference in levels between the painted image and the reconstruction, where the edit
    is applied."""

    def apply(self, photo: Image.Image, on_band: Callable[[], None] = lambda: None) -> Image.Image:
        """The edited photo, at the size of `photo`, an RGB image.

        `on_band` is called before each band of rows; what it raises ends the work.
        """
        result = photo.copy()
        for rows in _bands(photo.size):
            on_band()
            if band := self._band(photo, rows):
                result.paste(band, (0, rows[0]))
        return result

    def _band(self, photo: Image.Image, rows: tuple[int, int]) -> Image.Image | None:
        """The rows (first, end) of the edited photo; None where they are the photo's own."""
        height, width = self.paint.shape[1:]
        scale = height / photo.height
        seen = slice(max(0, int(rows[0] * scale) - 2), int(rows[1] * scale) + 3)
        cells = slice(seen.start // CELL, seen.stop // CELL + 2)
        if not self.amount[cells].any():
            return None

        def of_cells(planes: Tensor) -> Tensor:
            return enlarged(planes, photo.size, rows, (width / CELL, height / CELL))

        levels = _levels(photo.crop((0, rows[0], photo.width, rows[1])))
        made = self.colour_map(levels)
        if self.offsets[:, cells].any():
            made += transformed(of_cells(self.gains), levels).add_(of_cells(self.offsets))
        if (self.kept[cells] < 1).any():
            made *= of_cells(self.kept[None])
        if self.paint[:, seen].any():
            made += enlarged(self.paint, photo.size, rows, (width, height), resampling=PAINT_RESAMPLING)
        if self.colour < 1:
            made = torch.lerp(made.mean(0, keepdim=True), made, self.colour)
        if (self.amount[cells] < 1).any():
            made = torch.lerp(levels, made, of_cells(self.amount[None]))
        return _image(made)


def fit_transfer(source: Image.Image, reconstruction: Image.Image, painted: Image.Image) -> Transfer:
    """The edit that makes `painted` of `reconstruction`, what the autoencoder makes of `source`.

    All three are RGB images of the working size.
    """
    before, after = _levels(reconstruction), _levels(painted)
    error = _deviation(before - _levels(source))
    edited = _edited(_evidence(after - before, error, DRIFT))
    amount = window_mean(window_maximum(edited, REACH), REACH // 2)
    colour_map, local = _colour_map(before, after, error, edited)
    predicted = colour_map(before)
    gains, offsets = local.new_zeros(3, 3, *local.shape), local.new_zeros(3, *local.shape)
    if local.any():
        gains, offsets = (local * part for part in regression(before, after - predicted, RADIUS, RIDGE))
        predicted += transformed(_of_pixels(gains, before), before).add_(_of_pixels(offsets, before))
    sharp = _ramp(_fine_share(after, predicted, FINE_PRIOR), REMOVED, KEPT)
    kept = sharp * _ramp(_fine_share(after, before, ROUNDING).abs(), *COVERED)
    unexplained = after - predicted
    share = _variance(unexplained) / (_variance(after) + ROUNDING)
    paint = torch.maximum(local * _ramp(share, *PAINT), 1 - kept)
    kept_of_pixels, paint_of_pixels = _of_pixels(torch.stack([kept, paint]), before)
    return Transfer(
        colour_map=colour_map,
        gains=gains,
        offsets=offsets,
        kept=kept,
        paint=(1 - kept_of_pixels) * predicted + paint_of_pixels * unexplained,
        colour=max(_colour_left(before, after, edited > 0), 1 - _mean_of(sharp, edited)),
        amount=amount,
        change=float((amount * cell_mean((after - before).square())).mean()),
    )


def _colour_map(before: Tensor, after: Tensor, error: Tensor, edited: Tensor) -> tuple[ColourMap, Tensor]:
    """The colour map of an edit, and where (h, w) windows need maps of their own beside it.

    Only the colours of `edited` cells (h, w) count. Where most windows there need maps of their own, as in a
    vignette, colours explain nothing, and the map is nearly none.
    """
    weight = _of_pixels(edited[None], before)[0]
    colour_map = fit_colour_map(before, after, weight)
    local = _mismatch(colour_map, before, after, error)
    share = float(_ramp(torch.tensor(_mean_of(local, edited)), *PLACE_NOT_COLOUR))
    if share == 0:
        return colour_map, local
    colour_map = colour_map.mixed(fit_even_map(before, after, weight), share)
    return colour_map, _mismatch(colour_map, before, after, error)


def _mean_of(plane: Tensor, edited: Tensor) -> float:
    """The mean of a plane (h, w) over the edited cells."""
    return float((plane * edited).sum() / edited.sum().clamp(min=1e-6))


def _mismatch(colour_map: ColourMap, before: Tensor, after: Tensor, error: Tensor) -> Tensor:
    """How clearly windows differ from what the map predicts (h, w), 0 to 1."""
    predicted = colour_map(before)
    shift = window_mean(cell_mean(predicted - before), RADIUS).abs().amax(0)
    drift, detail = _evidence(after - predicted, error, DRIFT + DRIFT_SHARE * shift)
    return window_mean(torch.maximum(_ramp(drift, *LOCAL_DRIFT), _ramp(detail, *LOCAL_DETAIL)), RADIUS)


def _of_pixels(planes: Tensor, image: Tensor) -> Tensor:
    """Planes of cells (…, h, w) on the pixels of an image (C, H, W)."""
    height, width = image.shape[1:]
    return enlarged(planes, (width, height), (0, height), (width / CELL, height / CELL))


def _evidence(difference: Tensor, error: Tensor, drift: Tensor | float) -> tuple[Tensor, Tensor]:
    """How clearly two images differ in each window (h, w): in its mean, and in its detail.

    1 is where the difference is beyond what a model leaves by itself: `drift` levels of the mean, or as
    much detail as the autoencoder gets wrong there, `error` (h, w).
    """
    mean = window_mean(cell_mean(difference), RADIUS)
    return mean.abs().amax(0) / drift, _deviation(difference) / (error + LEAST_DETAIL)


def _variance(image: Tensor) -> Tensor:
    """The mean variance of the channels in each window (h, w), in squared levels."""
    mean = window_mean(cell_mean(image), RADIUS)
    return (window_mean(cell_mean(image.square()), RADIUS) - mean.square()).mean(0).clamp(min=0)


def _deviation(image: Tensor) -> Tensor:
    return _variance(image).sqrt()


def _edited(evidence: tuple[Tensor, Tensor]) -> Tensor:
    """Which cells count as edited (h, w): 1, others 0.

    The more of the photo differs clearly, the less a place must differ to count as edited: a small change
    leaves the rest of the photo alone, a change of tones is for all of it.
    """
    strongest = torch.maximum(*evidence)
    share = float((strongest > 1).float().mean())
    least = max(CLEAR * (1 - share / WHOLE_EDIT), UNTOUCHED)
    return (strongest > least).float()


def _colour_left(before: Tensor, after: Tensor, edited: Tensor) -> float:
    """0 if what is left of the colour in `edited` cells (h, w) is a model's failing, 1 if it is meant."""
    if not edited.any():
        return 1.0
    windows = [window_mean(cell_mean(image), RADIUS)[:, edited] for image in (before, after)]
    greys = [image.mean(0) for image in windows]
    colours = [image - grey for image, grey in zip(windows, greys, strict=True)]
    varied_before, varied_after = (colour - colour.mean(1, keepdim=True) for colour in colours)
    slope = (varied_before * varied_after).sum() / (
        varied_before.square().sum() + ROUNDING * greys[0].numel()
    )
    contrast_before, contrast_after = (grey.std(correction=0) for grey in greys)
    contrast = contrast_after / contrast_before.clamp(min=1)
    strength = colours[1].square().sum(0).mean().sqrt()
    left = torch.maximum(
        _ramp(slope / contrast.square().clamp(min=LEAST_CONTRAST), *GREY_SLOPE), _ramp(strength, *GREY_COLOUR)
    )
    return float(left)


def _fine_share(after: Tensor, predicted: Tensor, prior: float) -> Tensor:
    """How much of the fine detail that is predicted is there (h, w): a regression of the grey in windows.

    Where less is predicted than `prior`, a variance in squared levels, the share is that of the whole image.
    """
    there, wanted = (_fine_detail(image.mean(0, keepdim=True)) for image in (after, predicted))
    shared, total = cell_mean(there * wanted), cell_mean(wanted.square())
    overall = shared.sum() / total.sum().clamp(min=1)
    shared, total = window_mean(torch.cat([shared, total]), FINE_RADIUS)
    share: Tensor = (shared + prior * overall) / (total + prior)
    return share


def _fine_detail(image: Tensor) -> Tensor:
    """What differs from the mean of 5 × 5 pixels."""
    return image - window_mean(image, 2)


def _ramp(values: Tensor, low: float, high: float) -> Tensor:
    """0 up to `low`, 1 from `high`, straight between."""
    return ((values - low) / (high - low)).clamp(0, 1)


def _bands(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    width, height = size
    rows = max(1, BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _levels(image: Image.Image) -> Tensor:
    """Levels (3, H, W), 0 to 255."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float()


def _image(levels: Tensor) -> Image.Image:
    rounded = levels.round_().clamp_(0, 255).to(torch.uint8)
    return Image.fromarray(rounded.permute(1, 2, 0).contiguous().numpy())
