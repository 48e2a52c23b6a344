"""Arguments of the trainer as `key=value`: read, merged and written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

EMPTY = ("", "null", "~", "none")
"""Texts that the trainer reads as the default of a setting."""


def by_key(words: Iterable[str]) -> dict[str, str]:
    """The values by their keys, as they are written; a later word replaces an earlier one."""
    return {key: value for key, _, value in (word.partition("=") for word in words)}


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """All words, each key once: the last word of a key, at the place of the first."""
    values = by_key(word for group in groups for word in group)
    return tuple(f"{key}={value}" for key, value in values.items())


def quoted(value: object) -> str:
    """A text that the trainer reads back unchanged, whatever quotes and `${…}` references it contains."""
    escaped = re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", str(value))
    return json.dumps(escaped, ensure_ascii=False)


def quoted_list(values: Iterable[object]) -> str:
    """A list of texts that the trainer reads back unchanged."""
    return f"[{', '.join(map(quoted, values))}]"


def plain_text(value: str) -> str:
    """The text that a value stands for: without the quotes that `quoted` adds."""
    if not re.fullmatch(r'"([^"\\]|\\.)*"', value):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def readable(word: str) -> str:
    """The same word with fewer quotes, for people and shells.

    Quotes stay around a text that the trainer would read as something else without them: a default, a list, a
    reference, or a text in quotes of its own.
    """
    key, _, value = word.partition("=")
    text = plain_text(value)
    needs_quotes = text.strip().lower() in EMPTY or text != text.strip() or text[0] in "[\"'" or "${" in text
    return word if text == value or needs_quotes else f"{key}={text}"


def number(values: Mapping[str, str], key: str, default: float) -> float:
    """The number of a setting; `default` if it is not given or not a number."""
    try:
        return float(values[key])
    except (KeyError, ValueError):
        return default


def is_on(values: Mapping[str, str], key: str) -> bool:
    """Whether a switch is given and on."""
    return values.get(key, "").strip().lower() in ("true", "yes", "on", "1")
