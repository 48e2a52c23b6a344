"""Transfers an edit from the working size to the photo at its own size, and keeps the photo's own detail.

A latent model repaints the whole photo through its autoencoder, which loses fine detail even where the edit
changes nothing. So the painted image is compared not with the photo but with its reconstruction, the photo
encoded and decoded by the autoencoder alone. The difference is the edit. It is described by the simplest of:

1. no change, where the difference is within the model's own variation: there the photo's pixels stay;
2. one colour map for the whole photo (`engine.editing.colour_map`), for edits of tone and colour;
3. linear maps of small windows, where the edit differs from place to place, as in the guided filter
   (He, Sun, Tang: Guided Image Filtering, 2010);
4. paint: the remaining difference, such as snow flakes and strokes, is enlarged and added.

The maps are applied to the photo at its own size. Where the painted image lacks the fine detail that they
predict, as in fog and blur, the edit removed it, and the painted image itself is enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.editing.colour_map import ColourMap, fit_colour_map, fit_even_map
from engine.images.cells import (
    CELL,
    cell_mean,
    enlarged,
    regression,
    transformed,
    window_maximum,
    window_mean,
)
from engine.images.deep_images.deep_pixels import Deep, from_deep, to_deep
from engine.images.grain import GrainField
from engine.library.edit_looks import EditLook

RADIUS = 1
"""Radius of the windows in cells: a window is 12 × 12 pixels of the working size."""
RIDGE = 60.0
"""Variance in squared levels below which a window is too even to determine a gain."""
DRIFT = 10.0
"""Levels by which a model shifts areas without an edit: the starter model 5 to 8 for instructions that it
does not know."""
DRIFT_SHARE = 0.08
"""Additional drift as a share of the shift by the colour map: strong changes are less even."""
LEAST_DETAIL = 1.0
"""Smallest error of the autoencoder that is assumed, a deviation in levels."""
CLEAR, WHOLE_EDIT = 1.5, 0.4
"""Evidence above which a cell counts as edited if hardly any other cell differs, and the share of differing
cells from which the whole photo counts as edited."""
UNTOUCHED = 0.1
"""Evidence below which a cell never counts as edited: about one level of the mean."""
REACH = 3
"""Radius in cells around a clear difference that also counts as edited."""
LOCAL_DRIFT, LOCAL_DETAIL = (0.6, 1.2), (0.8, 1.3)
"""Distances from the colour map, in units of the drift and of the autoencoder's error, at which windows begin
to have maps of their own, and have them fully."""
PLACE_NOT_COLOUR = (0.35, 0.6)
"""Shares of windows with maps of their own, between which an edit turns from one of colour to one of
place."""
FINE_RADIUS = 2
"""Radius in cells of the windows for fine detail, which are 20 × 20 pixels."""
FINE_PRIOR = 600.0
"""Variance in squared levels below which the share of the whole image is used."""
REMOVED, KEPT = 0.62, 0.69
"""Shares of the predicted fine detail that remain where the edit removed it, and where it kept it. Blur and
fog leave 0.2 to 0.4; edits of tone, which the UNet softens too, 0.7 and more."""
COVERED = (0.03, 0.08)
"""Shares of the photo's own fine detail that remain where an object covers the photo, and where not. The
maps, which are never quite even, must not show the photo through the object. Night edits keep 0.15 and
more."""
PAINT = (0.05, 0.30)
"""Shares of the variance not explained by the maps at which paint begins to be added, and is fully added."""
PAINT_RESAMPLING = Image.Resampling.BICUBIC
ROUNDING = 9.0
"""Variance in squared levels caused by rounding and compression."""
GREY_SLOPE = (0.25, 0.33)
"""Ratios of the remaining share of colour to the squared remaining share of contrast: up to the first an edit
is meant to be grey, from the second it keeps all of its colour. Snow and fog also reduce contrast."""
LEAST_CONTRAST = 0.25
"""Smallest squared share of the contrast that is used; a relief has hardly any contrast left."""
GREY_COLOUR = (12.0, 18.0)
"""The same limits for the colour itself: root mean square distance from grey in levels."""
BAND_PIXELS = 1 << 17
"""Pixels of the photo processed at a time: they fit into the CPU's cache, and a photo of any size needs
little additional memory."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """An edit, as maps on the cells (h, w) of an image of the working size (H, W)."""

    colour_map: ColourMap
    gains: Tensor
    """(3, 3, h, w); with `offsets` (3, h, w), the linear map that is added to the colour map."""
    offsets: Tensor
    kept: Tensor
    """(h, w), 0 to 1: the share of the mapped photo in the result, beside the paint."""
    paint: Tensor
    """(3, H, W), in levels."""
    colour: float
    """The share of the mapped colour that is kept: 0 for an edit that is meant to be grey, 1 for others."""
    amount: Tensor
    """(h, w): 0 where the photo's own pixels stay, 1 where all of the edit is applied."""
    change: float
    """Mean squared difference in levels between the painted image and the reconstruction, where the edit
    is applied."""
    place_gains: Tensor | None = None
    """(3, h, w): what the edit is multiplied by in each part of the photo."""
    grain: GrainField | None = None
    """What is added where the edit is applied."""

    @property
    def removes_detail(self) -> bool:
        """Whether most of the photo's fine detail is gone, as after blur and in fog."""
        return float(self.kept.mean()) < 0.5

    def apply(self, photo: Image.Image, on_band: Callable[[], None] = lambda: None) -> Image.Image:
        """The edited photo, at the size of `photo`, an RGB image.

        `on_band` is called before each band of rows; an exception that it raises ends the work.
        """
        result = photo.copy()
        for rows in _bands(photo.size):
            on_band()
            if self._changes(photo.size, rows):
                levels = _levels(photo.crop((0, rows[0], photo.width, rows[1])))
                result.paste(_image(self._band(levels, photo.size, rows)), (0, rows[0]))
        return result

    def apply_deep(self, photo: Deep, on_band: Callable[[], None] = lambda: None) -> Deep:
        """Like `apply`, for a photo with 16 bits for each colour, (H, W, 3)."""
        result, size = photo.copy(), (photo.shape[1], photo.shape[0])
        for rows in _bands(size):
            on_band()
            if self._changes(size, rows):
                levels = from_deep(photo[rows[0] : rows[1]])
                result[rows[0] : rows[1]] = to_deep(self._band(levels, size, rows))
        return result

    def _seen(self, size: tuple[int, int], rows: tuple[int, int]) -> tuple[slice, slice]:
        """The rows of pixels and of cells that the rows (first, end) of a photo depend on."""
        scale = self.paint.shape[1] / size[1]
        seen = slice(max(0, int(rows[0] * scale) - 2), int(rows[1] * scale) + 3)
        return seen, slice(seen.start // CELL, seen.stop // CELL + 2)

    def _changes(self, size: tuple[int, int], rows: tuple[int, int]) -> bool:
        """Whether the edit changes any of the rows (first, end) of a photo."""
        _, cells = self._seen(size, rows)
        return bool(self.amount[cells].any())

    def _band(self, levels: Tensor, size: tuple[int, int], rows: tuple[int, int]) -> Tensor:
        """The edited rows (first, end) of a photo of `size`, width and height, of which they are `levels`."""
        height, width = self.paint.shape[1:]
        seen, cells = self._seen(size, rows)

        def of_cells(planes: Tensor) -> Tensor:
            return enlarged(planes, size, rows, (width / CELL, height / CELL))

        made = self.colour_map(levels)
        if self.offsets[:, cells].any():
            made += transformed(of_cells(self.gains), levels).add_(of_cells(self.offsets))
        if (self.kept[cells] < 1).any():
            made *= of_cells(self.kept[None])
        if self.paint[:, seen].any():
            made += enlarged(self.paint, size, rows, (width, height), resampling=PAINT_RESAMPLING)
        if self.colour < 1:
            made = torch.lerp(made.mean(0, keepdim=True), made, self.colour)
        if self.place_gains is not None:
            rows_of_gains, columns = self.place_gains.shape[1:]
            made *= enlarged(
                self.place_gains, size, rows, (columns, rows_of_gains), resampling=PAINT_RESAMPLING
            )
        if self.grain is not None:
            made += torch.from_numpy(self.grain.rows(*rows)).permute(2, 0, 1)
        if (self.amount[cells] < 1).any():
            made = torch.lerp(levels, made, of_cells(self.amount[None]))
        return made


def fit_transfer(
    source: Image.Image, reconstruction: Image.Image, painted: Image.Image, *, keeps_detail: bool = False
) -> Transfer:
    """The edit between `reconstruction`, which is `source` encoded and decoded, and `painted`.

    All three are RGB images of the working size. With `keeps_detail`, the edit is known to change tone and
    colour only: then the result has the fine detail of the photo, and nothing is painted.
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
    if keeps_detail:
        kept, paint = torch.ones_like(kept), torch.zeros_like(paint)
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


def with_look(transfer: Transfer, look: EditLook | None, size: tuple[int, int], seed: int) -> Transfer:
    """The transfer with what is known of a trained edit, for a photo of this size."""
    if look is None:
        return transfer
    gains = torch.tensor(look.gains).permute(2, 0, 1) if look.gains else None
    grain = GrainField(look.grain, size, seed) if look.grain else None
    return replace(transfer, place_gains=gains, grain=grain)


def _colour_map(before: Tensor, after: Tensor, error: Tensor, edited: Tensor) -> tuple[ColourMap, Tensor]:
    """The colour map of an edit, and where (h, w) windows need maps of their own beside it.

    Only the colours of `edited` cells (h, w) count. Where most windows need maps of their own, as in a
    vignette, the edit does not depend on colour, and the colour map is nearly the identity.
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
    """How clearly each window differs from the prediction of the map (h, w), 0 to 1."""
    predicted = colour_map(before)
    shift = window_mean(cell_mean(predicted - before), RADIUS).abs().amax(0)
    drift, detail = _evidence(after - predicted, error, DRIFT + DRIFT_SHARE * shift)
    return window_mean(torch.maximum(_ramp(drift, *LOCAL_DRIFT), _ramp(detail, *LOCAL_DETAIL)), RADIUS)


def _of_pixels(planes: Tensor, image: Tensor) -> Tensor:
    """Planes of cells (…, h, w) enlarged to the pixels of an image (C, H, W)."""
    height, width = image.shape[1:]
    return enlarged(planes, (width, height), (0, height), (width / CELL, height / CELL))


def _evidence(difference: Tensor, error: Tensor, drift: Tensor | float) -> tuple[Tensor, Tensor]:
    """How clearly two images differ in each window (h, w): in its mean, and in its detail.

    At 1, the difference equals the model's own variation: `drift` levels of the mean, or the autoencoder's
    error of detail, `error` (h, w).
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
    """The cells that count as edited (h, w): 1, others 0.

    The larger the share of the photo that differs clearly, the less a cell must differ to count as edited: a
    local edit keeps the rest of the photo, a change of tone applies to all of it.
    """
    strongest = torch.maximum(*evidence)
    share = float((strongest > 1).float().mean())
    least = max(CLEAR * (1 - share / WHOLE_EDIT), UNTOUCHED)
    return (strongest > least).float()


def _colour_left(before: Tensor, after: Tensor, edited: Tensor) -> float:
    """0 if the remaining colour in `edited` cells (h, w) is an error of the model, 1 if it is intended."""
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
    """The share of the predicted fine detail that is present (h, w), by regression of the grey in windows.

    Where less than `prior` is predicted, a variance in squared levels, it tends to the share of the whole
    image.
    """
    present, expected = (_fine_detail(image.mean(0, keepdim=True)) for image in (after, predicted))
    shared, total = cell_mean(present * expected), cell_mean(expected.square())
    overall = shared.sum() / total.sum().clamp(min=1)
    shared, total = window_mean(torch.cat([shared, total]), FINE_RADIUS)
    share: Tensor = (shared + prior * overall) / (total + prior)
    return share


def _fine_detail(image: Tensor) -> Tensor:
    """The difference of each pixel from the mean of 5 × 5 pixels."""
    return image - window_mean(image, 2)


def _ramp(values: Tensor, low: float, high: float) -> Tensor:
    """0 up to `low`, 1 from `high`, linear between."""
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
