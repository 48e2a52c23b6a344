"""The dialog asks what was changed in pairs that have no text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from trainer.config import read_config

MakeDialog = Callable[..., TrainingDialog]


@pytest.fixture
def wordless(pairs: Path, tmp_path: Path) -> Path:
    """Folders `before` and `after` without any text."""
    folder = tmp_path / "wordless"
    for side in ("before", "after"):
        (folder / side).mkdir(parents=True)
    edited = sorted(pairs.glob("*-negative.jpg"))
    for place, image in enumerate(edited):
        shutil.copyfile(image, folder / "after" / f"{place}.jpg")
        original = image.with_name(image.name.replace("-negative", ""))
        shutil.copyfile(original, folder / "before" / f"{place}.jpg")
    return folder


def choose(qtbot: QtBot, dialog: TrainingDialog, folder: Path) -> None:
    dialog.choose_folder(folder)
    qtbot.waitUntil(lambda: not dialog.session.dataset.is_searching())


def answer(qtbot: QtBot, dialog: TrainingDialog, text: str) -> None:
    question = dialog.examples_page.question
    question.box.clear()
    qtbot.keyClicks(question.box, text)
    qtbot.keyClick(question.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.session.dataset.findings is not None)


def test_pairs_without_words_are_found_and_trained(
    qtbot: QtBot, make_dialog: MakeDialog, wordless: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, wordless)
    page = dialog.examples_page
    assert page.question.isVisible()
    assert not page.notice.isVisible()
    assert not page.next_button.isEnabled()
    assert not page.question.button.isEnabled()
    assert page.next_hint.text() == "Write first what was changed."
    page.question.box.setPlainText("make it blue")
    assert page.question.button.isEnabled()
    assert page.next_hint.text() == "Press “Use for these pairs” first."
    answer(qtbot, dialog, 'make it #5 "blue" ${x}')
    assert dialog.pages.currentWidget() is page, "Ctrl+Return confirms the answer only"
    assert page.findings.heading.text() == "8 pairs found"
    assert page.question.isVisible()
    assert not page.question.button.isEnabled(), "these words are used already"
    assert page.next_hint.text() == ""
    qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    plan = dialog.plan_page.plan()
    assert plan is not None
    settings = [setting for setting in plan.settings if setting.startswith("data.instruction=")]
    assert read_config(["data.data_path=x", *settings]).data.instruction == 'make it #5 "blue" ${x}'
    qtbot.mouseClick(dialog.plan_page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.session.phase == TrainingPhase.DONE, timeout=30_000)
    assert dialog.session.run is not None
    assert settings[0] in dialog.session.run.settings()


def test_an_answer_can_be_changed_and_is_not_kept_for_another_folder(
    qtbot: QtBot, make_dialog: MakeDialog, wordless: Path, pairs: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, wordless)
    answer(qtbot, dialog, "make it red")
    answer(qtbot, dialog, "make it green")
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == ("make it green",)
    choose(qtbot, dialog, pairs)
    assert not dialog.examples_page.question.isVisible()
    plan = dialog.plan_page.plan()
    assert plan is None or not any("data.instruction" in setting for setting in plan.settings)


def test_some_pairs_without_words_can_be_given_some(
    qtbot: QtBot, make_dialog: MakeDialog, wordless: Path
) -> None:
    (wordless / "0.txt").write_text("make it old", encoding="utf-8")
    dialog = make_dialog()
    choose(qtbot, dialog, wordless)
    assert dialog.examples_page.question.isVisible()
    assert dialog.examples_page.next_button.isEnabled()
    answer(qtbot, dialog, "make it new")
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == ("make it old", "make it new")
    assert len(findings.listing.pairs) == 8
