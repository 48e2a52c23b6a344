"""Every file of the packaged program belongs to a part with a licence."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import licence_list
import numpy
import pytest
import shiboken6

from ip2p_desktop.base import licences, paths

ROOT = Path(__file__).resolve().parents[2]


def test_files_are_listed_by_the_packages_that_own_them(tmp_path: Path) -> None:
    files = [Path(numpy.__file__), Path(shiboken6.__file__), Path(os.__file__), ROOT / "engine" / "errors.py"]
    for_window, for_people = licence_list.write_lists(files, tmp_path)
    parts = {part["name"]: part for part in json.loads(for_window.read_text(encoding="utf-8"))}
    assert {"IP2P Desktop", "Starter model", "Python", "numpy", "shiboken6", "pyinstaller"} <= set(parts)
    assert "torch" not in parts, "no file of it was given"
    assert parts["shiboken6"]["licence"] == "LGPL-3.0-only"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in parts["shiboken6"]["text"]
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in parts["Python"]["text"]
    text = for_people.read_text(encoding="utf-8")
    assert all(part["text"].strip()[:200] in text for part in parts.values())


def test_a_file_of_nobody_fails_the_build(tmp_path: Path) -> None:
    unknown = tmp_path / "libunknown.so"
    unknown.touch()
    with pytest.raises(licence_list.LicenceMissing, match="libunknown"):
        licence_list.licence_list([unknown])


def test_a_system_library_brings_the_licence_of_its_package() -> None:
    library = next(Path("/usr/lib").glob("*/libexpat.so.1"), None)
    if library is None or not Path("/usr/share/doc/libexpat1/copyright").is_file():
        pytest.skip("there is no such package here")
    parts = {part.name: part for part in licence_list.licence_list([library])}
    assert "Permission is hereby granted" in parts["libexpat1 (system library)"].text


def test_the_packaged_program_shows_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources").mkdir()
    listed = licences.LicencedPart(name="One part", version="3", licence="MIT", text="free")
    text = json.dumps([{"name": "One part", "version": "3", "licence": "MIT", "text": "free"}])
    (tmp_path / "resources" / licences.LIST_NAME).write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.is_frozen()
    assert licences.licenced_parts() == (listed,)
