"""One photo of a batch: its steps, its file, and what becomes of errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.fake_editor import FakeEditor, negative
from PIL import Image

from engine.batch.journal import BatchJournal, ItemState
from engine.batch.plan import BatchItem, BatchPhoto
from engine.batch.runner import BatchEdit, ItemOutcome, run_item
from engine.batch.time_left import BatchClock
from engine.edit_settings import EditArea, EditSettings
from engine.errors import InvalidRequest, ModelNotUsable, OutOfMemory, OutputNotWritable
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from engine.images.image_saving import SaveOptions
from engine.progress import Cancelled, CancelToken
from engine.request import EditResult

EDIT = BatchEdit(instruction="fog", steps=("fog",), model=Path("model"), settings=EditSettings(seed=7))


@pytest.fixture
def journal(tmp_path: Path) -> BatchJournal:
    photo = tmp_path / "dog.png"
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(photo)
    items = [
        BatchItem(photo=BatchPhoto(file=photo, name="dog.png"), output=tmp_path / "out" / f"{number}.png")
        for number in range(2)
    ]
    return BatchJournal.create(tmp_path / "batch", items)


def run(
    journal: BatchJournal, editor: FakeEditor, edit: BatchEdit = EDIT, cancel: CancelToken | None = None
) -> ItemOutcome:
    return run_item(editor, edit, journal, 0, options=SaveOptions(), cancel=cancel or CancelToken())


def test_a_photo_is_edited_and_written_with_its_record(journal: BatchJournal) -> None:
    outcome = run(journal, FakeEditor())
    assert outcome.error is None
    photo = open_photo(journal.items[0].photo.file)
    assert open_photo(outcome.output).tobytes() == negative(photo, 0).tobytes()
    record = read_edit_record(outcome.output)
    assert record is not None
    assert (record.instruction, record.settings.seed) == ("fog", 7)
    assert journal.states == [ItemState.DONE, ItemState.WAITING]


def test_each_step_begins_with_the_result_of_the_one_before(journal: BatchJournal) -> None:
    editor = FakeEditor()
    outcome = run(journal, editor, replace(EDIT, instruction="fog, then dark", steps=("fog", "dark")))
    assert [request.instruction for request in editor.requests] == ["fog", "dark"]
    photo = open_photo(journal.items[0].photo.file)
    assert editor.requests[1].source_image.tobytes() == negative(photo, 0).tobytes()
    assert open_photo(outcome.output).tobytes() == negative(negative(photo, 0), 0).tobytes()
    record = read_edit_record(outcome.output)
    assert record is not None
    assert record.instruction == "fog, then dark"


def test_a_place_in_the_instruction_limits_its_step_only(journal: BatchJournal) -> None:
    editor = FakeEditor()
    areas = (EditArea.BACKGROUND, EditArea.AUTOMATIC)
    edit = replace(EDIT, instruction="fog behind, then dark", steps=("fog", "dark"), areas=areas)
    outcome = run(journal, editor, edit)
    assert [request.settings.area for request in editor.requests] == list(areas)
    record = read_edit_record(outcome.output)
    assert record is not None
    assert (record.instruction, record.settings.area) == ("fog behind, then dark", EditArea.AUTOMATIC)
    chosen = replace(edit, settings=replace(edit.settings, area=EditArea.EVERYTHING))
    assert chosen.request(Image.new("RGB", (2, 2)), 0).settings.area is EditArea.EVERYTHING


def test_the_area_of_a_single_step_is_recorded(journal: BatchJournal) -> None:
    outcome = run(journal, FakeEditor(), replace(EDIT, areas=(EditArea.SUBJECT,)))
    record = read_edit_record(outcome.output)
    assert record is not None
    assert (record.instruction, record.settings.area) == ("fog", EditArea.SUBJECT)


def test_a_photo_that_cannot_be_read_is_an_outcome(journal: BatchJournal) -> None:
    journal.items[0].photo.file.write_bytes(b"no photo")
    outcome = run(journal, FakeEditor())
    assert outcome.error is not None
    assert outcome.error.kind == "image"
    assert journal.states[0] is ItemState.FAILED
    assert not outcome.output.exists()


@pytest.mark.parametrize(
    "error", [OutOfMemory("memory.editing", "Too large."), InvalidRequest("request.x", "No."), TypeError("x")]
)
def test_an_error_of_one_edit_is_an_outcome(journal: BatchJournal, error: Exception) -> None:
    editor = FakeEditor()
    editor.error = error
    assert run(journal, editor).error is not None
    assert journal.states[0] is ItemState.FAILED


@pytest.mark.parametrize(
    "error", [ModelNotUsable("model.damaged", "Damaged."), OutOfMemory("memory.loading", "Too large.")]
)
def test_an_error_that_all_photos_would_have_is_raised(
    journal: BatchJournal, error: ModelNotUsable | OutOfMemory
) -> None:
    editor = FakeEditor()
    editor.error = error
    with pytest.raises(type(error)):
        run(journal, editor)
    assert journal.states[0] is ItemState.WAITING


def test_a_folder_that_cannot_be_made_stops_the_batch(journal: BatchJournal, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputNotWritable):
        run(journal, FakeEditor())
    assert journal.states[0] is ItemState.WAITING


def test_a_cancelled_photo_waits_as_before(journal: BatchJournal) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run(journal, FakeEditor(), cancel=cancel)
    assert journal.states[0] is ItemState.WAITING
    assert run(journal, FakeEditor()).output.name == "0.png"


class IntrudingEditor(FakeEditor):
    """While it edits, another program writes files."""

    def __init__(self, *files: Path) -> None:
        super().__init__()
        self._files = files

    def edit(self, *given: Any, **named: Any) -> EditResult:
        for file in self._files:
            file.parent.mkdir(exist_ok=True)
            file.write_text("not ours")
        return super().edit(*given, **named)


def test_a_file_written_meanwhile_by_another_program_stays(journal: BatchJournal) -> None:
    wanted = journal.items[0].output
    outcome = run(journal, IntrudingEditor(wanted))
    assert wanted.read_text() == "not ours"
    assert outcome.output == journal.items[0].output == wanted.with_name("0-2.png")
    assert open_photo(outcome.output).size == (40, 30)


def test_a_file_written_at_the_same_moment_stays(
    journal: BatchJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = BatchJournal.begin

    def begin_late(self: BatchJournal, index: int) -> Path:
        output = begin(self, index)
        if output.name == "0.png":
            output.write_text("not ours")
        return output

    monkeypatch.setattr(BatchJournal, "begin", begin_late)
    outcome = run(journal, FakeEditor())
    assert journal.items[0].output == outcome.output.with_name("0-2.png")
    assert outcome.output.with_name("0.png").read_text() == "not ours"


def test_a_kill_during_the_edit_leaves_the_photo_waiting_whatever_another_program_wrote(
    journal: BatchJournal,
) -> None:
    class Killed(BaseException):
        pass

    class KilledEditor(IntrudingEditor):
        def edit(self, *given: Any, **named: Any) -> EditResult:
            super().edit(*given, **named)
            raise Killed

    with pytest.raises(Killed):
        run(journal, KilledEditor(journal.items[0].output))
    assert journal.folder is not None
    journal.close()
    assert BatchJournal.open(journal.folder).states[0] is ItemState.WAITING


@pytest.mark.parametrize("when", ["before", "during"])
def test_a_photo_whose_result_another_program_wrote_is_skipped(journal: BatchJournal, when: str) -> None:
    journal.items[0] = replace(journal.items[0], skips_existing=True)
    wanted = journal.items[0].output
    editor = IntrudingEditor(wanted)
    if when == "before":
        wanted.parent.mkdir()
        wanted.write_text("not ours")
    outcome = run(journal, editor)
    assert outcome.is_skipped
    assert len(editor.requests) == (0 if when == "before" else 1)
    assert [file.name for file in wanted.parent.iterdir()] == [wanted.name]
    assert wanted.read_text() == "not ours"
    assert journal.folder is not None
    journal.close()
    assert BatchJournal.open(journal.folder).states[0] is ItemState.SKIPPED


def test_the_time_left_comes_from_the_latest_photos() -> None:
    now = 0.0
    clock = BatchClock(lambda: now)
    assert clock.seconds_left(10) is None
    for seconds in (30.0, 4.0, 6.0):  # the first one loads the model
        clock.begin()
        now += seconds
        clock.end()
    assert clock.seconds_left(10) == 50
    clock.begin()
    now += 2
    assert clock.seconds_left(10) == 48
    clock.end(counts=False)
    assert clock.seconds_left(10) == 50
    clock.begin()
    now += 600  # the computer sleeps
    clock.end()
    assert clock.seconds_left(6) == 4 + 6 + 3 * 6 + 4 + 6 + 3 * 6
