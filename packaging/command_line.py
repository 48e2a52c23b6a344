"""The commands of the program with their options, read from its own argument parsers.

The manual page and the completions of shells are made of this.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from engine.devices.device import DEVICES, DTYPES
from engine.edit_settings import EditSettings
from engine.model_options import ModelOptions
from engine.request import EditRequest
from engine.settings_table import settings_of
from ip2p_desktop.cli import edit_command, models_command

PATH_MARKS = ("PATH", "FILE", "FOLDER", "PATH[:WEIGHT]")
"""What stands for the name of a file or folder in a usage line."""


class Values(Enum):
    """What may follow an option."""

    NONE = "nothing"
    PATHS = "a file or folder"
    CHOICES = "one of some names"
    TEXT = "any text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """An option, or an argument without a flag."""

    flags: tuple[str, ...]
    """All its spellings; empty for an argument that is known by its place."""
    mark: str
    """What its values are called in a usage line, for example `PATH [PATH ...]`; empty if it takes none."""
    help: str
    values: Values
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionGroup:
    """Options under one heading."""

    title: str
    description: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShellCommand:
    """A command with its options, or with further commands."""

    name: str
    """Its last word."""
    usage: str
    """All it takes, in one line without line breaks."""
    description: str
    """A sentence or more."""
    summary: str
    """What it does, as in a list of commands."""
    groups: tuple[OptionGroup, ...]
    commands: tuple[ShellCommand, ...]

    @property
    def options(self) -> tuple[Option, ...]:
        """Its options with flags, those for help included."""
        return tuple(option for group in self.groups for option in group.options if option.flags)

    @property
    def places(self) -> tuple[Option, ...]:
        """Its arguments without flags."""
        return tuple(option for group in self.groups for option in group.options if not option.flags)


def read_commands() -> ShellCommand:
    """The whole command line. Imports no Qt and no torch."""
    whole = _command(edit_command.make_parser(), "")
    models = _command(models_command.make_parser(), next(_summaries(whole, "models")))
    commands = tuple(models if each.name == "models" else each for each in whole.commands)
    return ShellCommand(
        name=whole.name,
        usage=whole.usage,
        description=whole.description,
        summary=whole.summary,
        groups=whole.groups,
        commands=commands,
    )


def all_commands(
    command: ShellCommand, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], ShellCommand]]:
    """The command and all below it, each with the words by which it is called."""
    words = (*before, command.name)
    yield words, command
    for each in command.commands:
        yield from all_commands(each, words)


def _summaries(command: ShellCommand, name: str) -> Iterator[str]:
    return (each.summary for each in command.commands if each.name == name)


def _command(parser: argparse.ArgumentParser, summary: str) -> ShellCommand:
    below: list[ShellCommand] = []
    groups: list[OptionGroup] = []
    for group in parser._action_groups:
        options = []
        for action in group._group_actions:
            if isinstance(action, argparse._SubParsersAction):
                below += _below(action)
            elif action.help is not argparse.SUPPRESS:
                options.append(_option(parser, action))
        if options:
            title, description = group.title or "", _sentence(group.description)
            groups.append(OptionGroup(title=title, description=description, options=tuple(options)))
    return ShellCommand(
        name=parser.prog.split()[-1],
        usage=" ".join(parser.format_usage().removeprefix("usage: ").split()),
        description=_sentence(parser.description),
        summary=summary,
        groups=tuple(groups),
        commands=tuple(below),
    )


def _below(action: argparse._SubParsersAction[argparse.ArgumentParser]) -> Iterator[ShellCommand]:
    summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
    for name, parser in action.choices.items():
        yield _command(parser, summaries.get(name, ""))


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    formatter = parser._get_formatter()
    takes_none = action.nargs == 0
    default = action.dest.upper() if action.option_strings else action.dest
    mark = "" if takes_none else formatter._format_args(action, default)
    choices = _choices(action)
    return Option(
        flags=tuple(action.option_strings),
        mark=mark,
        help=_sentence(formatter._expand_help(action) if action.help else ""),
        values=Values.NONE if takes_none else _values(action, choices),
        choices=choices,
    )


def _values(action: argparse.Action, choices: Sequence[str]) -> Values:
    if choices:
        return Values.CHOICES
    is_path = action.metavar in PATH_MARKS or action.type is Path
    return Values.PATHS if is_path else Values.TEXT


def _choices(action: argparse.Action) -> tuple[str, ...]:
    if action.choices:
        return tuple(map(str, action.choices))
    return _named_values().get(action.dest, ()) if action.metavar == "NAME" else ()


def _named_values() -> Mapping[str, tuple[str, ...]]:
    """Values of the options that the engine checks, not the parser."""
    declared = (
        setting for owner in (EditRequest, ModelOptions, EditSettings) for setting in settings_of(owner)
    )
    named = {setting.name: tuple(map(str, setting.choices)) for setting in declared if setting.choices}
    return named | {"device": tuple(DEVICES), "dtype": ("auto", *DTYPES)}


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())
