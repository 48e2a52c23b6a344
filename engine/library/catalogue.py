"""The catalogue of public models that can be downloaded, from `resources/catalogue.json`.

It contains names of repositories on the model hub, never addresses: `huggingface_hub` knows the address of
the hub (`HF_ENDPOINT`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from engine.edit_settings import Detail, EditArea, EditSettings, Fit, OutputSize, SchedulerName
from engine.errors import InvalidRequest, ModelNotUsable
from engine.library.cards import INDEX_NAME
from engine.library.useful_ranges import UsefulRanges
from engine.resources import resources_folder

CATALOGUE_NAME = "catalogue.json"
UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidRequest)
"""Exceptions of reading a damaged catalogue."""
TEXTS = ("name", "repository", "revision", "family", "licence", "description", "note")


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueFile:
    """A file of a repository."""

    path: str
    """Path in the repository, with slashes."""
    sha256: str | None = None
    """None if the catalogue does not list it; the hub sends it with the file."""

    def __post_init__(self) -> None:
        place = PurePosixPath(self.path)
        if place.is_absolute() or ".." in place.parts or not place.name or "\\" in self.path:
            raise ValueError(f"“{self.path}” is no path in a repository")
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"the sha256 of {self.path} is not 64 hexadecimal digits")


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """A model that can be downloaded: a diffusers folder, or a single file. Raises `ValueError`."""

    id: str
    """Name on the command line and in the library."""
    name: str
    repository: str
    """Owner and name on the hub."""
    revision: str
    """A commit, or the name of a branch."""
    files: tuple[CatalogueFile, ...]
    family: str
    """Name of a folder in `resources/families`."""
    licence: str
    size: int
    """Bytes of all files, rounded to three digits, as the hub's pages show."""
    description: str
    note: str = ""
    """A remark for the user before the download."""
    is_gated: bool = False
    """Whether the hub requires that the user has accepted the licence and sends an access token."""
    allows_commercial_use: bool = True
    recommended: EditSettings = field(default_factory=EditSettings)
    useful_ranges: UsefulRanges = field(default_factory=UsefulRanges)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", self.id):
            raise ValueError(f"“{self.id}” is no id: small letters, digits, points and hyphens")
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository):
            raise ValueError(f"“{self.repository}” is no repository: owner/name")
        if self.size <= 0:
            raise ValueError(f"{self.id} has no size")
        if not self.is_single_file and INDEX_NAME not in [file.path for file in self.files]:
            raise ValueError(f"{self.id} is neither one file nor a folder with {INDEX_NAME}")

    @property
    def is_single_file(self) -> bool:
        """Whether the model is a single file instead of a folder."""
        return len(self.files) == 1

    @property
    def source(self) -> str:
        """The source for the model's card."""
        return f"{self.repository}/{self.files[0].path}" if self.is_single_file else self.repository


def read_catalogue(path: Path | None = None) -> tuple[CatalogueEntry, ...]:
    """The entries of the shipped catalogue, or of `path`. Raises `ModelNotUsable` if it is damaged."""
    path = path or resources_folder() / CATALOGUE_NAME
    try:
        entries = tuple(_entry_from(values) for values in json.loads(path.read_text("utf-8"))["models"])
        if len({entry.id for entry in entries}) < len(entries):
            raise ValueError("an id occurs twice")
    except UNREADABLE as error:
        raise ModelNotUsable(
            "model.catalogue-unreadable",
            "{file} cannot be read ({reason}).",
            "Install the program again.",
            file=path,
            reason=error,
        ) from error
    return entries


def find_entry(entries: tuple[CatalogueEntry, ...], id: str) -> CatalogueEntry:
    """The entry with this id. Raises `InvalidRequest` if there is none."""
    for entry in entries:
        if entry.id == id:
            return entry
    known = ", ".join(entry.id for entry in entries)
    raise InvalidRequest(
        "request.not-in-catalogue",
        "The catalogue has no model “{name}”.",
        "Choose one of {known}.",
        name=id,
        known=known,
    )


def _entry_from(values: dict[str, Any]) -> CatalogueEntry:
    for text in ("id", *TEXTS):
        if not isinstance(values.get(text, ""), str):
            raise TypeError(f"{text} is not a text")
    files = tuple(CatalogueFile(path=file["path"], sha256=file.get("sha256")) for file in values["files"])
    recommended = _settings_from(values.get("recommended", {}))
    ranges = UsefulRanges.from_values(values.get("useful_ranges", {}))
    return CatalogueEntry(**{**values, "files": files, "recommended": recommended, "useful_ranges": ranges})


def _settings_from(values: dict[str, Any]) -> EditSettings:
    """Recommended settings; strict, because the file ships with the program."""
    known = dict(values)
    for name in ("num_inference_steps", "resolution", "seed"):
        if not isinstance(known.get(name, 0), int):
            raise TypeError(f"{name} is not a whole number")
    kinds = {
        "scheduler": SchedulerName,
        "fit": Fit,
        "output_size": OutputSize,
        "detail": Detail,
        "area": EditArea,
    }
    for name, kind in kinds.items():
        if name in known:
            known[name] = kind(known[name])
    return EditSettings(**known)
