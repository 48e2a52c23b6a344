"""Imports point one way, and the light modules stay light."""

from __future__ import annotations

import json
import subprocess
import sys

LIGHT = (
    "library.catalogue",
    "devices.device",
    "files.disk_space",
    "downloads",
    "errors",
    "editing.framing",
    "images.image_files",
    "instructions.reader",
    "library",
    "editing.costs",
    "progress",
    "request",
    "settings_table",
    "devices.waiting_policy",
)
WHOLE = (
    *LIGHT,
    "devices.compilation",
    "editing.conditioning",
    "editing.editor",
    "editing.encodings",
    "denoising.guidance",
    "denoising.masking",
    "devices.memory",
    "images.pixels",
    "editing.placement",
    "editing.preview",
    "denoising.sampling",
    "denoising.schedulers",
    "editing.tiling",
    "denoising.turbo",
    "devices.waiting",
    "models.loading",
)


def loaded_by(modules: tuple[str, ...]) -> set[str]:
    """The top-level packages in a fresh process after importing these modules of the engine."""
    imports = "; ".join(f"import engine.{module}" for module in modules)
    script = f"{imports}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_the_light_modules_do_without_torch() -> None:
    assert not loaded_by(LIGHT) & {"torch", "diffusers", "transformers", "PySide6"}


def test_the_engine_knows_no_window_and_no_trainer() -> None:
    assert not loaded_by(WHOLE) & {"PySide6", "ip2p_desktop", "trainer"}
