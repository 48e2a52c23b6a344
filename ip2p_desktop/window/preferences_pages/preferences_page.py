"""One page of the preferences dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.preferences_pages.preference_row import PreferenceRow


class PreferencesPage(QWidget):
    """A title, a sentence, rows of preferences, and what else belongs there."""

    def __init__(
        self,
        name: str,
        title: str,
        explanation: str,
        rows: Sequence[PreferenceRow],
        extras: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.title, self.rows = title, tuple(rows)
        self._extras = tuple(extras)
        self._explanation = body_label(explanation, role="hint")
        self._explanation.setVisible(bool(explanation))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(16)
        heading = QVBoxLayout()
        heading.setSpacing(4)
        heading.addWidget(body_label(title, role="title"))
        heading.addWidget(self._explanation)
        layout.addLayout(heading)
        for widget in (*self.rows, *self._extras):
            layout.addWidget(widget)

    def show_all(self) -> None:
        """Show everything."""
        for widget in (*self.rows, *self._extras):
            widget.show()
        self.show()

    def show_matches(self, text: str) -> bool:
        """Show the rows that a search finds; hide the page if it finds none, and return whether it did."""
        found = [row for row in self.rows if row.matches(text)]
        for row in self.rows:
            row.setVisible(row in found)
        for extra in self._extras:
            extra.setVisible(bool(found))
        self.setVisible(bool(found))
        return bool(found)
