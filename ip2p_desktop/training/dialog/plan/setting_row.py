"""A setting of the trainer: its name, a field of its kind, its help, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.plans.setting_words import EMPTY, plain_text, quoted
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.switch_control import Switch
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label, tone
from ip2p_desktop.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from trainer.config.settings_help import SettingHelp

FIELD_WIDTH = 170
STRIPE, INDENT = 3, 12
ON, OFF, NULL = "True", "False", "null"


class SettingRow(QWidget):
    """Emits what the user enters as the value of a `key=value` argument; a changed setting has a stripe."""

    edited = Signal(str, str)
    """The key and its value."""
    reset_requested = Signal(str)

    def __init__(self, setting: SettingHelp, reason: str = "", parent: QWidget | None = None) -> None:
        """`reason` says why the setting cannot be changed here; empty if it can."""
        super().__init__(parent)
        named(self, f"setting_{setting.key}")
        self.setting = setting
        self.is_changed = False
        self.caption = ElidedLabel(setting.key)
        self.field = named(self._field(), f"field_{setting.key}")
        self.field.setAccessibleName(setting.key)
        self.field.setAccessibleDescription(setting.meaning)
        self.field.setEnabled(not reason)
        self.reset_button = named(QToolButton(), f"reset_{setting.key}")
        self.reset_button.setAccessibleName(self.tr("Reset {setting}").format(setting=setting.key))
        self.reset_button.setToolTip(self.tr("Reset"))
        set_icon(self.reset_button, "reset")
        self.hint = body_label(
            " ".join(filter(None, (f"{setting.meaning}." if setting.meaning else "", reason))), role="hint"
        )
        self.hint.setToolTip(tooltip_text(setting.details))
        self.problem = named(body_label("", role="error"), f"problem_{setting.key}")
        self._lay_out()
        self.reset_button.clicked.connect(lambda: self.reset_requested.emit(setting.key))
        self.show_problem(None)
        self.show_value(setting.default, is_changed=False)

    def _field(self) -> QWidget:
        kind, is_optional = self.setting.kind.value, self.setting.is_optional
        if kind == "switch" and not is_optional:
            switch = Switch()
            switch.toggled.connect(self._emit)
            return switch
        if kind in ("switch", "choice"):
            menu = QComboBox()
            menu.addItems([*([NULL] if is_optional else []), *(self.setting.choices or (ON, OFF))])
            menu.setFixedWidth(FIELD_WIDTH)
            menu.activated.connect(self._emit)
            WheelGuard.watch(menu)
            return menu
        line = EntryField()
        line.setFixedWidth(FIELD_WIDTH)
        line.textEdited.connect(self._emit)
        return line

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(INDENT, 2, 0, 4)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.caption, 0, 0)
        grid.addWidget(self.field, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.reset_button, 0, 2)
        grid.addWidget(self.hint, 1, 0, 1, 2)
        grid.addWidget(self.problem, 2, 0, 1, 2)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)

    @property
    def value(self) -> str:
        """What the field holds, as the value of an argument."""
        if isinstance(self.field, Switch):
            return ON if self.field.isChecked() else OFF
        if isinstance(self.field, QComboBox):
            return self.field.currentText()
        assert isinstance(self.field, QLineEdit)
        text = self.field.text()
        return quoted(text) if self.setting.kind.value == "text" and text else text

    def show_value(self, value: str, *, is_changed: bool) -> None:
        """Show the value of an argument."""
        text = plain_text(value)
        with QSignalBlocker(self.field):
            if isinstance(self.field, Switch):
                self.field.setChecked(text.strip().lower() in ("true", "yes", "on", "1"))
            elif isinstance(self.field, QComboBox):
                self._show_choice(text)
            elif isinstance(self.field, QLineEdit) and self.field.text() != text:
                self.field.setText(text)
                self.field.setCursorPosition(0)
        self.field.update()
        self.is_changed = is_changed
        self.reset_button.setVisible(is_changed)
        self.update()

    def _show_choice(self, text: str) -> None:
        assert isinstance(self.field, QComboBox)
        shown = NULL if text.strip().lower() in EMPTY else text
        places = [
            row for row in range(self.field.count()) if self.field.itemText(row).lower() == shown.lower()
        ]
        if not places:
            self.field.addItem(shown)
        self.field.setCurrentIndex(places[0] if places else self.field.count() - 1)

    def show_problem(self, report: ErrorReport | None) -> None:
        """Show what the trainer says against the value; nothing if it accepts it."""
        text = str(error_text(report)) if report else ""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.field.setAccessibleDescription(f"{self.setting.meaning} {text}".strip())

    def matches(self, words: list[str]) -> bool:
        """Whether name or help contain all words."""
        text = f"{self.setting.key} {self.setting.details} {self.setting.group}".casefold()
        return all(word in text for word in words)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_changed:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone(QPalette.ColorRole.Highlight))
            stripe = QRectF(0, 4, STRIPE, self.height() - 8)
            painter.drawRoundedRect(stripe, STRIPE / 2, STRIPE / 2)

    def _emit(self) -> None:
        self.edited.emit(self.setting.key, self.value)


class EntryField(QLineEdit):
    """A field in which Return does not press the default button of the dialog."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)


class GroupHeading(QLabel):
    """The name of a group of settings, with what they are about."""

    def __init__(self, name: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{name} · {about}" if about else name, parent)
        self.setProperty("role", "section")
        self.setWordWrap(True)
        self.setContentsMargins(0, 12, 0, 2)
