"""All of "Teach a new edit" as a person uses it: the real window and trainer, and the shipped starter."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import CONTROL, drop_files, found, press
from fakes.session_steps import edit, open_file
from fakes.training_steps import kill_trainer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.library import list_models, read_model_card
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs import training_session
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from trainer.config import read_config

pytest_plugins = ["fakes.pair_folders"]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*QDrag")]

WORDS = "turn it inside out"
STEPS, FURTHER = 4, 2
SMALL = ["trainer.threads=1", "data.num_workers=0", "data.resolution=64"]
TIMEOUT = 900_000
LEFT = Qt.MouseButton.LeftButton
MetadataFolder = Callable[..., Path]


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A program that was never used before; its trainer works with small pictures."""
    command = [*paths.trainer_program(), *SMALL]
    monkeypatch.setattr(training_session, "trainer_program", lambda: command)
    program = build_program(qapp, Preferences(paths.preferences_file()))
    program.window.show()
    qtbot.waitUntil(lambda: program.installed.is_known)
    yield program
    program.window.close()
    kill_trainer(program.models.training_action.session)
    program.models.training_action.shut_down()
    program.shut_down()
    program.window.deleteLater()


@pytest.fixture
def dialog(qtbot: QtBot, program: Program) -> TrainingDialog:
    qtbot.mouseClick(program.window.findChild(QPushButton, "training_button"), LEFT)
    dialog = program.window.findChild(TrainingDialog)
    assert isinstance(dialog, TrainingDialog)
    return dialog


@pytest.fixture
def wordless(metadata_folder: MetadataFolder) -> Path:
    """Three pairs in folders `before` and `after`, without any words."""
    folder = metadata_folder(3, "wordless")
    (folder / "metadata.jsonl").unlink()
    for side, letter in (("before", "a"), ("after", "b")):
        (folder / side).mkdir()
        for path in folder.glob(f"*-{letter}.png"):
            path.rename(folder / side / path.name.replace(f"-{letter}", ""))
    return folder


def plan_that_starts(
    qtbot: QtBot, dialog: TrainingDialog, pairs: int, words: tuple[str, ...] = (WORDS,)
) -> TrainingPlan:
    """Go on to the page of the plan; what it would start is what the trainer accepts."""
    assert found(qtbot, dialog) == pairs
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == words
    press(qtbot, dialog, "next")
    assert dialog.pages.currentWidget() is dialog.plan_page
    qtbot.waitUntil(dialog.plan_page.start_button.isEnabled)
    plan = dialog.plan_page.plan()
    assert plan is not None
    assert plan.base_model == paths.starter_model()
    config = read_config([f"data.data_path={json.dumps(str(plan.dataset))}", *plan.settings])
    assert config.data.instruction in ("", "\n".join(words))
    dialog.plan_page.measurements.stop()
    return plan


def answer(qtbot: QtBot, dialog: TrainingDialog, pairs: int) -> None:
    """Say what was changed in pairs that have no words."""
    question = dialog.examples_page.question
    qtbot.waitUntil(question.isVisible)
    assert question.label.text().startswith(f"{pairs} pair")
    assert not dialog.examples_page.next_button.isEnabled()
    qtbot.keyClicks(question.box, WORDS)
    press(qtbot, dialog, "use_instruction")


def is_trained(qtbot: QtBot, dialog: TrainingDialog, steps: int) -> None:
    """Wait until a run has taken so many steps, and its page has shown all of them."""
    session, page = dialog.session, dialog.progress_page
    qtbot.waitUntil(
        lambda: session.failure is not None or (session.result is not None and session.result.step == steps),
        timeout=TIMEOUT,
    )
    assert session.phase == TrainingPhase.DONE, session.failure
    taken = [point.step for point in session.progress.losses]
    assert taken == sorted(set(taken)), "each step is there once, whichever process took it"
    assert (taken[0], taken[-1]) == (1, steps), "of fast steps, only some between these are reported"
    qtbot.waitUntil(lambda: page.curve.plot is not None and page.curve.plot.line[-1].step == steps)
    qtbot.waitUntil(lambda: page.previews.before.image is not None and page.previews.now.image is not None)
    qtbot.waitUntil(lambda: page.previews.timeline.steps[-1] == steps)


def test_from_a_dropped_folder_to_a_photo_edited_by_the_new_model(
    qtbot: QtBot, program: Program, dialog: TrainingDialog, metadata_folder: MetadataFolder
) -> None:
    session = dialog.session
    assert drop_files(dialog.examples_page.drop, [metadata_folder(6)])
    plan_that_starts(qtbot, dialog, 6)
    dialog.plan_page.form.name_box.setText("Negative: #1 “é”")
    only = dialog.plan_page.form.keep_choice.only_button
    qtbot.mouseClick(only, LEFT, pos=QPoint(8, only.height() // 2))
    assert only.isChecked()
    dialog.plan_page.length.steps = STEPS
    press(qtbot, dialog, "start")
    page = dialog.progress_page
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is page)
    is_trained(qtbot, dialog, STEPS)
    assert page.previews.instruction.text() == f"“{WORDS}”"
    assert page.previews.before.image is not None
    assert page.previews.now.image is not None
    assert page.previews.before.image.size() == page.previews.now.image.size()
    qtbot.mouseClick(page.row.further_button, LEFT)
    page.row.steps_question.steps.setValue(FURTHER)
    qtbot.mouseClick(page.row.steps_question.confirm, LEFT)
    is_trained(qtbot, dialog, STEPS + FURTHER)
    assert page.previews.slider.is_following
    assert list_models(paths.models_folder()) == [], "nothing is kept before it is asked for"

    press(qtbot, dialog, "show_result")
    judging = dialog.result_page.state.judging
    qtbot.waitUntil(lambda: len(judging.pairs) >= 1, timeout=TIMEOUT)
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: session.model is not None, timeout=TIMEOUT)
    assert list(paths.runs_folder().iterdir()) == []
    press(qtbot, dialog, "use")
    assert not dialog.isVisible()

    qtbot.waitUntil(lambda: [card.name for card in program.installed.cards][1:] == ["Negative: #1 “é”"])
    model = program.document.model
    assert model is not None
    assert (model.name, model.suggestions) == ("Negative: #1 “é”", (WORDS,))
    assert program.document.state.instruction == WORDS
    open_file(qtbot, program, paths.sample_photos()[0])
    program.document.change(resolution=64, seed=1)
    new = edit(qtbot, program, WORDS)
    assert new.request.model == model.path
    program.document.model = read_model_card(paths.starter_model())
    old = edit(qtbot, program, WORDS)
    assert new.image().tobytes() != old.image().tobytes()


def test_a_zip(
    qtbot: QtBot,
    dialog: TrainingDialog,
    metadata_folder: MetadataFolder,
    packed: Callable[[Path], Path],
) -> None:
    folder = metadata_folder(3)
    assert drop_files(dialog.examples_page.drop, [packed(folder)])
    shutil.rmtree(folder)
    plan_that_starts(qtbot, dialog, 3)


def test_a_folder_without_words(qtbot: QtBot, dialog: TrainingDialog, wordless: Path) -> None:
    assert drop_files(dialog.examples_page.drop, [wordless])
    answer(qtbot, dialog, 3)
    plan = plan_that_starts(qtbot, dialog, 3)
    assert any(setting.startswith("data.instruction=") for setting in plan.settings)


def test_two_folders(qtbot: QtBot, dialog: TrainingDialog, wordless: Path) -> None:
    press(qtbot, dialog, "way_folders")
    folders = dialog.examples_page.sources.folders
    assert drop_files(folders.before, [wordless / "before"])
    assert drop_files(folders.after, [wordless / "after"])
    press(qtbot, dialog, "folders_preview_accept")
    press(qtbot, dialog, "use_pairs")
    answer(qtbot, dialog, 3)
    plan_that_starts(qtbot, dialog, 3)


def test_pairs_by_hand(qtbot: QtBot, dialog: TrainingDialog, metadata_folder: MetadataFolder) -> None:
    folder, sources = metadata_folder(2), dialog.examples_page.sources
    press(qtbot, dialog, "way_hand")
    qtbot.waitUntil(lambda: sources.editor.collection is not None)
    qtbot.keyClicks(sources.by_hand.words, WORDS)
    qtbot.keyClick(sources.by_hand.words, Qt.Key.Key_Return, CONTROL)
    for number in range(2):
        assert drop_files(sources.by_hand.before, [folder / f"{number}-a.png"])
        assert drop_files(sources.by_hand.after, [folder / f"{number}-b.png"])
        qtbot.waitUntil(lambda count=number + 1: len(sources.by_hand.pairs.rows.rows) == count)
    press(qtbot, dialog, "use_pairs")
    plan_that_starts(qtbot, dialog, 2)


def test_edits_of_the_history(qtbot: QtBot, program: Program, dialog: TrainingDialog) -> None:
    open_file(qtbot, program, paths.sample_photos()[0])
    program.document.change(resolution=64)
    made = ("make it sepia", "make it black and white")
    for instruction in made:
        edit(qtbot, program, instruction)
    press(qtbot, dialog, "way_edits")
    press(qtbot, dialog, "check_all_edits")
    press(qtbot, dialog, "use_edits")
    press(qtbot, dialog, "use_pairs")
    plan_that_starts(qtbot, dialog, 2, made)


def test_a_practice_set(qtbot: QtBot, dialog: TrainingDialog) -> None:
    press(qtbot, dialog, "way_practice")
    form = dialog.examples_page.sources.practice
    assert drop_files(form.photos, paths.sample_photos()[:6])
    qtbot.waitUntil(lambda: form.photos_label.text().startswith("6 photo"))
    form.recipes.choose("vignette", True)
    press(qtbot, dialog, "make_practice")
    plan_that_starts(qtbot, dialog, 24, ("add a vignette",))


def test_columns_of_unknown_names(
    qtbot: QtBot, dialog: TrainingDialog, metadata_folder: MetadataFolder
) -> None:
    folder = metadata_folder(3)
    (folder / "metadata.jsonl").unlink()
    lines = []
    for number in range(3):
        (folder / f"{number}-a.png").rename(folder / f"y{number}.png")
        (folder / f"{number}-b.png").rename(folder / f"x{number}.png")
        lines.append(f"{number};y{number}.png;x{number}.png;{WORDS}")
    (folder / "liste.csv").write_text("\n".join(["nr;das bild;die fassung;der wunsch", *lines]))
    assert drop_files(dialog.examples_page.drop, [folder])
    mapping = dialog.examples_page.columns
    qtbot.waitUntil(mapping.isVisible)
    press(qtbot, dialog, "use_columns")
    plan = plan_that_starts(qtbot, dialog, 3)
    columns = read_config(["data.data_path=x", *plan.settings]).data.columns
    assert (columns.original, columns.edited, columns.instruction) == (
        "das bild",
        "die fassung",
        "der wunsch",
    )


def test_a_folder_that_is_gone_is_told_in_words(
    qtbot: QtBot, dialog: TrainingDialog, metadata_folder: MetadataFolder
) -> None:
    folder = metadata_folder(3)
    assert drop_files(dialog.examples_page.drop, [folder])
    plan_that_starts(qtbot, dialog, 3)
    shutil.rmtree(folder)
    press(qtbot, dialog, "start")
    qtbot.waitUntil(lambda: dialog.session.phase == TrainingPhase.FAILED, timeout=TIMEOUT)
    assert "is not there" in dialog.progress_page.notice.message.text()
