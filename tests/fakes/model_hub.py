"""Two models of a catalogue: a folder, and a gated single file. They hold no numbers of networks."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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


CLIENT = """
import sys
from huggingface_hub import hf_hub_download
endpoint, repository, revision, *names = sys.argv[1:]
for name in names:
    hf_hub_download(repository, name, revision=revision, endpoint=endpoint)
"""


def download_with_the_client(
    server: FaultyServer, cache: Path, repository: str, names: Sequence[str], revision: str = "main"
) -> None:
    """What another program does that uses the hub's own client. The server forgets that it was asked."""
    surroundings = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_CACHE": str(cache), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-c", CLIENT, server.address, repository, revision, *names]
    subprocess.run(command, env=surroundings, capture_output=True, check=True)
    server.requests.clear()
    server.heads.clear()


EDITOR = {
    "model_index.json": b'{"_class_name": "StableDiffusionInstructPix2PixPipeline", '
    b'"unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"], '
    b'"text_encoder": ["transformers", "CLIPTextModel"], "safety_checker": [null, null]}',
    "unet/config.json": b'{"cross_attention_dim": 1024}',
    "unet/weights.safetensors": WEIGHTS,
    "vae/weights.safetensors": b"vae",
    "text_encoder/weights.safetensors": b"text",
    "README.md": b"Winter.",
}
"""The files of a diffusers folder that the catalogue does not list, each with what is looked at."""


def download_editor(server: FaultyServer, cache: Path, repository: str, files: Mapping[str, bytes]) -> None:
    """Another program downloads a whole repository."""
    for name, content in files.items():
        server.files[f"/{repository}/resolve/main/{name}"] = content
    download_with_the_client(server, cache, repository, list(files))
