"""All settings of the trainer, behind a button: searchable, grouped, and checked by the trainer itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.plan.setting_row import EntryField, GroupHeading, SettingRow
from ip2p_desktop.training.plans.setting_words import by_key, plain_text
from ip2p_desktop.training.plans.settings_sheet import (
    SET_BY_PAGE,
    SET_BY_WINDOW,
    SettingProblem,
    read_settings_help,
)
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label

if TYPE_CHECKING:
    from trainer.config.settings_help import SettingHelp


class AdvancedSettings(QWidget):
    """The settings that the user changed, over those of the plan. Rows are made when it is first opened."""

    changes_changed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._values: dict[str, str] = {}
        self._waiting: list[list[SettingHelp]] = []
        self._is_read = False
        self.changes: dict[str, str] = {}
        """The values that the user entered, by their keys."""
        self.rows: dict[str, SettingRow] = {}
        self._headings: dict[str, GroupHeading] = {}
        self.button = named(QPushButton(), "advanced_button")
        self.button.setProperty("role", "disclosure")
        self.button.setStyleSheet("QPushButton { padding-left: 0; }")
        self.button.setCheckable(True)
        self.button.setAutoDefault(False)
        self.search = named(EntryField(), "settings_search")
        self.search.setPlaceholderText(self.tr("Search settings"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            named(clear, "clear_settings_search").setAccessibleName(self.tr("Clear the search"))
        self.reset_button = plain_button(
            "reset_settings", self.tr("Reset all"), self.tr("Reset all settings")
        )
        self.nothing_found = named(body_label("", role="hint"), "no_setting_found")
        self.notice = named(Notice(), "settings_notice")
        self.notice.hide()
        self._build_timer = QTimer(self, singleShot=True, interval=0)
        self._lay_out()
        self.button.toggled.connect(self._unfold)
        self.search.textChanged.connect(self._filter)
        self.reset_button.clicked.connect(self.reset_all)
        self._build_timer.timeout.connect(self._build_next)
        self._unfold(False)

    def _lay_out(self) -> None:
        self._body = QWidget()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.reset_button)
        explanation = self.tr("The settings of the trainer, with their names on the command line.")
        self._list_body = QWidget()
        self._list = QVBoxLayout(self._list_body)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(4)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 4, 0, 0)
        body.setSpacing(6)
        body.addWidget(body_label(explanation, role="hint"))
        body.addLayout(top)
        body.addWidget(self.notice)
        body.addWidget(self.nothing_found)
        body.addWidget(self._list_body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button)
        column.addWidget(self._body)

    def is_complete(self) -> bool:
        """Whether all rows were made."""
        return self._is_read and not self._waiting

    def words(self) -> tuple[str, ...]:
        """The changed settings as arguments of the trainer."""
        return tuple(f"{key}={value}" for key, value in self.changes.items())

    def show_plan(self, words: Iterable[str]) -> None:
        """Show the values of a plan, over which the changes count; one equal to the plan is none any more."""
        self._values = by_key(words)
        equal = [key for key, value in self.changes.items() if self._is_default(key, value)]
        for key in equal:
            del self.changes[key]
        self._show_values()
        if equal:
            self.changes_changed.emit()

    def show_problem(self, problem: SettingProblem | None) -> None:
        """Show what the trainer refuses, in its row; above all rows if it names no setting."""
        for key, row in self.rows.items():
            row.show_problem(problem.report if problem and problem.key == key else None)
        is_in_row = problem is not None and problem.key in self.rows
        self.notice.show_report(problem.report if problem and not is_in_row else None)

    def reset(self, key: str) -> None:
        """Give a setting the value of the plan again."""
        if self.changes.pop(key, None) is not None:
            self._show_values()
            self.changes_changed.emit()

    def reset_all(self) -> None:
        """Give all settings the values of the plan again."""
        if self.changes:
            self.changes.clear()
            self._show_values()
            self.changes_changed.emit()

    def _unfold(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._show_button()
        if is_open and not self._is_read:
            self.nothing_found.setText(self.tr("Reading the settings…"))
            self._background.submit(read_settings_help, self._on_read, self._on_failed)

    def _on_read(self, settings: Sequence[SettingHelp]) -> None:
        if self._is_read:
            return
        self._is_read = True
        self._waiting = [list(group) for _, group in groupby(settings, _group_of)]
        self.nothing_found.hide()
        self._build_timer.start()

    def _on_failed(self, report: ErrorReport) -> None:
        self.nothing_found.hide()
        self.notice.show_report(report)

    def _build_next(self) -> None:
        """Make the rows of a group; one at a time, so that the window does not stall."""
        if not self._waiting:
            return
        group = self._waiting.pop(0)
        heading = self._headings[_group_of(group[0])] = GroupHeading(_group_of(group[0]), group[0].group)
        with self._list_hidden():
            self._list.addWidget(heading)
            for setting in group:
                row = self.rows[setting.key] = SettingRow(setting, self._reason(setting.key))
                row.edited.connect(self._on_edited)
                row.reset_requested.connect(self.reset)
                self._list.addWidget(row)
                self._show_row(row)
        self._filter()
        if self._waiting:
            self._build_timer.start()

    @contextmanager
    def _list_hidden(self) -> Iterator[None]:
        """Hides the list in the context: each row shown in a visible list lays out the whole page."""
        self.setUpdatesEnabled(False)
        self._list_body.hide()
        yield
        self._list_body.show()
        self.setUpdatesEnabled(True)

    def _reason(self, key: str) -> str:
        if key in SET_BY_PAGE:
            return self.tr("It has a field of its own.")
        return self.tr("The window sets it.") if key in SET_BY_WINDOW else ""

    def _on_edited(self, key: str, value: str) -> None:
        if self._is_default(key, value):
            self.changes.pop(key, None)
        else:
            self.changes[key] = value
        self._show_row(self.rows[key])
        self._show_button()
        self.changes_changed.emit()

    def _is_default(self, key: str, value: str) -> bool:
        default = self._values.get(key, self.rows[key].setting.default if key in self.rows else None)
        if default is None:
            return False
        return plain_text(value).casefold() == plain_text(default).casefold()

    def _show_values(self) -> None:
        for row in self.rows.values():
            self._show_row(row)
        self._show_button()

    def _show_row(self, row: SettingRow) -> None:
        key = row.setting.key
        value = self.changes.get(key, self._values.get(key, row.setting.default))
        row.show_value(value, is_changed=key in self.changes)

    def _show_button(self) -> None:
        text = self.tr("Advanced")
        if self.changes:
            text = self.tr("Advanced: %Ln setting(s) changed", "", len(self.changes))
        self.button.setText(text)
        self.button.setAccessibleName(text)
        set_icon(self.button, "chevron-down" if self.button.isChecked() else "chevron-right")
        self.reset_button.setEnabled(bool(self.changes))

    def _filter(self) -> None:
        """Show the settings that the search finds, with the headings of their groups."""
        words = self.search.text().casefold().split()
        found: set[str] = set()
        with self._list_hidden():
            for row in self.rows.values():
                is_found = row.matches(words)
                row.setVisible(is_found)
                if is_found:
                    found.add(_group_of(row.setting))
            for name, heading in self._headings.items():
                heading.setVisible(name in found)
        is_empty = bool(self.rows) and not found
        self.nothing_found.setVisible(is_empty)
        if is_empty:
            text = self.tr("No setting has “{text}” in its name or help.").format(
                text=self.search.text().strip()
            )
            self.nothing_found.setText(text)


def _group_of(setting: SettingHelp) -> str:
    return setting.key.rpartition(".")[0]
