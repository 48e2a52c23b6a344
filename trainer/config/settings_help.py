"""The help of the trainer: every setting with its default and its meaning, read from the declarations."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from omegaconf import MISSING

from trainer.config.training import TrainingConfig

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


@dataclass(frozen=True, slots=True)
class SettingHelp:
    """A setting as the help shows it."""

    key: str
    default: str
    """As it is written on the command line; empty if there is none."""
    meaning: str
    """One sentence; empty where the sources are not at hand, as in the stand-alone program."""


def setting_helps() -> Iterator[SettingHelp]:
    """Yields all settings, group by group, in the order of their declarations."""
    return _helps(TrainingConfig(), "")


def _helps(group: Any, before: str) -> Iterator[SettingHelp]:  # noqa: ANN401 (a dataclass of settings)
    meanings = _meanings(type(group))
    groups = []
    for field in fields(group):
        key, value = f"{before}{field.name}", getattr(group, field.name)
        if is_dataclass(value):
            groups.append((value, f"{key}."))
        else:
            yield SettingHelp(key, _default(value), meanings.get(field.name, ""))
    for value, key in groups:
        yield from _helps(value, key)


def _default(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{','.join(map(str, value))}]"
    return "" if value == MISSING else str(value)


def _meanings(group: type[Any]) -> dict[str, str]:
    """Returns the first sentence of the text below each field of a class."""
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
            found[name], name = _first_sentence(str(node.value.value)), ""
    return found


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    found = SENTENCE.match(line)
    return found[1] if found else line


def help_text() -> str:
    """Returns the usage and all settings."""
    lines = [USAGE, "Settings and their defaults:", ""]
    for setting in setting_helps():
        lines.append(f"  {setting.key}={setting.default}")
        if setting.meaning:
            lines += textwrap.wrap(setting.meaning, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(lines) + "\n"
