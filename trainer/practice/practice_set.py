"""Makes a practice set: a folder of pairs, each a photo and the same photo after a recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from engine.errors import EngineError, ErrorReport, OutputNotWritable
from engine.files.atomic import atomic_write
from engine.files.disk_space import check_free_space, not_written
from engine.images.image_files import decode_photo, read_image_file
from engine.progress import Cancelled, CancelToken
from trainer.datasets.layouts.metadata_files import JSON_LINES
from trainer.datasets.pair_writing import AFTER, BEFORE, append_pair_line, image_name, pair_line
from trainer.practice.recipes import applied, edits_of, longer_side, suggested_instruction

if TYPE_CHECKING:
    import numpy as np

    from trainer.starter.data.edits import Edits

QUALITY = 95
SUFFIX = ".jpg"
SMALLEST_SIDE = 64
"""Photos with a shorter side in pixels are left out."""
LEAST_CROP, MOST_CROP = 0.6, 0.9
"""Sides of the further crops of a photo, as shares of its own."""
MOST_BYTES = {512: 600_000, 1024: 2_000_000}
"""Bytes of a pair by its longer side, for the check of free disk space; more than any needs."""

OnMade = Callable[[int, int], None]
"""Called with the number of pairs made and the number of all."""


class PracticePhoto(Protocol):
    """A photo to make pairs of."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    def decode(self) -> Image.Image:
        """Returns the photo, mode RGB. Raises `ImageUnreadable`."""


@dataclass(frozen=True, slots=True)
class PracticeFile:
    """A photo in a file."""

    path: Path

    @property
    def name(self) -> str:
        """As `PracticePhoto.name`."""
        return self.path.name

    def decode(self) -> Image.Image:
        """As `PracticePhoto.decode`."""
        return decode_photo(read_image_file(self.path), self.path.name)


class PracticeNotPossible(EngineError):
    """No pair can be made of these photos."""

    kind = "practice"
    is_wrong_input = True


@dataclass(frozen=True, slots=True)
class PracticeSet:
    """What was made."""

    folder: Path
    pairs: int
    instructions: tuple[str, ...]
    skipped: tuple[ErrorReport, ...]
    """Why photos were left out."""


def make_practice_set(
    photos: Sequence[PracticePhoto],
    recipes: Sequence[str],
    folder: Path,
    *,
    count: int = 0,
    instructions: Sequence[str] = (),
    strength: float = 1.0,
    seed: int = 0,
    on_made: OnMade = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> PracticeSet:
    """Writes pairs of the photos into a new or empty folder, and returns what was made.

    `recipes` are made one after the other in each photo. `count` pairs are made, at least one of each photo:
    further ones are of other crops; 0 is one of each photo. `instructions` are wordings of the edit; none
    takes the usual one. The same `seed` gives the same pairs. Raises `RecipeUnknown`,
    `PracticeNotPossible`, `OutputNotWritable`, or `Cancelled`, after which the new files are deleted.
    """
    edits = edits_of(recipes, strength)
    words = tuple(filter(None, map(str.strip, instructions))) or (suggested_instruction(recipes),)
    if not (photos and edits):
        raise PracticeNotPossible(
            "practice.nothing-chosen",
            "There is nothing to make pairs of.",
            "Choose at least one photo and one recipe.",
        )
    token = cancel or CancelToken()
    total = max(count, len(photos))
    _make_folder(folder)
    check_free_space(folder, total * MOST_BYTES[longer_side(edits)])
    writer = _PairWriter(folder, edits, words, seed)
    try:
        for number in range(total):
            token.raise_if_cancelled()
            place = number % len(photos)
            writer.add(place, photos[place], is_crop=number >= len(photos))
            on_made(number + 1, total)
    except Cancelled:
        writer.remove()
        raise
    except OSError as error:
        raise not_written(folder, error) from error
    if not writer.made:
        writer.remove()
        raise PracticeNotPossible(
            "practice.no-photo-usable",
            "None of the photos can be used. {first}",
            "Choose other photos.",
            first=writer.skipped[0].message,
        )
    return PracticeSet(folder, writer.made, words, tuple(writer.skipped))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise not_written(folder, error) from error
    if not is_empty:
        raise OutputNotWritable(
            "output.folder-not-empty",
            "{folder} is not empty.",
            "Choose a new or an empty folder.",
            folder=folder,
        )


class _PairWriter:
    """Writes one pair after the other; a photo that cannot be used is skipped."""

    def __init__(self, folder: Path, edits: Edits, words: tuple[str, ...], seed: int) -> None:
        import numpy as np  # late, as the window reads the names of recipes without it

        self._folder, self._edits, self._words = folder, edits, words
        self._rng = np.random.default_rng(seed)
        self._written: list[Path] = []
        self._unusable: set[int] = set()
        self.made = 0
        self.skipped: list[ErrorReport] = []

    def add(self, place: int, photo: PracticePhoto, *, is_crop: bool) -> None:
        if place in self._unusable:
            return
        try:
            original = self._opened(photo, is_crop=is_crop)
        except EngineError as error:
            self._unusable.add(place)
            self.skipped.append(error.report())
            return
        edited = applied(self._edits, original, self._rng)
        names = [image_name(self.made + 1, side, SUFFIX) for side in (BEFORE, AFTER)]
        for name, image in zip(names, (original, edited), strict=True):
            self._written.append(self._folder / name)
            with atomic_write(self._folder / name, durable=False) as temporary:
                image.save(temporary, format="JPEG", quality=QUALITY, subsampling=0)
        self._written.append(self._folder / JSON_LINES)
        append_pair_line(self._folder, pair_line(names[0], names[1], self._words))
        self.made += 1

    def _opened(self, given: PracticePhoto, *, is_crop: bool) -> Image.Image:
        photo = given.decode()
        photo.info = {}
        if min(photo.size) < SMALLEST_SIDE:
            raise PracticeNotPossible(
                "practice.photo-too-small",
                "{file} is too small: {width} × {height} pixels.",
                "Choose a larger photo.",
                file=given.name,
                width=photo.width,
                height=photo.height,
            )
        return scaled(cropped(photo, self._rng) if is_crop else photo, longer_side(self._edits))

    def remove(self) -> None:
        """Delete what was written, and the folder if it is empty then."""
        for file in self._written:
            with suppress(OSError):
                file.unlink(missing_ok=True)
        with suppress(OSError):
            self._folder.rmdir()


def cropped(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Returns a random part of a photo with its aspect ratio."""
    share = float(rng.uniform(LEAST_CROP, MOST_CROP))
    width, height = (max(1, round(side * share)) for side in photo.size)
    left, top = int(rng.integers(photo.width - width + 1)), int(rng.integers(photo.height - height + 1))
    return photo.crop((left, top, left + width, top + height))


def scaled(photo: Image.Image, longer: int) -> Image.Image:
    """Returns a photo with its longer side reduced to `longer` pixels; a smaller one as it is."""
    share = longer / max(photo.size)
    if share >= 1:
        return photo
    size = (max(1, round(photo.width * share)), max(1, round(photo.height * share)))
    return photo.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
