"""A painted mask: which part of a photo is edited, as an immutable value.

It consists of tiles, which a changed mask shares with the one before where they are equal: undo of every
stroke on a photo of 100 megapixels needs only the memory of the tiles that the strokes touch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from PIL import Image, ImageChops

TILE = 256
"""Side of a tile in pixels."""
OPAQUE = 255
EMPTY_TILE = Image.new("L", (TILE, TILE), 0)
"""The tile of a part that is kept."""
FULL_TILE = Image.new("L", (TILE, TILE), OPAQUE)
"""The tile of a part that is edited."""
SHARED_TILES = frozenset((id(EMPTY_TILE), id(FULL_TILE)))

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are excluded."""


@dataclass(frozen=True, eq=False, slots=True)
class Mask:
    """A grey image of the photo's size: 255 edits, 0 keeps, values between blend."""

    size: tuple[int, int]
    """Width and height in pixels."""
    tiles: tuple[Image.Image, ...]
    """Row by row, each `TILE` × `TILE`, mode "L"; never changed. Those at the right and lower edge extend
    beyond the photo."""

    @classmethod
    def empty(cls, size: tuple[int, int]) -> Self:
        """A mask that marks nothing."""
        return cls(size, (EMPTY_TILE,) * (_count(size[0]) * _count(size[1])))

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        """The mask that a grey image shows, mode "L". Slow for a large one."""
        blank = cls.empty(image.size)
        tiles = (_shared(image.crop(clipped(box, blank.box))) for _, box in blank.tiles_in(blank.box))
        return cls(image.size, tuple(tiles))

    @property
    def box(self) -> Box:
        """The whole photo."""
        return (0, 0, *self.size)

    @property
    def columns(self) -> int:
        """The number of tiles in a row."""
        return _count(self.size[0])

    @property
    def is_empty(self) -> bool:
        """Whether it marks nothing."""
        return self.marked_box is None

    @property
    def marked_box(self) -> Box | None:
        """The smallest box of whole tiles that contains all that is marked; None if nothing is."""
        marked = [box for index, box in self.tiles_in(self.box) if self.tiles[index] is not EMPTY_TILE]
        return clipped(_united(marked), self.box) if marked else None

    def tiles_in(self, box: Box) -> Iterator[tuple[int, Box]]:
        """The index and the place of each tile that a box inside of the photo touches."""
        left, top, right, bottom = box
        if left >= right or top >= bottom:
            return
        for row in range(top // TILE, _count(bottom)):
            for column in range(left // TILE, _count(right)):
                x, y = column * TILE, row * TILE
                yield row * self.columns + column, (x, y, x + TILE, y + TILE)

    def changed_box(self, before: Mask | None) -> Box | None:
        """The box of the tiles that it does not share with another mask of its size; None if there are none.

        Without another one, the box of all that is marked.
        """
        if before is None:
            return self.marked_box
        changed = [
            box for index, box in self.tiles_in(self.box) if self.tiles[index] is not before.tiles[index]
        ]
        return clipped(_united(changed), self.box) if changed else None

    def to_image(self) -> Image.Image:
        """The mask as an image, mode "L". Slow for a large one."""
        return self.part(self.box)

    def part(self, box: Box) -> Image.Image:
        """The part in a box as an image, mode "L"; black outside of the photo."""
        image = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        inner = clipped(box, self.box)
        for index, (x, y, right, bottom) in self.tiles_in(inner):
            tile = self.tiles[index]
            if tile is not EMPTY_TILE:
                cut = tile.crop((0, 0, min(right, inner[2]) - x, min(bottom, inner[3]) - y))
                image.paste(cut, (x - box[0], y - box[1]))
        return image

    def with_part(self, image: Image.Image, corner: tuple[int, int]) -> Mask:
        """The mask with another part; `corner` is the place of its upper left pixel."""
        return self._combined(image, corner, lambda _, new: new)

    def with_added(self, image: Image.Image, corner: tuple[int, int]) -> Mask:
        """The mask with what is marked in an image added: the larger value of each pixel."""
        return self._combined(image, corner, ImageChops.lighter)

    def with_removed(self, image: Image.Image, corner: tuple[int, int]) -> Mask:
        """The mask without what is marked in an image."""
        return self._combined(ImageChops.invert(image), corner, ImageChops.darker)

    def with_rectangle(self, box: Box, *, is_removed: bool = False) -> Mask:
        """The mask with a rectangle added or removed."""
        tiles = list(self.tiles)
        new, value = (EMPTY_TILE, 0) if is_removed else (FULL_TILE, OPAQUE)
        inner = clipped(box, self.box)
        for index, place in self.tiles_in(inner):
            part = clipped(inner, place)
            if part == clipped(place, self.box):
                tiles[index] = new
            else:
                tiles[index] = tiles[index].copy()
                tiles[index].paste(value, moved(part, place))
        return Mask(self.size, tuple(tiles))

    def is_even(self, box: Box) -> bool:
        """Whether all tiles that a box touches are empty, or all are full."""
        tiles = {id(self.tiles[index]) for index, _ in self.tiles_in(clipped(box, self.box))}
        return len(tiles) == 1 and not tiles.isdisjoint(SHARED_TILES)

    def inverted(self) -> Mask:
        """The mask that edits what this one keeps."""
        opposite = {id(EMPTY_TILE): FULL_TILE, id(FULL_TILE): EMPTY_TILE}
        tiles = (opposite.get(id(tile)) or ImageChops.invert(tile) for tile in self.tiles)
        return Mask(self.size, tuple(tiles))

    def compacted(self, since: Mask | None = None) -> Mask:
        """The same mask, with one tile for all that are empty and one for all that are full.

        Tiles that it shares with the mask `since` are not looked at.
        """
        known = since.tiles if since is not None else (None,) * len(self.tiles)
        return Mask(self.size, tuple(self._compacted_tiles(known)))

    def _compacted_tiles(self, known: Sequence[Image.Image | None]) -> Iterator[Image.Image]:
        for index, place in self.tiles_in(self.box):
            tile, part = self.tiles[index], clipped(place, self.box)
            if tile is known[index]:
                yield tile
                continue
            is_inner = part == place
            # what is outside of the photo says nothing
            yield _shared(tile if is_inner else tile.crop((0, 0, part[2] - part[0], part[3] - part[1])))

    def _combined(
        self,
        image: Image.Image,
        corner: tuple[int, int],
        combine: Callable[[Image.Image, Image.Image], Image.Image],
    ) -> Mask:
        """The mask with its pixels below an image replaced by their combination with the image's."""
        box = (*corner, corner[0] + image.width, corner[1] + image.height)
        tiles = list(self.tiles)
        for index, place in self.tiles_in(clipped(box, self.box)):
            part = clipped(box, place)
            new = image.crop(moved(part, box))
            if part == place:
                tiles[index] = combine(tiles[index], new)
            else:
                inside = moved(part, place)
                tile = tiles[index].copy()
                tile.paste(combine(tile.crop(inside), new), inside)
                tiles[index] = tile
        return Mask(self.size, tuple(tiles))


def _count(length: int) -> int:
    return -(-length // TILE)


def _shared(tile: Image.Image) -> Image.Image:
    """The tile, which may be smaller; the common one if all of it is empty or full."""
    if tile is EMPTY_TILE or tile is FULL_TILE:
        return tile
    extrema = tile.getextrema()
    if extrema == (0, 0):
        return EMPTY_TILE
    if extrema == (OPAQUE, OPAQUE):
        return FULL_TILE
    return tile if tile.size == (TILE, TILE) else tile.crop((0, 0, TILE, TILE))


def _united(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def clipped(box: Box, other: Box) -> Box:
    """The common part of two boxes; without pixels if there is none."""
    left, top = max(box[0], other[0]), max(box[1], other[1])
    return (left, top, max(min(box[2], other[2]), left), max(min(box[3], other[3]), top))


def moved(box: Box, origin: Box) -> Box:
    """The box from the upper left corner of another one."""
    return (box[0] - origin[0], box[1] - origin[1], box[2] - origin[0], box[3] - origin[1])
