"""The button left of the instruction: the part of the photo that the edit may change."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from engine.edit_settings import EditArea
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, translated

HEIGHT = 42
"""That of the instruction box."""


class AreaButton(QToolButton):
    """Shows the area in words; its menu has the choices of the setting, and the painted mask if there is one.

    The value is that of the setting `area`.
    """

    value_changed = Signal(object)
    """`EditArea`."""
    area_chosen = Signal(object)
    """`EditArea`: the user has chosen a value of the setting, so that the mask is set aside."""
    mask_chosen = Signal()
    """The user has chosen the painted area."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        setting = SETTINGS_BY_NAME["area"]
        self.setObjectName("area_button")
        self.setProperty("large", "true")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName(translated(setting.label))
        self.setAccessibleDescription(translated(setting.help))
        set_icon(self, "area")
        self._value = EditArea.AUTOMATIC
        self._named = EditArea.AUTOMATIC
        self._has_mask = self._uses_mask = False
        menu, self._choices = QMenu(self), QActionGroup(self)
        for value, label in setting.choices.items():
            self._add(menu, f"area_{value}", translated(label)).setData(value)
        self.painted = self._add(menu, "area_painted", self.tr("Painted area"))
        self._choices.triggered.connect(self._on_chosen)
        self.setMenu(menu)
        self._show()

    @property
    def value(self) -> EditArea:
        """The setting."""
        return self._value

    @value.setter
    def value(self, value: EditArea) -> None:
        if value != self._value:
            self._value = value
            self.value_changed.emit(value)
            self._show()

    def show_named(self, area: EditArea) -> None:
        """Show the area that the instruction names, AUTOMATIC if none, where the area is automatic."""
        self._named = area
        self._show()

    def make_compact(self, is_compact: bool) -> None:
        """Show only the icon, where there is little width."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonIconOnly if is_compact else style.ToolButtonTextBesideIcon)
        set_icon(self, "area")  # with the space for its text, or without

    def show_mask(self, *, exists: bool, is_used: bool) -> None:
        """Offer the painted area if there is a mask, and show whether it is used."""
        self._has_mask, self._uses_mask = exists, exists and is_used
        self._show()

    def _add(self, menu: QMenu, name: str, text: str) -> QAction:
        action = named(QAction(text, self._choices, checkable=True), name)
        menu.addAction(action)
        return action

    def _on_chosen(self, action: QAction) -> None:
        if action is self.painted:
            self.mask_chosen.emit()
        else:
            area = EditArea(action.data())
            self.area_chosen.emit(area)
            self.value = area
        self._show()

    def _show(self) -> None:
        self.painted.setVisible(self._has_mask)
        shown = self.painted
        if not self._uses_mask:
            shown = next(each for each in self._choices.actions() if each.data() == self._value)
        shown.setChecked(True)
        self.setText(self._words())
        help_text = translated(SETTINGS_BY_NAME["area"].help)
        self.setToolTip(f"{shown.text()}\n{help_text}")

    def _words(self) -> str:
        if self._uses_mask:
            return self.painted.text()
        area = self._named if self._value is EditArea.AUTOMATIC else self._value
        return {
            EditArea.AUTOMATIC: self.tr("Automatic"),
            EditArea.EVERYTHING: self.tr("Everything"),
            EditArea.SUBJECT: self.tr("Subject only"),
            EditArea.BACKGROUND: self.tr("Background only"),
        }[area]

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width() + 6, HEIGHT)
