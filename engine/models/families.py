"""The model families an editor can belong to, as data: `resources/families`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.resources import resources_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """What all models of a family share and no tensor of theirs shows."""

    name: str
    """"sd1", "sd2", "sdxl" or "cosxl"."""
    title: str
    """As people call it: "Stable Diffusion 1"."""
    attention_heads: int | None
    """Heads of every attention layer of the UNet, where their number is fixed."""
    attention_head_dim: int | None
    """Channels of a head, where that is fixed."""
    text_layer: str
    """"last" with the final norm, or "penultimate" without."""
    zeros_for_empty: bool
    """Whether the empty instruction is zeros instead of its encoding."""
    image_latents_scaled: bool
    """Whether image latents are scaled as the noisy ones are (CosXL-Edit only)."""
    resolution: int
    """Longer side, in pixels, of the images it was trained on."""

    def config(self, part: str) -> dict[str, Any]:
        """A part's configuration at full size: "unet", "vae", "text_encoder", "scheduler", …"""
        return _read(self.name, part)

    @property
    def text_parts(self) -> tuple[str, ...]:
        """Its text encoders, in order."""
        known = ("text_encoder", "text_encoder_2")
        return tuple(part for part in known if (_folder() / self.name / f"{part}.json").is_file())


@cache
def find_family(name: str) -> Family:
    """The family of that name."""
    return Family(name=name, **_read(name, "family"))


def clip_vocabulary() -> Path:
    """The folder of the vocabulary that all CLIP text encoders share."""
    return _folder() / "clip_vocabulary"


def _folder() -> Path:
    return resources_folder() / "families"


def _read(family: str, part: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((_folder() / family / f"{part}.json").read_text(encoding="utf-8"))
    return values
