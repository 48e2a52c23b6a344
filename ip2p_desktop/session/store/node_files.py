"""The files of one photo or result in the folder of its session: image, thumbnail and record.

The image is a TIFF without compression: every program opens it, and a photo of 20 megapixels is written in a
fortieth of the time of a PNG and read in an eighth, for 1.7 times the size. The record is written last:
without it, the node counts as not stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from PySide6.QtGui import QImage

from engine.errors import ImageUnreadable
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from ip2p_desktop.session.store.node_record import NodeRecord
from ip2p_desktop.widgets.display_images import DisplayImage

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

IMAGE_SUFFIX, THUMBNAIL_SUFFIX, RECORD_SUFFIX = ".tif", ".thumbnail.png", ".json"
DEEP_SUFFIX = ".deep.tif"
"""Of the pixels with 16 bits for each colour, if there are any."""
TIFF_METADATA = ("dpi", "icc_profile")
"""The metadata in the image, for other programs; the record holds all of it."""


def image_file(folder: Path, image: str) -> Path:
    """The file of an image by the id in its name."""
    return folder / f"{image}{IMAGE_SUFFIX}"


def thumbnail_file(folder: Path, node_id: str) -> Path:
    """The file of the thumbnail of a node."""
    return folder / f"{node_id}{THUMBNAIL_SUFFIX}"


def record_file(folder: Path, node_id: str) -> Path:
    """The file of the record of a node."""
    return folder / f"{node_id}{RECORD_SUFFIX}"


def write_image(folder: Path, image_id: str, image: Image.Image, info: Mapping[Any, Any]) -> Path:
    """Write an image without loss; returns the file. Raises `OSError`."""
    file = image_file(folder, image_id)
    options = {name: info[name] for name in TIFF_METADATA if info.get(name)}
    with atomic_write(file) as temporary:
        image.save(temporary, format="TIFF", **options)
    return file


def deep_file(image: Path) -> Path:
    """The file of the pixels with 16 bits for each colour, beside the file of an image."""
    return image.with_name(f"{image.stem}{DEEP_SUFFIX}")


def write_deep_image(image: Path, deep: Deep) -> None:
    """Write the pixels with 16 bits for each colour of an image in a file. Raises `OSError`."""
    from engine.images.deep_images.deep_pixels import (
        write_deep,  # imports torch, which the window does not need to start
    )

    write_deep(deep_file(image), deep)


def read_deep_image(image: Path) -> Deep | None:
    """The pixels with 16 bits for each colour of an image in a file; None if there are none."""
    if not deep_file(image).exists():
        return None
    from engine.images.deep_images.deep_pixels import (
        read_deep,  # imports torch, which the window does not need to start
    )

    return read_deep(deep_file(image))


def write_thumbnail(folder: Path, node_id: str, thumbnail: QImage) -> None:
    """Write a thumbnail, which can be made again. Raises `OSError`."""
    with atomic_write(thumbnail_file(folder, node_id), durable=False) as temporary:
        if not thumbnail.save(str(temporary), "PNG"):  # type: ignore[call-overload]
            raise OSError("the thumbnail could not be written")


def write_record(folder: Path, record: NodeRecord) -> None:
    """Write the record of a node. Raises `OSError`."""
    text = json.dumps(record.to_json(), indent=1)
    with atomic_write(record_file(folder, record.node_id)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_record(file: Path) -> NodeRecord:
    """The record of a node whose image has its size. Raises `OSError`, `NewerVersion` or `ValueError`."""
    try:
        record = NodeRecord.from_json(json.loads(read_bounded(file, JSON_LIMIT)))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if record_file(file.parent, record.node_id) != file:
        raise ValueError("it is of another node")
    return record


def check_image(folder: Path, record: NodeRecord) -> None:
    """Raises `OSError` or `ValueError` if the image is missing or was cut; does not decode it."""
    if image_file(folder, record.image).stat().st_size != record.byte_count:
        raise ValueError("its image has another size")


def read_thumbnail(folder: Path, node_id: str) -> QImage | None:
    """The thumbnail of a node; None if there is none."""
    thumbnail = QImage(str(thumbnail_file(folder, node_id)))
    return None if thumbnail.isNull() else thumbnail


def read_size(file: Path) -> tuple[int, int]:
    """Width and height of a whole image, which is decoded to check it. Raises `ImageUnreadable`."""
    return read_image(file).size


def read_image(file: Path) -> Image.Image:
    """The image in a file of a session, mode RGB, or RGBA if transparent. Raises `ImageUnreadable`."""
    try:
        with Image.open(file, formats=("TIFF",)) as image:
            image.load()
            return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageUnreadable(
            "image.session-file-unreadable",
            "The photo or result cannot be shown because {file} cannot be read ({reason}).",
            "Open the photo again, or make the result again.",
            file=file,
            reason=getattr(error, "strerror", None) or error,
        ) from error


def read_display_image(file: Path) -> DisplayImage:
    """The image in a file of a session, for painting. Slow. Raises `ImageUnreadable`."""
    return DisplayImage.of(read_image(file))
