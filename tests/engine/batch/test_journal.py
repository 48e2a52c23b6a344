"""The journal of a batch after a kill at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import Timeout

from engine.batch.journal import PLAN_NAME, PROGRESS_NAME, BatchJournal, ItemState
from engine.batch.plan import BatchItem, BatchPhoto
from engine.errors import ImageUnreadable, NewerVersion


@pytest.fixture
def items(tmp_path: Path) -> list[BatchItem]:
    return [
        BatchItem(photo=BatchPhoto(file=tmp_path / f"{name}.jpg", name=name), output=tmp_path / f"{name}.png")
        for name in "abcd"
    ]


def reopened(journal: BatchJournal) -> BatchJournal:
    """The journal as the next process reads it: the lock of a killed one is released by the system."""
    assert journal.folder is not None
    journal.close()
    return BatchJournal.open(journal.folder)


def test_it_goes_on_with_the_first_photo_that_waits(tmp_path: Path, items: list[BatchItem]) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items, {"state": {"instruction": "fog"}})
    journal.begin(0)
    journal.end(0)
    journal.begin(1)
    journal.end(1, ImageUnreadable("image.damaged", "{file} is damaged.", "Copy it again.", file="b"))
    again = reopened(journal)
    assert again.states == [ItemState.DONE, ItemState.FAILED, ItemState.WAITING, ItemState.WAITING]
    assert again.next_waiting() == 2
    assert again.errors[1] == journal.errors[1]
    assert again.edit == {"state": {"instruction": "fog"}}
    assert (again.counts.done, again.counts.failed, again.counts.waiting) == (1, 1, 2)


def test_a_result_written_just_before_the_kill_is_not_made_again(
    tmp_path: Path, items: list[BatchItem]
) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    journal.begin(0).touch()
    journal.begin(1)
    again = reopened(journal)
    assert again.states[:2] == [ItemState.DONE, ItemState.WAITING]


def test_a_file_of_another_program_with_the_planned_name_is_not_replaced(
    tmp_path: Path, items: list[BatchItem]
) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    items[0].output.write_text("not ours")
    output = journal.begin(0)
    assert output.name == "a-2.png"
    output.touch()
    again = reopened(journal)
    assert again.states[0] is ItemState.DONE
    assert again.items[0].output == output
    assert items[0].output.read_text() == "not ours"


def test_a_line_cut_by_a_kill_is_ignored_and_the_next_one_is_whole(
    tmp_path: Path, items: list[BatchItem]
) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    journal.begin(0)
    journal.end(0)
    progress = tmp_path / "batch" / PROGRESS_NAME
    progress.write_text(progress.read_text() + '{"item": 1, "sta')
    again = reopened(journal)
    again.begin(1)
    again.end(1)
    assert reopened(again).states[:3] == [ItemState.DONE, ItemState.DONE, ItemState.WAITING]


def test_failed_photos_can_be_tried_again(tmp_path: Path, items: list[BatchItem]) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    for index in range(4):
        journal.begin(index)
        journal.end(index, ImageUnreadable("image.damaged", "Damaged.") if index == 2 else None)
    assert journal.is_finished
    journal.retry_failed()
    again = reopened(journal)
    assert again.next_waiting() == 2
    assert again.errors == {}


def test_a_batch_that_runs_is_not_opened_twice(tmp_path: Path, items: list[BatchItem]) -> None:
    running = BatchJournal.create(tmp_path / "batch", items)
    with pytest.raises(Timeout):
        BatchJournal.open(tmp_path / "batch")
    assert running.next_waiting() == 0


def test_files_of_a_newer_version_or_damaged_ones_are_not_read(
    tmp_path: Path, items: list[BatchItem]
) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    plan = tmp_path / "batch" / PLAN_NAME
    text = plan.read_text()
    plan.write_text(text.replace('"version": 1', '"version": 2'))
    with pytest.raises(NewerVersion):
        reopened(journal)
    plan.write_text(text[:50])
    with pytest.raises(ValueError, match=r"."):
        BatchJournal.open(tmp_path / "batch")


def test_deleting_a_batch_keeps_its_results(tmp_path: Path, items: list[BatchItem]) -> None:
    journal = BatchJournal.create(tmp_path / "batch", items)
    journal.begin(0).touch()
    journal.delete()
    assert not (tmp_path / "batch").exists()
    assert items[0].output.exists()
