"""The help of the trainer: every setting with its default, kind and meaning, read from the declarations.

`python -m trainer --help` and the window show the same texts.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin

from omegaconf import MISSING

from trainer.config.training import TrainingConfig, setting_choices
from trainer.config.typed_words import types_of

WIDTH = 100
USAGE = """python -m trainer [--config FILE.yaml] [--probe[=STEPS,…]] key=value …

Trains a model on pairs of images, for example

    python -m trainer data.data_path=pairs trainer.max_steps=500 exp_manager.exp_dir=run

The same command resumes a run that was stopped. Each line on standard output is an event, as JSON.

  --config FILE.yaml   read settings from a file; later arguments override earlier ones
  --probe=200,1000     only measure how long so many steps take, and how much memory and disk they need
  -h, --help           show this text

A model can also be exported from a checkpoint: python -m trainer.export RUN --step N
"""
SENTENCE = re.compile(r"(.+?)(?<! al)\.(?=\s|$)")


class SettingKind(StrEnum):
    """What the value of a setting is, so that a window can offer a suitable field."""

    SWITCH = "switch"
    WHOLE_NUMBER = "whole number"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class SettingHelp:
    """A setting as the help shows it."""

    key: str
    default: str
    """As it is written on the command line; empty if there is none."""
    meaning: str
    """One sentence; empty where the sources are not at hand."""
    details: str = ""
    """The whole text, of which the meaning is the first sentence."""
    kind: SettingKind = SettingKind.TEXT
    is_optional: bool = False
    """Whether "null" is a value of its own."""
    choices: tuple[str, ...] = ()
    """The names that are accepted; empty if the setting is no choice."""
    group: str = ""
    """What the settings of its group are about."""


def setting_helps() -> Iterator[SettingHelp]:
    """Yields all settings, group by group, in the order of their declarations."""
    return _helps(TrainingConfig(), "", dict(types_of(TrainingConfig)), setting_choices())


def _helps(
    group: Any,  # noqa: ANN401 (a dataclass of settings)
    before: str,
    types: Mapping[str, Any],
    choices: Mapping[str, tuple[str, ...]],
) -> Iterator[SettingHelp]:
    texts, about = _texts(type(group)), _first_sentence(" ".join((group.__doc__ or "").split()))
    groups = []
    for field in fields(group):
        key, value = f"{before}{field.name}", getattr(group, field.name)
        if is_dataclass(value):
            groups.append((value, f"{key}."))
        else:
            text, known = texts.get(field.name, ""), choices.get(key, ())
            yield SettingHelp(
                key,
                _default(value),
                _first_sentence(text),
                text,
                SettingKind.CHOICE if known else _kind(types[key]),
                NoneType in get_args(types[key]),
                known,
                about,
            )
    for value, key in groups:
        yield from _helps(value, key, types, choices)


def _kind(declared: Any) -> SettingKind:  # noqa: ANN401 (a type at run time)
    if get_origin(declared) is list:
        return SettingKind.LIST
    plain = next((each for each in get_args(declared) if each is not NoneType), declared)
    kinds = {bool: SettingKind.SWITCH, int: SettingKind.WHOLE_NUMBER, float: SettingKind.NUMBER}
    return kinds.get(plain, SettingKind.TEXT)


def _default(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{','.join(map(str, value))}]"
    return "" if value == MISSING else str(value)


def _texts(group: type[Any]) -> dict[str, str]:
    """Returns the text below each field of a class, in one line."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(group)))
    except OSError:
        return {}
    (declared,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    found, name = {}, ""
    for node in declared.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            found[name], name = " ".join(str(node.value.value).split()), ""
    return found


def _first_sentence(text: str) -> str:
    found = SENTENCE.match(text)
    return found[1] if found else text


def help_text() -> str:
    """Returns the usage and all settings."""
    lines = [USAGE, "Settings and their defaults:", ""]
    for setting in setting_helps():
        lines.append(f"  {setting.key}={setting.default}")
        if setting.meaning:
            lines += textwrap.wrap(setting.meaning, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(lines) + "\n"
