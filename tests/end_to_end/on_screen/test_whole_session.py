"""One whole session on a screen with a window manager, with the shipped starter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from ip2p_desktop.base import paths

sys.path.insert(0, str(Path(__file__).resolve().parent))

from virtual_desktop import VirtualDesktop, missing_tools, use_window

SCRIPT = Path(__file__).resolve().parent / "whole_session.py"
LIMIT_SECONDS = 600
PHOTOS = 6


@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
def test_everything_is_there_after_a_session_and_a_restart(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in paths.sample_photos()[:PHOTOS]:
        with Image.open(path) as image:
            image.reduce(2).save(photos / path.name, quality=95)
    with VirtualDesktop() as desktop:
        environment = desktop.environment(IP2P_DATA_DIR=str(tmp_path / "data"), LANGUAGE="en")
        for part in ("first", "second"):
            assert use_window(SCRIPT, part, tmp_path, environment, LIMIT_SECONDS) == 0, part
    with Image.open(tmp_path / "saved.png") as saved, Image.open(photos / "dog.jpg") as photo:
        assert saved.size == photo.size
    assert len(list((photos / "edited").iterdir())) == 5
