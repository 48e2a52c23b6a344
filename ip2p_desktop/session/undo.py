"""The way back: which node was on screen with which settings, before and after every step."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditNode

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Position:
    """What is on screen, and the settings beside it."""

    node: EditNode
    state: EditState


class UndoHistory(QObject):
    """The positions that were left, in both directions."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: list[Position] = []
        self._after: list[Position] = []

    @property
    def can_undo(self) -> bool:
        """Whether a step can be undone."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step that was undone can be taken again."""
        return bool(self._after)

    @property
    def nodes(self) -> frozenset[EditNode]:
        """All that undo and redo can lead to."""
        return frozenset(position.node for position in (*self._before, *self._after))

    def take_step(self, left: Position) -> None:
        """Remember the position that a step leads away from; what was undone cannot be redone any more."""
        self._before = [*self._before, left][-MOST_STEPS:]
        self._after.clear()
        self.changed.emit()

    def undo(self, left: Position) -> Position:
        """The position before the last step; `left` is the one to come back to."""
        return self._move(self._before, self._after, left)

    def redo(self, left: Position) -> Position:
        """The position after the step that was undone last."""
        return self._move(self._after, self._before, left)

    def forget(self, node: EditNode) -> None:
        """Lead no more to a node."""
        self._before = [position for position in self._before if position.node is not node]
        self._after = [position for position in self._after if position.node is not node]
        self.changed.emit()

    def _move(self, origin: list[Position], other: list[Position], left: Position) -> Position:
        position = origin.pop()
        other.append(left)
        self.changed.emit()
        return position
