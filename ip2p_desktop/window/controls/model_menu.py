"""The menu of models, with the description of the chosen one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from engine.library import ModelCard
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, choice_of


class ModelMenu(QWidget):
    """A menu of models, the description and weight sets of the chosen one, and buttons for other models."""

    value_changed = Signal(object)
    """The `ModelCard` chosen."""
    training_requested = Signal()
    """Open the dialog of training."""
    models_requested = Signal()
    """Open the dialog of models."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_menu")
        self._models: InstalledModels | None = None
        label = QLabel(self.tr("Model"), self)
        label.setProperty("role", "section")
        self.menu = named(_NarrowMenu(self), "model_menu_list")
        self.menu.setAccessibleName(self.tr("Model"))
        WheelGuard.watch(self.menu)
        label.setBuddy(self.menu)
        self.models_button = named(QPushButton(self.tr("Models…"), self), "models_button")
        self.models_button.setProperty("role", "link")
        self.models_button.setToolTip(self.tr("Add, download or remove models"))
        self.description = named(QLabel(self, wordWrap=True), "model_description")
        self.description.setProperty("role", "hint")
        self.description.setTextFormat(Qt.TextFormat.PlainText)
        self.weight_set = choice_of(SETTINGS_BY_NAME["weight_set"])
        self.training_button = named(QPushButton(self.tr("Teach a new edit…"), self), "training_button")
        self.training_button.setToolTip(self.tr("Train a model on your own pairs of photos"))
        set_icon(self.training_button, "teach")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label, 1)
        head.addWidget(self.models_button)
        layout.addLayout(head)
        self.weight_set.setContentsMargins(0, 4, 0, 4)
        for widget in (self.menu, self.description, self.weight_set, self.training_button):
            layout.addWidget(widget)
        self.menu.currentIndexChanged.connect(self._on_row_chosen)
        self.models_button.clicked.connect(self.models_requested)
        self.training_button.clicked.connect(self.training_requested)
        self._describe(None)

    def offer(self, models: InstalledModels) -> None:
        """List the installed models now and whenever they change."""
        self._models = models
        models.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        """List the models again; the chosen model stays if it is still installed."""
        chosen = self._chosen_path
        with QSignalBlocker(self.menu):
            self.menu.clear()
            for row, card in enumerate(self._cards):
                self.menu.addItem(card.name, card.path)
                self.menu.setItemData(row, tooltip_text(card.description), Qt.ItemDataRole.ToolTipRole)
            self.menu.setCurrentIndex(self._row_of(chosen))
        self.menu.setEnabled(bool(self._cards))
        self.menu.setPlaceholderText(self.tr("No model") if self._is_known else "")
        self._describe(self.value)

    @property
    def _is_known(self) -> bool:
        return self._models is not None and self._models.is_known

    @property
    def _cards(self) -> tuple[ModelCard, ...]:
        return self._models.cards if self._models is not None else ()

    @property
    def _chosen_path(self) -> Path | None:
        chosen: Path | None = self.menu.currentData()
        return chosen

    @property
    def value(self) -> ModelCard | None:
        """The chosen model; None if there is none."""
        return next((card for card in self._cards if card.path == self._chosen_path), None)

    @value.setter
    def value(self, card: ModelCard | None) -> None:
        with QSignalBlocker(self.menu):
            self.menu.setCurrentIndex(self._row_of(card.path if card else None))
        self._describe(self.value)

    def _row_of(self, path: Path | None) -> int:
        return next((row for row, card in enumerate(self._cards) if card.path == path), -1)

    def _on_row_chosen(self, row: int) -> None:
        self._describe(self.value)
        if self.value is not None:
            self.value_changed.emit(self.value)

    def _describe(self, card: ModelCard | None) -> None:
        text = card.description if card else ""
        if self._is_known and not self._cards:
            text = self.tr("No model is installed. Train one, or get one under “Models…”.")
        self.description.setText(text)
        self.description.setVisible(bool(text))
        self.weight_set.setVisible(card is not None and len(card.weight_sets) > 1)
        self.menu.setToolTip(tooltip_text(str(card.path)) if card else "")


class _NarrowMenu(QComboBox):
    """A menu that fills the available width; long names are elided."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        width = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        text = option.currentText or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
