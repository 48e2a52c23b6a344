"""Two models of a catalogue: a folder, and a gated single file. They hold no numbers of networks."""

from __future__ import annotations

import random

from fakes.http_faults import FaultyServer

from engine.library.catalogue import CatalogueEntry, CatalogueFile

WEIGHTS = random.Random(1).randbytes(300_000)
INDEX = b'{"_class_name": "StableDiffusionInstructPix2PixPipeline"}'
SNOW = CatalogueEntry(
    id="snow",
    name="Snow",
    repository="owner/snow",
    revision="main",
    files=(CatalogueFile(path="model_index.json"), CatalogueFile(path="unet/weights.safetensors")),
    family="sd1",
    licence="MIT",
    size=300_000,
    description="Winter.",
)
ICE = CatalogueEntry(
    id="ice",
    name="Ice",
    repository="owner/ice",
    revision="main",
    files=(CatalogueFile(path="ice.safetensors"),),
    family="cosxl",
    licence="for friends",
    size=300_000,
    description="Colder.",
    note="Wear gloves.",
    is_gated=True,
    allows_commercial_use=False,
)
SNOW_WEIGHTS = "/owner/snow/resolve/main/unet/weights.safetensors"
ICE_WEIGHTS = "/owner/ice/resolve/main/ice.safetensors"


def serve_models(server: FaultyServer) -> None:
    """Lay the files of both where their addresses say."""
    server.files["/owner/snow/resolve/main/model_index.json"] = INDEX
    server.files[SNOW_WEIGHTS] = WEIGHTS
    server.files[ICE_WEIGHTS] = WEIGHTS
