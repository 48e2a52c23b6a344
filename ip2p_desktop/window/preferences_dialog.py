"""The dialog of preferences. A change applies at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Group, Preference, Preferences
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.page_list import PageList
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.preferences_pages.preference_controls import PreferenceControls, has_choice
from ip2p_desktop.window.preferences_pages.preference_row import PreferenceRow
from ip2p_desktop.window.preferences_pages.preferences_page import PreferencesPage
from ip2p_desktop.window.preferences_pages.storage_usage import StorageUsage

MARGIN = 20
SIZE = QSize(720, 560)
SMALLEST_SIZE = QSize(480, 360)
LIST_WIDTH, WIDEST_LIST = 132, 200


class PreferencesDialog(QDialog):
    """Pages with a control for each preference that has a label and more than one choice.

    A list at the left chooses the page; a search shows the preferences that it finds on all pages.
    """

    changed = Signal(object)
    """The `Preference` whose value has changed."""
    sessions_requested = Signal()
    """Show the sessions and their sizes."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle(self.tr("Preferences"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._preferences = preferences
        self.controls: dict[str, ChoiceControl | FolderControl] = {}
        """The control of each preference, by key."""
        self.search = named(QLineEdit(), "search_preferences")
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search preferences"))
        self.search.setClearButtonEnabled(True)
        self.page_list = PageList("preferences_pages", narrowest=LIST_WIDTH, widest=WIDEST_LIST)
        self.storage = StorageUsage(paths.sessions_folder())
        self.pages = self._pages()
        self._nothing = body_label(self.tr("No preference contains these words."), role="hint")
        self.reset_button = plain_button("reset_preferences", self.tr("Reset all"))
        self.reset_button.setProperty("role", "link")
        self.reset_button.setToolTip(self.tr("The folders stay as they are."))
        self.close_button = plain_button("close_preferences", self.tr("Close"))
        self._lay_out()
        self._connect()
        self.page_list.setCurrentRow(0)

    @property
    def sessions_button(self) -> QWidget:
        """The button to the dialog of sessions."""
        return self.storage.sessions_button

    def refresh(self) -> None:
        """Show the current values, which may have been changed in a menu or by another program."""
        for row in self._rows():
            row.control.value = self._preferences.value_of(row.preference)
        self.storage.refresh()

    def show_preference(self, preference: Preference[Any]) -> None:
        """Show the page of a preference, and focus its control."""
        self.search.clear()
        for number, page in enumerate(self.pages):
            for row in page.rows:
                if row.preference is preference:
                    self.page_list.setCurrentRow(number)
                    row.focus_control()
                    self._scroll.ensureWidgetVisible(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears the search first, as in other dialogs."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self.search.clear()
        super().done(result)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self.storage.shut_down()

    def _pages(self) -> list[PreferencesPage]:
        next_edit = self.tr("Changes apply to the next edit.")
        at_once = self.tr("Changes apply at once.")
        pages = (
            (Group.EDITING, self.tr("Editing"), next_edit),
            (Group.PREVIEW, self.tr("Preview"), at_once),
            (Group.FOLDERS, self.tr("Folders"), at_once),
            (Group.APPEARANCE, self.tr("Appearance"), ""),
            (Group.UPDATES, self.tr("Updates"), ""),
            (Group.STORAGE, self.tr("Storage"), at_once),
        )
        factory = PreferenceControls(self)
        return [
            PreferencesPage(
                f"page_{group}",
                title,
                explanation,
                rows,
                [self.storage] if group is Group.STORAGE else [],
            )
            for group, title, explanation in pages
            if (rows := list(self._new_rows(group, factory)))
        ]

    def _new_rows(self, group: Group, factory: PreferenceControls) -> Iterator[PreferenceRow]:
        for preference in Preferences.table():
            if preference.group is group and has_choice(preference):
                control = factory.control(preference)
                control.value = self._preferences.value_of(preference)
                self.controls[preference.key] = control
                row = PreferenceRow(preference, control)
                row.changed.connect(partial(self._on_changed, preference))
                yield row

    def _rows(self) -> Iterator[PreferenceRow]:
        return (row for page in self.pages for row in page.rows)

    def _lay_out(self) -> None:
        for page in self.pages:
            self.page_list.add_page(page.title)
        self.search.setFixedWidth(self.page_list.width())
        content = named(QWidget(), "preferences_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN)
        column.setSpacing(12)
        for widget in (*self.pages, self._nothing):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = self._scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        left = QVBoxLayout()
        left.setContentsMargins(MARGIN - 8, MARGIN - 4, 0, MARGIN - 8)
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.page_list, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left)
        body.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        foot.addWidget(self.reset_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(body, 1)
        layout.addWidget(line)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.page_list.currentRowChanged.connect(self._show_pages)
        self.search.textChanged.connect(self._show_pages)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.search.setFocus)
        self.reset_button.clicked.connect(self._reset)
        self.storage.sessions_button.clicked.connect(self.sessions_requested)
        self.close_button.clicked.connect(self.accept)

    def _show_pages(self) -> None:
        """Show the chosen page, or what the search finds."""
        text = self.search.text().strip()
        self.page_list.setEnabled(not text)
        found = False
        for number, page in enumerate(self.pages):
            if text:
                found |= page.show_matches(text)
            elif number == self.page_list.currentRow():
                page.show_all()
            else:
                page.hide()
        self._nothing.setVisible(bool(text) and not found)
        self._scroll.verticalScrollBar().setValue(0)

    def _on_changed(self, preference: Preference[Any], value: object) -> None:
        if value != self._preferences.value_of(preference):
            self._preferences.set_value(preference, value)
            self.changed.emit(preference)

    def _reset(self) -> None:
        """Restore the defaults except the folders, without which the installed models would not be found."""
        for row in self._rows():
            if row.preference.group is not Group.FOLDERS:
                row.set_default()
