"""The arguments of `ip2p-desktop edit`, and the values they accept."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.model_options import Lora, ModelOptions
from engine.request import EditRequest
from engine.settings_table import Setting, settings_of

Name = TypeVar("Name", bound=StrEnum)


def add_edit_arguments(edit: argparse.ArgumentParser) -> None:
    """Add the arguments; those that are not given are None.

    They have the names of the original `edit_cli.py` where it has the same argument.
    """
    _add_files(edit)
    _add_instruction(edit)
    _add_model(edit)
    _add_settings(edit)
    _add_execution(edit)


def _add_files(edit: argparse.ArgumentParser) -> None:
    files = edit.add_argument_group("files")
    files.add_argument(
        "--input",
        type=_path,
        required=True,
        nargs="+",
        metavar="PATH",
        help="the photo; several photos, or a folder of them, for many results",
    )
    files.add_argument(
        "--output",
        type=_path,
        required=True,
        metavar="PATH",
        help="a .png, .jpg, .webp or .tif file, several are numbered; for many photos, a folder",
    )
    files.add_argument(
        "--mask",
        type=Path,
        metavar="PATH",
        help="a grey image: white is edited, black is kept; or strokes on a transparent ground",
    )
    files.add_argument("--invert-mask", action="store_true", help="edit what the mask would keep")
    files.add_argument(
        "--from-file",
        type=Path,
        metavar="PATH",
        help="a saved result whose edit is repeated; other arguments override its settings",
    )
    files.add_argument("--grid", action="store_true", help="write all results on one labelled sheet")


def _add_instruction(edit: argparse.ArgumentParser) -> None:
    group = edit.add_argument_group("instruction")
    group.add_argument("--edit", metavar="TEXT", help="what should change")
    _add_declared(group, settings_of(EditRequest))


def _add_model(edit: argparse.ArgumentParser) -> None:
    model = edit.add_argument_group("model")
    model.add_argument(
        "--model",
        metavar="MODEL",
        help="a folder, a file, or the name of an installed model (default: the starter)",
    )
    _add_declared(model, settings_of(ModelOptions))
    model.add_argument("--vae", type=Path, metavar="PATH", help="a VAE to use instead of the model's own")
    model.add_argument(
        "--lora",
        type=_lora,
        action="append",
        metavar="PATH[:WEIGHT]",
        help="a LoRA to apply; can be repeated",
    )


def _add_settings(edit: argparse.ArgumentParser) -> None:
    description = (
        "The defaults are those the model recommends. Several guidance scales give every combination."
    )
    _add_declared(edit.add_argument_group("settings", description), settings_of(EditSettings))


def _add_declared(group: argparse._ArgumentGroup, settings: Sequence[Setting]) -> None:
    """Add an argument for each setting; its destination is the name of the field."""
    for setting in settings:
        options: dict[str, Any] = {"dest": setting.name, "help": _help(setting)}
        if setting.kind is bool:
            options["action"] = argparse.BooleanOptionalAction
        else:
            options |= {"type": _reader(setting), "metavar": _metavar(setting)}
        group.add_argument(*setting.flags, **options)


def _reader(setting: Setting) -> Callable[[str], object]:
    """The function that reads an argument. Names of choices are checked later, with the engine's message."""
    if setting.is_list:
        return _numbers
    readers: dict[type, Callable[[str], object]] = {int: whole_number, float: _number}
    return readers.get(setting.kind, str)


def _metavar(setting: Setting) -> str:
    if setting.is_list:
        return "F[,F…]"
    if issubclass(setting.kind, StrEnum):
        return "NAME"
    marks: dict[type, str] = {int: "N", float: "F"}
    return marks.get(setting.kind, "TEXT")


def _help(setting: Setting) -> str:
    """The help text of the window, followed by the accepted values."""
    given = ""
    if issubclass(setting.kind, StrEnum):
        given = "; ".join(f"{value}: {label}" for value, label in setting.choices.items())
    elif setting.minimum is not None:
        given = f"{setting.minimum} to {setting.maximum}"
    notes = "; ".join(note for note in (given, setting.command_note) if note)
    # argparse takes a percent sign for a placeholder
    return (f"{setting.help} ({notes})" if notes else setting.help).replace("%", "%%")


def _add_execution(edit: argparse.ArgumentParser) -> None:
    execution = edit.add_argument_group("execution", "The defaults are those in the window's Preferences.")
    execution.add_argument("--device", metavar="NAME", help="auto, cpu, cuda or mps")
    execution.add_argument("--dtype", metavar="NAME", help="auto, fp32, bf16 or fp16")
    execution.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="compile the UNet; pays only for many edits on a GPU",
    )
    execution.add_argument(
        "--threads", type=whole_number, metavar="N", help="number of threads on the processor"
    )
    execution.add_argument("--json", action="store_true", help="print one JSON object for each result")


def _path(text: str) -> Path:
    """An empty text, as from a variable that is not set, would mean the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def whole_number(text: str) -> int:
    """A whole number in an argument. Raises `ArgumentTypeError`."""
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
    """A path with an optional weight after the last colon. The colon of a drive has no number after it."""
    path, _, weight = text.rpartition(":")
    try:
        return Lora(path=Path(path), weight=float(weight)) if path else Lora(path=Path(text))
    except ValueError:
        return Lora(path=Path(text))
    except InvalidRequest as error:
        raise argparse.ArgumentTypeError(error.message) from None


def given_settings(options: argparse.Namespace, owner: type[Any]) -> dict[str, Any]:
    """The given settings of a dataclass, by name; of several values the first.

    Raises `InvalidRequest` for an unknown choice.
    """
    given = [(setting, getattr(options, setting.name)) for setting in settings_of(owner)]
    return {setting.name: _value(setting, value) for setting, value in given if value is not None}


def _value(setting: Setting, value: object) -> object:
    if isinstance(value, tuple):
        return value[0]
    return _named(setting.kind, str(value), setting.noun) if issubclass(setting.kind, StrEnum) else value


def _named(names: type[Name], text: str, what: str) -> Name:
    """The member with the value `text`. Raises `InvalidRequest` if there is none."""
    try:
        return names(text)
    except ValueError:
        raise InvalidRequest(
            "request.unknown-name",
            "There is no {kind} called “{name}”.",
            "Choose one of {known}.",
            kind=what,
            name=text,
            known=", ".join(names),
        ) from None
