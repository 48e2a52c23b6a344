"""The results that were made with the current photo, instruction, model and seed, as points of a pad."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.window.guidance.pad_extent import Scales


@dataclass(frozen=True, eq=False, slots=True)
class TriedPoint:
    """A result at its scales."""

    result: EditedPhoto
    scales: Scales
    thumbnail: QImage


def scales_of(result: EditedPhoto) -> Scales:
    """The guidance scales of a result."""
    settings = result.state.settings
    return settings.text_guidance_scale, settings.image_guidance_scale


def tried_points(tree: EditTree, document: EditDocument) -> list[TriedPoint]:
    """One point for each pair of scales, with the latest result, oldest first.

    Results count although other settings, such as steps, differ: they show what guidance does all the same.
    """
    found: dict[Scales, EditedPhoto] = {}
    for node in tree.listed:
        if isinstance(node, EditedPhoto) and _is_tried_with(document, node):
            found.pop(scales_of(node), None)
            found[scales_of(node)] = node
    return [TriedPoint(node, scales, node.pixels.thumbnail) for scales, node in found.items()]


def _is_tried_with(document: EditDocument, result: EditedPhoto) -> bool:
    state, own = document.state, result.state
    return (
        result.source is document.source
        and document.model is not None
        and result.model.path == document.model.path
        and own.settings.seed == state.settings.seed
        and own.instruction in (document.instruction_as_read, state.instruction.strip())
    )
