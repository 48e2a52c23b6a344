"""Undo and redo: the steps of each opened photo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.undo_step import UndoStep, without

MOST_STEPS = 200
"""Of each photo; the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class UndoHistory:
    """The steps of one photo."""

    done: tuple[UndoStep, ...] = ()
    """Those that undo reverts, the next one last."""
    undone: tuple[UndoStep, ...] = ()
    """Those that redo repeats, the next one last."""


NOTHING = UndoHistory()


class UndoHistories(QObject):
    """A history for each opened photo, and one for the window without a photo, whose key is None.

    A step that leads from one photo to another, as the removal of a photo does, belongs to the one that is on
    screen: to be undone to the one after it, to be redone to the one before it.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._histories: dict[SourcePhoto | None, UndoHistory] = {}

    @property
    def all(self) -> Mapping[SourcePhoto | None, UndoHistory]:
        """The histories with steps."""
        return dict(self._histories)

    def of(self, photo: SourcePhoto | None) -> UndoHistory:
        """The history of a photo."""
        return self._histories.get(photo, NOTHING)

    def record(self, step: UndoStep) -> None:
        """Record a step that was made. Undone steps can then no longer be redone."""
        photo = step.after.photo
        self._set(photo, UndoHistory((*self.of(photo).done, step)[-MOST_STEPS:]))

    def replace_last(self, step: UndoStep) -> None:
        """Put a step in the place of the one made last; an empty step only takes that away."""
        photo = step.after.photo
        history = self.of(photo)
        steps = () if step.is_empty else (step,)
        self._set(photo, UndoHistory((*history.done[:-1], *steps), history.undone))

    def move_last(self, step: UndoStep, changed: UndoStep) -> None:
        """Put a changed step, which may end at another photo, in the place of the one made last."""
        photo = step.after.photo
        history = self.of(photo)
        self._set(photo, UndoHistory(history.done[:-1], history.undone))
        self.record(changed)

    def undo(self, photo: SourcePhoto | None) -> UndoStep:
        """Move the step made last on a photo to those that can be redone; returns it."""
        history = self.of(photo)
        step = history.done[-1]
        self._set(photo, UndoHistory(history.done[:-1], history.undone))
        other = self.of(step.before.photo)
        self._set(step.before.photo, UndoHistory(other.done, (*other.undone, step)))
        return step

    def redo(self, photo: SourcePhoto | None) -> UndoStep:
        """Move the step that was undone last on a photo to those that can be undone; returns it."""
        history = self.of(photo)
        step = history.undone[-1]
        self._set(photo, UndoHistory(history.done, history.undone[:-1]))
        other = self.of(step.after.photo)
        self._set(step.after.photo, UndoHistory((*other.done, step)[-MOST_STEPS:], other.undone))
        return step

    def update(self, histories: Mapping[SourcePhoto | None, UndoHistory]) -> None:
        """Set the histories of some photos."""
        self._histories.update(histories)
        self.changed.emit()

    def clear(self) -> None:
        """Forget all steps."""
        self._histories.clear()
        self.changed.emit()

    def forget(self, photo: SourcePhoto | None, node: EditNode) -> None:
        """Let no step of a photo lead to a node whose image is lost."""
        history = self.of(photo)
        undone = without(tuple(reversed(history.undone)), node)
        self._set(photo, UndoHistory(without(history.done, node), tuple(reversed(undone))))

    def nodes_within_reach(self, photos: Iterable[SourcePhoto]) -> frozenset[EditNode]:
        """All nodes that undo and redo can bring back from these photos or from an empty window."""
        found: set[EditNode] = set()
        left: list[SourcePhoto | None] = [None, *photos]
        visited: set[SourcePhoto | None] = set()
        while left:
            photo = left.pop()
            if photo not in visited:
                visited.add(photo)
                history = self.of(photo)
                nodes = {node for step in (*history.done, *history.undone) for node in step.nodes}
                found |= nodes
                left.extend({node.photo for node in nodes})
        for photo in self._histories.keys() - visited:
            del self._histories[photo]
        return frozenset(found)

    def _set(self, photo: SourcePhoto | None, history: UndoHistory) -> None:
        if history == NOTHING:
            self._histories.pop(photo, None)
        else:
            self._histories[photo] = history
        self.changed.emit()
