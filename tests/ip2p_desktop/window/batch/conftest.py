"""A batch dialog, and a folder of photos for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.window.batch.batch_dialog import BatchDialog

Ready = Callable[[], None]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of four photos, one of them in a folder below."""
    folder = tmp_path / "photos"
    for number, name in enumerate(("a.png", "b.png", "c.jpg", "sub/d.png")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((40 + number, 30)).convert("RGB").save(path)
    return folder


@pytest.fixture
def dialog(program: Program) -> BatchDialog:
    """The dialog as Ctrl+B opens it, with an instruction in the window."""
    program.document.change(instruction="make it warmer", randomises_seed=False, seed=7)
    program.window.actions_.batch.trigger()
    assert program.batches.dialog.isVisible()
    return program.batches.dialog


@pytest.fixture
def ready(qtbot: QtBot, dialog: BatchDialog, photos: Path) -> Ready:
    """Chooses the folder and waits until the batch can be started."""

    def choose() -> None:
        dialog.setup_page.photos.choose([photos])
        qtbot.waitUntil(dialog.setup_page.start_button.isEnabled)

    return choose
