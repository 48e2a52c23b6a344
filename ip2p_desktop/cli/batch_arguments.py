"""The arguments of `ip2p-desktop edit` for many photos, and what they ask for."""

from __future__ import annotations

import argparse
import glob
import os
from dataclasses import replace
from pathlib import Path

from engine.batch.naming import FIELDS, STANDARD_RULE, NamingRule
from engine.batch.plan import BatchOutput, OutputFormat
from engine.batch.runner import BatchEdit
from engine.errors import ImageUnreadable, InvalidRequest
from engine.images.image_saving import OUTPUT_FORMATS, SaveOptions
from engine.instructions import InstructionReading
from engine.instructions.reader import read_instruction
from engine.instructions.sequence import split_sequence, steps_for
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.cli.edit_arguments import given_settings, whole_number
from ip2p_desktop.cli.edit_requests import (
    check_compilation,
    find_model,
    read_model_options,
    read_record,
    read_settings,
)

FORMAT_NAMES = {
    **{form.value: form for form in OutputFormat},
    **{"jpeg": OutputFormat.JPEG, "tiff": OutputFormat.TIFF},
}
FOR_ONE_PHOTO = ("mask", "invert_mask", "grid")
"""Arguments that do not go with several photos."""


def add_batch_arguments(edit: argparse.ArgumentParser) -> None:
    """Add the arguments for many photos, and for the files that are written."""
    batch = edit.add_argument_group("many photos", "With a folder, or several photos, as input.")
    batch.add_argument("--recursive", action="store_true", help="search the folders in the folder too")
    batch.add_argument("--skip-existing", action="store_true", help="skip photos whose result exists")
    batch.add_argument(
        "--name",
        metavar="RULE",
        help=f"name of the results (default: {STANDARD_RULE}); fields: {', '.join(FIELDS)}",
    )
    batch.add_argument(
        "--format",
        metavar="NAME",
        choices=sorted(FORMAT_NAMES),
        help="same (as the photo, the default), png, jpg, webp or tif",
    )
    written = edit.add_argument_group("written files")
    written.add_argument(
        "--quality", type=whole_number, metavar="N", help="of JPEG and WebP, 1 to 100 (default: 95)"
    )
    written.add_argument("--no-metadata", action="store_true", help="write no camera data and no edit record")


def read_inputs(options: argparse.Namespace) -> list[Path]:
    """The given files and folders; patterns that the shell has not replaced are replaced here.

    Raises `ImageUnreadable` if none of them exists.
    """
    found: list[Path] = []
    for path in options.input:
        # a name that exists is none, even with brackets in it; os.path takes names of any length
        is_pattern = not os.path.lexists(path) and glob.has_magic(str(path))
        matches = sorted(glob.glob(str(path), recursive=True)) if is_pattern else []  # noqa: PTH207
        found += map(Path, matches) if matches else [path]
    if all(map(_is_missing, found)):
        raise ImageUnreadable("image.not-found", "{file} does not exist.", "Check the name.", file=found[0])
    return found


def _is_missing(path: Path) -> bool:
    """Whether there is no such file; of one that the system refuses, opening says why."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def is_batch(options: argparse.Namespace, inputs: list[Path]) -> bool:
    """Whether the arguments ask for a folder of results rather than for one file."""
    asks = (options.recursive, options.skip_existing, options.name is not None, options.format is not None)
    return len(inputs) > 1 or any(asks) or os.path.isdir(inputs[0])  # noqa: PTH112 (takes any name)


def read_save_options(options: argparse.Namespace) -> SaveOptions:
    """How files are written. Raises `InvalidRequest`."""
    standard = SaveOptions(keeps_metadata=not options.no_metadata)
    return standard if options.quality is None else replace(standard, quality=options.quality)


def read_batch_output(options: argparse.Namespace) -> BatchOutput:
    """Where the results go.

    Raises `InvalidRequest` if that is not a folder, or `OutputNotWritable` if nothing can be written there.
    """
    folder: Path = options.output
    is_file_name = folder.suffix.lower() in OUTPUT_FORMATS and not folder.is_dir()
    if is_file_name or (folder.exists() and not folder.is_dir()):
        raise InvalidRequest(
            "request.output-not-a-folder",
            "{file} is not a folder.",
            "Several photos need a folder for their results.",
            file=folder,
        )
    output = BatchOutput(
        folder=folder,
        rule=NamingRule(options.name) if options.name is not None else NamingRule(),
        form=FORMAT_NAMES[options.format] if options.format else OutputFormat.SAME,
        skips_existing=options.skip_existing,
    )
    output.check()
    return output


def read_batch_edit(
    options: argparse.Namespace,
) -> tuple[BatchEdit, ModelCard, tuple[InstructionReading, ...]]:
    """What is done to each photo, with which model, and how it reads each step of the instruction.

    Raises an `EngineError` for invalid arguments.
    """
    check_compilation(options)
    _check_one_result(options)
    record = read_record(options)
    card = find_model(options.model, record)
    negative = record.negative_instruction if record else ""
    request_values = {"negative_instruction": negative} | given_settings(options, EditRequest)
    instruction = options.edit if record is None or options.edit is not None else record.instruction
    # the instruction of a saved result was split when it was made
    steps = split_sequence(instruction) if options.edit is None else steps_for(instruction, card)
    readings = tuple(read_instruction(step, card) for step in steps)
    edit = BatchEdit(
        instruction=instruction.strip(),
        steps=tuple(reading.instruction for reading in readings),
        areas=tuple(reading.area for reading in readings),
        model=card.path,
        settings=read_settings(options, record.settings if record else None, card.recommended),
        negative_instruction=str(request_values["negative_instruction"]),
        model_options=read_model_options(options, record),
    )
    edit.check()
    return edit, card, readings


def _check_one_result(options: argparse.Namespace) -> None:
    """Raises `InvalidRequest` for arguments that go with one photo only."""
    given = [name.replace("_", "-") for name in FOR_ONE_PHOTO if getattr(options, name)]
    if options.variations not in (None, 1):
        given.append("variations")
    for name, flag in (("text_guidance_scale", "cfg-text"), ("image_guidance_scale", "cfg-image")):
        if len(getattr(options, name) or ()) > 1:
            given.append(flag)
    if given:
        raise InvalidRequest(
            "request.for-one-photo",
            "{flag} works with one photo only.",
            "Leave it out, or choose one photo and one result.",
            flag=f"--{given[0]}",
        )
