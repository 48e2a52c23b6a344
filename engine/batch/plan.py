"""What a batch will make: an output for each photo, with a name that nothing else has."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath

from engine.batch.naming import NamingRule
from engine.errors import ImageUnreadable, OutputNotWritable
from engine.files.atomic import check_writable
from engine.files.file_names import first_free
from engine.images.image_saving import OUTPUT_FORMATS
from engine.images.photo_search import photos_below, photos_of_folder


class OutputFormat(StrEnum):
    """The format of the results."""

    SAME = "same"
    """That of each photo, where it can be written."""
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    TIFF = "tif"


NUMBER = re.compile(r"(?<=.)-[0-9]+$")
"""What is appended to a name that is taken."""
LOSSLESS_SOURCES = (".bmp", ".dib", ".gif", ".apng", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico", "")
"""Suffixes of photos that become PNG files, and no suffix at all; the others become JPEG files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchPhoto:
    """A photo of a batch."""

    file: Path
    name: str
    """What the user knows it as, with its suffix."""
    folder: PurePath = field(default_factory=PurePath)
    """Its folder below the one that was searched."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchItem:
    """A photo, and the file its result becomes."""

    photo: BatchPhoto
    output: Path
    is_skipped: bool = False
    """Whether the output was there before the batch."""
    skips_existing: bool = False
    """Whether the photo is skipped too if another program writes the output before it is edited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchOutput:
    """Where and how the results of a batch are named."""

    folder: Path
    rule: NamingRule = field(default_factory=NamingRule)
    form: OutputFormat = OutputFormat.SAME
    skips_existing: bool = False
    """Whether a photo is skipped whose output exists; else the new result gets a number."""
    keeps_folders: bool = True
    """Whether the results lie in folders like those of the photos."""

    def check(self) -> None:
        """Raises `OutputNotWritable` if nothing can be written to the folder, or if it cannot be made."""
        place = self.folder.absolute()
        while not os.path.lexists(place) and place != place.parent:
            place = place.parent
        try:
            check_writable(place / "result")
        except OSError as error:
            raise OutputNotWritable(
                "output.not-written",
                "{file} cannot be written ({reason}).",
                "Choose another place, or check who may write there.",
                file=self.folder,
                reason=error.strerror or error,
            ) from error


def find_batch_photos(
    paths: Sequence[Path], *, is_recursive: bool, left_out: Sequence[Path] = ()
) -> list[BatchPhoto]:
    """The files among `paths`, and the photos in the folders among them, each once.

    Folders in `left_out`, such as that of the results, are not searched, unless they are among `paths`.
    Raises `ImageUnreadable` if there is no photo.
    """
    found: dict[Path, BatchPhoto] = {}
    for path in paths:
        for photo in _photos_at(path, is_recursive, left_out):
            found.setdefault(photo.file.absolute(), photo)
    if not found:
        raise ImageUnreadable(
            "image.folder-without-photos",
            "{folder} contains no photo.",
            "Choose a photo, or a folder that contains some.",
            folder=paths[0] if paths else "",
        )
    return list(found.values())


def _photos_at(path: Path, is_recursive: bool, left_out: Sequence[Path]) -> Iterator[BatchPhoto]:
    if not path.is_dir():
        yield BatchPhoto(file=path, name=path.name)
        return
    files = photos_below(path, left_out) if is_recursive else photos_of_folder(path)
    for file in files:
        yield BatchPhoto(file=file, name=file.name, folder=file.parent.relative_to(path))


def plan_batch(
    photos: Sequence[BatchPhoto], output: BatchOutput, *, instruction: str, seed: int, model: str
) -> list[BatchItem]:
    """An item for each photo, in their order.

    Photos that are results of others of them by the same rule, from earlier batches into the same folder,
    are left out, also numbered ones. No output is one of the photos, and none has the name of another, also
    where the file system does not distinguish upper case.
    """
    texts = {
        "instruction": instruction,
        "seed": str(seed),
        "model": model,
        "date": datetime.date.today().isoformat(),
    }

    def planned(photo: BatchPhoto, number: str) -> Path:
        stem = output.rule.stem({**texts, "stem": PurePath(photo.name).stem, "number": number})
        folder = output.folder / photo.folder if output.keeps_folders else output.folder
        return folder / f"{stem}.{suffix_of(output.form, photo.name)}"

    if output.rule.tells_photo:
        photos = _without_results(photos, lambda photo: planned(photo, "1"))
    digits = len(str(len(photos)))
    inputs = {_key(photo.file) for photo in photos}
    taken = set(inputs)
    items = []
    for number, photo in enumerate(photos, start=1):
        wanted = planned(photo, f"{number:0{digits}}")
        path = first_free(wanted, lambda path: _is_taken(path, taken, output.skips_existing))
        taken.add(_key(path))
        items.append(
            BatchItem(
                photo=photo,
                output=path,
                is_skipped=output.skips_existing and path.exists(),
                skips_existing=output.skips_existing,
            )
        )
    return items


def _without_results(
    photos: Sequence[BatchPhoto], planned: Callable[[BatchPhoto], Path]
) -> Sequence[BatchPhoto]:
    results = {_key(planned(photo)) for photo in photos} - {
        _key(photo.file) for photo in photos if _key(planned(photo)) == _key(photo.file)
    }
    return [photo for photo in photos if results.isdisjoint(_names(photo.file))]


def _names(file: Path) -> tuple[str, str]:
    """The name of a file, and the one that it would have without a number."""
    return _key(file), _key(file.with_name(NUMBER.sub("", file.stem) + file.suffix))


def _is_taken(path: Path, taken: set[str], skips_existing: bool) -> bool:
    return _key(path) in taken or (not skips_existing and path.exists())


def suffix_of(form: OutputFormat, name: str) -> str:
    """The suffix of a result without its dot, for a photo of this name."""
    if form is not OutputFormat.SAME:
        return form.value
    suffix = PurePath(name).suffix.lower()
    if suffix in OUTPUT_FORMATS:
        return suffix.removeprefix(".")
    return "png" if suffix in LOSSLESS_SOURCES else "jpg"


def _key(path: Path) -> str:
    return str(path.absolute()).casefold()
