"""`ip2p-desktop edit …`: edits photos without a window, with the arguments of the original `edit_cli.py`."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from engine.console import DONE, FAILED, INTERRUPTED, print_line
from engine.devices.device import check_names, check_threads
from engine.errors import OutputNotWritable
from engine.images.contact_sheet import contact_sheet, thumbnail
from engine.images.image_saving import SaveOptions, check_output, keeps_transparency, save_image
from engine.images.transparency import flattened
from engine.library import read_model_card
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.request import EditRequest, EditResult
from ip2p_desktop.base.paths import preferences_file
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.cli.batch_arguments import add_batch_arguments, is_batch, read_inputs, read_save_options
from ip2p_desktop.cli.batch_command import run_batch
from ip2p_desktop.cli.command_frame import BEFORE_FIRST_STEP, OneSentenceParser, run
from ip2p_desktop.cli.edit_arguments import add_edit_arguments
from ip2p_desktop.cli.edit_requests import read_edit, read_requests
from ip2p_desktop.cli.instruction_lines import describe_reading, reading_line
from ip2p_desktop.cli.result_lines import describe_result
from ip2p_desktop.editing.editor_options import EditorOptions, open_editor


def make_parser() -> argparse.ArgumentParser:
    """The parser of the subcommands and their arguments."""
    parser = OneSentenceParser(
        prog="ip2p-desktop",
        usage="%(prog)s [FILE ...] | edit ... | models ...",
        description="Edits photos from written instructions. Without arguments, or with photos: the window.",
        epilog="ip2p-desktop photo.jpg more.jpg opens photos, and those in a folder, in the window.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, parser_class=OneSentenceParser, prog=parser.prog
    )
    commands.add_parser("models", help="list, add, remove and download models")  # see models_command
    edit = commands.add_parser(
        "edit", help="edit photos", description="Edits a photo, several ones, or those of a folder."
    )
    add_edit_arguments(edit)
    add_batch_arguments(edit)
    edit.set_defaults(refuse=edit.error)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand. Returns 0 on success, 1 on failure, 2 for wrong usage or input, 130 after Ctrl-C."""
    try:
        options = make_parser().parse_args(arguments)
        if options.edit is None and options.from_file is None:
            options.refuse("the following arguments are required: --edit")
    except SystemExit as early_exit:
        return int(early_exit.code or DONE)
    return run(
        lambda cancel: _edit(options, cancel),
        when_cancelled="Cancelled; nothing was written.",
        wrong_input=(OutputNotWritable,),
    )


def _edit(options: argparse.Namespace, cancel: CancelToken) -> int:
    options.input = read_inputs(options)
    if is_batch(options, options.input):
        editor_options = read_editor_options(options, Preferences(preferences_file()))
        return run_batch(options, options.input, editor_options, cancel)
    return _edit_photo(options, cancel)


def _edit_photo(options: argparse.Namespace, cancel: CancelToken) -> int:
    save_options = read_save_options(options)
    requests = read_requests(options)
    editor_options = read_editor_options(options, Preferences(preferences_file()))
    card = read_model_card(requests[0].model)
    reading = read_edit(options, requests[0], card)
    requests = [reading.applied_to(request) for request in requests]
    outputs = OutputFiles(options.output, requests, save_options, as_sheet=options.grid)
    fallbacks: list[str] = []
    if line := reading_line(reading, card):
        print_line(line)
    try:
        for result in _results(requests, editor_options, cancel):
            lines = (*result.fallbacks, *map(str, result.warnings))
            fallbacks += [line for line in lines if line not in fallbacks]
            for description in outputs.add(result):
                if options.json:
                    print(json.dumps(description | describe_reading(reading)))
        outputs.finish()
    except OutputNotWritable as error:
        print_line(error)
        return FAILED
    except Cancelled:
        if not outputs.written:
            raise
        print_line(f"Cancelled; {outputs.written} of {len(outputs.paths)} results were written.")
        return INTERRUPTED
    for line in fallbacks:
        print_line(line)
    return DONE


def read_editor_options(options: argparse.Namespace, preferences: Preferences) -> EditorOptions:
    """The options in the arguments, else those in the preferences.

    Raises `DeviceNotUsable` for an unknown name.
    """
    given = {
        "device": options.device,
        "dtype": options.dtype,
        "compile_unet": options.compile,
        "threads": options.threads,
    }
    preferred = EditorOptions.preferred(preferences)
    wanted = replace(
        preferred,
        **{name: value for name, value in given.items() if value is not None},
        has_preferred_device=options.device is None,
    )
    check_names(wanted.device, wanted.dtype)
    check_threads(wanted.threads)
    return wanted


def _results(
    requests: Sequence[EditRequest], options: EditorOptions, cancel: CancelToken
) -> Iterator[EditResult]:
    """Run one edit after the other and show their progress in one bar."""
    steps = sum(request.settings.num_inference_steps * request.variations for request in requests)
    is_terminal = sys.stderr.isatty()
    with tqdm(total=steps, unit="step", leave=False, delay=0 if is_terminal else BEFORE_FIRST_STEP) as bar:
        bar.set_description(Stage.LOADING_LIBRARIES, refresh=is_terminal)
        before = 0

        def show(progress: Progress) -> None:
            bar.set_description(progress.stage, refresh=is_terminal)
            if progress.stage is Stage.SAMPLING and before + progress.done > bar.n:
                bar.update(before + progress.done - bar.n)

        cancel.raise_if_cancelled()
        editor = open_editor(options)
        cancel.raise_if_cancelled()
        for request in requests:
            yield editor.edit(request, on_progress=show, cancel=cancel)
            before += request.settings.num_inference_steps * request.variations


class OutputFiles:
    """The files of all results: numbered files, or one sheet.

    Raises `OutputNotWritable` at once if one of them cannot be written.
    """

    def __init__(
        self, path: Path, requests: Sequence[EditRequest], options: SaveOptions, *, as_sheet: bool
    ) -> None:
        count = sum(request.variations for request in requests)
        self.paths = [path] if as_sheet else list(numbered(path, count))
        self.written = 0
        self._options = options
        self._as_sheet = as_sheet
        self._columns = _columns(requests)
        self._cells: list[tuple[str, Image.Image]] = []
        for output in self.paths:
            check_output(output)

    def add(self, result: EditResult) -> Iterator[dict[str, Any]]:
        """Write the images of a result and yield the description of each one after it is written."""
        for number, image in enumerate(result.edited_images):
            seed = result.request.seeds[number]
            output = self.paths[0 if self._as_sheet else self.written]
            if self._as_sheet:
                self._cells.append((label(result.request, seed), thumbnail(flattened(image))))
            else:
                save_image(image, output, result.request, seed, self._options)
                if image.mode == "RGBA" and not keeps_transparency(output):
                    print_line(f"{output.name} is on white, as its format has no transparency.")
                self.written += 1
            yield describe_result(result, number, output)

    def finish(self) -> None:
        """Write the sheet, if there is one."""
        if self._as_sheet:
            save_image(contact_sheet(self._cells, self._columns), self.paths[0], options=self._options)
            self.written = 1


def numbered(path: Path, count: int) -> Iterator[Path]:
    """The path itself, then `name-2.png`, `name-3.png` and so on; `count` paths in total."""
    return (path if n == 1 else path.with_stem(f"{path.stem}-{n}") for n in range(1, count + 1))


def label(request: EditRequest, seed: int) -> str:
    """The caption of a result on a sheet: the values that differ between the results."""
    settings = request.settings
    return f"text {settings.text_guidance_scale:g}  image {settings.image_guidance_scale:g}  seed {seed}"


def _columns(requests: Sequence[EditRequest]) -> int:
    """The number of columns: one row for each text guidance scale, or about as many rows as columns."""
    scales = {request.settings.text_guidance_scale for request in requests}
    count = sum(request.variations for request in requests)
    return count // len(scales) if len(scales) > 1 else math.isqrt(count - 1) + 1
