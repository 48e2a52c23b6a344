"""Durations as text, for example "about 5 minutes left"."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

MINUTE, HOUR = 60, 3600


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Durations", text, None, count)


def time_left(seconds: float | None) -> str:
    """The remaining time as text, for `seconds`; empty if it is None."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return _tr("less than a minute left")
    if seconds < HOUR * 1.5:
        minutes = round(seconds / MINUTE)
        return _tr("about %n minute left", minutes) if minutes == 1 else _tr("about %n minutes left", minutes)
    hours = round(seconds / HOUR)
    return _tr("about %n hour left", hours) if hours == 1 else _tr("about %n hours left", hours)


def duration(seconds: float) -> str:
    """A duration in seconds as text, rounded to minutes or hours."""
    if seconds < MINUTE:
        return _tr("less than a minute")
    if seconds < HOUR * 1.5:
        minutes = round(seconds / MINUTE)
        return _tr("about %n minute", minutes) if minutes == 1 else _tr("about %n minutes", minutes)
    hours = round(seconds / HOUR)
    return _tr("about %n hour", hours) if hours == 1 else _tr("about %n hours", hours)
