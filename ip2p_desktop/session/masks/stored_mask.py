"""The masks of a photo: in memory, in files of the session, or in both."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from engine.errors import ImageUnreadable
from engine.files.atomic import atomic_write
from ip2p_desktop.session.masks.mask import EMPTY_TILE, FULL_TILE, Mask

MASK_ID = re.compile(r"[0-9a-f]{16}")
MASK_SUFFIX = ".mask.png"
MOST_TILES = 4096
"""Tiles in memory above which the masks used longest ago are dropped, if they are in files: 256 MiB."""

_uses = itertools.count(1)


class StoredMask:
    """A mask with its name. Used on the GUI thread, except where a method says otherwise."""

    def __init__(self, mask_id: str, mask: Mask | None, file: Path | None, size: tuple[int, int]) -> None:
        self.mask_id = mask_id
        self.size = size
        self._mask, self._file = mask, file
        self._last_use = next(_uses)

    @classmethod
    def of(cls, mask: Mask) -> StoredMask:
        """A new mask in memory, with a name of its own."""
        return cls(secrets.token_hex(8), mask, None, mask.size)

    @classmethod
    def in_file(cls, file: Path, size: tuple[int, int]) -> StoredMask:
        """A mask in a file for a photo of a size; the file is not read before it is needed."""
        return cls(file.name.removesuffix(MASK_SUFFIX), None, file, size)

    @property
    def file(self) -> Path | None:
        """The file that contains it; None if it is only in memory."""
        return self._file

    @property
    def in_memory(self) -> Mask | None:
        """The mask if it is in memory."""
        self._last_use = next(_uses)
        return self._mask

    def read(self) -> Mask:
        """The mask, read from its file if it is not in memory. On any thread. Raises `ImageUnreadable`."""
        mask, file = self._mask, self._file
        if mask is not None:
            return mask
        assert file is not None
        return _read(file, self.size)

    def keep(self, mask: Mask) -> None:
        """Keep in memory what `read` returned."""
        self._mask, self._last_use = mask, next(_uses)

    def write(self, folder: Path) -> None:
        """Write it to a folder unless it is there. On any thread. Raises `OSError`."""
        file, mask = mask_file(folder, self.mask_id), self._mask
        if mask is None or (self._file == file and file.exists()):
            return
        with atomic_write(file) as temporary:
            mask.to_image().save(temporary, format="PNG", compress_level=1)
        self._file = file

    def drop_from_memory(self) -> None:
        """Free the memory; its file must contain it."""
        assert self._file is not None
        self._mask = None

    @property
    def last_use(self) -> int:
        """A number that is higher the later it was used."""
        return self._last_use


PhotoMasks = dict[str, StoredMask]
"""The masks painted on a photo, by their names."""


def valid_mask_id(text: str) -> str:
    """The text if it is the name of a mask, which becomes that of a file; else empty."""
    return text if MASK_ID.fullmatch(text) else ""


def mask_file(folder: Path, mask_id: str) -> Path:
    """The file of a mask in the folder of a session."""
    return folder / f"{mask_id}{MASK_SUFFIX}"


def mask_image(masks: PhotoMasks, mask_id: str, size: tuple[int, int] | None = None) -> Image.Image | None:
    """The mask with a name, mode "L", for a copy of the photo of this size; None without a name.

    On any thread; slow. Raises `ImageUnreadable`, also if the photo has no mask of that name.
    """
    if not mask_id:
        return None
    stored = masks.get(mask_id)
    if stored is None:
        raise ImageUnreadable(
            "image.mask-missing", "The mask of the photo is not there any more.", "Paint it again."
        )
    image = stored.read().to_image()
    return image if size in (None, image.size) else image.resize(size, Image.Resampling.BOX)


def limit_memory(masks: Iterable[StoredMask], most_tiles: int = MOST_TILES) -> None:
    """Drop masks from memory, those used longest ago first; the last one always stays."""
    seen = {id(EMPTY_TILE), id(FULL_TILE)}
    shared = len(seen)
    ordered = sorted(masks, key=lambda each: each.last_use, reverse=True)
    for position, stored in enumerate(ordered):
        mask = stored._mask
        if mask is None:
            continue
        tiles = {id(tile) for tile in mask.tiles}
        if position and stored.file is not None and len(seen | tiles) - shared > most_tiles:
            stored.drop_from_memory()
        else:
            seen |= tiles


def _read(file: Path, size: tuple[int, int]) -> Mask:
    try:
        with Image.open(file, formats=("PNG",)) as image:
            if image.size != size or image.mode != "L":
                raise ValueError("it is not a mask of this photo")
            image.load()
            return Mask.of(image)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageUnreadable(
            "image.mask-unreadable",
            "The mask of the photo cannot be shown because {file} cannot be read ({reason}).",
            "Paint it again.",
            file=file,
            reason=getattr(error, "strerror", None) or error,
        ) from error
