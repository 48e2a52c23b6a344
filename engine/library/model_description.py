"""Writes what the user says of a model, its name, a note and a preview, to the model's card."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.errors import ModelNotUsable
from engine.files.atomic import atomic_write
from engine.library.cards import ModelCard, model_paths, read_model_card, write_model_card
from engine.library.file_copy import free_path, total_size
from engine.library.model_files import is_own, own_files

PREVIEW_NAME = "preview.jpg"
NAME_LIMIT, NOTE_LIMIT = 100, 2000
"""Characters of the name of a model and of its description at most."""


def write_description(
    card: ModelCard, *, name: str | None = None, description: str | None = None, preview: bytes | None = None
) -> ModelCard:
    """Writes the name, the description and the preview of a model; returns its new card.

    None leaves a value as it is. `preview` is a JPEG; with b"" the model has none. The model's folder and
    files keep their names. The card is replaced at once, and names a preview that exists at every moment; an
    older preview is deleted if the library wrote it.

    Raises `ModelNotUsable` for an empty name, and `OSError`; then nothing has changed.
    """
    described = replace(
        card,
        name=card.name if name is None else checked_name(name),
        description=card.description if description is None else description.strip()[:NOTE_LIMIT],
    )
    if preview is None:
        write_model_card(described)
        return described
    old = _own_preview(card)
    new = _write_preview(card, preview) if preview else None
    described = replace(
        described,
        preview=new.name if new else "",
        size=max(0, card.size + len(preview) - total_size([old] if old else [])) if card.size else 0,
        files=_files_with_preview(card, old, new),
    )
    try:
        write_model_card(described)
    except OSError:
        if new is not None:
            new.unlink(missing_ok=True)
        raise
    if old is not None:
        with suppress(OSError):  # the card no longer names it
            old.unlink()
    return described


def checked_name(name: str) -> str:
    """The name in one line, without spaces around it. Raises `ModelNotUsable` if nothing is left."""
    line = " ".join(name.split())[:NAME_LIMIT].strip()
    if not line:
        raise ModelNotUsable("model.name-empty", "A model needs a name.", "Type one.")
    return line


def check_name_free(name: str, card: ModelCard, library: Path, taken: Collection[str]) -> None:
    """Raises `ModelNotUsable` if another model in a library has this name, or a folder or file of it.

    A model may keep the name that it has. Small and capital letters count as the same. `taken` are names of
    models elsewhere.
    """
    name = checked_name(name)
    if name == card.name:
        return
    others = [path for path in model_paths(library) if path != card.path]
    names = {*taken, *(path.name for path in others), *(_name_of(path) for path in others)}
    if name.casefold() in {each.casefold() for each in names}:
        raise ModelNotUsable(
            "model.name-taken",
            "There is another model called “{name}”.",
            "Choose another name.",
            name=name,
        )


def _name_of(model: Path) -> str:
    with suppress(ModelNotUsable):
        return read_model_card(model).name
    return model.name


def _own_preview(card: ModelCard) -> Path | None:
    """The preview if the library wrote it."""
    file = card.preview_file
    is_listed = card.preview in (card.files or ())
    return file if file in own_files(card) and (is_listed or is_own(card)) else None


def _write_preview(card: ModelCard, content: bytes) -> Path:
    """Writes a preview beside the old one, under a free name."""
    name = f"{card.path.stem}.{PREVIEW_NAME}" if card.is_file else PREVIEW_NAME
    place = free_path(card.folder / name)
    with atomic_write(place, replaces=False) as temporary:
        temporary.write_bytes(content)
    return place


def _files_with_preview(card: ModelCard, old: Path | None, new: Path | None) -> tuple[str, ...] | None:
    """The files as the new card lists them."""
    if card.files is not None:
        listed = card.files
    elif card.is_file:
        listed = (card.path.name,)
    else:
        return None  # the layout of the folder says which are its own
    kept = (name for name in listed if old is None or name != old.name)
    return (*kept, new.name) if new else tuple(kept)
