"""The model families of editors, read from `resources/families`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.resources import resources_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """The properties of a model family that the tensors do not show."""

    name: str
    """"sd1", "sd2", "sdxl" or "cosxl"."""
    title: str
    """Display name, such as "Stable Diffusion 1"."""
    attention_heads: int | None
    """Number of heads of every attention layer of the UNet, if it is fixed."""
    attention_head_dim: int | None
    """Channels of a head, if that is fixed."""
    text_layer: str
    """"last" with the final norm, or "penultimate" without."""
    zeros_for_empty: bool
    """Whether the empty instruction is zeros instead of its encoding."""
    image_latents_scaled: bool
    """Whether image latents are scaled like the noisy latents (CosXL-Edit only)."""
    resolution: int
    """Longer side in pixels of the training images."""

    def config(self, part: str) -> dict[str, Any]:
        """The full-size configuration of a part: "unet", "vae", "text_encoder", "scheduler", …"""
        return _read(self.name, part)

    @property
    def text_parts(self) -> tuple[str, ...]:
        """The names of its text encoders, in order."""
        known = ("text_encoder", "text_encoder_2")
        return tuple(part for part in known if (_folder() / self.name / f"{part}.json").is_file())


@cache
def find_family(name: str) -> Family:
    """The family with this name."""
    return Family(name=name, **_read(name, "family"))


def clip_vocabulary() -> Path:
    """The folder with the vocabulary of all CLIP text encoders."""
    return _folder() / "clip_vocabulary"


def _folder() -> Path:
    return resources_folder() / "families"


def _read(family: str, part: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((_folder() / family / f"{part}.json").read_text(encoding="utf-8"))
    return values
