"""The loss of a run: a diagram that is loaded when it is first shown, and what its lines mean."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.progress.loss_legend import LossLegend
from ip2p_desktop.training.runs.run_progress import LossPoint
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label

if TYPE_CHECKING:
    from ip2p_desktop.training.dialog.progress.loss_plot import LossPlot

SMALLEST_HEIGHT = 112
PADDING = (14, 6, 14, 6)


class LossCurve(Surface):
    """Imports pyqtgraph and NumPy off the GUI thread, as neither is needed before a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "loss_curve")
        self.setAccessibleName(self.tr("Loss during training"))
        self.plot: LossPlot | None = None
        self._is_loading = False
        self._background = Background(self, workers=1)
        self._points: Sequence[LossPoint] = ()
        self._validations: Sequence[LossPoint] = ()
        self._total_steps = 1
        self.fold_button = plain_button("fold_loss", self.tr("Loss by step"))
        self.fold_button.setAccessibleName(self.fold_button.text())
        self.fold_button.setProperty("role", "disclosure")
        self.fold_button.setStyleSheet("QPushButton { padding: 0 6px 0 0; }")
        self.fold_button.setCheckable(True)
        self.fold_button.setChecked(True)
        self.fold_button.setToolTip(
            self.tr("Lower is better. Single steps vary; the average should fall, then level off.")
        )
        self.failure = named(body_label("", role="hint"), "loss_failure")
        self.legend = LossLegend()
        self._place = QWidget()
        self._place.setMinimumHeight(SMALLEST_HEIGHT)
        QVBoxLayout(self._place).setContentsMargins(0, 0, 0, 0)
        self._lay_out()
        self.fold_button.toggled.connect(self._unfold)
        self._unfold(True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.fold_button)
        row.addWidget(self.legend, 1, Qt.AlignmentFlag.AlignVCenter)
        self.column.setContentsMargins(*PADDING)
        self.column.setSpacing(2)
        self.column.addLayout(row)
        self.column.addWidget(self.failure)
        self.column.addWidget(self._place, 1)
        self.failure.hide()

    def show_losses(
        self, points: Sequence[LossPoint], validations: Sequence[LossPoint], total_steps: int
    ) -> None:
        """Show the losses of the training and of the held-back pairs; the axis ends at `total_steps`."""
        self._points, self._validations, self._total_steps = points, validations, total_steps
        self.legend.held_back.setVisible(bool(validations))
        self._show()

    def shut_down(self) -> None:
        """Wait for the import."""
        self._background.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_loading:
            self._is_loading = True
            self._background.submit(load_plot, self._on_loaded, self._on_failed)

    def _on_loaded(self, module: ModuleType) -> None:
        plot: LossPlot = module.LossPlot()
        self.plot = plot
        layout = self._place.layout()
        assert layout is not None
        layout.addWidget(plot)
        self._show()

    def _on_failed(self, report: ErrorReport) -> None:
        self.failure.setText(self.tr("The diagram cannot be shown; see the log file."))
        self._unfold(self.fold_button.isChecked())

    def _unfold(self, is_open: bool) -> None:
        has_failed = bool(self.failure.text())
        self._place.setVisible(is_open and not has_failed)
        self.legend.setVisible(is_open and not has_failed)
        self.failure.setVisible(is_open and has_failed)
        set_icon(self.fold_button, "chevron-down" if is_open else "chevron-right")
        vertical = QSizePolicy.Policy.Expanding if is_open else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)

    def _show(self) -> None:
        if self.plot is None:
            return
        self.plot.show_losses(self._points, self._validations, self._total_steps)
        if self.plot.line:
            now = self.tr("Average now {loss}").format(loss=f"{self.plot.line[-1].loss:.4f}")
            self.setAccessibleDescription(now)


def load_plot() -> ModuleType:
    """The module of the diagram. Slow at the first call: not for the GUI thread."""
    hooks = sys.excepthook, threading.excepthook
    try:
        from ip2p_desktop.training.dialog.progress import loss_plot

        return loss_plot
    finally:
        # pyqtgraph puts itself before them, to print the time of each exception
        sys.excepthook, threading.excepthook = hooks
