"""InstructPix2Pix models in the cache of `huggingface_hub` that the catalogue does not list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.library.cards import INDEX_NAME, MODEL_SUFFIXES
from engine.library.catalogue import UNREADABLE, CatalogueEntry, CatalogueFile

if TYPE_CHECKING:
    from huggingface_hub import CachedRepoInfo, CachedRevisionInfo

PIPELINES = ("StableDiffusionInstructPix2PixPipeline", "StableDiffusionXLInstructPix2PixPipeline")
FAMILIES = {768: "sd1", 1024: "sd2", 2048: "sdxl"}
"""Model families by the width of the UNet's text embeddings."""


def cached_editors(
    listed: Sequence[CatalogueEntry], repositories: Iterable[CachedRepoInfo]
) -> tuple[CatalogueEntry, ...]:
    """Entries for the newest complete diffusers folder of each repository not in `listed`, sorted by name."""
    known = {entry.repository for entry in listed}
    found = [
        _entry(repository)
        for repository in repositories
        if repository.repo_type == "model" and repository.repo_id not in known
    ]
    return tuple(sorted((entry for entry in found if entry), key=lambda entry: entry.name.casefold()))


def _entry(repository: CachedRepoInfo) -> CatalogueEntry | None:
    versions = sorted(repository.revisions, key=lambda version: version.last_modified, reverse=True)
    for version in versions:
        try:
            if entry := _entry_of(repository.repo_id, version):
                return entry
        except UNREADABLE:
            continue
    return None


def _entry_of(name: str, version: CachedRevisionInfo) -> CatalogueEntry | None:
    """The entry of a version; None if incomplete. Raises one of `UNREADABLE` if not a diffusers folder."""
    folder = version.snapshot_path
    index = json.loads((folder / INDEX_NAME).read_text(encoding="utf-8"))
    sizes = {file.file_path.relative_to(folder).as_posix(): file.size_on_disk for file in version.files}
    files = sorted(path for path in sizes if path == INDEX_NAME or "/" in path)
    if index["_class_name"] not in PIPELINES or not _is_complete(index, files):
        return None
    unet = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
    return CatalogueEntry(
        id=re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-."),
        name=name,
        repository=name,
        revision=version.commit_hash,
        files=tuple(CatalogueFile(path=path) for path in files),
        family=FAMILIES.get(unet["cross_attention_dim"], ""),
        licence="",
        size=sum(sizes[path] for path in files),
        description="",
    )


def _is_complete(index: dict[str, object], files: list[str]) -> bool:
    """Whether all parts that the index names are present, and the networks have weights."""
    parts = {part for part, value in index.items() if isinstance(value, list) and value and value[0]}
    optional = {"safety_checker", "feature_extractor", "image_encoder"}
    with_weights = {path.partition("/")[0] for path in files if Path(path).suffix.lower() in MODEL_SUFFIXES}
    present = {path.partition("/")[0] for path in files}
    return parts - optional <= present and {"unet", "vae", "text_encoder"} <= with_weights
