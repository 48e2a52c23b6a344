"""A small editor in a library, and an edit pack that changes it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from fakes.tiny_editor import UNET, WIDTH
from PIL import Image
from safetensors.torch import save
from torch import Tensor

from engine.edit_packs.pack_file import EditPack, PackBase, write_pack
from engine.models.unet_fingerprint import unet_fingerprint

INSTRUCTION = "turn it into a layered stencil"
MODULE = "conv_in"


def lora_tensors(scale: float = 1.0) -> dict[str, Tensor]:
    """A change of rank 2 of the first convolution, and of its bias."""
    torch.manual_seed(3)
    channels = UNET["in_channels"]
    return {
        f"unet.{MODULE}.lora_A.weight": scale * torch.randn(2, channels, 3, 3),
        f"unet.{MODULE}.lora_B.weight": torch.randn(WIDTH, 2, 1, 1),
        f"unet.{MODULE}.diff_b": torch.randn(WIDTH),
    }


def jpeg(colour: str = "teal", size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format="JPEG")
    return file.getvalue()


def make_pack(target: Path, base: Path, tensors: dict[str, Tensor] | None = None, **values: Any) -> Path:
    """A pack for the model `base`; `values` replace those of its description."""
    weights = target.with_suffix(".lora")
    weights.write_bytes(save(lora_tensors() if tensors is None else tensors))
    pack = EditPack(
        name="Stencil",
        base=PackBase(fingerprint=unet_fingerprint(base), name="Tiny", licence="MIT"),
        sha256="",
        instructions=(INSTRUCTION,),
        note="Two layers and a shadow.",
        licence="CC-BY-4.0",
        keeps_edits=True,
    )
    write_pack(target, replace(pack, **values), weights, preview=jpeg(), licence_text="Say my name.")
    weights.unlink()
    return target


def rewritten(
    pack: Path,
    target: Path,
    parts: dict[str, bytes] | None = None,
    *,
    without: tuple[str, ...] = (),
    description: dict[str, Any] | None = None,
    method: int = zipfile.ZIP_STORED,
) -> Path:
    """A copy of a pack with other or further files, or other fields in its description."""
    with zipfile.ZipFile(pack) as archive:
        contents = {name: archive.read(name) for name in archive.namelist() if name not in without}
    contents |= parts or {}
    if description is not None:
        contents["pack.json"] = json.dumps(json.loads(contents["pack.json"]) | description).encode()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target


def with_weights(pack: Path, target: Path, weights: bytes) -> Path:
    """A copy of a pack with other weights, whose sha256 is right."""
    sha256 = hashlib.sha256(weights).hexdigest()
    return rewritten(pack, target, {"lora.safetensors": weights}, description={"sha256": sha256})
