"""Where results stand in the tree, and where the arrow keys lead."""

from __future__ import annotations

import pytest
from PIL import Image

from engine.library import ModelCard
from ip2p_desktop.base import paths
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.image_memory import ImageMemory, StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.history.results_layout import BranchLine, ResultsLayout, lay_out

CARD = ModelCard(path=paths.starter_model(), name="Starter")


def pixels() -> StoredImage:
    image = Image.new("RGB", (4, 4))
    return StoredImage.of(DisplayImage.of(image), image)


class Drawn:
    """A tree whose nodes have the letters as names: `b` of `("p", "b")` is a result of `p`."""

    def __init__(self, *results: tuple[str, str]) -> None:
        self.tree = EditTree(ImageMemory())
        self.photo = SourcePhoto(pixels(), "p")
        self.tree.add(self.photo)
        self.nodes: dict[str, EditNode] = {"p": self.photo}
        self.sources: dict[str, SourcePhoto] = {"p": self.photo}
        for number, (source, name) in enumerate(results):
            result = EditedPhoto(self.source(source), CARD, EditState(instruction=name), pixels(), name=name)
            result.created = self.photo.created + number + 1
            self.nodes[name] = result
            self.tree.add(result)

    def source(self, name: str) -> SourcePhoto:
        if name not in self.sources:
            result = self.nodes[name]
            assert isinstance(result, EditedPhoto)
            self.sources[name] = result.as_source()
            self.tree.add(self.sources[name], is_listed=False)
        return self.sources[name]

    def layout(self, *, only_starred: bool = False) -> ResultsLayout:
        return lay_out(self.tree, self.photo, only_starred=only_starred)

    def rows(self, *, only_starred: bool = False) -> list[tuple[int, str]]:
        """The column and the names of each row."""
        rows = self.layout(only_starred=only_starred).rows
        return [(row.start, "".join(node.name for node in row.nodes)) for row in rows]


BRANCHES = (("p", "a"), ("p", "b"), ("a", "c"), ("b", "d"), ("a", "e"), ("d", "f"), ("p", "g"))


def test_each_branch_is_a_row_below_and_right_of_its_source() -> None:
    assert Drawn(("p", "a"), ("p", "b")).rows() == [(0, "pab")]
    assert Drawn(*BRANCHES).rows() == [(0, "pabg"), (3, "d"), (4, "f"), (2, "ce")]


def test_results_of_one_that_was_a_source_twice_are_one_row() -> None:
    drawn = Drawn(("p", "a"), ("a", "b"))
    del drawn.sources["a"]
    second = EditedPhoto(drawn.source("a"), CARD, EditState(instruction="c"), pixels(), name="c")
    second.created = drawn.photo.created + 9
    drawn.tree.add(second)
    assert drawn.rows() == [(0, "pa"), (2, "bc")]
    assert drawn.layout().cell_of(drawn.sources["a"]) == (0, 1)


def test_lines_lead_from_each_source_to_its_branch_and_cross_no_result() -> None:
    layout = Drawn(*BRANCHES).layout()
    assert layout.line_at(0, 2) == BranchLine.DOWN
    assert layout.line_at(1, 2) == BranchLine.UP | BranchLine.RIGHT
    assert [layout.line_at(row, 1) for row in range(4)] == [
        BranchLine.DOWN,
        BranchLine.UP | BranchLine.DOWN,
        BranchLine.UP | BranchLine.DOWN,
        BranchLine.UP | BranchLine.RIGHT,
    ]
    for row in range(1, len(layout.rows)):
        for column in range(layout.column_count):
            is_crossed = BranchLine.UP in layout.line_at(row, column)
            assert not (is_crossed and layout.node_at(row, column)), (row, column)


@pytest.mark.parametrize(
    ("start", "left", "right", "up", "down"),
    [
        ("p", "", "a", "", "d"),
        ("a", "p", "b", "", "c"),
        ("b", "a", "g", "", "d"),
        ("g", "b", "", "", "d"),
        ("d", "b", "", "b", "f"),
        ("f", "d", "", "d", "e"),
        ("c", "a", "e", "a", ""),
    ],
)
def test_where_the_arrow_keys_lead(start: str, left: str, right: str, up: str, down: str) -> None:
    drawn = Drawn(*BRANCHES)
    layout, node = drawn.layout(), drawn.nodes[start]
    found = [layout.left_of(node), layout.right_of(node), layout.above(node), layout.below(node)]
    assert [each.name if each else "" for each in found] == [left, right, up, down]


def test_a_removed_source_is_shown_as_long_as_its_results_are() -> None:
    drawn = Drawn(("p", "a"), ("p", "b"), ("a", "c"))
    for name in "pab":
        drawn.tree.set_listed(drawn.nodes[name], False)
    assert drawn.rows() == [(0, "pa"), (2, "c")]
    assert drawn.tree.photos == (drawn.photo,)
    drawn.tree.set_listed(drawn.nodes["c"], False)
    assert drawn.tree.photos == ()


def test_starred_results_of_all_branches_are_one_row_in_the_order_of_time() -> None:
    drawn = Drawn(*BRANCHES)
    assert drawn.rows(only_starred=True) == [(0, "p")]
    for name in "gce":
        drawn.tree.set_starred(drawn.nodes[name], True)
    drawn.tree.set_listed(drawn.nodes["e"], False)
    assert drawn.rows(only_starred=True) == [(0, "pcg")]
    assert [node.name for node in drawn.tree.starred] == ["c", "g"]


def test_long_chains_have_as_many_rows() -> None:
    chain = [("p" if number == 0 else str(number - 1), str(number)) for number in range(1500)]
    drawn = Drawn(*chain)
    layout = drawn.layout()
    assert (len(layout.rows), layout.column_count) == (1500, 1501)
    assert drawn.tree.result_count(drawn.photo) == 1500
