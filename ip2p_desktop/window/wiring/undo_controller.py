"""Records what the user does as steps of the photo on screen, and undoes and redoes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSlider

from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.masks.stored_mask import PhotoMasks
from ip2p_desktop.session.undo import MOST_STEPS, UndoHistories, UndoHistory
from ip2p_desktop.session.undo_step import (
    NodeChange,
    NodeField,
    NodeValue,
    Position,
    StepKind,
    UndoStep,
    merged,
    node_value,
)
from ip2p_desktop.widgets.literal_text import button_text
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.step_texts import step_text

MERGE_SECONDS = 1.5
"""Changes of the same setting with shorter pauses are one step."""
NEVER_MERGED = frozenset({"mask_id"})
"""Settings of which every change is a step: a stroke of a mask."""


class UndoController(QObject):
    """Undo and redo of everything that changes the picture or the settings, for each photo by itself.

    A photo has settings of its own as soon as they were changed, or an edit made, while it was on screen;
    they come back with the photo. The others take over the settings that are set when they are shown.
    """

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        tree: EditTree,
        edits: EditController,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._queue = window, document, queue
        self._tree, self._edits, self._models = tree, edits, models
        self.histories = UndoHistories(self)
        self._node: EditNode | None = None
        self._is_paused = self._is_browsing = self._is_gesture = False
        self._can_merge = False
        """Whether the next change may be one step with the last one."""
        self._changed_at = 0.0
        self.histories.changed.connect(self._show_actions)
        window.actions_.undo.triggered.connect(lambda: self.undo())
        window.actions_.redo.triggered.connect(self.redo)
        tree.grown.connect(self._on_grown)
        document.shown_changed.connect(self._on_shown_changed)
        document.state_changed.connect(self._on_state_changed)
        document.state_replaced.connect(self.end_gesture)
        for slider in window.findChildren(QSlider):
            slider.sliderPressed.connect(self.begin_gesture)
            slider.sliderReleased.connect(self.end_gesture)
        self._show_actions()

    @property
    def _photo(self) -> SourcePhoto | None:
        return self._node.photo if self._node is not None else None

    @property
    def _history(self) -> UndoHistory:
        """That of the photo on screen."""
        return self.histories.of(self._photo)

    @property
    def last_step(self) -> UndoStep | None:
        """The step that undo reverts; None if there is none."""
        done = self._history.done
        return done[-1] if done else None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Record nothing meanwhile: what changes is not done by the user."""
        before, self._is_paused = self._is_paused, True
        try:
            yield
        finally:
            self._is_paused = before
            self._can_merge = False

    @contextmanager
    def browsing(self) -> Iterator[None]:
        """Record meanwhile that the user looks at another node; several in a row are one step."""
        self._is_browsing = True
        try:
            yield
        finally:
            self._is_browsing = False

    def begin_gesture(self) -> None:
        """Make one step of all changes of settings and opacity until `end_gesture`: a slider is dragged."""
        self._is_gesture, self._can_merge = True, False

    def end_gesture(self) -> None:
        """The next change is another step."""
        self._is_gesture = self._can_merge = False

    def change_node(self, node: EditNode, name: NodeField, value: NodeValue, kind: StepKind) -> None:
        """Change a value of a node as a step; changes in quick succession or in one gesture are one step."""
        change = NodeChange(node, name, node_value(self._tree, node, name), value)
        if change.before == value:
            return
        change.apply(self._tree)
        position = Position(self._node, self._document.state)
        step = UndoStep(kind, position, position, (change,))
        self._record(step, lambda last: last.kind is kind is StepKind.OPACITY and _same_nodes(last, step))

    def remove(self, nodes: Sequence[EditNode], shown: EditNode | None) -> UndoStep:
        """Take nodes out of the list, and show `shown` in place of the node on screen, as one step."""
        position = Position(self._node, self._document.state)
        after = Position(shown, position.state)
        if shown is not None and shown.photo is not self._photo:
            after = Position(shown, self._state_of(shown.photo))
        step = UndoStep(StepKind.REMOVE, position, after, tuple(map(_removal, nodes)))
        self._take_out(step)
        self._record(step)
        if shown is not self._node:
            self._leave(step, frozenset())
        return step

    def _leave(self, removal: UndoStep, lost: frozenset[EditNode]) -> None:
        """Show what is on screen after a removal; `lost` is what cannot be shown."""
        after = removal.after
        show = partial(self._show, after, lambda: True)
        if after.node is None:
            show()
        else:
            self._edits.load(after.node, show, partial(self._leave_otherwise, removal, lost | {after.node}))

    def _leave_otherwise(self, removal: UndoStep, lost: frozenset[EditNode]) -> None:
        """Show another photo, or none, as what is removed must not stay on screen."""
        photo = removal.after.photo
        if self.histories.of(photo).done[-1:] != (removal,):
            return
        listed = [each for each in (photo, *self._tree.photos) if each and self._tree.is_listed(each)]
        other = next((each for each in listed if each not in lost), None)
        state = self._state_of(other) if other not in (None, photo) else removal.after.state
        changed = replace(removal, after=Position(other, state))
        self.histories.move_last(removal, changed)
        self._leave(changed, lost)

    def undo(self, only: UndoStep | None = None) -> None:
        """Undo the last step of the photo on screen, unless it is another one than `only`."""
        step = self.last_step
        if step is not None and (only is None or only is step):
            self._go_to(step.before, partial(self._undo_now, step))

    def redo(self) -> None:
        """Repeat the step that was undone last."""
        if self._history.undone:
            step = self._history.undone[-1]
            self._go_to(step.after, partial(self._redo_now, step))

    def free_removed(self) -> None:
        """Delete the nodes that no step and no edit can bring back."""
        kept = set(self.histories.nodes_within_reach(self._tree.photos))
        kept.update(job.source for job in self._queue.jobs if not job.state.is_end)
        if self._node is not None:
            kept.add(self._node)
        self._tree.prune(frozenset(kept))

    def _on_grown(self, node: EditNode) -> None:
        """Delete a result that came after its photo was removed."""
        if isinstance(node, EditedPhoto) and not self._tree.is_listed(node):
            QTimer.singleShot(0, self, self.free_removed)

    def _undo_now(self, step: UndoStep) -> bool:
        if self.last_step is not step:
            return False
        for change in reversed(step.changes):
            change.apply(self._tree, is_undone=True)
        self.histories.undo(self._photo)
        return True

    def _redo_now(self, step: UndoStep) -> bool:
        if not self._history.undone or self._history.undone[-1] is not step:
            return False
        self.histories.redo(self._photo)
        if step.kind is StepKind.REMOVE:
            self.histories.replace_last(self._with_newer(step))
        self._take_out(self.histories.of(step.after.photo).done[-1])
        return True

    def _take_out(self, step: UndoStep) -> None:
        """Make the changes of a step, and cancel the edits of nodes that it removes."""
        for change in step.changes:
            change.apply(self._tree)
        removed = {change.node for change in step.changes if change.name is NodeField.IS_LISTED}
        for job in self._queue.jobs if removed else ():
            line = {*_line_of(job.source), *_line_of(job.submitted[1])}
            if not job.state.is_end and not line.isdisjoint(removed):
                self._queue.cancel(job)

    def _with_newer(self, step: UndoStep) -> UndoStep:
        """A removal with what was made from the removed nodes since it was undone."""
        known = {change.node for change in step.changes}
        branches = (each for node in known if node.parent not in known for each in self._tree.branch(node))
        newer = [each for each in branches if each not in known and self._tree.is_listed(each)]
        return replace(step, changes=(*step.changes, *map(_removal, newer)))

    def _go_to(self, position: Position, act: Callable[[], bool]) -> None:
        """Show a position as soon as its image is in memory, if `act` then returns True."""
        node = position.node
        if node is None:
            self._show(position, act)
        else:
            lost = partial(self.histories.forget, self._photo, node)
            self._edits.load(node, partial(self._show, position, act), lost)

    def _show(self, position: Position, act: Callable[[], bool]) -> None:
        with self.paused():
            if not act():
                return
            if position.node is None:
                self._edits.loader.cancel()
                self._tree.set_on_screen(None)
                self._document.show_nothing()
            elif self._edits.show(position.node):
                self._restore(position.state)

    def _restore(self, state: EditState) -> None:
        card = self._models.find(state.model) if state.model is not None else None
        self._document.restore(state, card)

    def _on_shown_changed(self, node: EditNode | None) -> None:
        before, self._node = self._node, node
        photo_before = before.photo if before is not None else None
        if photo_before is not None and self._has_own_settings(photo_before):
            photo_before.state = self._document.state
        if node is not None:
            node.photo.last_shown = node
        if self._photo is not photo_before:
            self._show_actions()
        if self._is_paused or before is None or node is None:
            return
        if node.photo is not photo_before:
            with self.paused():
                self._restore(self._state_of(node.photo))
            return
        state = self._document.state
        step = UndoStep(self._kind(node), Position(before, state), Position(node, state))
        self._record(step, lambda last: last.kind is StepKind.SHOW is step.kind)

    def _kind(self, node: EditNode) -> StepKind:
        if self._is_browsing:
            return StepKind.SHOW
        return StepKind.RESULT if isinstance(node, EditedPhoto) else StepKind.SOURCE

    def _has_own_settings(self, photo: SourcePhoto) -> bool:
        is_changed = self.histories.of(photo) != UndoHistory()
        return photo.state is not None or is_changed or bool(self._tree.children_of(photo))

    def _state_of(self, photo: SourcePhoto) -> EditState:
        """The settings to show a photo with: its own, but without an instruction of its own the typed one."""
        own, state = photo.state, self._document.state
        if own is None:
            return state
        return own if own.instruction.strip() else replace(own, instruction=state.instruction)

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if self._is_paused or self._node is None or before.model is None:
            return  # the first model is no step
        names = state.differences(before)
        if not names or (names == {"seed"} and state.randomises_seed):
            return  # it is drawn for the edit
        if before.mask_id and before.mask_id not in self._masks_of_photo:
            return  # the mask of the photo before does not fit this one
        step = UndoStep(StepKind.SETTINGS, Position(self._node, before), Position(self._node, state))
        if step.text and self._move_typing(step.text, str(state.value(step.text))):
            return
        self._record(step, lambda last: self._is_one_change(last, step))

    @property
    def _masks_of_photo(self) -> PhotoMasks:
        source = self._document.source
        return source.masks if source is not None else {}

    def _is_one_change(self, last: UndoStep, step: UndoStep) -> bool:
        names = last.settings | step.settings
        is_same = self._is_gesture or last.settings == step.settings
        return last.kind is StepKind.SETTINGS and is_same and not names & NEVER_MERGED

    def _move_typing(self, name: str, text: str) -> bool:
        """Undo or redo the steps of typing that the field has undone or redone by itself."""
        history, photo = self._history, self._photo
        for count, step in enumerate(reversed(history.done), 1):
            if step.text != name:
                break
            if step.before.state.value(name) == text:
                for _ in range(count):
                    self.histories.undo(photo)
                self._can_merge = False
                return True
        for count, step in enumerate(reversed(history.undone), 1):
            if step.text != name:
                break
            if step.after.state.value(name) == text:
                for _ in range(count):
                    self.histories.redo(photo)
                self._can_merge = False
                return True
        return False

    def _record(self, step: UndoStep, is_one: Callable[[UndoStep], bool] = lambda last: False) -> None:
        """Record a step, or make one step of it and the last one, if that is recent and `is_one` agrees."""
        history, now = self.histories.of(step.after.photo), time.monotonic()
        last = history.done[-1] if history.done and not history.undone else None
        is_recent = step.kind is StepKind.SHOW or self._is_gesture or now - self._changed_at < MERGE_SECONDS
        if last is not None and self._can_merge and is_recent and is_one(last):
            self.histories.replace_last(merged(last, step))
        else:
            forgotten = (*history.undone, *history.done[: max(0, len(history.done) + 1 - MOST_STEPS)])
            self.histories.record(step)
            # seldom, as it looks at all nodes
            if any(not self._tree.is_listed(node) for each in forgotten for node in each.nodes):
                self.free_removed()
        self._can_merge, self._changed_at = True, now

    def _show_actions(self) -> None:
        """Enable undo and redo, and say in the menu what they do."""
        actions, history = self._window.actions_, self._history
        for action, steps, plain, named in (
            (actions.undo, history.done, self.tr("&Undo"), self.tr("&Undo {step}")),
            (actions.redo, history.undone, self.tr("&Redo"), self.tr("&Redo {step}")),
        ):
            action.setEnabled(bool(steps))
            action.setText(named.format(step=button_text(step_text(steps[-1]))) if steps else plain)


def _removal(node: EditNode) -> NodeChange:
    return NodeChange(node, NodeField.IS_LISTED, True, False)


def _line_of(node: EditNode | None) -> Iterator[EditNode]:
    """The node and all that it comes from."""
    while node is not None:
        yield node
        node = node.parent


def _same_nodes(first: UndoStep, second: UndoStep) -> bool:
    return {change.node for change in first.changes} == {change.node for change in second.changes}
