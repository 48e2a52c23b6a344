"""A training whose window and trainer are killed, and whose pairs disappear, on a screen."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from ip2p_desktop.base import paths

sys.path.insert(0, str(Path(__file__).resolve().parent))

from virtual_desktop import VirtualDesktop, missing_tools, use_window

SCRIPT = Path(__file__).resolve().parent / "teaching_session.py"
LIMIT_SECONDS = 900
KILLED = -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
def test_nothing_is_lost_and_the_model_is_kept_in_the_end(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs"
    pairs.mkdir()
    lines = []
    for path in paths.sample_photos():
        with Image.open(path) as image:
            photo = image.convert("RGB").reduce(4)
        before, after = f"{path.stem}-before.png", f"{path.stem}-after.png"
        photo.save(pairs / before)
        ImageOps.invert(photo).save(pairs / after)
        lines.append(
            {"original_image": before, "edited_image": after, "edit_instruction": "turn it inside out"}
        )
    (pairs / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with VirtualDesktop() as desktop:
        environment = desktop.environment(IP2P_DATA_DIR=str(tmp_path / "data"), LANGUAGE="en")
        for part, code in (("begun", KILLED), ("found", 0), ("judged", KILLED), ("kept", 0)):
            assert use_window(SCRIPT, part, tmp_path, environment, LIMIT_SECONDS) == code, part
    (model,) = (tmp_path / "data" / "models").glob("turn-it-inside-out*")
    assert (model / "unet").is_dir()
