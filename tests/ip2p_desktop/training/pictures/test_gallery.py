"""The gallery finds pairs, and changes their repairs; they are found again, and so is the check."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.pictures.dataset_memory import DatasetMemory
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry, PairFilter, with_instructions
from ip2p_desktop.training.runs.run_removal import forget_run
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, new_run
from trainer.config import read_config
from trainer.datasets import Source, find_pairs
from trainer.datasets.layouts.trees import FileImage
from trainer.datasets.repairs.pair_repair import PairRepair
from trainer.datasets.training_pairs import find_training_pairs
from trainer.examples.sources import divide_pairs
from trainer.protocol.events import EventStream

TIMEOUT = 60_000


@pytest.fixture
def gallery(qtbot: QtBot, pairs: Path) -> Gallery:
    gallery = Gallery()
    gallery.show(find_pairs([Source(pairs)]))
    return gallery


@pytest.fixture
def make_choice() -> Iterator[Callable[[], DatasetChoice]]:
    made: list[tuple[DatasetChoice, Background]] = []

    def make() -> DatasetChoice:
        background = Background()
        made.append((DatasetChoice(background), background))
        return made[-1][0]

    yield make
    for choice, background in made:
        choice.clear()
        background.close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the images that were read."""
    names: list[str] = []
    read = FileImage.read

    def noted(image: FileImage) -> bytes:
        names.append(image.name)
        return read(image)

    monkeypatch.setattr(FileImage, "read", noted)
    return names


def names(entries: list[GalleryEntry]) -> list[str]:
    return [entry.name for entry in entries]


def is_idle(choice: DatasetChoice) -> bool:
    return choice.report is not None and choice.progress is None and not choice._check_delay.isActive()


def test_pairs_are_found_by_words_and_names(gallery: Gallery) -> None:
    assert len(gallery.found(PairFilter.ALL, "")) == 8
    assert len(gallery.found(PairFilter.ALL, "negative PHOTO")) == 8
    assert names(gallery.found(PairFilter.ALL, "otter.jpg")) == [
        gallery.found(PairFilter.ALL, "otter")[0].name
    ]
    entry = gallery.found(PairFilter.ALL, "otter")[0]
    gallery.change([entry], with_instructions(["turn it blue"]))
    assert names(gallery.found(PairFilter.ALL, "blue")) == [entry.name]


def test_repairs_of_several_pairs_are_one_change(gallery: Gallery) -> None:
    first, second = gallery.entries[:2]
    gallery.change([first, second], lambda pair, repair: repair.swapped())
    gallery.change([second], lambda pair, repair: replace(repair, exclude=True))
    gallery.change([second], lambda pair, repair: replace(repair, exclude=True))
    pair = gallery.repaired(first)
    assert pair is not None
    assert first.pair is not None
    assert pair.original is first.pair.edited
    assert gallery.counts().left_out == 1
    gallery.undo()
    assert (gallery.counts().left_out, gallery.repair_of(second).swap) == (0, True)
    gallery.undo()
    assert gallery.repairs().pairs == {}
    assert not gallery.can_undo()
    gallery.redo()
    gallery.redo()
    assert gallery.repair_of(second).exclude
    gallery.redo()
    assert gallery.repair_of(second).exclude


def test_wordings_of_the_dataset_are_no_repair(gallery: Gallery) -> None:
    entry = gallery.entries[0]
    assert entry.pair is not None
    own = entry.pair.instruction
    gallery.change([entry], with_instructions([own, " invert it ", "", own]))
    assert gallery.repair_of(entry).instructions == (own, "invert it")
    gallery.change([entry], with_instructions([own]))
    assert gallery.repairs().pairs == {}


def test_repairs_are_found_again_and_the_dataset_stays(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path
) -> None:
    before = {path: path.read_bytes() for path in pairs.iterdir()}
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    choice.gallery.change(choice.gallery.entries[:1], lambda pair, repair: replace(repair, exclude=True))
    choice.gallery.change(choice.gallery.entries[1:2], with_instructions(["invert it"]))
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert choice.report is not None
    assert (choice.report.pairs, choice.usable()) == (7, 7)
    assert choice.findings is not None
    assert choice.findings.instructions[0] == "invert it"
    other = make_choice()
    other.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(other), timeout=TIMEOUT)
    assert other.gallery.repairs() == choice.gallery.repairs()
    assert names(other.gallery.found(PairFilter.LEFT_OUT, "")) == [choice.gallery.entries[0].name]
    assert {path: path.read_bytes() for path in pairs.iterdir()} == before


def test_repairs_of_a_newer_version_are_said_and_left_alone(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path
) -> None:
    file = DatasetMemory(pairs).repairs_file
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 99}', encoding="utf-8")
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert choice.findings is not None
    assert choice.findings.repairs_failure is not None
    assert choice.findings.repairs_failure.code == "repairs.newer"
    choice.gallery.change(choice.gallery.entries[:1], lambda pair, repair: repair.swapped())
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert file.read_text(encoding="utf-8") == '{"version": 99}'


def test_a_repaired_pair_loses_its_problem(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path
) -> None:
    with Image.open(pairs / "otter-negative.jpg") as image:
        width, height = image.size
        image.crop((width // 6, 0, width, height)).save(pairs / "otter-negative.jpg", quality=95)
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    entry = choice.gallery.found(PairFilter.PROBLEMS, "")[0]
    assert [problem.kind for problem in choice.gallery.problems_of(entry)] == ["different shapes"]
    from ip2p_desktop.training.pictures.alignment_trial import try_alignment

    assert entry.pair is not None
    trial = try_alignment(entry.pair)
    assert trial.agreement_after > trial.agreement_before
    assert trial.kept == pytest.approx(5 / 6, abs=0.02)
    choice.gallery.change([entry], lambda pair, repair: replace(repair, alignment=trial.alignment))
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert choice.gallery.counts().problems == 0
    assert choice.report is not None
    assert choice.report.usable == 8


def test_the_check_of_the_window_serves_the_trainer(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path, plan: TrainingPlan, opened: list[str]
) -> None:
    """Each image is opened once in all, and not again by the run, with and without repairs."""
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert len(set(opened)) == 16
    opened.clear()
    choice.gallery.change(choice.gallery.entries[:1], lambda pair, repair: replace(repair, exclude=True))
    choice.gallery.change(choice.gallery.entries[1:2], with_instructions(["invert it"]))
    choice.gallery.change(choice.gallery.entries[2:3], lambda pair, repair: repair.swapped())
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert len(set(opened)) == 2, "only the swapped pair is checked again"
    opened.clear()
    probed = TrainingRun(folder=runs_folder() / "probe", plan=plan)
    assert f"data.repairs={json.dumps(str(DatasetMemory(pairs).repairs_file))}" in probed.settings()
    run = new_run(plan, runs_folder(), datetime(2026, 1, 2))
    assert f"data.repairs={json.dumps(str(run.folder / 'repairs.json'))}" in run.settings()
    config = read_config(run.settings())
    found = find_training_pairs(config)
    assert (len(found.pairs), found.instructions[0]) == (7, "invert it")
    parts = divide_pairs(config, found, EventStream(io.StringIO()), is_remembered=True)
    assert len(parts.train.pairs) + len(parts.val.pairs) + len(parts.test.pairs) == 7
    assert all(pair.facts is not None for pair in parts.train.pairs)
    assert opened == [], "the trainer opens no image for its check"
    choice.gallery.undo()
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert find_training_pairs(read_config(run.settings())).pairs == found.pairs, "a run keeps its repairs"
    forget_run(run)
    assert not run.folder.exists()


def test_a_check_that_was_ended_is_gone_on_with(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path, opened: list[str]
) -> None:
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: choice.progress is not None, timeout=TIMEOUT)
    choice.end_check()
    assert choice.progress is None
    choice.check()
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert choice.usable() == 8


def test_runs_without_repairs_stay_without(pairs: Path, plan: TrainingPlan) -> None:
    run = new_run(plan, runs_folder(), datetime(2026, 1, 3))
    gallery = Gallery()
    gallery.show(find_pairs([Source(pairs)]))
    gallery.change(gallery.entries[:1], lambda pair, repair: PairRepair(exclude=True))
    DatasetMemory(pairs).write_repairs(gallery.repairs())
    assert not any(setting.startswith("data.repairs") for setting in run.settings())


@pytest.mark.slow
def test_many_pairs_are_checked_in_another_process(
    qtbot: QtBot, make_choice: Callable[[], DatasetChoice], pairs: Path, opened: list[str]
) -> None:
    names = {"original_image": "dog.jpg", "edited_image": "dog-negative.jpg"}
    lines = [json.dumps({**names, "edit_instruction": f"invert {number}"}) for number in range(70)]
    (pairs / "otter-negative.jpg").write_bytes(b"no photo")
    bad = {"original_image": "otter.jpg", "edited_image": "otter-negative.jpg", "edit_instruction": "x"}
    (pairs / "metadata.jsonl").write_text("\n".join([*lines, json.dumps(bad)]), encoding="utf-8")
    choice = make_choice()
    choice.choose(pairs)
    qtbot.waitUntil(lambda: is_idle(choice), timeout=TIMEOUT)
    assert opened == [], "this process opened no image"
    assert choice.usable() == 70
    entry = choice.gallery.found(PairFilter.PROBLEMS, "")[0]
    assert [problem.kind for problem in choice.gallery.problems_of(entry)] == ["corrupt"]
