"""Folders that are not models themselves: of training scripts, of a hub's cache, of adapters.

Such a folder stands for the one model in it, where that is unambiguous; otherwise an error names what it is
and what to choose or do. Nothing is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine.errors import ModelNotUsable

INDEX_NAME, CONFIG_NAME = "model_index.json", "config.json"
WEIGHT_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".nemo")
LORA_NAMES = ("adapter_config.json", "adapter_model.safetensors", "pytorch_lora_weights.safetensors")
NAMES_SHOWN = 5
_CACHED_MODEL = "models--"
_CHECKPOINT = re.compile(r"(checkpoint|global_step|step|epoch)[-_=]?\d+")
_OTHER_STATE = re.compile(
    r"(optimizer|(lr_)?scheduler|scaler|random_states|rng_state|training_args)\w*\.(bin|pt|pth|pkl|safetensors)$"
    r"|.*optim_states"
)
"""Names of files that scripts keep beside the weights."""
_NETWORKS = ("unet_ema", "unet")
"""Folders of a UNet in checkpoints of diffusers' scripts; the averaged weights are what they export."""


def find_model(path: Path) -> Path:
    """The model for which a chosen path stands; the path itself if it is a model or of no known kind.

    Raises `ModelNotUsable` for a folder of a known kind without a model that could be meant.
    """
    if not path.is_dir() or (path / INDEX_NAME).is_file() or (path / CONFIG_NAME).is_file():
        return path
    try:
        names = sorted(child.name for child in path.iterdir() if not child.name.startswith("."))
    except OSError:
        return path
    if (cached := _cached_model(path)) is not None:
        return _in_cached_model(cached)
    _refuse_other_folders(path, names)
    if _CHECKPOINT.fullmatch(path.name) or any(map(_OTHER_STATE.match, names)):
        return _in_checkpoint(path)
    inner = [name for name in names if name.startswith(_CACHED_MODEL) or _CHECKPOINT.fullmatch(name)]
    if len(inner) == 1:
        return find_model(path / inner[0])
    if inner:
        raise _choose_among(path, inner)
    return path


def _in_checkpoint(path: Path) -> Path:
    """The weights in a checkpoint of a training script: those of its UNet, or its only ones."""
    for network in _NETWORKS:
        if (path / network / CONFIG_NAME).is_file() and (weights := _weights(path / network)):
            return weights[0]
    return _only(path, _weights(path))


def model_name(path: Path) -> str:
    """The name of a model without a card: of its file, its folder or, in a hub's cache, its repository."""
    if path.is_file():
        return path.stem
    cached = path.parent.parent.name
    is_cached = path.parent.name == "snapshots" and cached.startswith(_CACHED_MODEL)
    return cached.rpartition("--")[2] if is_cached else path.name


def _cached_model(path: Path) -> Path | None:
    """The folder `models--owner--name` of a hub's cache that the path is, or in which it is a known part."""
    for folder in (path, path.parent):
        if folder.name.startswith(_CACHED_MODEL) and (folder / "snapshots").is_dir():
            return folder
    return None


def _in_cached_model(folder: Path) -> Path:
    """The model in the version of a cached repository that is current, or in its only version."""
    snapshots = sorted(child for child in (folder / "snapshots").iterdir() if child.is_dir())
    with suppress(OSError, UnicodeDecodeError):
        current = folder / "snapshots" / (folder / "refs" / "main").read_text(encoding="utf-8").strip()
        if current in snapshots:
            snapshots = [current]
    if not snapshots:
        raise ModelNotUsable(
            "model.cache-empty",
            "{folder} is the cache of a model whose files are not there.",
            "Download the model again.",
            folder=folder,
        )
    if len(snapshots) > 1:
        raise _choose_among(folder / "snapshots", [snapshot.name for snapshot in snapshots])
    found = find_model(snapshots[0])
    return _only(found, _weights(found)) if found == snapshots[0] and not _is_model(found) else found


def _is_model(folder: Path) -> bool:
    return (folder / INDEX_NAME).is_file() or (folder / CONFIG_NAME).is_file()


def _refuse_other_folders(path: Path, names: Sequence[str]) -> None:
    if "zero_to_fp32.py" in names or any(
        name.startswith(("zero_pp_rank", "bf16_zero_pp_rank")) for name in names
    ):
        raise ModelNotUsable(
            "model.deepspeed-checkpoint",
            "{folder} is a checkpoint of DeepSpeed, whose weights are divided among several files.",
            "Run its script zero_to_fp32.py, and choose the file that the script writes.",
            folder=path,
        )
    if any(name.startswith("pytorch_model_fsdp") or name.endswith(".distcp") for name in names):
        raise ModelNotUsable(
            "model.fsdp-checkpoint",
            "{folder} is a checkpoint of FSDP, whose weights are divided among several files.",
            "Run “accelerate merge-weights” on it, and choose the file that it writes.",
            folder=path,
        )
    if any(name in names for name in LORA_NAMES):
        raise ModelNotUsable(
            "model.folder-is-lora",
            "{folder} is a LoRA, which changes a model and is none by itself.",
            "Choose a model first, then add this folder to it as a LoRA.",
            folder=path,
        )
    runs = path / "checkpoints" if "checkpoints" in names else path
    if any((runs / name / "state.pt").is_file() for name in (".", *_subfolders(runs))):
        raise ModelNotUsable(
            "model.run-folder",
            "{folder} contains checkpoints of a training run, not a model.",
            "Export a model from one of them first: python -m trainer.export {folder}.",
            folder=path,
        )


def _subfolders(folder: Path) -> list[str]:
    with suppress(OSError):
        return [child.name for child in folder.iterdir() if child.is_dir()]
    return []


def _weights(folder: Path) -> list[Path]:
    """The files of weights in a folder, safetensors first; the index of divided weights stands for them."""
    files = sorted(child for child in folder.iterdir() if child.is_file() and not child.name.startswith("."))
    files = [file for file in files if not _OTHER_STATE.match(file.name)]
    indices = [file for file in files if re.search(r"\.(safetensors|bin)\.index(\..+)?\.json$", file.name)]
    whole = [
        file
        for file in files
        if file.suffix in WEIGHT_SUFFIXES and not re.search(r"-\d+-of-\d+\.", file.name)
    ]
    return sorted([*whole, *indices], key=lambda file: ".safetensors" not in file.name)


def _only(folder: Path, weights: Sequence[Path]) -> Path:
    """The one file of weights; the folder itself if there is none. Raises `ModelNotUsable` for several."""
    if len(weights) > 1:
        raise _choose_among(folder, [file.name for file in weights])
    return weights[0] if weights else folder


def _choose_among(folder: Path, names: Sequence[str]) -> ModelNotUsable:
    more = ", …" if len(names) > NAMES_SHOWN else ""
    return ModelNotUsable(
        "model.several-in-folder",
        "{folder} contains several models or checkpoints.",
        "Choose one of them: {names}.",
        folder=folder,
        names=", ".join(names[:NAMES_SHOWN]) + more,
    )
