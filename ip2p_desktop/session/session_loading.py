"""Reads a session from its folder: all nodes with their thumbnails, but no image.

What is damaged is moved to a folder inside the session and reported; all else is returned.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from engine.errors import ImageUnreadable, ModelNotUsable
from engine.library import ModelCard, read_model_card
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.image_memory import THUMBNAIL_SIDE, StoredImage
from ip2p_desktop.session.mask_references import delete_unused_masks, find_masks, positions_of
from ip2p_desktop.session.store.node_files import (
    RECORD_SUFFIX,
    check_image,
    image_file,
    read_display_image,
    read_record,
    read_size,
    read_thumbnail,
    record_file,
)
from ip2p_desktop.session.store.node_record import NODE_ID, NodeKind, NodeRecord
from ip2p_desktop.session.store.session_folder import DAMAGED_FOLDER
from ip2p_desktop.session.store.session_record import (
    DAMAGED,
    PREVIOUS_NAME,
    SESSION_NAME,
    NodeEntry,
    SessionRecord,
    read_session,
)
from ip2p_desktop.session.stored_undo import read_histories
from ip2p_desktop.session.undo import UndoHistory

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedSession:
    """A session as it was read."""

    nodes: tuple[tuple[EditNode, bool], ...]
    """Oldest first, and whether each is listed."""
    shown: EditNode | None
    record: SessionRecord
    histories: Mapping[SourcePhoto | None, UndoHistory]
    """The steps of undo of each photo."""
    stored: tuple[EditNode, ...] = ()
    """The nodes whose records on disk are those of the tree."""
    damaged: tuple[str, ...] = ()
    """The names of the photos, results and files that could not be read."""
    damaged_folder: Path
    """Where their files are now."""


@dataclass(slots=True)
class _Findings:
    """What is read so far."""

    folder: Path
    names: dict[str, str]
    """Names of nodes by id."""
    records: dict[str, NodeRecord] = field(default_factory=dict)
    nodes: dict[str, EditNode] = field(default_factory=dict)
    pixels: dict[str, StoredImage] = field(default_factory=dict)
    models: dict[Path, ModelCard] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """The nodes whose records must be written again, as they are not what they were."""


def load_session(folder: Path) -> LoadedSession:
    """Reads a session, which must be locked. Slow for many nodes. Raises `NewerVersion`, changing nothing."""
    record, damaged = _read_record(folder)
    found = _Findings(folder, {entry.node_id: entry.name for entry in record.nodes})
    _read_nodes(found, record)
    for file in damaged:
        _set_aside(file)
    entries = _all_entries(record, found)
    nodes = {entry.node_id: node for entry in entries if (node := _node(found, entry)) is not None}
    listed = {entry.node_id for entry in entries if entry.is_listed}
    shown = _shown(nodes, listed, record.shown)
    if damaged and record.shown not in nodes and shown is not None and isinstance(shown, EditedPhoto):
        record = replace(record, state=shown.state)
    for entry in entries:
        photo = nodes.get(entry.node_id)
        if isinstance(photo, SourcePhoto):
            photo.last_shown = nodes.get(entry.last_shown, photo)
    histories = read_histories(record.histories, nodes)
    find_masks(folder, found.nodes.values(), positions_of(histories.values()))
    if not damaged and not found.damaged:
        delete_unused_masks(folder, found.nodes.values())
    stand_ins = [node for node in found.nodes.values() if node.node_id not in nodes]
    return LoadedSession(
        nodes=(
            *((node, False) for node in stand_ins),
            *((node, key in listed) for key, node in nodes.items()),
        ),
        shown=shown,
        record=record,
        histories=histories,
        stored=tuple(node for key, node in nodes.items() if key not in found.changed),
        damaged_folder=folder / DAMAGED_FOLDER,
        damaged=(*(file.name for file in damaged), *found.damaged),
    )


def _shown(nodes: Mapping[str, EditNode], listed: Collection[str], shown: str) -> EditNode | None:
    """The node that was on screen, else the newest one that is listed: none that was removed."""
    seen = {each for key in listed if (node := nodes.get(key)) is not None for each in (node, node.photo)}
    node = nodes.get(shown)
    if node is not None and (node in seen or node.parent in seen):
        return node
    return next((nodes[key] for key in reversed(list(nodes)) if key in listed), None)


def _read_record(folder: Path) -> tuple[SessionRecord, list[Path]]:
    """The record, else the one before the last change, else an empty one; and the files that are damaged."""
    damaged: list[Path] = []
    for name in (SESSION_NAME, PREVIOUS_NAME):
        try:
            return read_session(folder / name), damaged
        except FileNotFoundError:
            continue
        except (OSError, *DAMAGED) as error:
            log.warning("%s of a session cannot be read: %s", name, error)
            damaged.append(folder / name)
    return SessionRecord(), damaged


def _read_nodes(found: _Findings, record: SessionRecord) -> None:
    """Read the records of all nodes, those that the session does not name included.

    Files are moved only after all have been read, as a session of a newer version stays as it is.
    """
    files = [file for file in sorted(found.folder.glob(f"*{RECORD_SUFFIX}")) if NODE_ID.fullmatch(file.stem)]
    unreadable: list[Path] = []
    for file in files:
        try:
            found.records[file.stem] = read_record(file)
        except (OSError, ValueError) as error:
            log.warning("%s of a session cannot be read: %s", file.name, error)
            unreadable.append(file)
    lost = {entry.node_id for entry in record.nodes} - {file.stem for file in files}
    for node in list(found.records.values()):
        try:
            check_image(found.folder, node)
        except (OSError, ValueError) as error:
            log.warning("The image of %s in a session cannot be used: %s", node.name, error)
            lost.add(node.node_id)
    recovered = [each for file in unreadable if (each := _recovered(found, file)) is not None]
    lost.update(file.stem for file in unreadable)
    for node_id in sorted(lost):
        found.names.setdefault(node_id, found.records[node_id].name if node_id in found.records else node_id)
        found.damaged.append(found.names[node_id])
        found.records.pop(node_id, None)
    found.changed.update(each.node_id for each in recovered)
    found.records.update((each.node_id, each) for each in recovered)
    kept = {each.image for each in found.records.values()}
    for node_id in sorted(lost):
        images = [] if node_id in kept else [image_file(found.folder, node_id)]
        _set_aside(record_file(found.folder, node_id), *images)


def _recovered(found: _Findings, file: Path) -> NodeRecord | None:
    """A photo in place of a node of which only the image is left; None if there is none."""
    image = image_file(file.parent, file.stem)
    try:
        size = read_size(image)
        return NodeRecord(
            node_id=file.stem,
            kind=NodeKind.PHOTO,
            name=found.names.get(file.stem, image.name),
            image=file.stem,
            width=size[0],
            height=size[1],
            byte_count=image.stat().st_size,
            created=image.stat().st_mtime,
        )
    except (OSError, ValueError, ImageUnreadable):
        return None


def _all_entries(record: SessionRecord, found: _Findings) -> list[NodeEntry]:
    """The nodes that the session names, then those that were stored after it."""
    known = {entry.node_id for entry in record.nodes}
    new = sorted(
        (each for each in found.records.values() if each.node_id not in known), key=lambda each: each.created
    )
    return [*record.nodes, *(NodeEntry(node_id=each.node_id, name=each.name) for each in new)]


def _node(found: _Findings, entry: NodeEntry) -> EditNode | None:
    """The node of an entry with those it comes from; None if it cannot be read."""
    for node_id in _line_of(found, entry.node_id):
        _read_node(found, found.records[node_id])
    node = found.nodes.get(entry.node_id)
    if node is not None:
        node.is_starred = entry.is_starred
        node.name = entry.name or node.name
    if isinstance(node, SourcePhoto):
        node.state = entry.state
        node.mask_id, node.uses_mask = entry.mask_id, entry.uses_mask
    if isinstance(node, EditedPhoto):
        node.opacity = entry.opacity
    return node


def _line_of(found: _Findings, node_id: str) -> list[str]:
    """The nodes to read for a node: those that it comes from, the oldest first, and itself."""
    line: dict[str, None] = {}
    while node_id in found.records and node_id not in found.nodes and node_id not in line:
        line[node_id] = None  # a node cannot come from itself
        node_id = found.records[node_id].parent
    return list(reversed(line))


def _read_node(found: _Findings, record: NodeRecord) -> None:
    """Read a node whose parent has been read, unless it is lost."""
    parent = found.nodes.get(record.parent)
    pixels = _pixels(found, record)
    node: EditNode
    if record.kind is NodeKind.RESULT:
        node = _result(found, record, pixels, parent)
    else:
        node = SourcePhoto(pixels, record.name, record.info, record.edit_record())
        node.parent = parent
    node.node_id, node.created = record.node_id, record.created
    found.nodes[record.node_id] = node


def _result(
    found: _Findings, record: NodeRecord, pixels: StoredImage, parent: EditNode | None
) -> EditedPhoto:
    """A result; if its photo is lost, it is shown beside itself."""
    assert record.state is not None
    if not isinstance(parent, SourcePhoto):
        parent = SourcePhoto(pixels, found.names.get(record.parent, record.name))
        found.nodes[parent.node_id] = parent
        found.changed.add(record.node_id)
    model = _model(found, record.state.model, record.model_name)
    return EditedPhoto(parent, model, record.state, pixels, record.is_unchanged, record.name)


def _model(found: _Findings, path: Path | None, name: str) -> ModelCard:
    """The card of the model of a result, which may have been removed since."""
    path = path or Path(name)
    if path not in found.models:
        found.models[path] = ModelCard(path=path, name=name or path.name)
        with suppress(ModelNotUsable, OSError):
            found.models[path] = read_model_card(path)
    return found.models[path]


def _pixels(found: _Findings, record: NodeRecord) -> StoredImage:
    """The image of a node; nodes with the same file share it."""
    if record.image not in found.pixels:
        size, file = QSize(record.width, record.height), image_file(found.folder, record.image)
        thumbnail = read_thumbnail(found.folder, record.node_id) or _new_thumbnail(file)
        found.pixels[record.image] = StoredImage.in_file(file, size, thumbnail)
    return found.pixels[record.image]


def _new_thumbnail(file: Path) -> QImage:
    """A thumbnail in place of a lost one; grey if the image cannot be read."""
    try:
        return read_display_image(file).thumbnail(THUMBNAIL_SIDE)
    except ImageUnreadable:
        thumbnail = QImage(THUMBNAIL_SIDE, THUMBNAIL_SIDE, QImage.Format.Format_RGB32)
        thumbnail.fill(Qt.GlobalColor.gray)
        return thumbnail


def _set_aside(*files: Path) -> None:
    """Move files to the folder of damaged ones, under a name that is not in use."""
    for file in files:
        with suppress(OSError):
            if file.exists():
                folder = file.parent / DAMAGED_FOLDER
                folder.mkdir(exist_ok=True)
                file.replace(next(free for free in _names(folder / file.name) if not free.exists()))


def _names(file: Path) -> Iterator[Path]:
    yield file
    number = 2
    while True:
        yield file.with_name(f"{file.stem} {number}{file.suffix}")
        number += 1
