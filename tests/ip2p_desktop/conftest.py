"""A window with a fake editor, two models and a photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from fakes.session_steps import edit
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings, SchedulerName
from engine.library import ModelCard, write_model_card
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.languages import SOURCE_LANGUAGE, install_translators
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.main_window import SIZE


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """In English, whatever the system speaks."""
    install_translators(qapp, SOURCE_LANGUAGE)
    return qapp


def install_model(folder: Path, name: str, suggestions: tuple[str, ...], settings: EditSettings) -> ModelCard:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    card = ModelCard(
        path=folder,
        name=name,
        description=f"{name} changes colours.",
        suggestions=suggestions,
        recommended=settings,
    )
    write_model_card(card)
    return card


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    folder = tmp_path / "starter"
    monkeypatch.setattr(paths, "starter_model", lambda: folder)
    suggestions = ("make it black and white", "make it warmer", "make it snowy")
    return install_model(folder, "Starter", suggestions, EditSettings())


@pytest.fixture
def trained_model(data_folder: Path) -> ModelCard:
    settings = EditSettings(
        num_inference_steps=30,
        text_guidance_scale=6.0,
        image_guidance_scale=1.2,
        scheduler=SchedulerName.DDIM,
        resolution=256,
    )
    return install_model(data_folder / "models" / "postcard", "Postcard", ("make it a postcard",), settings)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "dog.jpg"
    Image.linear_gradient("L").resize((96, 64)).convert("RGB").save(path)
    return path


@pytest.fixture
def editor() -> FakeEditor:
    return FakeEditor()


@pytest.fixture
def program(
    qtbot: QtBot, qapp: QApplication, starter: ModelCard, trained_model: ModelCard, editor: FakeEditor
) -> Iterator[Program]:
    """The program without a photo; its window is shown."""
    program = build_program(qapp, Preferences(paths.preferences_file()), editor.make)
    qtbot.waitUntil(lambda: program.installed.is_known)
    program.window.resize(SIZE)  # the screen of the tests is smaller
    program.window.show()
    qtbot.waitExposed(program.window)
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()
    # at once: the theme of the next program is put on every widget that is left
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def reload_models(qtbot: QtBot, program: Program) -> Callable[[], None]:
    """Reloads the list of models and waits until it has been read."""

    def reload() -> None:
        with qtbot.waitSignal(program.installed.changed):
            program.window.actions_.reload_models.trigger()

    return reload


@pytest.fixture
def open_photo(qtbot: QtBot, program: Program, photo: Path) -> Callable[[], None]:
    """Opens the photo and waits until it is on the canvas."""

    def open_it() -> None:
        with qtbot.waitSignal(program.document.source_changed):
            program.files.open_file(photo)

    return open_it


@pytest.fixture
def make_edit(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> Callable[[str], EditedPhoto]:
    """Edits what is on screen, first a photo."""
    open_photo()
    return lambda instruction: edit(qtbot, program, instruction)
