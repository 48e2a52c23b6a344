"""Where each result of a photo stands in the tree: a row for each branch, in the order of time.

The first row begins with the photo. The results of a result that was used as source are a row of their own,
which begins below and to the right of it. Of the branches of a row the last one comes first, so that no line
from a result to its branch crosses another result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Flag, auto

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree

Cell = tuple[int, int]
"""Row and column."""
MOST_COLUMNS = 2**32


class BranchLine(Flag):
    """The halves of a cell through which the line to a branch goes."""

    NONE = 0
    UP = auto()
    DOWN = auto()
    RIGHT = auto()


@dataclass(frozen=True, slots=True)
class BranchRow:
    """The results of one photo or result that was the source."""

    start: int
    """The column of the first one."""
    nodes: tuple[EditNode, ...]
    parent: Cell | None = None
    """The cell of the result that was the source; None for the photo's own row."""


@dataclass(slots=True)
class ResultsLayout:
    """The rows with what they contain."""

    rows: list[BranchRow] = field(default_factory=list)
    _places: dict[EditNode, int] = field(default_factory=dict)
    """Row and column as one number: thousands of new pairs would set off a search for unused objects."""
    branches: dict[EditNode, int] = field(default_factory=dict)
    """The row of the branch of each result that was a source."""
    column_count: int = 0
    _turns: dict[int, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    """For each column the lines down to branches, as first and last row."""

    def node_at(self, row: int, column: int) -> EditNode | None:
        """The node in a cell; None if it is empty."""
        if not 0 <= row < len(self.rows):
            return None
        place = column - self.rows[row].start
        return self.rows[row].nodes[place] if 0 <= place < len(self.rows[row].nodes) else None

    def line_at(self, row: int, column: int) -> BranchLine:
        """The line that goes through a cell."""
        line = BranchLine.NONE
        for first, last in self._turns.get(column, ()):
            if first == row:
                line |= BranchLine.DOWN
            elif first < row < last:
                line |= BranchLine.UP | BranchLine.DOWN
            elif row == last:
                line |= BranchLine.UP | BranchLine.RIGHT
        return line

    def cell_of(self, node: EditNode | None) -> Cell | None:
        """The cell of a node, of a result also if it is used as source; None if it has none."""
        if isinstance(node, SourcePhoto) and node.parent is not None:
            node = node.parent
        place = self._places.get(node) if node is not None else None
        return divmod(place, MOST_COLUMNS) if place is not None else None

    def add_row(self, row: BranchRow) -> None:
        """Append a row."""
        number = len(self.rows)
        self.rows.append(row)
        first = number * MOST_COLUMNS + row.start
        self._places.update(zip(row.nodes, range(first, first + len(row.nodes)), strict=True))
        self.column_count = max(self.column_count, row.start + len(row.nodes))
        if row.parent is not None:
            self._turns[row.parent[1]].append((row.parent[0], number))

    @property
    def nodes(self) -> Collection[EditNode]:
        """All nodes, row by row."""
        return self._places.keys()

    def _cell(self, node: EditNode) -> Cell:
        """Raises `KeyError` if the node is not shown."""
        return divmod(self._places[node], MOST_COLUMNS)

    def left_of(self, node: EditNode) -> EditNode | None:
        """The one before it in time; the source before the first one of a branch."""
        row, column = self._cell(node)
        return self.node_at(row, column - 1) or self.above(node)

    def right_of(self, node: EditNode) -> EditNode | None:
        """The one after it in time."""
        row, column = self._cell(node)
        return self.node_at(row, column + 1)

    def above(self, node: EditNode) -> EditNode | None:
        """The source of its branch."""
        parent = self.rows[self._cell(node)[0]].parent
        return self.node_at(*parent) if parent is not None else None

    def below(self, node: EditNode) -> EditNode | None:
        """The first result of the edits that started with it, else the nearest one of the next row."""
        branch = self.branches.get(node)
        if branch is not None:
            return self.rows[branch].nodes[0]
        row, column = self._cell(node)
        if row + 1 == len(self.rows):
            return None
        below = self.rows[row + 1]
        return below.nodes[min(max(column - below.start, 0), len(below.nodes) - 1)]

    def ends_of(self, node: EditNode) -> tuple[EditNode, EditNode]:
        """The first and the last one of its row."""
        nodes = self.rows[self._cell(node)[0]].nodes
        return nodes[0], nodes[-1]


def lay_out(tree: EditTree, photo: SourcePhoto | None, *, only_starred: bool = False) -> ResultsLayout:
    """The listed results of a photo; of the starred ones alone there is one row."""
    layout = ResultsLayout()
    if photo is None:
        return layout
    if only_starred:
        nodes = [each for each in tree.branch(photo) if isinstance(each, EditedPhoto)]
        starred = [each for each in nodes if each.is_starred and tree.is_listed(each)]
        starred.sort(key=lambda each: each.created)
        layout.add_row(BranchRow(0, (photo, *starred)))
        return layout
    hidden = _hidden(tree, photo)
    results = tuple(each for each in tree.results_from(photo) if each not in hidden)
    left = [BranchRow(0, (photo, *results))]
    while left:
        row = left.pop()
        number = len(layout.rows)
        layout.add_row(row)
        if row.parent is not None:
            source = layout.node_at(*row.parent)
            assert source is not None
            layout.branches[source] = number
        for place, node in enumerate(row.nodes):
            if node is photo or not tree.children_of(node):
                continue
            made = tuple(each for each in tree.results_from(node) if each not in hidden)
            if made:
                column = row.start + place
                left.append(BranchRow(column + 1, made, (number, column)))
    return layout


def _hidden(tree: EditTree, photo: SourcePhoto) -> set[EditNode]:
    """The results that are not listed and from which nothing comes that is."""
    branch = tree.branch(photo)
    unlisted = [node for node in branch if isinstance(node, EditedPhoto) and not tree.is_listed(node)]
    hidden: set[EditNode] = set()
    for node in reversed(unlisted):
        if all(each in hidden for each in tree.results_from(node)):
            hidden.add(node)
    return hidden
