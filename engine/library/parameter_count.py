"""The number of parameters of a model, from the headers of its files. Reads no tensors and loads no torch."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.files.bounded_reading import JSON_LIMIT

LENGTH_BYTES = 8
"""A safetensors file begins with the length of its JSON header."""
WHOLE_MODEL_PREFIX, AVERAGED_PREFIX = "model.diffusion_model.", "model_ema."
"""Names of the UNet's tensors, and of its averaged copy, in single files of the original layout."""
UNET_PARAMETERS = {"sd1": 860_000_000, "sd2": 866_000_000, "sdxl": 2_567_000_000, "cosxl": 2_567_000_000}
OTHER_PARAMETERS = {"sd1": 207_000_000, "sd2": 424_000_000, "sdxl": 901_000_000, "cosxl": 901_000_000}
"""Parameters of the families' UNets, and of their text encoders and VAE."""
BYTES_EACH = 4
"""Of a parameter in files whose header does not tell."""
FROZEN_FOLDERS = ("text_encoder", "text_encoder_2", "vae", "style_unet")


@dataclass(frozen=True, slots=True)
class ParameterCount:
    """Numbers of parameters."""

    unet: int
    others: int
    """Of the text encoders, the VAE and the UNet of painted styles."""


def count_parameters(model: Path, family: str = "") -> ParameterCount | None:
    """The parameters of a model folder or file; None if nothing tells them.

    Files without a header of shapes are counted by their size, or as usual for the family. Never raises for
    files that cannot be read.
    """
    if model.is_dir():
        unet = _in_folder(model / "unet")
        others = sum(_in_folder(model / name) for name in FROZEN_FOLDERS)
        return ParameterCount(unet, others) if unet else _usual(family)
    shapes = dict(_shapes(model))
    unet = sum(count for name, count in shapes.items() if name.startswith(WHOLE_MODEL_PREFIX))
    if not unet:
        return _usual(family)
    rest = (name for name in shapes if not name.startswith((WHOLE_MODEL_PREFIX, AVERAGED_PREFIX)))
    return ParameterCount(unet, sum(shapes[name] for name in rest))


def _usual(family: str) -> ParameterCount | None:
    if family not in UNET_PARAMETERS:
        return None
    return ParameterCount(UNET_PARAMETERS[family], OTHER_PARAMETERS[family])


def _in_folder(folder: Path) -> int:
    """The parameters in the weight files of a network; of several copies, those with a header count."""
    try:
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        full = [file for file in files if ".fp16." not in file.name] or files
        with_header = [file for file in full if file.suffix == ".safetensors"]
        if with_header:
            return sum(count for file in with_header for _, count in _shapes(file))
        return sum(file.stat().st_size for file in full if file.suffix in (".bin", ".pt")) // BYTES_EACH
    except OSError:
        return 0


def _shapes(file: Path) -> Iterator[tuple[str, int]]:
    """Yields the names and numbers of parameters of a safetensors file; nothing for another file."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(LENGTH_BYTES), "little")
            header = json.loads(opened.read(length)) if 0 < length < JSON_LIMIT else {}
    except (OSError, ValueError, RecursionError):
        return
    for name, entry in header.items() if isinstance(header, dict) else ():
        shape = entry.get("shape") if isinstance(entry, dict) else None
        if isinstance(shape, list) and all(isinstance(side, int) for side in shape):
            yield name, math.prod(shape)
