"""One step of undo: what was on screen and set before and after it, and what it changed about nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree

TEXTS = frozenset({"instruction", "negative_instruction"})
"""Settings that are typed; the fields they are typed in undo typing themselves."""


class StepKind(StrEnum):
    """What the user did."""

    RESULT = "result"
    SOURCE = "source"
    SHOW = "show"
    SETTINGS = "settings"
    REMOVE = "remove"
    RENAME = "rename"
    STAR = "star"
    OPACITY = "opacity"


class NodeField(StrEnum):
    """What a step can change about a node."""

    IS_LISTED = "is_listed"
    NAME = "name"
    IS_STARRED = "is_starred"
    OPACITY = "opacity"


NodeValue = bool | str | float


@dataclass(frozen=True, slots=True)
class Position:
    """The node on screen, None if there was none, and the settings at that time."""

    node: EditNode | None
    state: EditState

    @property
    def photo(self) -> SourcePhoto | None:
        """The opened photo that the node comes from."""
        return self.node.photo if self.node is not None else None


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A changed value of a node."""

    node: EditNode
    name: NodeField
    before: NodeValue
    after: NodeValue

    def apply(self, tree: EditTree, *, is_undone: bool = False) -> None:
        """Set the value after the step, or the one before."""
        set_node_value(tree, self.node, self.name, self.before if is_undone else self.after)


@dataclass(frozen=True, slots=True)
class UndoStep:
    """A step. Undo goes to `before` and takes the changes back, redo goes to `after` and repeats them."""

    kind: StepKind
    before: Position
    after: Position
    changes: tuple[NodeChange, ...] = ()

    @property
    def nodes(self) -> frozenset[EditNode]:
        """All nodes that undo or redo of the step need."""
        named = {self.before.node, self.after.node, *(change.node for change in self.changes)}
        return frozenset(node for node in named if node is not None)

    @property
    def settings(self) -> frozenset[str]:
        """The names of the settings that it changes."""
        return self.after.state.differences(self.before.state)

    @property
    def text(self) -> str:
        """The name of the setting if the step is only typing, else an empty string."""
        names = self.settings
        is_typing = self.kind is StepKind.SETTINGS and len(names) == 1 and names <= TEXTS
        return next(iter(names)) if is_typing else ""

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        is_same = self.before.node is self.after.node and self.before.state == self.after.state
        return is_same and all(change.before == change.after for change in self.changes)


def node_value(tree: EditTree, node: EditNode, name: NodeField) -> NodeValue:
    """A value of a node that steps change."""
    if name is NodeField.IS_LISTED:
        return tree.is_listed(node)
    value: NodeValue = getattr(node, name)
    return value


def set_node_value(tree: EditTree, node: EditNode, name: NodeField, value: NodeValue) -> None:
    """Set a value of a node, with the signals of the tree."""
    if name is NodeField.IS_LISTED:
        tree.set_listed(node, bool(value))
    elif name is NodeField.NAME:
        tree.rename(node, str(value))
    elif name is NodeField.IS_STARRED:
        tree.set_starred(node, bool(value))
    elif isinstance(node, EditedPhoto):
        tree.set_opacity(node, float(value))


def merged(first: UndoStep, second: UndoStep) -> UndoStep:
    """One step for two that follow each other; a value of a node that both change is changed once."""
    changes = {(change.node, change.name): change for change in first.changes}
    for change in second.changes:
        key = (change.node, change.name)
        changes[key] = replace(change, before=changes[key].before) if key in changes else change
    return replace(first, after=second.after, changes=tuple(changes.values()))


def without(steps: Sequence[UndoStep], node: EditNode) -> tuple[UndoStep, ...]:
    """Steps in the order they were made, such that none goes to a node, whose image is lost."""
    kept: list[UndoStep] = []
    to_lost: UndoStep | None = None
    for each in steps:
        step = each if to_lost is None else merged(to_lost, each)
        to_lost = step if step.after.node is node else None
        if to_lost is not None:
            continue
        if step.before.node is node:  # only of the first one
            step = replace(step, before=replace(step.before, node=step.after.node))
        if not step.is_empty:
            kept.append(step)
    return tuple(kept)
