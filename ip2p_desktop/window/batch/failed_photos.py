"""The photos of a batch that failed, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label

MOST_SHOWN = 100


class FailedPhotos(Surface):
    """A heading with the number, and a text that can be selected and copied; hidden if nothing failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_failures")
        self.heading = body_label("", role="section")
        self.text = named(body_label(""), "batch_errors")
        self.text.setAccessibleName(self.tr("Photos that failed, and why"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        for label in (self.heading, self.text):
            self.column.addWidget(label)

    def show_failures(self, failures: Sequence[tuple[str, ErrorReport]]) -> None:
        """Show the names and reasons; of many, the first ones."""
        self.heading.setText(self.tr("%n photo(s) failed", "", len(failures)))
        lines = [_line(name, report) for name, report in failures[:MOST_SHOWN]]
        more = len(failures) - len(lines)
        self.text.setText("\n".join([*lines, *([self.tr("and %n more", "", more)] if more else [])]))
        self.setVisible(bool(failures))


def _line(name: str, report: ErrorReport) -> str:
    text = str(error_text(report))
    return text if name in text else f"{name}: {text}"
