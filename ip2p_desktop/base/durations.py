"""Durations as people say them."""

from __future__ import annotations

from PySide6.QtCore import QObject

MINUTE, HOUR = 60, 3600


class Durations(QObject):
    """A class of Qt, for its plurals. Whole minutes up to an hour and a half, then whole hours."""

    def time_left(self, seconds: float | None) -> str:
        """Empty while nothing is known."""
        if seconds is None:
            return ""
        if seconds < MINUTE:
            return self.tr("less than a minute left")
        if seconds < HOUR * 1.5:
            return self.tr("about %n minute(s) left", "", round(seconds / MINUTE))
        return self.tr("about %n hour(s) left", "", round(seconds / HOUR))

    def duration(self, seconds: float) -> str:
        """Without a sentence around it."""
        if seconds < MINUTE:
            return self.tr("less than a minute")
        if seconds < HOUR * 1.5:
            return self.tr("about %n minute(s)", "", round(seconds / MINUTE))
        return self.tr("about %n hour(s)", "", round(seconds / HOUR))

    def on_this_computer(self, seconds: float) -> str:
        """A sentence."""
        if seconds < MINUTE:
            return self.tr("Less than a minute on this computer.")
        if seconds < HOUR * 1.5:
            return self.tr("About %n minute(s) on this computer.", "", round(seconds / MINUTE))
        return self.tr("About %n hour(s) on this computer.", "", round(seconds / HOUR))
