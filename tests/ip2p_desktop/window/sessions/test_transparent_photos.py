"""A transparent photo keeps its alpha in results, files and sessions; so does the opacity of a result."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.session_steps import Start, edit, open_file, quit_program, wait_until_shown, wait_until_stored
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.images.comparing import blended
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.edit_nodes import SourcePhoto


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.png"
    image = Image.radial_gradient("L").resize((90, 60)).convert("RGB").convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((90, 60)))
    image.save(path)
    return path


def pixels_of(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def test_alpha_and_hidden_colours_come_back_after_a_restart(qtbot: QtBot, start: Start, logo: Path) -> None:
    program = start()
    source = open_file(qtbot, program, logo)
    assert source.image.tobytes() == pixels_of(logo).tobytes()
    result = edit(qtbot, program, "make it snow")
    expected = result.image()
    assert expected.getchannel("A").tobytes() == pixels_of(logo).getchannel("A").tobytes()
    assert result.display_image.has_alpha
    wait_until_stored(qtbot, program)
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    shown = again.document.result
    assert shown is not None
    assert shown.image().tobytes() == expected.tobytes()
    assert shown.source.image.tobytes() == pixels_of(logo).tobytes()


def test_a_result_is_saved_with_its_alpha_or_on_white_with_a_hint(
    qtbot: QtBot, start: Start, logo: Path, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, logo)
    result = edit(qtbot, program, "make it snow")
    with qtbot.waitSignal(program.files.saved):
        program.saving.save_to(result, tmp_path / "saved.png")
    assert pixels_of(tmp_path / "saved.png").tobytes() == result.image().tobytes()
    assert not program.window.notice_bar.advice.isVisible()
    with qtbot.waitSignal(program.files.saved_on_white):
        program.saving.save_to(result, tmp_path / "saved.jpg")
    assert pixels_of(tmp_path / "saved.jpg").mode == "RGB"
    assert "transparency" in program.window.notice_bar.advice.text()


@pytest.fixture(params=["logo", "coloured"])
def photo_file(request: pytest.FixtureRequest) -> Path:
    path = request.getfixturevalue(request.param)
    assert isinstance(path, Path)
    return path


def test_the_mode_of_comparing_comes_back_after_a_restart(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    program.window.canvas.view.compare_mode = CompareMode.SIDE_BY_SIDE
    wait_until_stored(qtbot, program)
    qtbot.waitUntil(lambda: is_stored_with(program.sessions.path, '"compare_mode": "side_by_side"'))
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert again.window.canvas.view.compare_mode is CompareMode.SIDE_BY_SIDE
    assert again.window.actions_.compare_side_by_side.isChecked()


def test_opacity_is_saved_copied_used_and_restored(
    qtbot: QtBot, start: Start, photo_file: Path, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, photo_file)
    result = edit(qtbot, program, "make it snow")
    program.tree.set_opacity(result, 0.4)
    expected = blended(result.source.image, result.pixels.read_image(), 0.4)
    assert expected.tobytes() not in (result.source.image.tobytes(), result.pixels.read_image().tobytes())
    assert result.image().tobytes() == expected.tobytes()
    with qtbot.waitSignal(program.files.saved):
        program.saving.save_to(result, tmp_path / "saved.png")
    assert pixels_of(tmp_path / "saved.png").tobytes() == expected.tobytes()
    QApplication.clipboard().clear()
    with qtbot.waitSignal(QApplication.clipboard().dataChanged):
        program.photos.copy()
    copied = QApplication.clipboard().image().pixelColor(70, 50).getRgb()
    red, green, blue, *_ = expected.getpixel((70, 50))
    assert max(abs(a - b) for a, b in zip(copied, (red, green, blue), strict=False)) <= 3
    wait_until_stored(qtbot, program)
    qtbot.waitUntil(lambda: is_stored_with(program.sessions.path, '"opacity": 0.4'))
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.result is not None
    assert again.document.result.opacity == 0.4
    with qtbot.waitSignal(again.document.source_changed) as changed:
        again.history.use_as_source()
    source = changed.args[0]
    assert isinstance(source, SourcePhoto)
    assert source.image.tobytes() == expected.tobytes()


def is_stored_with(path: Path | None, text: str) -> bool:
    return path is not None and text in (path / "session.json").read_text(encoding="utf-8")
