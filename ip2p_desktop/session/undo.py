"""Undo and redo: the node on screen and the settings before and after each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditNode

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Position:
    """A node on screen and the settings at that time."""

    node: EditNode
    state: EditState


class UndoHistory(QObject):
    """The positions before and after the current one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: list[Position] = []
        self._after: list[Position] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone step to redo."""
        return bool(self._after)

    @property
    def done(self) -> tuple[Position, ...]:
        """The positions before the current one, the latest last."""
        return tuple(self._before)

    @property
    def undone(self) -> tuple[Position, ...]:
        """The positions that redo returns, the next one last."""
        return tuple(self._after)

    @property
    def nodes(self) -> frozenset[EditNode]:
        """All nodes that undo and redo can show."""
        return frozenset(position.node for position in (*self._before, *self._after))

    def record(self, current: Position) -> None:
        """Record the position before a new step. Undone steps can then no longer be redone."""
        self._before = [*self._before, current][-MOST_STEPS:]
        self._after.clear()
        self.changed.emit()

    def undo(self, current: Position) -> Position:
        """The position before the last step; `current` is the one that redo returns."""
        return self._move(self._before, self._after, current)

    def redo(self, current: Position) -> Position:
        """The position after the step undone last; `current` is the one that undo returns."""
        return self._move(self._after, self._before, current)

    def replace(self, done: Sequence[Position] = (), undone: Sequence[Position] = ()) -> None:
        """Set all positions."""
        self._before, self._after = list(done), list(undone)
        self.changed.emit()

    def forget(self, node: EditNode) -> None:
        """Remove all positions with this node."""
        self._before = [position for position in self._before if position.node is not node]
        self._after = [position for position in self._after if position.node is not node]
        self.changed.emit()

    def _move(self, origin: list[Position], other: list[Position], current: Position) -> Position:
        position = origin.pop()
        other.append(current)
        self.changed.emit()
        return position
