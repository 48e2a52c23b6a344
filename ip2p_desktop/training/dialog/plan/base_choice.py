"""The model that training starts from: an installed editor, or a file or folder of the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from engine.library import ModelCard
from engine.library.cards import MODEL_SUFFIXES
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.plans.base_models import BaseModel, counted, read_base_model
from ip2p_desktop.widgets.controls.file_choosing import all_files, choose_file, choose_folder, patterns
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label, tone
from ip2p_desktop.widgets.wheel_guard import WheelGuard

SHORTEST_MENU = 12
"""Characters of a model's name that are shown at least."""
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
"""What is known of a model, for the open menu."""
ITEM_PADDING = 5


class BaseChoice(QWidget):
    """A menu of models with what is known of each, and a button for any other model."""

    base_changed = Signal()
    bases_changed = Signal()
    """More is known of the models."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._cancel = CancelToken()
        self._bases: list[BaseModel] = []
        self._others: list[BaseModel] = []
        self._describe: Callable[[BaseModel], tuple[str, bool]] = lambda base: ("", True)
        self.menu = named(QComboBox(), "base_model_box")
        self.menu.setItemDelegate(_TwoLineDelegate(self.menu))
        self.menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.menu.setMinimumContentsLength(SHORTEST_MENU)
        WheelGuard.watch(self.menu)
        self.choose_button = plain_button(
            "choose_base", self.tr("Choose another…"), self.tr("Choose another model")
        )
        self.choose_button.setMenu(self._choose_menu())
        self.hint = named(body_label("", role="hint"), "base_hint")
        self.notice = named(Notice(), "base_notice")
        self.notice.hide()
        self._lay_out()
        self.menu.currentIndexChanged.connect(self._on_chosen)

    def _choose_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("A model file…"), partial(self._open_dialog, is_folder=False))
        menu.addAction(self.tr("A model folder…"), partial(self._open_dialog, is_folder=True))
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.menu, 1)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self.notice)

    @property
    def bases(self) -> tuple[BaseModel, ...]:
        """All models that are offered."""
        return (*self._bases, *self._others)

    @property
    def base(self) -> BaseModel | None:
        """The chosen model; None if there is none."""
        index = self.menu.currentIndex()
        return self.bases[index] if 0 <= index < len(self.bases) else None

    def show_models(self, cards: Sequence[ModelCard]) -> None:
        """Offer the installed models; the chosen one stays if it is among them."""
        known = {base.card.path: base.parameters for base in self._bases}
        self._show([BaseModel(card, parameters=known.get(card.path)) for card in cards])
        if any(base.parameters is None for base in self._bases):
            self._background.submit(partial(counted, tuple(cards)), self._on_counted, lambda report: None)

    def choose(self, path: Path) -> None:
        """Read a model of the user's and choose it, or show why training cannot start from it."""
        self._cancel.cancel()
        self._cancel = CancelToken()
        self.notice.show_report(None)
        self.hint.setText(self.tr("Reading {name}…").format(name=path.name))
        self._background.submit(
            partial(read_base_model, path, self._cancel), self._on_read, self._on_refused, cancel=self._cancel
        )

    def describe_by(self, describe: Callable[[BaseModel], tuple[str, bool]]) -> None:
        """Show what `describe` returns for each model: a line, and whether it can be chosen."""
        self._describe = describe
        self.refresh()

    def refresh(self) -> None:
        """Show the lines again, after more is known."""
        items = self.menu.model()
        assert isinstance(items, QStandardItemModel)
        for row, each in enumerate(self.bases):
            line, is_possible = self._describe(each)
            item = items.item(row)
            item.setEnabled(is_possible)
            item.setData(line, LINE_ROLE)
            item.setToolTip(tooltip_text(line))
            item.setData(f"{each.card.name}, {line}", Qt.ItemDataRole.AccessibleTextRole)
        if (base := self.base) is not None:
            self.hint.setText(self._describe(base)[0])
        else:
            self.hint.setText(self.tr("There is no model to start from. Choose one."))

    def _show(self, bases: Iterable[BaseModel]) -> None:
        before = self.base
        self._bases = list(bases)
        paths = [base.card.path for base in self.bases]
        self.menu.blockSignals(True)
        self.menu.clear()
        self.menu.addItems([base.card.name for base in self.bases])
        self.menu.setCurrentIndex(
            paths.index(before.card.path) if before and before.card.path in paths else 0
        )
        self.menu.blockSignals(False)
        self.refresh()
        if self.base != before:
            self.base_changed.emit()

    def _on_counted(self, bases: tuple[BaseModel, ...]) -> None:
        found = {base.card.path: base for base in bases}
        self._bases = [found.get(base.card.path, base) for base in self._bases]
        self.refresh()
        self.bases_changed.emit()

    def _on_chosen(self) -> None:
        self.notice.show_report(None)
        self.refresh()
        self.base_changed.emit()

    def _on_read(self, base: BaseModel) -> None:
        paths = [each.card.path for each in self.bases]
        if base.card.path not in paths:
            self._others.append(base)
            paths.append(base.card.path)
            self.menu.blockSignals(True)
            self.menu.addItem(base.card.name)
            self.menu.blockSignals(False)
        self.menu.setCurrentIndex(paths.index(base.card.path))
        self.refresh()

    def _on_refused(self, report: ErrorReport) -> None:
        self.refresh()
        self.notice.show_report(report)

    def _open_dialog(self, *, is_folder: bool) -> None:
        title = self.tr("Choose a model to start from")
        if is_folder:
            choose_folder(self, "base_dialog", title, self.choose)
        else:
            models = self.tr("Models ({patterns})").format(patterns=patterns(MODEL_SUFFIXES))
            choose_file(self, "base_dialog", title, self.choose, filters=[models, all_files()])


class _TwoLineDelegate(QStyledItemDelegate):
    """Shows a model's name, and below it what is known of it."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.text = ""  # painted below

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, 2 * option.fontMetrics.height() + 2 * ITEM_PADDING)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        is_enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected) and is_enabled
        name = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.WindowText
        line = name if is_selected else QPalette.ColorRole.PlaceholderText
        inner = option.rect.adjusted(2 * ITEM_PADDING, ITEM_PADDING, -2 * ITEM_PADDING, -ITEM_PADDING)
        texts = (
            (index.data(), name, Qt.AlignmentFlag.AlignTop),
            (index.data(LINE_ROLE), line, Qt.AlignmentFlag.AlignBottom),
        )
        painter.save()
        for text, role, place in texts:
            painter.setPen(tone(role if is_enabled else QPalette.ColorRole.Dark))
            shown = option.fontMetrics.elidedText(text or "", Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | place), shown)
        painter.restore()
