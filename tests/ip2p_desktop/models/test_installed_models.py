"""The list of installed models is read off the GUI thread; the window until it has been read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.models.model_list import ModelList, read_models
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage

SNOW = ModelCard(path=Path("snow"), name="Snow")


class Disk:
    """Returns the list of models when the test allows it."""

    def __init__(self) -> None:
        self.answers: list[ModelList] = []
        self.threads: list[threading.Thread] = []
        self.was_read = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def read(self) -> ModelList:
        self.threads.append(threading.current_thread())
        answer = self.answers[len(self.threads) - 1]
        self.was_read.release()
        self.let.acquire()
        return answer


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def models(qtbot: QtBot, disk: Disk) -> Iterator[InstalledModels]:
    models = InstalledModels(read=disk.read)
    yield models
    disk.let.release(9)
    models.close()


def listed(*cards: ModelCard) -> ModelList:
    return ModelList(Path("models"), cards)


def test_the_list_is_read_off_the_gui_thread(qtbot: QtBot, models: InstalledModels, disk: Disk) -> None:
    disk.answers = [listed(SNOW)]
    models.reload()
    assert not models.is_known
    assert models.cards == ()
    with qtbot.waitSignal(models.changed):
        disk.let.release()
    assert models.is_known
    assert models.find(Path("snow")) == SNOW
    assert models.find(Path("ice")) is None
    assert disk.threads[0] is not threading.main_thread()


def test_only_the_newest_answer_counts(qtbot: QtBot, models: InstalledModels, disk: Disk) -> None:
    disk.answers = [listed(), listed(SNOW)]
    models.reload()
    disk.was_read.acquire()
    models.reload()
    seen: list[tuple[ModelCard, ...]] = []
    models.changed.connect(lambda: seen.append(models.cards))
    with qtbot.waitSignal(models.changed):
        disk.let.release(2)
    assert seen == [(SNOW,)]


def test_what_becomes_known_of_a_model_outlives_an_older_answer(
    qtbot: QtBot, models: InstalledModels, disk: Disk
) -> None:
    described = replace(SNOW, description="Winter.")
    disk.answers = [listed(SNOW), listed(SNOW), listed(described)]
    models.reload()
    with qtbot.waitSignal(models.changed):
        disk.let.release()
    models.reload()
    models.update(described)
    seen: list[tuple[ModelCard, ...]] = []
    models.changed.connect(lambda: seen.append(models.cards))
    with qtbot.waitSignal(models.changed):
        disk.let.release(2)
    assert seen == [(described,)]


def test_a_folder_that_cannot_be_listed_leaves_the_starter(
    qtbot: QtBot, starter: ModelCard, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> list[ModelCard]:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("engine.library.model_library.list_models", refuse)
    assert read_models().cards == (starter,)
    assert "cannot be listed" in caplog.text


@pytest.fixture
def start(qapp: QApplication, editor: FakeEditor) -> Iterator[Callable[[], Program]]:
    """Shows a window whose list of models has not been read."""
    started: list[Program] = []

    def start() -> Program:
        program = build_program(qapp, Preferences(paths.preferences_file()), editor.make)
        program.window.show()
        started.append(program)
        return program

    yield start
    for program in started:
        program.window.close()
        program.shut_down()
        program.window.deleteLater()


def test_the_window_shows_no_notice_until_the_list_is_known(
    qtbot: QtBot, starter: ModelCard, start: Callable[[], Program]
) -> None:
    program = start()
    menu = program.window.settings_panel.model_menu
    program.window.grab()
    assert not program.installed.is_known
    assert menu.menu.placeholderText() == ""
    assert not menu.menu.isEnabled()
    assert not menu.description.isVisible()
    assert not program.window.notice_bar.isVisible()
    qtbot.waitUntil(lambda: program.installed.is_known)
    assert menu.menu.currentText() == "Starter"
    assert menu.menu.isEnabled()
    assert menu.description.isVisible()


def test_without_any_model_the_window_reports_it_after_reading_the_list(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[], Program]
) -> None:
    monkeypatch.setattr(paths, "starter_model", lambda: tmp_path / "nowhere")
    program = start()
    menu = program.window.settings_panel.model_menu
    assert not menu.description.isVisible()
    qtbot.waitUntil(lambda: program.installed.is_known)
    assert menu.description.text() == "No model is installed. Train one, or get one under “Models…”."
    assert menu.description.isVisible()
    assert menu.menu.placeholderText() == "No model"


def test_the_model_used_last_is_chosen_at_the_next_start(
    qtbot: QtBot, program: Program, trained_model: ModelCard, start: Callable[[], Program]
) -> None:
    program.models.selection.choose(trained_model.path)
    later = start()
    assert later.document.model is None
    qtbot.waitUntil(lambda: later.installed.is_known)
    assert later.document.model == trained_model
    assert later.document.state.settings.num_inference_steps == 30
    assert later.window.settings_panel.model_menu.menu.currentText() == "Postcard"


def test_an_edit_started_before_the_list_is_known_waits_for_it_and_keeps_what_was_set(
    qtbot: QtBot, editor: FakeEditor, starter: ModelCard, start: Callable[[], Program]
) -> None:
    program = start()
    image = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
    program.edits.open_source(SourcePhoto.of(image, DisplayImage.of(image), "dog.jpg"))
    program.document.change(instruction="make it snow", num_inference_steps=33)
    program.edits.start()
    assert (
        program.window.notice_bar.message.text() == "The edit starts as soon as the models have been found."
    )
    with qtbot.waitSignal(program.edits.finished):
        pass
    (request,) = editor.requests
    assert (request.instruction, request.settings.num_inference_steps) == ("make it snow", 33)
    assert request.settings.text_guidance_scale == starter.recommended.text_guidance_scale
    assert not program.window.notice_bar.isVisible()
    program.undo.undo()
    assert not program.window.actions_.undo.isEnabled(), "the choice of the first model is no step"
