"""The dialog of a grid of edits: what to try, the results, and which one to keep."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.controls.thin_bar import ThinBar
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.guidance.sweep_grid import SweepGrid
from ip2p_desktop.window.guidance.sweep_plan import FEWEST, MOST, USUAL, SweepKind

MARGIN = 20
SIZE = QSize(660, 740)
SMALLEST_SIZE = QSize(620, 420)


class SweepDialog(QDialog):
    """What is tried is chosen at the top; the cells fill below. Closing it cancels no edits."""

    plan_changed = Signal()
    """Another kind or size was chosen."""
    start_requested = Signal()
    cancel_requested = Signal()
    keep_requested = Signal()
    removal_requested = Signal()
    """Remove the results that were not kept from the history."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_dialog")
        self.setWindowTitle(self.tr("Try a grid"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self.kind = ChoiceControl(
            name="sweep_kind",
            label=self.tr("Try several"),
            choices=[
                (self.tr("Guidance values"), SweepKind.GUIDANCE),
                (self.tr("Seeds"), SweepKind.SEEDS),
            ],
            explains=False,
        )
        self.side = ChoiceControl(
            name="sweep_side",
            label=self.tr("Size"),
            choices=[(f"{side} × {side}", side) for side in range(FEWEST, MOST + 1)],
            explains=False,
        )
        self.side.value = USUAL
        self.estimate = body_label("", role="hint")
        self.start = plain_button("sweep_start", self.tr("Start"))
        self.start.setProperty("role", "primary")
        self.grid = SweepGrid()
        self.bar = ThinBar()
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that the cells keep their size
        self.bar.setSizePolicy(policy)
        self.status = body_label("", role="hint")
        self.cancel = plain_button("sweep_cancel", self.tr("Cancel edits"))
        self.keep = plain_button("sweep_keep", self.tr("Keep this one"))
        self.keep.setProperty("role", "primary")
        self.remove = plain_button("sweep_remove", self.tr("Remove the others"))
        self.close_button = plain_button("sweep_close", self.tr("Close"))
        self._lay_out()
        self._connect()
        self.show_plan("")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self.kind)
        top.addWidget(self.side)
        top.addStretch(1)
        top.addWidget(self.start)
        progress = QHBoxLayout()
        progress.setSpacing(12)
        progress.addWidget(self.status, 1)
        progress.addWidget(self.cancel)
        progress.addWidget(self.remove)
        progress.addWidget(self.keep)
        progress.addWidget(self.close_button)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN - 6)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self.estimate)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.bar)
        layout.addWidget(line)
        layout.addLayout(progress)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)  # long texts may need more

    def _connect(self) -> None:
        for choice in (self.kind, self.side):
            choice.value_changed.connect(lambda _: self.plan_changed.emit())
        self.start.clicked.connect(self.start_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.keep.clicked.connect(self.keep_requested)
        self.remove.clicked.connect(self.removal_requested)
        self.close_button.clicked.connect(self.accept)

    def show_plan(self, estimate: str) -> None:
        """Show what is planned, before the start."""
        self.estimate.setText(estimate)
        self._show(is_running=False)
        self.status.setText(self.tr("The results stay in the history of the photo."))

    def show_progress(self, done: int, total: int, text: str) -> None:
        """Show how many edits have ended; the last one ends the run."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.status.setText(text)
        self._show(is_running=done < total)

    def show_choice(self, can_keep: bool) -> None:
        """Enable the button that keeps the chosen result."""
        self.keep.setVisible(True)
        self.keep.setEnabled(can_keep)

    def show_kept(self, text: str, *, can_remove: bool) -> None:
        """Say that a result was kept, and offer to remove the others."""
        self.status.setText(text)
        self.remove.setVisible(can_remove)
        self.keep.setVisible(not can_remove)

    def _show(self, *, is_running: bool) -> None:
        self.bar.setVisible(is_running)
        self.cancel.setVisible(is_running)
        self.close_button.setVisible(not is_running)
        self.remove.hide()
        self.keep.setEnabled(self.grid.chosen_result is not None)
        self.keep.setVisible(self.grid.has_results)
        for control in (self.kind, self.side, self.start):
            control.setEnabled(not is_running)
