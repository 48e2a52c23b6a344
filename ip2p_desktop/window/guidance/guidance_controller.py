"""Connects the guidance pads with the document, the tree of results and the queue."""

from __future__ import annotations

import random
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

from engine.library.useful_ranges import CompleteRanges, UsefulRanges, ValueRange
from ip2p_desktop.session.document import RANDOM_SEEDS, EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.window.guidance.edit_submission import EditSubmission
from ip2p_desktop.window.guidance.guidance_section import GuidanceSection
from ip2p_desktop.window.guidance.pad_controls import PadControls
from ip2p_desktop.window.guidance.pad_dialog import PadDialog
from ip2p_desktop.window.guidance.pad_extent import Scales
from ip2p_desktop.window.guidance.tried_points import tried_points
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.history_controller import HistoryController
from ip2p_desktop.window.wiring.undo_controller import UndoController


class GuidanceController(QObject):
    """Shows the document in both pads and writes changes to it. Tries keep the current seed."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        submission: EditSubmission,
        history: HistoryController,
        undo: UndoController,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._tree = window, document, tree
        self._submission, self._history, self._undo = submission, history, undo
        self.section = GuidanceSection()
        window.settings_panel.insert_above_guidance(self.section)
        self._dialog: PadDialog | None = None
        self._update_soon = QTimer(self, singleShot=True, interval=0)
        self._update_soon.timeout.connect(self._show_points)
        self._connect_controls(self.section)
        self.section.large_requested.connect(self.open_large)
        window.actions_.guidance_pad.triggered.connect(self.open_large)
        window.actions_.randomise.triggered.connect(self.randomise)
        document.state_changed.connect(self._on_state_changed)
        document.model_changed.connect(self._show_model)
        for signal in (
            *(document.shown_changed, document.model_changed, document.reading_changed),
            *(tree.grown, tree.removed, tree.added),
        ):
            signal.connect(self._update_soon.start)
        self._show_all()

    def open_large(self) -> None:
        """Open the large pad."""
        if self._dialog is None:
            self._dialog = PadDialog(self._window)
            self._connect_controls(self._dialog.controls)
            self._dialog.controls.grid_requested.connect(self.section.grid_requested)
        self._show_all()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def randomise(self) -> None:
        """Set both scales to random values of the model's useful range, and a new seed."""
        ranges = self.ranges
        self._document.change(
            text_guidance_scale=round(_random_value(ranges.text), 2),
            image_guidance_scale=round(_random_value(ranges.image), 2),
            seed=random.randrange(RANDOM_SEEDS),
        )

    def try_now(self) -> None:
        """Show the result of the current settings and seed, by an edit if there is none yet."""
        document = self._document
        state = document.state.with_values(variations=1).normalized()
        made = next((node for node in reversed(self._tree.listed) if self._is_current(node)), None)
        if made is not None:
            self._history.show_node(made)
        elif not self._submission.is_under_way(state):
            self._submission.submit([state])

    @property
    def ranges(self) -> CompleteRanges:
        """The useful ranges of the model."""
        card = self._document.model
        known = card.useful_ranges if card is not None else UsefulRanges()
        return known.completed(self._document.recommended.settings)

    def _connect_controls(self, controls: PadControls) -> None:
        pad = controls.pad
        pad.gesture_started.connect(self._undo.begin_gesture)
        pad.gesture_ended.connect(self._undo.end_gesture)
        pad.value_changed.connect(self._set_scales)
        pad.released.connect(lambda: self.try_now() if controls.edits_on_release.isChecked() else None)
        pad.try_requested.connect(self.try_now)
        pad.point_chosen.connect(self._history.show_node)
        controls.randomise_requested.connect(self.randomise)

    def _is_current(self, node: EditNode) -> bool:
        """Whether a node is the result of the current photo and settings."""
        document = self._document
        return isinstance(node, EditedPhoto) and node.source is document.source and document.matches(node)

    def _pads(self) -> Iterator[PadControls]:
        yield self.section
        if self._dialog is not None:
            yield self._dialog.controls

    def _scales(self) -> Scales:
        settings = self._document.state.settings
        return settings.text_guidance_scale, settings.image_guidance_scale

    def _set_scales(self, scales: Scales) -> None:
        self._document.change(text_guidance_scale=scales[0], image_guidance_scale=scales[1])

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        changed = state.differences(before)
        if changed & {"text_guidance_scale", "image_guidance_scale"}:
            self._show_value()
        if changed & {"instruction", "seed", "model"}:
            self._update_soon.start()

    def _show_all(self) -> None:
        self._show_model()
        self._show_value()
        self._show_points()

    def _show_model(self) -> None:
        recommended = self._document.recommended.settings
        scales = recommended.text_guidance_scale, recommended.image_guidance_scale
        for controls in self._pads():
            controls.pad.show_model(self.ranges, scales)

    def _show_value(self) -> None:
        for controls in self._pads():
            controls.pad.show_value(self._scales())
        if self._dialog is not None:
            self._dialog.show_values(*self._scales())

    def _show_points(self) -> None:
        points = tried_points(self._tree, self._document)
        for controls in self._pads():
            controls.pad.show_points(points, self._document.result)


def _random_value(span: ValueRange) -> float:
    return random.uniform(span.minimum, span.maximum)
