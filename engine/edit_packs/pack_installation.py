"""Installs an edit pack: its change is added to the model it belongs to, which makes a model of its own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.edit_packs.pack_file import (
    LICENCE,
    PREVIEW,
    EditPack,
    EditPackNotUsable,
    extract_weights,
    read_pack,
    read_part,
)
from engine.errors import ImageUnreadable, ModelNotUsable
from engine.files.atomic import temporary_folder
from engine.files.disk_space import check_free_space, not_written
from engine.files.file_names import cut_to_bytes, valid_stem
from engine.images.image_files import decode_photo
from engine.images.preview_pictures import preview_jpeg
from engine.instructions.knowledge import copy_knowledge
from engine.library import BytesCallback, ModelCard, ModelLibrary, ignore_bytes, write_model_card
from engine.library.derived_card import derived_card
from engine.library.file_copy import files_below, total_size
from engine.model_options import Lora, ModelOptions
from engine.progress import CancelToken, Progress

LONGEST_FOLDER = 200
"""Bytes of the name of the model's folder, which may get a number."""


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """The model that a pack became."""

    card: ModelCard
    pack: EditPack
    was_there: bool
    """Whether it had been installed before, and nothing was changed."""


def install_pack(
    path: Path,
    library: ModelLibrary,
    models: Iterable[ModelCard],
    *,
    on_progress: BytesCallback = ignore_bytes,
    cancel: CancelToken | None = None,
) -> InstalledPack:
    """Installs the pack `path` into the library, with the weights of one of the `models`.

    A pack that is installed already is not installed again. Raises `EditPackNotUsable`, `NewerVersion`,
    `ModelNotUsable`, `OutputNotWritable` or `Cancelled`; then the library has not changed.
    """
    pack, cards = read_pack(path), list(models)
    for card in cards:
        if card.edit_pack == pack.sha256:
            return InstalledPack(card, pack, was_there=True)
    base = find_base(pack, cards, path)
    staging = library.staging_folder
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with temporary_folder(staging / "edit-pack") as temporary:
            folder = temporary / cut_to_bytes(valid_stem(pack.name), LONGEST_FOLDER)
            folder.mkdir()
            weights = temporary / "lora.safetensors"
            extract_weights(path, pack, weights)
            _write_model(base, weights, folder, path, on_progress, cancel)
            card = _card(pack, base, folder, {each.name for each in cards}, path)
            installed = library.install(card, cancel=cancel)
    except OSError as error:
        raise not_written(library.folder, error) from error
    return InstalledPack(installed, pack, was_there=False)


def find_base(pack: EditPack, models: Iterable[ModelCard], path: Path) -> ModelCard:
    """The model that the pack at `path` changes. Raises `EditPackNotUsable` if it is not installed."""
    from engine.models.unet_fingerprint import unet_fingerprint

    # those with the right name first: mostly one fingerprint suffices then
    for card in sorted(models, key=lambda card: card.name != pack.base.name):
        with suppress(ModelNotUsable):
            if unet_fingerprint(card.path) == pack.base.fingerprint:
                return card
    raise EditPackNotUsable(
        "pack.base-missing",
        "{file} needs the model “{model}”, which is not installed.",
        "Add that model, then open the file again.",
        file=path.name,
        model=pack.base.name or pack.base.fingerprint,
    )


def _write_model(
    base: ModelCard,
    weights: Path,
    folder: Path,
    path: Path,
    on_progress: BytesCallback,
    cancel: CancelToken | None,
) -> None:
    """Writes the base with the change of the pack. Raises `EditPackNotUsable` if that does not fit it."""
    import torch

    from engine.models.folder_writing import write_model_folder
    from engine.models.loading import load_model
    from engine.tensors.safetensors_files import LENGTH_BYTES, looks_like_safetensors

    with weights.open("rb") as file:
        if not looks_like_safetensors(file.read(LENGTH_BYTES + 1)):  # such as a pickle
            raise _does_not_fit(path, base)

    size = total_size([base.path] if base.is_file else files_below(base.path))

    def show(progress: Progress) -> None:
        on_progress(size * progress.done // max(1, progress.total), size)

    try:
        # a change is computed in float32, and only its sum with the weights is rounded
        model = load_model(
            base.path,
            device=torch.device("cpu"),
            dtype=torch.float16,
            options=ModelOptions(loras=(Lora(path=weights),)),
            on_progress=show,
            cancel=cancel,
        )
    except ModelNotUsable as error:
        raise _does_not_fit(path, base) from error
    if model.warnings:
        raise _does_not_fit(path, base)
    tensors = model.unet.state_dict()
    needed = sum(tensor.nbytes for tensor in tensors.values())
    check_free_space(folder, needed + sum(file.stat().st_size for file in _copied_files(base)))
    write_model_folder(model, tensors, folder, torch.float16)


def _copied_files(base: ModelCard) -> list[Path]:
    """The files that are copied beside the UNet, or as large as what is written beside it."""
    if base.is_file:
        return [base.path]
    return [file for file in base.path.rglob("*") if file.is_file() and "unet" not in file.parts]


def _does_not_fit(path: Path, base: ModelCard) -> EditPackNotUsable:
    return EditPackNotUsable(
        "pack.does-not-fit",
        "{file} is damaged: its weights do not fit the model “{model}”.",
        "Get the file again from where it came.",
        file=path.name,
        model=base.name,
    )


def _card(pack: EditPack, base: ModelCard, folder: Path, taken: set[str], path: Path) -> ModelCard:
    """Writes card, knowledge, preview and licence; returns the card."""
    kept = base.suggestions if pack.keeps_edits else ()
    card = derived_card(
        base,
        folder,
        name=_free_name(pack.name, taken),
        description=pack.note,
        new=pack.instructions,
        kept=kept,
        looks=pack.looks,
        trained_from=pack.base.fingerprint,
    )
    card = replace(
        card,
        licence=pack.licence or base.licence,
        source=path.name,
        edit_pack=pack.sha256,
        preview=_write_preview(path, folder),
    )
    if text := read_part(path, LICENCE):
        (folder / LICENCE).write_bytes(text)
    with suppress(FileNotFoundError, ModelNotUsable):  # a model works without knowledge of instructions
        copy_knowledge(base.path, folder, pack.instructions, keeps_edits=pack.keeps_edits)
    write_model_card(card)
    return card


def _free_name(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name} {number}"
    return candidate


def _write_preview(path: Path, folder: Path) -> str:
    """Writes the preview again, so that nothing is hidden in its file; returns its name, "" without one."""
    data = read_part(path, PREVIEW)
    if not data:
        return ""
    try:
        image = decode_photo(data, PREVIEW)
    except ImageUnreadable:  # the model works without a preview
        return ""
    (folder / PREVIEW).write_bytes(preview_jpeg(image))
    return PREVIEW
