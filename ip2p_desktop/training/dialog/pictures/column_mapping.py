"""Asks which columns of a dataset hold the images and the instructions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label
from ip2p_desktop.widgets.wheel_guard import WheelGuard
from trainer.datasets import ColumnNames
from trainer.datasets.column_samples import SampledColumn, SampledColumns


class ColumnMapping(Surface):
    """A menu of columns for each side and for the words, with values from the first rows."""

    chosen = Signal(object)
    """`ColumnNames`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("column_mapping")
        self._found: SampledColumns | None = None
        self.heading = named(body_label("", role="section"), "columns_heading")
        self.original = ColumnMenu("column_original", self.tr("Photo &before"))
        self.edited = ColumnMenu("column_edited", self.tr("Photo &after"))
        self.instruction = ColumnMenu("column_instruction", self.tr("What was &changed"))
        self.remark = named(body_label("", role="hint"), "columns_remark")
        self.button = text_button("use_columns", self.tr("&Use these columns"), role="primary")
        self._lay_out()
        for menu in self._menus:
            menu.currentIndexChanged.connect(self._show_remark)
        self.button.clicked.connect(self._choose)
        self.hide()

    @property
    def _menus(self) -> tuple[ColumnMenu, ...]:
        return self.original, self.edited, self.instruction

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, menu in enumerate(self._menus):
            grid.addWidget(menu.caption, 2 * row, 0)
            grid.addWidget(menu, 2 * row, 1)
            grid.addWidget(menu.sample, 2 * row + 1, 1)
        end = QHBoxLayout()
        end.addWidget(self.remark, 1)
        end.addWidget(self.button)
        self.column.addWidget(self.heading)
        self.column.addLayout(grid)
        self.column.addLayout(end)

    def show_columns(self, found: SampledColumns | None) -> None:
        """Ask about these columns; hidden if it is None."""
        self.setVisible(found is not None)
        if found is None or found == self._found:
            return
        self._found = found
        self.heading.setText(self.tr("Which columns of {file} are the pairs?").format(file=found.file))
        images = [column for column in found.columns if column.holds_images]
        texts = [column for column in found.columns if not column.holds_images]
        nothing = SampledColumn("", (), False)
        self.original.show_columns([*images, *texts], images[0])
        self.edited.show_columns([*images, *texts], images[1])
        self.instruction.show_columns(
            [*texts, nothing], found.wordiest or nothing, self.tr("None: the same words for all")
        )
        self._show_remark()
        self.original.setFocus()

    def _show_remark(self) -> None:
        is_same = self.original.column_name == self.edited.column_name
        self.remark.setText(self.tr("Choose two different columns for the photos.") if is_same else "")
        self.button.setEnabled(not is_same)

    def _choose(self) -> None:
        self.chosen.emit(ColumnNames(*(menu.column_name for menu in self._menus)))


class ColumnMenu(QComboBox):
    """A menu of columns, with a caption, and a line with values of the chosen one."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.caption = QLabel(label)
        self.caption.setProperty("role", "section")
        self.caption.setBuddy(self)
        self.setAccessibleName(label.replace("&", ""))
        self.sample = named(ElidedLabel(), f"{name}_sample")
        self.sample.setProperty("role", "hint")
        self.sample.setContentsMargins(0, 0, 0, 6)
        self._columns: tuple[SampledColumn, ...] = ()
        WheelGuard.watch(self)
        self.currentIndexChanged.connect(self._show_sample)

    @property
    def column_name(self) -> str:
        """The name of the chosen column; "" for none."""
        place = self.currentIndex()
        return self._columns[place].name if 0 <= place < len(self._columns) else ""

    def show_columns(
        self, columns: Sequence[SampledColumn], chosen: SampledColumn, none_text: str = ""
    ) -> None:
        """Offer columns; `none_text` is shown for the one without a name."""
        self._columns = tuple(columns)
        self.clear()
        self.addItems([column.name or none_text for column in columns])
        self.setCurrentIndex(self._columns.index(chosen))

    def _show_sample(self, place: int) -> None:
        samples = self._columns[place].samples if 0 <= place < len(self._columns) else ()
        text = " · ".join(dict.fromkeys(samples))
        self.sample.setText(text)
        self.setAccessibleDescription(text)
