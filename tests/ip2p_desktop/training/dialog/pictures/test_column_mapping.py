"""Columns of unknown names are chosen in the dialog, trained with, and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import found, press
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from trainer.config import read_config

MakeDialog = Callable[..., TrainingDialog]


@pytest.fixture
def dialog(make_dialog: MakeDialog) -> Iterator[TrainingDialog]:
    dialog = make_dialog()
    yield dialog
    dialog.shut_down()


@pytest.fixture
def unknown_columns(pairs: Path) -> Path:
    """The pairs with a CSV whose columns no public dataset has."""
    (pairs / "metadata.jsonl").unlink()
    lines = ["nr;das bild;die fassung;der wunsch"]
    edited = sorted(pairs.glob("*-negative.jpg"))
    for number, image in enumerate(edited):
        original = image.name.replace("-negative", "")
        image = image.rename(image.with_name(f"x{number}.jpg"))
        new = (pairs / original).rename(pairs / f"y{number}.jpg")
        lines.append(f"{number};{new.name};{image.name};turn number {number} inside out")
    (pairs / "liste.csv").write_text("\n".join(lines), encoding="utf-8")
    return pairs


def test_columns_are_chosen_trained_with_and_remembered(
    qtbot: QtBot, dialog: TrainingDialog, make_dialog: MakeDialog, unknown_columns: Path
) -> None:
    dialog.choose_folder(unknown_columns)
    mapping, page = dialog.examples_page.columns, dialog.examples_page
    qtbot.waitUntil(mapping.isVisible)
    assert not page.notice.isVisible()
    assert not page.next_button.isEnabled()
    assert mapping.original.column_name == "das bild"
    assert mapping.edited.column_name == "die fassung"
    assert mapping.instruction.column_name == "der wunsch"
    assert mapping.instruction.sample.text().startswith("turn number 0 inside out · ")
    mapping.edited.setCurrentText("das bild")
    assert not mapping.button.isEnabled()
    assert mapping.remark.text() == "Choose two different columns for the photos."
    mapping.edited.setCurrentText("die fassung")
    press(qtbot, dialog, "use_columns")
    assert found(qtbot, dialog) == 8
    assert not mapping.isVisible()
    press(qtbot, dialog, "next")
    plan = dialog.plan_page.plan()
    assert plan is not None
    settings = [setting for setting in plan.settings if setting.startswith("data.columns.")]
    columns = read_config(["data.data_path=x", *settings]).data.columns
    assert (columns.original, columns.edited, columns.instruction) == (
        "das bild",
        "die fassung",
        "der wunsch",
    )
    dialog.examples_page.column_search.shut_down()
    again = make_dialog()
    again.choose_folder(unknown_columns)
    qtbot.waitUntil(lambda: again.session.dataset.findings is not None)
    assert found(qtbot, again) == 8
    again.shut_down()


def test_without_a_column_of_words_the_question_is_asked(
    qtbot: QtBot, dialog: TrainingDialog, unknown_columns: Path
) -> None:
    dialog.choose_folder(unknown_columns)
    mapping = dialog.examples_page.columns
    qtbot.waitUntil(mapping.isVisible)
    mapping.instruction.setCurrentText("None: the same words for all")
    press(qtbot, dialog, "use_columns")
    question = dialog.examples_page.question
    qtbot.waitUntil(question.isVisible)
    assert question.label.text().startswith("8 pair")
    question.box.setPlainText("turn it inside out\ninvert it")
    press(qtbot, dialog, "use_instruction")
    assert found(qtbot, dialog) == 8
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == ("turn it inside out", "invert it")
    assert findings.columns.original == "das bild"


def test_columns_are_offered_where_file_names_look_like_pairs_too(
    qtbot: QtBot, dialog: TrainingDialog, tmp_path: Path
) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    lines = ["fassung;bild;wunsch"]
    for number in range(4):
        for side, colour in (("a", (40, 60 * number, 90)), ("b", (200, 60 * number, 10))):
            Image.new("RGB", (96, 64), colour).save(folder / f"{number}-{side}.png")
        lines.append(f"{number}-b.png;{number}-a.png;turn number {number} around")
    (folder / "liste.csv").write_text("\n".join(lines), encoding="utf-8")
    dialog.choose_folder(folder)
    mapping, question = dialog.examples_page.columns, dialog.examples_page.question
    qtbot.waitUntil(mapping.isVisible)
    assert question.isVisible(), "the same words for all are another way"
    mapping.original.setCurrentText("bild")
    mapping.edited.setCurrentText("fassung")
    assert mapping.instruction.column_name == "wunsch"
    press(qtbot, dialog, "use_columns")
    assert found(qtbot, dialog) == 4
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == tuple(f"turn number {number} around" for number in range(4))
    assert not mapping.isVisible()
    assert not question.isVisible()


def test_known_columns_without_words_are_not_asked_for_again(
    qtbot: QtBot, dialog: TrainingDialog, pairs: Path
) -> None:
    lines = [json.loads(line) for line in (pairs / "metadata.jsonl").read_text().splitlines()]
    for line in lines:
        del line["edit_instruction"]
    (pairs / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.question.isVisible)
    dialog.examples_page.column_search.shut_down()  # waits for the search
    QApplication.processEvents()
    assert not dialog.examples_page.columns.isVisible()


def test_a_folder_without_columns_keeps_its_error(
    qtbot: QtBot, dialog: TrainingDialog, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    dialog.choose_folder(tmp_path / "folder")
    qtbot.waitUntil(dialog.examples_page.notice.isVisible)
    assert not dialog.examples_page.columns.isVisible()
