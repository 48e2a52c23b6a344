"""The edit requests that the arguments of `ip2p-desktop edit` describe.

Invalid arguments are refused here, before torch is loaded.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from engine.edit_settings import EditArea, EditSettings, Fit, OutputSize
from engine.editing.sweep import sweep
from engine.errors import InvalidRequest, Phrase
from engine.images.edit_record import EditRecord, read_edit_record
from engine.images.image_files import open_photo
from engine.images.image_saving import check_output
from engine.images.masks import open_mask
from engine.instructions import InstructionReading
from engine.instructions.reader import read_instruction
from engine.library import ModelCard, read_model_card
from engine.model_options import ModelOptions
from engine.request import EditRequest
from ip2p_desktop.base.paths import is_frozen, starter_model
from ip2p_desktop.cli.edit_arguments import given_settings
from ip2p_desktop.models.model_list import read_models

MAX_RANDOM_SEED = 100_000
"""The largest random seed of the original program; the smallest is 0."""
MAX_RESULTS = 400


def read_requests(options: argparse.Namespace) -> list[EditRequest]:
    """One request for each pair of guidance scales. Raises an `EngineError` for invalid arguments."""
    check_compilation(options)
    check_output(options.output)
    record = read_record(options)
    request = _request(options, record)
    settings = request.settings
    requests = sweep(
        request,
        options.text_guidance_scale or (settings.text_guidance_scale,),
        options.image_guidance_scale or (settings.image_guidance_scale,),
    )
    count = len(requests) * request.variations
    if count > MAX_RESULTS:
        raise InvalidRequest(
            "request.too-many-results",
            "That would be {count} results, more than {maximum} at once.",
            "Ask for fewer guidance scales or variations.",
            count=count,
            maximum=MAX_RESULTS,
        )
    return requests


def check_compilation(options: argparse.Namespace) -> None:
    """Raises `InvalidRequest` for `--compile` in the packaged program."""
    if options.compile and is_frozen():
        raise InvalidRequest(
            "request.cannot-compile", "The installed program cannot compile models.", "Leave out --compile."
        )


def read_edit(options: argparse.Namespace, request: EditRequest, card: ModelCard) -> InstructionReading:
    """How the model reads the instruction; an instruction from a saved result is used unchanged.

    Without the place that it names if the area of the edit was chosen.
    """
    if options.edit is None:
        instruction = request.instruction
        return InstructionReading(typed=instruction, instruction=instruction, read_length=len(instruction))
    reading = read_instruction(request.instruction, card)
    is_chosen = request.settings.area is not EditArea.AUTOMATIC
    return replace(reading, area=EditArea.AUTOMATIC) if is_chosen else reading


def _request(options: argparse.Namespace, record: EditRecord | None) -> EditRequest:
    card = find_model(options.model, record)
    negative = record.negative_instruction if record else ""
    photo = open_photo(options.input[0])
    return EditRequest(
        source_image=photo,
        instruction=options.edit if record is None or options.edit is not None else record.instruction,
        model=card.path,
        settings=read_settings(options, record.settings if record else None, card.recommended),
        mask=_mask(options, photo.size),
        model_options=read_model_options(options, record),
        **({"negative_instruction": negative} | given_settings(options, EditRequest)),
    )


def _mask(options: argparse.Namespace, size: tuple[int, int]) -> Image.Image | None:
    if options.mask is not None:
        return open_mask(options.mask, size, is_inverted=options.invert_mask)
    if options.invert_mask:
        raise InvalidRequest(
            "request.no-mask", "There is no mask to invert.", "Set the path of one with --mask."
        )
    return None


def read_record(options: argparse.Namespace) -> EditRecord | None:
    """The edit record in the result of `--from-file`.

    Raises `InvalidRequest` if the mask, VAE or LoRAs of that edit are not given as arguments.
    """
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
        (Phrase("a mask"), record.is_masked and not options.mask, "--mask"),
        (Phrase("the VAE {vae}", vae=record.vae), record.vae and not options.vae, "--vae"),
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


def _lora_names(record: EditRecord) -> Phrase:
    loras = ", ".join(f"{lora.name} ({lora.weight:g})" for lora in record.loras)
    return Phrase("the LoRA {loras}", loras=loras)


def find_model(name: str | None, record: EditRecord | None) -> ModelCard:
    """The model with the given path or name, else that of the record, else the starter."""
    wanted_name = name or (record.model if record else "")
    if name is None and not wanted_name:
        return read_model_card(starter_model())
    if name is not None and Path(name).exists():
        return read_model_card(Path(name))
    for card in read_models().cards:
        if wanted_name in (card.path.name, card.name):
            return card
    if name is not None:
        return read_model_card(Path(name))
    raise InvalidRequest(
        "request.model-not-installed",
        "The model “{model}” of the saved result is not installed.",
        "Install it, or choose another one with --model.",
        model=wanted_name,
    )


def read_model_options(options: argparse.Namespace, record: EditRecord | None) -> ModelOptions:
    """The options of the model in the arguments, else in the record. Raises `InvalidRequest`."""
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


def read_settings(
    options: argparse.Namespace, recorded: EditSettings | None, recommended: EditSettings
) -> EditSettings:
    """The given settings, else those of the record, else those that the model recommends."""
    given = given_settings(options, EditSettings)
    if recorded is not None:
        return replace(recorded, **given)
    fit = given.get("fit", recommended.fit)
    size = OutputSize.SOURCE if fit is Fit.KEEP else OutputSize.WORKING
    defaults: dict[str, Any] = {"seed": random.randint(0, MAX_RANDOM_SEED), "output_size": size}
    return replace(recommended, **(defaults | given))
