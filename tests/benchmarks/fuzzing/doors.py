"""The doors that inputs go through: what the window, the command line and the trainer call."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path

import torch
from PIL import Image

from engine.edit_settings import EditSettings, SchedulerName
from engine.errors import EngineError, ImageUnreadable, NewerVersion
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from engine.images.image_saving import save_image
from engine.library import read_model_card
from engine.model_options import Lora, ModelOptions
from engine.models.loading import load_model
from engine.request import EditRequest
from ip2p_desktop.base.paths import DATA_FOLDER_VARIABLE, starter_model
from ip2p_desktop.cli.edit_command import main as run_edit
from ip2p_desktop.cli.models_command import main as run_models
from trainer.check import main as run_check
from trainer.config import read_settings
from trainer.program import TrainerRun
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream

SETTINGS = EditSettings(num_inference_steps=1, resolution=64, scheduler=SchedulerName.DDIM)
ENDINGS = (".png", ".jpg", ".webp")
EXIT_CODES = (0, 1, 2)

Door = Callable[[Path, Path], None]
"""Takes an input and a folder for output. Raises `EngineError` for a refusal."""


class NotOneSentence(Exception):
    """A command ended with a traceback, an unknown exit code, or in silence."""


def open_and_save(path: Path, output: Path) -> None:
    """As the window opens a photo, then saves a result of it in each format and opens that."""
    photo = open_photo(path)
    if photo.mode != "RGB":
        raise AssertionError(f"mode {photo.mode}")
    with suppress(ImageUnreadable, NewerVersion):
        read_edit_record(path)
    if min(photo.size) < 2:
        return
    request = EditRequest(
        source_image=photo, instruction="make it grey", model=starter_model(), settings=SETTINGS
    )
    for ending in ENDINGS:
        saved = output / f"result{ending}"
        save_image(photo, saved, request)
        with Image.open(saved) as opened:
            opened.load()
            if opened.size != photo.size:
                raise AssertionError(f"{opened.size} after saving {photo.size}")


def edit(path: Path, output: Path) -> None:
    """The command line, with the starter."""
    size = ["--resolution", "64", "--output-size", "working"]
    files = ["--input", str(path), "--output", str(output / "result.png")]
    _run(run_edit, ["edit", *files, "--edit", "make it sepia", *size])


def edit_with_mask(path: Path, output: Path) -> None:
    """The command line, with the input as the mask of a sample."""
    photo = output / "photo.png"
    Image.new("RGB", (64, 48), "teal").save(photo)
    files = ["--input", str(photo), "--output", str(output / "result.png"), "--mask", str(path)]
    _run(run_edit, ["edit", *files, "--edit", "make it sepia", "--resolution", "64"])


def load(path: Path, output: Path) -> None:
    """A model, as an edit loads it."""
    load_model(path, device=torch.device("cpu"), dtype=torch.float32)


def load_lora(model: Path) -> Door:
    """A LoRA on a model, as an edit loads it."""

    def door(path: Path, output: Path) -> None:
        options = ModelOptions(loras=(Lora(path=path),))
        load_model(model, device=torch.device("cpu"), dtype=torch.float32, options=options)

    return door


def install(path: Path, output: Path) -> None:
    """The library: added, listed, and told of."""
    os.environ[DATA_FOLDER_VARIABLE] = str(output / "data")
    _run(run_models, ["add", str(path)])
    _run(run_models, ["list", "--json"])


def read_card(path: Path, output: Path) -> None:
    """The card of a model, in a library."""
    read_model_card(path)
    install(path, output)


def check(path: Path, output: Path) -> None:
    """The check of a dataset, for people and as JSON."""
    _run(run_check, [str(path)])
    _run(run_check, [str(path), "--json", "--instruction", "make it grey"])


def train(model: Path) -> Door:
    """One step on a dataset."""

    def door(path: Path, output: Path) -> None:
        settings = [
            f"data.data_path={path}",
            "data.instruction=make it grey",
            f"model.unet_config.from_pretrained={model}",
            f"exp_manager.exp_dir={output / 'run'}",
            "data.resolution=32",
            "data.num_workers=0",
            "data.replay.pairs=0",
            "model.micro_batch_size=1",
            "trainer.max_steps=1",
            "trainer.threads=1",
            "trainer.val_check_interval=0",
            "validation.edits=0",
        ]
        TrainerRun(EventStream(StringIO()), Commands())(read_settings(settings))

    return door


class CommandRefused(EngineError):
    """A command ended with a sentence and an exit code."""

    kind = "command"


def _run(command: Callable[[Sequence[str]], int], arguments: list[str]) -> None:
    """Runs a command; raises `NotOneSentence` unless it ended well or with a sentence on standard error."""
    sys.stderr, before = StringIO(), sys.stderr
    try:
        code = command(arguments)
    finally:
        said, sys.stderr = sys.stderr.getvalue(), before
    if code not in EXIT_CODES or "Traceback" in said or "Something unexpected" in said:
        raise NotOneSentence(f"exit code {code}: {said}")
    if code == 2:
        if not said.strip():
            raise NotOneSentence(f"exit code {code} without a word")
        raise CommandRefused("command.refused", "{said}", said=said.strip().splitlines()[-1])
