"""`ip2p-desktop edit …`: an edit without a window, with the arguments of the original `edit_cli.py`."""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from engine.device import check_names
from engine.errors import EngineError, InvalidRequest, OutputNotWritable
from engine.image_files import check_output, open_photo, save_picture
from engine.library import read_model_card
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.request import EditRequest, EditResult, EditSettings, Fit, SchedulerName
from ip2p_desktop.paths import is_frozen, log_file, starter_model

log = logging.getLogger(__name__)

DONE, FAILED, BAD_USAGE, CANCELLED = 0, 1, 2, 130
BAD_INPUT_KINDS = ("request", "image", "output", "model", "device")
BEFORE_FIRST_STEP = 1e-6
"""Seconds for which a bar that nobody watches, in a file or a pipe, is held back: until it first moves,
so that a refusal stands alone there."""
MAX_RANDOM_SEED = 100_000
"""The original's random seeds are from 0 to this."""


def _say(sentence: object) -> None:
    """One line for people, on standard error."""
    print(" ".join(str(sentence).split()), file=sys.stderr)


class _OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        _say(f"{message[0].upper()}{message[1:].rstrip('.')}. Try {self.prog} --help.")
        raise SystemExit(BAD_USAGE)


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number") from None


def make_parser() -> argparse.ArgumentParser:
    """The sub-commands and their arguments."""
    parser = _OneSentenceParser(
        prog="ip2p-desktop",
        description="Edits photos from written instructions. Without arguments: the window.",
    )
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_OneSentenceParser)
    edit = commands.add_parser("edit", help="edit one photo", description="Edits one photo.")
    edit.add_argument("--input", type=Path, required=True, metavar="PATH", help="the photo")
    edit.add_argument("--output", type=Path, required=True, metavar="PATH", help="a .png, .jpg or .webp file")
    edit.add_argument("--edit", required=True, metavar="TEXT", help="the instruction")
    edit.add_argument("--model", type=Path, metavar="PATH", help="a model folder (default: the starter)")
    edit.add_argument("--steps", type=_whole_number, metavar="N", help="denoising steps")
    edit.add_argument("--seed", type=_whole_number, metavar="N", help="chooses the noise (default: random)")
    edit.add_argument("--cfg-text", type=_number, metavar="F", help="text guidance scale: follow the words")
    edit.add_argument("--cfg-image", type=_number, metavar="F", help="image guidance scale: keep the photo")
    edit.add_argument(
        "--resolution", type=_whole_number, metavar="N", help="longer side while editing, in pixels"
    )
    edit.add_argument("--scheduler", metavar="NAME", help=", ".join(SchedulerName))
    edit.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    edit.add_argument("--dtype", default="auto", metavar="NAME", help="auto, fp32, bf16 or fp16")
    edit.add_argument(
        "--fit", metavar="RULE", help="keep: nothing is cropped; original: sides on a grid of 64, cropped"
    )
    edit.add_argument(
        "--compile", action="store_true", help="compile the UNet; pays only for many edits on a GPU"
    )
    edit.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Runs a sub-command: 0 done, 1 failed, 2 bad usage or input, 130 cancelled by Ctrl-C."""
    try:
        options = make_parser().parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or DONE)
    cancel = CancelToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        return _edit(options, cancel)
    except Cancelled:
        _say("Cancelled; nothing was written.")
        return CANCELLED
    except EngineError as error:
        _say(error)
        return BAD_USAGE if error.kind in BAD_INPUT_KINDS else FAILED
    except Exception as error:
        _write_down(error)
        _say(EngineError.unexpected(error))
        return FAILED


def _write_down(error: Exception) -> None:
    """The details, where the sentence says they are."""
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file(), encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.error("The command failed unexpectedly", exc_info=error)


def _edit(options: argparse.Namespace, cancel: CancelToken) -> int:
    request = _request(options)
    result = _run(request, options, cancel)
    try:
        save_picture(result.edited_image, options.output, request)
    except OutputNotWritable as error:
        _say(error)
        return FAILED
    if options.json:
        print(json.dumps(describe_result(result, options.output)))
    return DONE


def _request(options: argparse.Namespace) -> EditRequest:
    """The request of the arguments. Everything that can be refused is refused before torch is loaded."""
    if options.compile and is_frozen():
        raise InvalidRequest("The packaged program cannot compile.", "Leave out --compile.")
    check_output(options.output)
    check_names(options.device, options.dtype)
    card = read_model_card(options.model or starter_model())
    return EditRequest(
        source_image=open_photo(options.input),
        instruction=options.edit,
        model=card.folder,
        settings=_settings(options, card.recommended),
    )


def _settings(options: argparse.Namespace, recommended: EditSettings) -> EditSettings:
    asked: dict[str, Any] = {
        "num_inference_steps": options.steps,
        "text_guidance_scale": options.cfg_text,
        "image_guidance_scale": options.cfg_image,
        "resolution": options.resolution,
        "scheduler": _named(SchedulerName, options.scheduler, "scheduler"),
        "fit": _named(Fit, options.fit, "fit rule"),
        "seed": random.randint(0, MAX_RANDOM_SEED) if options.seed is None else options.seed,
    }
    return replace(recommended, **{name: value for name, value in asked.items() if value is not None})


def _named(names: type[SchedulerName] | type[Fit], text: str | None, what: str) -> SchedulerName | Fit | None:
    if text is None:
        return None
    try:
        return names(text)
    except ValueError:
        raise InvalidRequest(
            f"There is no {what} called “{text}”.", f"Choose one of {', '.join(names)}."
        ) from None


def _run(request: EditRequest, options: argparse.Namespace, cancel: CancelToken) -> EditResult:
    steps, watched = request.settings.num_inference_steps, sys.stderr.isatty()
    with tqdm(total=steps, unit="step", leave=False, delay=0 if watched else BEFORE_FIRST_STEP) as bar:
        bar.set_description(Stage.LOADING_LIBRARIES, refresh=watched)

        def show(progress: Progress) -> None:
            bar.set_description(progress.stage, refresh=watched)
            if progress.stage is Stage.SAMPLING and progress.done > bar.n:
                bar.update(progress.done - bar.n)

        from engine.editor import Editor

        cancel.raise_if_cancelled()
        editor = Editor(device=options.device, dtype=options.dtype, compile_unet=options.compile)
        return editor.edit(request, on_progress=show, cancel=cancel)


def describe_result(result: EditResult, output: Path) -> dict[str, Any]:
    """What was done, as `--json` prints it."""
    settings = result.request.settings
    return {
        "output": str(output),
        "instruction": result.request.instruction,
        "seed": settings.seed,
        "steps": settings.num_inference_steps,
        "scheduler": settings.scheduler.value,
        "guidance": {"text": settings.text_guidance_scale, "image": settings.image_guidance_scale},
        "size": list(result.edited_image.size),
        "device": result.device,
        "dtype": result.dtype,
        "model": str(result.request.model),
        "seconds": {"load": round(result.load_seconds, 3), "edit": round(result.edit_seconds, 3)},
    }
