"""The painting styles that the starter learns from stored images of a teacher, and how these are read.

`trainer.starter.teachers.style_images` writes them: `styles/LONG_SIDE/PHOTO/STYLE.jpg`, where the photo was
scaled to that longer side first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.starter.data.edits import PAINTED
from trainer.starter.data.photos import Photo, read_photo, scaled_to_long_side

TEACHER_STYLES: dict[str, int] = dict(
    zip(
        PAINTED,
        (0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25),
        strict=True,
    )
)
"""Each style with its number in the teacher, a network with 26 styles (Dumoulin et al. 2017)."""

FOLDER = "styles"
"""Name of the folder in that of the teachers' files."""


@dataclass(frozen=True, slots=True)
class StyledPhoto:
    """A photo at one size, with images of it in some styles."""

    photo: Path
    long_side: int
    images: dict[str, Path]

    def read(self) -> Photo:
        """Returns the photo at the size at which the teacher painted it."""
        return scaled_to_long_side(read_photo(self.photo), self.long_side)

    def read_style(self, style: str) -> Photo:
        """Returns the photo in a style, of the same shape."""
        return read_photo(self.images[style])


def styled_photos(folder: Path, photos: list[Path], styles: Sequence[str] = PAINTED) -> list[StyledPhoto]:
    """Returns those of the photos that a teacher has painted in some of the styles, at each size."""
    numbers = {str(TEACHER_STYLES[style]): style for style in styles}
    by_stem = {photo.stem: photo for photo in photos}
    found = []
    for size in sorted((folder / FOLDER).glob("*/")):
        for painted in sorted(size.glob("*/")):
            images = {
                numbers[path.stem]: path for path in sorted(painted.glob("*.jpg")) if path.stem in numbers
            }
            if images and painted.name in by_stem:
                found.append(StyledPhoto(by_stem[painted.name], int(size.name), images))
    return found
