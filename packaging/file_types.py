"""The kinds of files that the program opens, for the desktops of all systems.

For photos the program is offered in “Open with”; the program that opens them by default stays the same.
Projects and edit packs belong to this program.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

from engine.edit_packs.pack_file import PACK_SUFFIX
from engine.images.file_formats.camera_raw import RAW_SUFFIXES
from engine.images.image_files import OPENABLE_SUFFIXES
from ip2p_desktop.session.store.project_file import PROJECT_SUFFIX


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnFileType:
    """A kind of file that only this program writes."""

    name: str
    """For people, in a file manager."""
    suffix: str
    mime_type: str
    identifier: str
    """The class in the registry of Windows, and the last part of the type of macOS."""

    @property
    def icon(self) -> str:
        """The name of its icon in a theme of Linux."""
        return self.mime_type.replace("/", "-")


PROJECT = OwnFileType(
    name="IP2P project",
    suffix=PROJECT_SUFFIX,
    mime_type="application/x-ip2p-project",
    identifier="project",
)
EDIT_PACK = OwnFileType(
    name="IP2P edit pack",
    suffix=PACK_SUFFIX,
    mime_type="application/x-ip2p-edit-pack",
    identifier="edit-pack",
)
OWN_TYPES = (PROJECT, EDIT_PACK)

PHOTO_TYPES = {
    "image/png": (".png",),
    "image/apng": (".apng",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"),
    "image/webp": (".webp",),
    "image/bmp": (".bmp", ".dib"),
    "image/gif": (".gif",),
    "image/tiff": (".tif", ".tiff"),
    "image/heif": (".heic", ".heif", ".hif"),
    "image/heic": (),
    "image/avif": (".avif",),
    "image/jp2": (".jp2",),
    "image/x-jp2-codestream": (".j2k",),
    "image/jpx": (".jpx",),
    "image/x-portable-pixmap": (".ppm",),
    "image/x-portable-graymap": (".pgm",),
    "image/x-portable-bitmap": (".pbm",),
    "image/x-portable-anymap": (".pnm",),
    "image/x-tga": (".tga",),
    "image/vnd.microsoft.icon": (".ico",),
}
"""MIME types of photos with their suffixes, by the names of the database of freedesktop.org.

Newer versions of it name HEIC apart from HEIF.
"""
RAW_TYPES = {
    "image/x-sony-arw": (".arw",),
    "image/x-canon-cr2": (".cr2",),
    "image/x-canon-cr3": (".cr3",),
    "image/x-canon-crw": (".crw",),
    "image/x-adobe-dng": (".dng",),
    "image/x-kodak-kdc": (".kdc",),
    "image/x-minolta-mrw": (".mrw",),
    "image/x-nikon-nef": (".nef",),
    "image/x-nikon-nrw": (".nrw",),
    "image/x-olympus-orf": (".orf",),
    "image/x-pentax-pef": (".pef",),
    "image/x-fuji-raf": (".raf",),
    "image/x-panasonic-rw": (".raw",),
    "image/x-panasonic-rw2": (".rw2",),
    "image/x-sony-sr2": (".sr2",),
    "image/x-sony-srf": (".srf",),
    "image/x-sigma-x3f": (".x3f",),
    # the database does not know these; file managers take them for TIFF files or for data
    "": (".3fr", ".erf", ".iiq", ".mos", ".srw"),
}
"""The same for camera RAW files, which only a program with `rawpy` opens."""


def develops_raw(bundle: Path) -> bool:
    """Whether a packaged program contains what develops camera RAW files."""
    return any(bundle.rglob("rawpy/__init__.py*")) or any(bundle.rglob("rawpy/_rawpy*"))


def mime_types(*, with_raw: bool) -> tuple[str, ...]:
    """MIME types of everything that the program opens, photos first."""
    photos = (*PHOTO_TYPES, *(filter(None, RAW_TYPES) if with_raw else ()))
    return (*photos, *(each.mime_type for each in OWN_TYPES))


def photo_suffixes(*, with_raw: bool) -> tuple[str, ...]:
    """Lower-case suffixes of the photos that the program opens."""
    return (*OPENABLE_SUFFIXES, *(RAW_SUFFIXES if with_raw else ()))


def mac_document_types(bundle_identifier: str, *, with_raw: bool) -> dict[str, Any]:
    """Entries of `Info.plist`: what the program opens, and the declarations of its own types."""
    own = [
        {
            "CFBundleTypeName": each.name,
            "CFBundleTypeRole": "Editor",
            "LSHandlerRank": "Owner",
            "LSItemContentTypes": [f"{bundle_identifier}.{each.identifier}"],
        }
        for each in OWN_TYPES
    ]
    photos = {
        "CFBundleTypeName": "Photo",
        "CFBundleTypeRole": "Editor",
        "LSHandlerRank": "Alternate",
        "CFBundleTypeExtensions": [suffix.removeprefix(".") for suffix in photo_suffixes(with_raw=with_raw)],
    }
    declared = [
        {
            "UTTypeIdentifier": f"{bundle_identifier}.{each.identifier}",
            "UTTypeDescription": each.name,
            "UTTypeConformsTo": ["public.data", "public.content"],
            "UTTypeTagSpecification": {
                "public.filename-extension": [each.suffix.removeprefix(".")],
                "public.mime-type": [each.mime_type],
            },
        }
        for each in OWN_TYPES
    ]
    return {"CFBundleDocumentTypes": [photos, *own], "UTExportedTypeDeclarations": declared}
