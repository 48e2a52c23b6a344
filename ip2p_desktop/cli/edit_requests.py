"""The edits that the arguments of `ip2p-desktop edit` ask for.

Everything that can be refused is refused here, before torch is loaded.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.edit_settings import EditSettings, Fit, OutputSize
from engine.editing.sweep import sweep
from engine.errors import InvalidRequest
from engine.images.edit_record import EditRecord, read_edit_record
from engine.images.image_files import check_output, open_photo
from engine.instructions import InstructionReading
from engine.instructions.reader import read_instruction
from engine.library import ModelCard, read_model_card
from engine.model_options import ModelOptions
from engine.request import EditRequest
from ip2p_desktop.base.paths import is_frozen, starter_model
from ip2p_desktop.cli.edit_arguments import given_settings
from ip2p_desktop.models.model_list import read_models

MAX_RANDOM_SEED = 100_000
"""The original's random seeds are from 0 to this."""
MAX_PICTURES = 400


def read_requests(options: argparse.Namespace) -> list[EditRequest]:
    """One for each pair of guidance scales. Raises an `EngineError` of what cannot be done."""
    if options.compile and is_frozen():
        raise InvalidRequest(
            "request.cannot-compile", "The installed program cannot compile models.", "Leave out --compile."
        )
    check_output(options.output)
    record = _record(options)
    request = _request(options, record)
    settings = request.settings
    requests = sweep(
        request,
        options.text_guidance_scale or (settings.text_guidance_scale,),
        options.image_guidance_scale or (settings.image_guidance_scale,),
    )
    pictures = len(requests) * request.variations
    if pictures > MAX_PICTURES:
        raise InvalidRequest(
            "request.too-many-results",
            "That would be {count} results, more than {maximum} at once.",
            "Ask for fewer guidance scales or variations.",
            count=pictures,
            maximum=MAX_PICTURES,
        )
    return requests


def read_edit(options: argparse.Namespace, request: EditRequest, card: ModelCard) -> InstructionReading:
    """What the model makes of the instruction; one from a saved picture is taken as it stands."""
    if options.edit is None:
        instruction = request.instruction
        return InstructionReading(typed=instruction, instruction=instruction, read_length=len(instruction))
    return read_instruction(request.instruction, card)


def _request(options: argparse.Namespace, record: EditRecord | None) -> EditRequest:
    card = _model(options.model, record)
    negative = record.negative_instruction if record else ""
    return EditRequest(
        source_image=open_photo(options.input),
        instruction=options.edit if record is None or options.edit is not None else record.instruction,
        model=card.path,
        settings=_settings(options, record.settings if record else None, card.recommended),
        mask=open_photo(options.mask).convert("L") if options.mask else None,
        model_options=_model_options(options, record),
        **({"negative_instruction": negative} | given_settings(options, EditRequest)),
    )


def _record(options: argparse.Namespace) -> EditRecord | None:
    """What the picture of `--from-file` tells, if all it tells of is at hand."""
    if options.from_file is None:
        return None
    record = read_edit_record(options.from_file)
    if record is None:
        raise InvalidRequest(
            "request.no-edit-settings",
            "{file} contains no edit settings.",
            "Choose a result as this program saved it.",
            file=options.from_file.name,
        )
    for what, was_used, flag in (
        ("a mask", record.is_masked and not options.mask, "--mask"),
        (f"the VAE {record.vae}", record.vae and not options.vae, "--vae"),
        (_lora_names(record), record.loras and not options.lora, "--lora"),
    ):
        if was_used:
            raise InvalidRequest(
                "request.file-missing",
                "{file} was made with {what}.",
                "Set its path with {flag}.",
                file=options.from_file.name,
                what=what,
                flag=flag,
            )
    return record


def _lora_names(record: EditRecord) -> str:
    return "the LoRA " + ", ".join(f"{lora.name} ({lora.weight:g})" for lora in record.loras)


def _model(asked: str | None, record: EditRecord | None) -> ModelCard:
    """A path goes before a name; a saved picture gives a name only, if it names its model at all."""
    wanted = asked or (record.model if record else "")
    if asked is None and not wanted:
        return read_model_card(starter_model())
    if asked is not None and Path(asked).exists():
        return read_model_card(Path(asked))
    for card in read_models().cards:
        if wanted in (card.path.name, card.name):
            return card
    if asked is not None:
        return read_model_card(Path(asked))
    raise InvalidRequest(
        "request.model-not-installed",
        "The model “{model}” of the saved result is not installed.",
        "Install it, or choose another one with --model.",
        model=wanted,
    )


def _model_options(options: argparse.Namespace, record: EditRecord | None) -> ModelOptions:
    for path in (options.vae, *(lora.path for lora in options.lora or ())):
        if path is not None and not path.exists():
            raise InvalidRequest(
                "request.file-not-found", "{file} does not exist.", "Check the name.", file=path
            )
    recorded = {"weight_set": record.weight_set} if record else {}
    return ModelOptions(
        vae=options.vae,
        loras=tuple(options.lora or ()),
        **(recorded | given_settings(options, ModelOptions)),
    )


def _settings(
    options: argparse.Namespace, recorded: EditSettings | None, recommended: EditSettings
) -> EditSettings:
    given = given_settings(options, EditSettings)
    if recorded is not None:
        return replace(recorded, **given)
    fit = given.get("fit", recommended.fit)
    size = OutputSize.SOURCE if fit is Fit.KEEP else OutputSize.WORKING
    defaults: dict[str, Any] = {"seed": random.randint(0, MAX_RANDOM_SEED), "output_size": size}
    return replace(recommended, **(defaults | given))
