"""Durations as text, for example "about 5 minutes left"."""

from __future__ import annotations

from PySide6.QtCore import QObject

MINUTE, HOUR = 60, 3600


class Durations(QObject):
    """A class of Qt, for its plurals. Whole minutes up to an hour and a half, then whole hours."""

    def time_left(self, seconds: float | None) -> str:
        """The remaining time as text, for `seconds`; empty if it is None."""
        if seconds is None:
            return ""
        if seconds < MINUTE:
            return self.tr("less than a minute left")
        if seconds < HOUR * 1.5:
            return self.tr("about %n minute(s) left", "", round(seconds / MINUTE))
        return self.tr("about %n hour(s) left", "", round(seconds / HOUR))

    def duration(self, seconds: float) -> str:
        """A duration in seconds as text, rounded to minutes or hours."""
        if seconds < MINUTE:
            return self.tr("less than a minute")
        if seconds < HOUR * 1.5:
            return self.tr("about %n minute(s)", "", round(seconds / MINUTE))
        return self.tr("about %n hour(s)", "", round(seconds / HOUR))

    def about(self, seconds: float) -> str:
        """A short duration, for `seconds`, in seconds up to a minute and then in minutes."""
        if seconds < MINUTE:
            return self.tr("about {seconds} s").format(seconds=max(1, round(seconds)))
        return self.tr("about {minutes} min").format(minutes=round(seconds / MINUTE))

    def on_this_computer(self, seconds: float) -> str:
        """A sentence on how long something takes here, for `seconds`."""
        if seconds < MINUTE:
            return self.tr("Less than a minute on this computer.")
        if seconds < HOUR * 1.5:
            return self.tr("About %n minute(s) on this computer.", "", round(seconds / MINUTE))
        return self.tr("About %n hour(s) on this computer.", "", round(seconds / HOUR))
