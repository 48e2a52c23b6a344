"""The JSON file of one photo or result: everything about it except its pixels.

It is written once, after the image, and names the size of the image's file, so that a file that was cut is
recognised without decoding it.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.errors import NewerVersion
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.images.edit_record import EditRecord
from ip2p_desktop.session.edit_state import EditState

NODE_VERSION = 1
"""Raised when earlier programs would misread the file; a new field does not need that."""
NODE_ID = re.compile(r"[0-9a-f]{16}")
BYTES_KEY = "base64"
"""Key of the object that stands for bytes in the metadata of a photo."""
LARGEST_SIDE = 2**31


def new_node_id() -> str:
    """A name for the files of a new node: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class NodeKind(StrEnum):
    """What a node is."""

    PHOTO = "photo"
    RESULT = "result"


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRecord:
    """A node as it is stored. Raises `ValueError` for values that no node has."""

    node_id: str
    kind: NodeKind
    name: str
    image: str
    """The id in the name of the image's file; a result used as source shares the file of the result."""
    width: int
    height: int
    byte_count: int
    """Size of the image's file."""
    created: float
    """Seconds since 1970."""
    parent: str = ""
    """Id of the photo of a result, or of the result that is used as a photo; empty for an opened photo."""
    state: EditState | None = None
    """The settings that made a result; None for a photo."""
    model_name: str = ""
    is_unchanged: bool = False
    record: str = ""
    """The edit record in the metadata of a photo, as text; empty if there is none."""
    info: Mapping[str, Any] = field(default_factory=dict)
    """The metadata of a photo, as in Pillow's `info`."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not (NODE_ID.fullmatch(self.node_id) and NODE_ID.fullmatch(self.image)):
            raise ValueError("it has no valid name")
        if self.parent and not NODE_ID.fullmatch(self.parent):
            raise ValueError("its parent has no valid name")
        if not (0 < self.width < LARGEST_SIDE and 0 < self.height < LARGEST_SIDE and self.byte_count > 0):
            raise ValueError("it has no valid size")
        if self.kind is NodeKind.RESULT and (self.state is None or not self.parent):
            raise ValueError("its settings or its photo are missing")

    def to_json(self) -> dict[str, Any]:
        """An object for JSON."""
        values: dict[str, Any] = {
            VERSION_NAME: NODE_VERSION,
            "id": self.node_id,
            "kind": self.kind,
            "name": self.name,
            "image": self.image,
            "width": self.width,
            "height": self.height,
            "byte_count": self.byte_count,
            "created": self.created,
            "parent": self.parent,
            "state": self.state.to_json() if self.state is not None else None,
            "model_name": self.model_name,
            "is_unchanged": self.is_unchanged,
            "record": self.record,
            "info": {
                name: plain for name, value in self.info.items() if (plain := _plain(value)) is not None
            },
        }
        return with_unknown(values, self.unknown_fields)

    @classmethod
    def from_json(cls, stored: object) -> NodeRecord:
        """The inverse of `to_json`. Raises `NewerVersion`, or `ValueError` if it is damaged."""
        values = JsonRecord(stored)
        if values.version > NODE_VERSION:
            raise newer_session()
        kind = NodeKind(values.get("kind", ""))
        state, info = values.value("state"), values.value("info")
        return cls(
            node_id=values.get("id", ""),
            kind=kind,
            name=values.get("name", ""),
            image=values.get("image", ""),
            width=values.get("width", 0),
            height=values.get("height", 0),
            byte_count=values.get("byte_count", 0),
            created=values.get("created", 0.0),
            parent=values.get("parent", ""),
            state=EditState.from_json(state) if kind is NodeKind.RESULT else None,
            model_name=values.get("model_name", ""),
            is_unchanged=values.get("is_unchanged", False),
            record=values.get("record", ""),
            info={name: _from_plain(each) for name, each in info.items()} if isinstance(info, dict) else {},
            unknown_fields=values.unknown(),
        )

    def edit_record(self) -> EditRecord | None:
        """The edit record of a photo; None if there is none that can be read."""
        try:
            return EditRecord.from_json(self.record) if self.record else None
        except (ValueError, RecursionError, NewerVersion):
            return None


def newer_session() -> NewerVersion:
    """The error for a session of a newer version."""
    return NewerVersion(
        "version.session",
        "The session was saved by a newer version of IP2P Desktop.",
        "Update IP2P Desktop to open it. It stays as it is.",
    )


def _plain(value: object) -> object:
    """A value of the metadata for JSON; None if it cannot be stored."""
    if isinstance(value, bytes):
        return {BYTES_KEY: base64.b64encode(value).decode("ascii")}
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list) and all(isinstance(item, int | float) for item in value):
        return [float(item) for item in value]
    return None


def _from_plain(value: object) -> object:
    if isinstance(value, dict):
        try:
            return base64.b64decode(str(value.get(BYTES_KEY, "")), validate=True)
        except (binascii.Error, ValueError):
            return b""
    return tuple(value) if isinstance(value, list) else value
