"""The results of one photo for a table: a row for each branch. Cells without a node are empty."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.window.history.node_texts import description, spoken_result
from ip2p_desktop.window.history.results_layout import ResultsLayout, lay_out

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NODE = Role.UserRole
ROOT = QModelIndex()


class ResultsModel(QAbstractTableModel):
    """Reads the tree only in `rebuild`, so that thousands of new nodes cost as much as one."""

    rename_requested = Signal(object, str)
    """An `EditNode` and its new name, as typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layout_ = ResultsLayout()
        self.source: EditNode | None = None
        """The node that the next edit starts with: the photo, or a result used as source."""
        self._photo: SourcePhoto | None = None

    @property
    def photo(self) -> SourcePhoto | None:
        """The photo whose results are shown."""
        return self._photo

    def rebuild(self, tree: EditTree, photo: SourcePhoto | None, *, only_starred: bool) -> None:
        """Show the results of a photo as they are now in the tree."""
        layout = lay_out(tree, photo, only_starred=only_starred)
        self._photo = photo
        if layout.rows != self.layout_.rows:
            self.beginResetModel()
            self.layout_ = layout
            self.endResetModel()

    def node(self, index: Index) -> EditNode | None:
        """The node of an index; None for an empty cell."""
        return self.layout_.node_at(index.row(), index.column()) if index.isValid() else None

    def index_of(self, node: EditNode | None) -> QModelIndex:
        """The index of a node; an invalid one if it is not shown."""
        cell = self.layout_.cell_of(node)
        return self.index(*cell) if cell is not None else QModelIndex()

    def repaint(self, *nodes: EditNode | None) -> None:
        """Tell the view that what is shown of nodes has changed."""
        for node in nodes:
            if (index := self.index_of(node)).isValid():
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = ROOT) -> int:
        """The number of branches."""
        return 0 if parent.isValid() else len(self.layout_.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """The number of results up to the end of the longest row."""
        return 0 if parent.isValid() else self.layout_.column_count

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Empty cells cannot be chosen."""
        if self.node(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """Texts of a node, and itself."""
        node = self.node(index)
        if node is None:
            return None
        if role == NODE:
            return node
        if role == Role.EditRole:
            return node.name
        if role == Role.ToolTipRole:
            return tooltip_text(f"{node.name}\n{description(node)}")
        if role == Role.AccessibleTextRole:
            layout = self.layout_
            branch = layout.branches.get(node)
            size = len(layout.rows[branch].nodes) if branch is not None else 0
            return spoken_result(node, is_source=node is self.source, branch_size=size)
        return None

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Ask for another name."""
        node = self.node(index)
        if node is None or role != Role.EditRole:
            return False
        self.rename_requested.emit(node, str(value))
        return True
