"""The catalogue that ships, and damaged ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InvalidRequest, ModelNotUsable
from engine.library.catalogue import CatalogueEntry, find_entry, read_catalogue
from engine.resources import resources_folder

ENTRY: dict[str, Any] = {
    "id": "snow",
    "name": "Snow",
    "repository": "owner/snow",
    "revision": "refs/pr/2",
    "files": [{"path": "a snow.safetensors", "sha256": None}],
    "family": "sd1",
    "licence": "MIT",
    "size": 1,
    "description": "Winter.",
}


def read(tmp_path: Path, **changes: Any) -> tuple[CatalogueEntry, ...]:
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"models": [{**ENTRY, **changes}]}))
    return read_catalogue(path)


def test_the_shipped_catalogue_is_sound() -> None:
    entries = read_catalogue()
    assert "timbrooks/instruct-pix2pix" in [entry.repository for entry in entries]
    families = {path.name for path in (resources_folder() / "families").iterdir()}
    assert {entry.family for entry in entries} <= families
    assert all(entry.licence and entry.description for entry in entries)
    assert all(entry.note for entry in entries if entry.is_gated or not entry.allows_commercial_use)


def test_the_shipped_catalogue_names_no_host() -> None:
    text = (resources_folder() / "catalogue.json").read_text(encoding="utf-8")
    assert not re.search(r"://|\.co\b|\.com\b|\.org\b", text)


DAMAGED: dict[str, dict[str, Any]] = {
    "climbs out": {"files": [{"path": "../../evil.safetensors"}]},
    "climbs out on Windows": {"files": [{"path": "..\\evil.safetensors"}]},
    "absolute": {"files": [{"path": "/etc/evil.safetensors"}]},
    "no checksum": {"files": [{"path": "snow.safetensors", "sha256": "abc"}]},
    "no files": {"files": []},
    "folder without index": {"files": [{"path": "a.safetensors"}, {"path": "b.safetensors"}]},
    "bad id": {"id": "../snow"},
    "bad repository": {"repository": "http://elsewhere/snow"},
    "no size": {"size": 0},
    "name is a number": {"name": 3},
    "unknown scheduler": {"recommended": {"scheduler": "heun"}},
    "unknown field": {"colour": "blue"},
}


@pytest.mark.parametrize("changes", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_catalogue_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelNotUsable, match=r"catalogue\.json cannot be read"):
        read(tmp_path, **changes)


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"The catalogue has no model “ice”\. Choose one of snow\."):
        find_entry(read(tmp_path), "ice")
