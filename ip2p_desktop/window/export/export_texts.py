"""Sentences about results that are saved."""

from __future__ import annotations

from PySide6.QtCore import QObject


class ExportTexts(QObject):
    """A class of Qt, for its plurals."""

    def saving(self, done: int, total: int) -> str:
        """How many results are saved so far."""
        return self.tr("Saving result {number} of {total}…").format(number=done + 1, total=total)

    def saved(self, count: int) -> str:
        """How many results were saved."""
        return self.tr("%n result(s) saved.", "", count)
