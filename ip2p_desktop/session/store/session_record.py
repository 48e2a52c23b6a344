"""The JSON file of a session: which nodes it has, what the window shows, the settings and undo."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import NewerVersion
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.masks.stored_mask import valid_mask_id
from ip2p_desktop.session.store.node_record import NODE_ID, newer_session
from ip2p_desktop.session.store.undo_record import (
    HistoryEntry,
    histories_json,
    read_earlier_history,
    read_histories,
)

SESSION_VERSION = 1
"""Raised when earlier programs would misread the file; a new field does not need that."""
SESSION_NAME = "session.json"
PREVIOUS_NAME = "session.previous.json"
"""The file as it was before the last change."""
DAMAGED = (ValueError, RecursionError)
"""Errors that a damaged file causes; the second one comes from deep nesting."""
STANDARD_STATE = EditState()
DIVIDER_RANGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeEntry:
    """What may change about a node."""

    node_id: str
    name: str
    is_listed: bool = True
    """Whether the strip shows it."""
    state: EditState | None = None
    """The settings of an opened photo; None if it has none of its own."""
    last_shown: str = ""
    """Id of the node of an opened photo that was last on screen; empty for the photo itself."""
    is_starred: bool = False
    opacity: float = 1.0
    """How much of a result is seen over its photo, 0 to 1."""
    mask_id: str = ""
    """The mask that belongs to a photo."""
    uses_mask: bool = True
    unknown_fields: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewRecord:
    """Zoom and position of the photo, and the divider."""

    is_fitted: bool = True
    zoom: float = 1.0
    """Screen pixels for each photo pixel, if it is not fitted."""
    centre_x: float = 0.5
    """The part of the photo in the middle of the view, as a share of its width."""
    centre_y: float = 0.5
    divider: int = 500
    """In thousandths of the width."""
    compare_mode: CompareMode = CompareMode.DIVIDER


STANDARD_VIEW = ViewRecord()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRecord:
    """A session as it is stored."""

    nodes: tuple[NodeEntry, ...] = ()
    """Oldest first."""
    shown: str = ""
    """Id of the node on screen; empty if there is none."""
    state: EditState = STANDARD_STATE
    """The current settings, with the instruction as typed so far."""
    view: ViewRecord = STANDARD_VIEW
    histories: tuple[HistoryEntry, ...] = ()
    """The steps of undo of each photo."""
    unknown_fields: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Fields written by another version of the program; they are written again."""

    def to_json(self) -> dict[str, Any]:
        """An object for JSON."""
        view = self.view
        values: dict[str, Any] = {
            VERSION_NAME: SESSION_VERSION,
            "nodes": [_entry_json(entry) for entry in self.nodes],
            "shown": self.shown,
            "state": self.state.to_json(),
            "view": {
                "is_fitted": view.is_fitted,
                "zoom": view.zoom,
                "centre_x": view.centre_x,
                "centre_y": view.centre_y,
                "divider": view.divider,
                "compare_mode": view.compare_mode,
            },
            "undo": histories_json(self.histories),
        }
        return with_unknown(values, self.unknown_fields)

    @classmethod
    def from_json(cls, stored: object) -> SessionRecord:
        """The inverse of `to_json`, also for files of other versions.

        Raises `NewerVersion` if this version would misread it, `ValueError` if it is not a JSON object.
        """
        values = JsonRecord(stored)
        if values.version > SESSION_VERSION:
            raise newer_session()
        try:
            shown, state = values.get("shown", ""), _state(values.value("state")) or STANDARD_STATE
            return cls(
                nodes=tuple(_entries(values)),
                shown=shown,
                state=state,
                view=_view(values.record("view")),
                histories=(
                    *read_earlier_history(values, shown, state),
                    *read_histories(values.record("undo")),
                ),
                unknown_fields=values.unknown(),
            )
        except NewerVersion:  # of a part of it
            raise newer_session() from None


def write_session(folder: Path, record: SessionRecord) -> None:
    """Write the file and keep the one before. Raises `OSError`."""
    text = json.dumps(record.to_json(), ensure_ascii=False, indent=1)
    with atomic_write(folder / SESSION_NAME) as temporary:
        # surrogates, which some input methods leave, must not keep the rest from being written
        temporary.write_text(text, encoding="utf-8", errors="replace")
        if (folder / SESSION_NAME).exists():
            # a copy, so that there is a record at every moment: a project may be saved meanwhile
            with atomic_write(folder / PREVIOUS_NAME) as previous:
                shutil.copyfile(folder / SESSION_NAME, previous)


def read_session(file: Path) -> SessionRecord:
    """Raises `OSError`, `NewerVersion` or one of `DAMAGED`."""
    return SessionRecord.from_json(json.loads(read_bounded(file, JSON_LIMIT)))


def _entry_json(entry: NodeEntry) -> dict[str, Any]:
    values: dict[str, Any] = {"id": entry.node_id, "name": entry.name, "is_listed": entry.is_listed}
    if entry.state is not None:
        values["state"] = entry.state.to_json()
    if entry.last_shown:
        values["last_shown"] = entry.last_shown
    if entry.is_starred:
        values["is_starred"] = True
    if entry.opacity != 1:
        values["opacity"] = entry.opacity
    if entry.mask_id:
        values |= {"mask_id": entry.mask_id, "uses_mask": entry.uses_mask}
    return with_unknown(values, entry.unknown_fields)


def _view(values: JsonRecord) -> ViewRecord:
    view = values.fill(STANDARD_VIEW)
    is_possible = 0 < view.zoom < math.inf and 0 <= view.divider <= DIVIDER_RANGE
    return view if is_possible and math.isfinite(view.centre_x + view.centre_y) else STANDARD_VIEW


def _entries(values: JsonRecord) -> Iterator[NodeEntry]:
    """The entries with ids that the program gives, as they become names of files."""
    for each in values.records("nodes"):
        node_id = each.get("id", "")
        if not NODE_ID.fullmatch(node_id):
            continue
        yield NodeEntry(
            node_id=node_id,
            name=each.get("name", ""),
            is_listed=each.get("is_listed", True),
            state=_state(each.value("state")),
            last_shown=each.get("last_shown", ""),
            is_starred=each.get("is_starred", False),
            opacity=_opacity(each),
            mask_id=valid_mask_id(each.get("mask_id", "")),
            uses_mask=each.get("uses_mask", True),
            unknown_fields=each.unknown(),
        )


def _opacity(entry: JsonRecord) -> float:
    opacity = entry.get("opacity", 1.0)
    return opacity if 0 <= opacity <= 1 else 1.0


def _state(stored: object) -> EditState | None:
    """Settings; None if there are none, or damaged ones."""
    try:
        return EditState.from_json(stored)
    except ValueError:
        return None
