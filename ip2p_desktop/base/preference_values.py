"""Reads values of preferences as the file stores them; each raises `ValueError` for another kind of value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.devices.device import MAX_THREADS


def text(raw: object) -> str:
    """A text."""
    if not isinstance(raw, str):
        raise ValueError(raw)
    return raw


def boolean(raw: object) -> bool:
    """True or false."""
    if not isinstance(raw, bool):
        raise ValueError(raw)
    return raw


def optional_boolean(raw: object) -> bool | None:
    """True or false."""
    return boolean(raw)


def folder(raw: object) -> Path | None:
    """A folder; None for an empty value."""
    return Path(text(raw)) if raw else None


def thread_count(raw: object) -> int | None:
    """A number of threads."""
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= MAX_THREADS:
        raise ValueError(raw)
    return raw


def gigabytes(raw: object) -> int:
    """A number of gigabytes."""
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise ValueError(raw)
    return raw


def megabytes(raw: object) -> int:
    """A number of megabytes above 0."""
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise ValueError(raw)
    return raw


def quality(raw: object) -> int:
    """A quality of 1 to 100."""
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= 100:
        raise ValueError(raw)
    return raw


def file_paths(raw: object) -> tuple[Path, ...]:
    """A list of paths."""
    if not isinstance(raw, list):
        raise ValueError(raw)
    return tuple(Path(text(each)) for each in raw)


def text_pairs(raw: object) -> tuple[tuple[str, str], ...]:
    """A list of pairs of texts."""
    if not isinstance(raw, list) or not all(isinstance(each, list) and len(each) == 2 for each in raw):
        raise ValueError(raw)
    return tuple((text(first), text(second)) for first, second in raw)


def language_code(raw: object) -> str | None:
    """The code of a language."""
    if not text(raw).replace("_", "").isalnum():
        raise ValueError(raw)
    return text(raw)


def one_of(values: Sequence[str]) -> Callable[[object], str]:
    """Reads one of some texts."""

    def read(raw: object) -> str:
        if raw not in values:
            raise ValueError(raw)
        return text(raw)

    return read
