"""Which masks of the photos something refers to: settings, results, steps of undo and edits that wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.masks.stored_mask import MASK_SUFFIX, StoredMask, mask_file, valid_mask_id
from ip2p_desktop.session.undo import UndoHistory
from ip2p_desktop.session.undo_step import Position


def find_masks(folder: Path, nodes: Iterable[EditNode], positions: Iterable[Position]) -> None:
    """Give each photo of a session that was read its masks that are in files; the files are not read."""
    for node in nodes:
        if isinstance(node, SourcePhoto):
            _find(folder, node, node.mask_id)
        elif node.state is not None:
            _find(folder, _edited_photo(node), node.state.mask_id)
    for position in positions:
        if position.node is not None:
            _find(folder, _edited_photo(position.node), position.state.mask_id)


def delete_unused_masks(folder: Path, nodes: Iterable[EditNode]) -> None:
    """Delete the files of masks that no photo has; they are left when the program is killed."""
    used = all_masks(nodes)
    for file in folder.glob(f"*{MASK_SUFFIX}"):
        mask_id = valid_mask_id(file.name.removesuffix(MASK_SUFFIX))
        if mask_id and mask_id not in used:
            with suppress(OSError):
                file.unlink()


def positions_of(histories: Iterable[UndoHistory]) -> Iterator[Position]:
    """All positions that undo and redo lead to."""
    for history in histories:
        for step in (*history.done, *history.undone):
            yield from (step.before, step.after)


def all_masks(nodes: Iterable[EditNode]) -> dict[str, StoredMask]:
    """The masks of all photos among the nodes."""
    return {
        mask_id: mask
        for node in nodes
        if isinstance(node, SourcePhoto)
        for mask_id, mask in list(node.masks.items())  # may be called while another thread adds one
    }


def forget_masks(nodes: Collection[EditNode], states: Iterable[EditState]) -> list[StoredMask]:
    """Take the masks from the photos that neither these states nor the nodes name; returns those."""
    named = {state.mask_id for state in states}
    named.update(node.mask_id for node in nodes if isinstance(node, SourcePhoto))
    named.update(node.state.mask_id for node in nodes if node.state is not None)
    forgotten = [mask for mask_id, mask in all_masks(nodes).items() if mask_id not in named]
    for node in nodes:
        if isinstance(node, SourcePhoto):
            for mask in forgotten:
                node.masks.pop(mask.mask_id, None)
    return forgotten


def _edited_photo(node: EditNode) -> SourcePhoto:
    """The photo itself, or that of which a node is the result."""
    if isinstance(node, EditedPhoto):
        return node.source
    assert isinstance(node, SourcePhoto)
    return node


def _find(folder: Path, photo: SourcePhoto, mask_id: str) -> None:
    file = mask_file(folder, mask_id)
    if mask_id and mask_id not in photo.masks and file.exists():
        size = photo.pixels.size
        photo.masks[mask_id] = StoredMask.in_file(file, (size.width(), size.height()))
