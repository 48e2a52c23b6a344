"""Reads the value of a setting on the command line: the word is the value, of the type of its setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from trainer.config.checks import ConfigNotValid

FREE_TEXTS = ("data.data_path", "data.instruction", "data.repairs", "model.name")
"""Settings whose texts the user chooses; of all others, “null” is the default."""
EMPTY = ("null", "~", "none")
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]*)\s*(?:,|$)""")
REFERENCE = re.compile(r"\$\{[\w.:,/-]+\}")
"""A reference to another setting, or to a variable of the environment."""


def types_of(group: type, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the dotted keys of all settings in a group of settings, with their types."""
    for name, kind in get_type_hints(group).items():
        if is_dataclass(kind) and isinstance(kind, type):
            yield from types_of(kind, f"{before}{name}.")
        else:
            yield f"{before}{name}", kind


def typed_value(key: str, kind: Any, text: str) -> Any:  # noqa: ANN401 (types at run time)
    """Returns the value of a setting of this type; None for its default. Raises `ConfigNotValid`."""
    if not text or (key not in FREE_TEXTS and text.strip().lower() in EMPTY):
        return None
    try:
        return _value(kind, text)
    except ValueError as error:
        raise value_not_usable(key, kind, text) from error


def value_not_usable(key: str, kind: Any, value: object) -> ConfigNotValid:  # noqa: ANN401 (a type at run time)
    """Returns the error for a value that does not fit a setting's type."""
    return ConfigNotValid(
        "configuration.value-not-usable",
        "{setting} is “{value}”, but must be {expected}.",
        "Write {setting}={example}.",
        setting=key,
        value=value,
        expected=_described(kind),
        example=_EXAMPLES.get(_plain(kind), "…"),
    )


_NAMES = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}
_EXAMPLES = {int: "4", float: "0.5", bool: "True", list: "[0.9, 0.99]"}


def _plain(kind: Any) -> Any:  # noqa: ANN401 (types at run time)
    """Returns a type without None, and a list without the type of its items."""
    known = [each for each in get_args(kind) if each is not NoneType]
    return list if get_origin(kind) is list else known[0] if known else kind


def _described(kind: Any) -> str:  # noqa: ANN401 (types at run time)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return "a list of numbers in brackets" if item is float else "a list in brackets"
    name = _NAMES.get(_plain(kind), "text")
    return f"{name} or null" if NoneType in get_args(kind) else name


def _value(kind: Any, text: str) -> Any:  # noqa: ANN401 (types at run time)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return [_value(item, each) for each in _items(text)]
    kind = _plain(kind)
    if kind is Any:
        return [_text(each) for each in _items(text)] if _is_list(text) and not _exists(text) else _text(text)
    if kind is str or REFERENCE.fullmatch(text.strip()):
        return _text(text)
    readers: dict[type, Callable[[str], Any]] = {int: _whole_number, float: float, bool: _boolean}
    return readers[kind](_unquoted(text).strip())


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        number = float(text)  # 1e3
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _boolean(text: str) -> bool:
    if text.lower() not in BOOLEANS:
        raise ValueError(text)
    return BOOLEANS[text.lower()]


def _is_list(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def _items(text: str) -> list[str]:
    """Returns the items of a list in brackets; any other text is the only item."""
    inner = text.strip()
    if not _is_list(inner):
        return [text]
    return [item for found in ITEM.finditer(inner[1:-1]) if (item := found[1].strip())]


def _text(text: str) -> str:
    """Returns a text; only complete references to settings are left to be followed."""
    value = _unquoted(text)
    return value if REFERENCE.search(value) else literal(value)


def literal(text: str) -> str:
    """Returns a text in which OmegaConf finds no references."""
    return re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", text)


def _unquoted(text: str) -> str:
    """Returns the text between quotes, if the whole text is in quotes, as in JSON or YAML."""
    if re.fullmatch(r"'([^']|'')*'", text):
        return text[1:-1].replace("''", "'")
    if re.fullmatch(r'"([^"\\]|\\.)*"', text):
        try:
            return str(json.loads(text))
        except ValueError:  # backslashes that are meant as such
            return text[1:-1]
    return text
