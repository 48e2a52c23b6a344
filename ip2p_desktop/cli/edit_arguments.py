"""The arguments of `ip2p-desktop edit`, and the values they may have."""

from __future__ import annotations

import argparse
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from engine.errors import InvalidRequest
from engine.request import Lora, SchedulerName

Name = TypeVar("Name", bound=StrEnum)


def add_edit_arguments(edit: argparse.ArgumentParser) -> None:
    """Names are those of the original `edit_cli.py` where it has them; what is left out is None."""
    _add_files(edit)
    _add_wish(edit)
    _add_model(edit)
    _add_settings(edit)
    _add_running(edit)


def _add_files(edit: argparse.ArgumentParser) -> None:
    files = edit.add_argument_group("files")
    files.add_argument("--input", type=Path, required=True, metavar="PATH", help="the photo")
    files.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="PATH",
        help="a .png, .jpg or .webp file; further ones get numbers",
    )
    files.add_argument(
        "--mask", type=Path, metavar="PATH", help="grey picture: white is edited, black is kept"
    )
    files.add_argument(
        "--from-file",
        type=Path,
        metavar="PATH",
        help="a saved picture whose edit is made again; arguments given go first",
    )
    files.add_argument("--grid", action="store_true", help="one labelled sheet of all pictures")


def _add_wish(edit: argparse.ArgumentParser) -> None:
    wish = edit.add_argument_group("wish")
    wish.add_argument("--edit", metavar="TEXT", help="the instruction")
    wish.add_argument("--negative", metavar="TEXT", help="what to keep away from")
    wish.add_argument(
        "--variations", type=_whole_number, default=1, metavar="N", help="pictures, a seed each"
    )


def _add_model(edit: argparse.ArgumentParser) -> None:
    model = edit.add_argument_group("model")
    model.add_argument(
        "--model",
        metavar="MODEL",
        help="a folder, a file, or the name of an installed one (default: the starter)",
    )
    model.add_argument("--weights", metavar="SET", help="ema (default) or live, where a model has both")
    model.add_argument("--vae", type=Path, metavar="PATH", help="a VAE to use instead of the model's own")
    model.add_argument(
        "--lora", type=_lora, action="append", metavar="PATH[:WEIGHT]", help="put on top; may be repeated"
    )


def _add_settings(edit: argparse.ArgumentParser) -> None:
    settings = edit.add_argument_group("settings", "Several guidance scales give every combination.")
    settings.add_argument("--steps", type=_whole_number, metavar="N", help="denoising steps")
    settings.add_argument(
        "--seed", type=_whole_number, metavar="N", help="chooses the noise (default: random)"
    )
    settings.add_argument(
        *("--cfg-text", "--text-guidance"),
        type=_numbers,
        metavar="F[,F…]",
        help="text guidance scale: follow the words",
    )
    settings.add_argument(
        *("--cfg-image", "--image-guidance"),
        type=_numbers,
        metavar="F[,F…]",
        help="image guidance scale: keep the photo",
    )
    settings.add_argument("--scheduler", metavar="NAME", help=", ".join(SchedulerName))
    settings.add_argument(
        "--resolution", type=_whole_number, metavar="N", help="longer side while editing, in pixels"
    )
    settings.add_argument(
        "--fit", metavar="RULE", help="keep: nothing is cropped; original: sides on a grid of 64, cropped"
    )
    settings.add_argument(
        "--output-size",
        metavar="SIZE",
        help="source: that of the photo (default); working: as edited (default if cropped)",
    )
    settings.add_argument(
        "--detail",
        metavar="FROM",
        help="photo: what the edit does not change stays the photo's, pixel for pixel (default); "
        "model: as the model painted it, only scaled",
    )
    settings.add_argument(
        "--turbo", action=argparse.BooleanOptionalAction, help="faster, and not quite the same picture"
    )


def _add_running(edit: argparse.ArgumentParser) -> None:
    running = edit.add_argument_group("running", "What is left out is as set in the window's Preferences.")
    running.add_argument("--device", metavar="NAME", help="auto, cpu, cuda or mps")
    running.add_argument("--dtype", metavar="NAME", help="auto, fp32, bf16 or fp16")
    running.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="compile the UNet; pays only for many edits on a GPU",
    )
    running.add_argument(
        "--threads", type=_whole_number, metavar="N", help="how many the processor computes with"
    )
    running.add_argument("--json", action="store_true", help="print what was done, one JSON object a picture")


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number") from None


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(","))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number") from None


def _lora(text: str) -> Lora:
    """A path, and perhaps a weight after the last colon; a drive's colon has no number behind it."""
    path, _, weight = text.rpartition(":")
    try:
        return Lora(path=Path(path), weight=float(weight)) if path else Lora(path=Path(text))
    except ValueError:
        return Lora(path=Path(text))
    except InvalidRequest as error:
        raise argparse.ArgumentTypeError(error.message) from None


def named(names: type[Name], text: str | None, what: str) -> Name | None:
    """The member called `text`, None for None. Raises `InvalidRequest` if there is none."""
    if text is None:
        return None
    try:
        return names(text)
    except ValueError:
        raise InvalidRequest(
            f"There is no {what} called “{text}”.", f"Choose one of {', '.join(names)}."
        ) from None
