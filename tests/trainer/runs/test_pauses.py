"""A run waits on request, and while its disk is full or its dataset is away; it loses nothing by that."""

from __future__ import annotations

import io
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.recorded_run import STEPS, RandomExamples, RecordedRun
from fakes.skipping_clocks import SkippingClocks
from fakes.trainer_programs import same

from trainer.batches.batch import Batch
from trainer.config import read_settings
from trainer.examples import cache_folder
from trainer.learning import snapshots
from trainer.learning.checkpoint import Checkpoints
from trainer.program import TrainerRun
from trainer.protocol.commands import Commands
from trainer.protocol.events import (
    CheckpointSaved,
    EventStream,
    SnapshotSaved,
    StepFinished,
    TrainingContinued,
    TrainingFinished,
    TrainingPaused,
    WarningRaised,
    parse_event,
)
from trainer.protocol.run_files import Command, append_command
from trainer.runs import pauses

Run = Callable[..., RecordedRun]
WAIT = 60.0
NIGHT = 8 * 3600.0


@pytest.fixture
def run(tiny_editor: Path, tmp_path: Path) -> Run:
    return lambda *words, **options: RecordedRun(tiny_editor, tmp_path / "run", *words, **options)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "RETRY_SECONDS", 0.2)


@pytest.fixture(scope="module")
def whole(tiny_editor: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The last state of a run that never waits."""
    unbroken = RecordedRun(tiny_editor, tmp_path_factory.mktemp("whole") / "run")
    unbroken()
    return unbroken.last_state()


class Meanwhile:
    """A run on a thread of its own, so that a test can act while it waits."""

    def __init__(self, run: RecordedRun) -> None:
        self.run = run
        self.finished: TrainingFinished | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.finished = self.run()
        except BaseException as error:
            self.error = error

    def until(self, kind: type[Any], count: int = 1) -> None:
        deadline = time.monotonic() + WAIT
        while len(self.run.events_of(kind)) < count:
            assert self._thread.is_alive(), self.error
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def end(self) -> TrainingFinished:
        self._thread.join(WAIT)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error
        assert self.finished is not None
        return self.finished


def steps_of(run: RecordedRun) -> list[int]:
    return [event.step for event in run.events_of(StepFinished)]


class Unplugged(RandomExamples):
    """Latents that cannot be read for a while."""

    def __init__(self, gone_after: int) -> None:
        super().__init__(gone_after)
        self.tried = 0

    def batch(self, number: int) -> Batch:
        self.tried += number >= self.gone_after
        return super().batch(number)

    def plug_in(self) -> None:
        self.gone_after = 10**9


class PausedAfter(RandomExamples):
    """Asks for a pause when a batch is made."""

    commands: Any

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def batch(self, number: int) -> Batch:
        if number == self.number:
            self.commands.obey(Command.PAUSE)
        return super().batch(number)


def paused_run(run: Run) -> RecordedRun:
    examples = PausedAfter(3)
    made = run(examples=examples)
    examples.commands = made.commands
    return made


def test_a_pause_waits_after_the_step_and_uses_no_processor(
    run: Run, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks, made = SkippingClocks(monkeypatch), paused_run(run)
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    time.sleep(0.5)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before.ru_utime
    assert used < 0.2 * (time.monotonic() - began)
    assert steps_of(made) == [1, 2, 3, 4]
    clocks.skipped = NIGHT
    made.commands.obey(Command.CONTINUE)
    assert meanwhile.end().step == STEPS
    (paused,) = made.events_of(TrainingPaused)
    assert (paused.step, paused.reason, paused.code) == (4, "request", "paused.request")
    assert [event.step for event in made.events_of(TrainingContinued)] == [4]
    assert same(made.last_state(), whole)
    assert made.training.pauses.seconds >= NIGHT
    assert made.training.resumption.history.seconds < NIGHT, "the pause counts as no step"


@pytest.mark.parametrize("command", [Command.STOP, Command.DISCARD])
def test_a_paused_run_is_ended_at_once(run: Run, command: Command) -> None:
    made = paused_run(run)
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    made.commands.obey(command)
    finished = meanwhile.end()
    assert (finished.step, finished.stopped, finished.reason) == (4, True, str(command))
    assert bool(finished.model) is (command is Command.STOP)
    assert made.events_of(TrainingContinued) == []


def test_what_is_discarded_is_not_saved_once_more(run: Run) -> None:
    examples = PausedAfter(2)
    made = run(examples=examples)
    examples.commands = made.commands
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    made.commands.obey(Command.DISCARD)
    assert meanwhile.end().step == 3
    assert made.saved_steps() == [0, 2]


def test_commands_in_the_folder_are_obeyed_and_old_ones_are_not(run: Run, tmp_path: Path) -> None:
    made = run("trainer.max_steps=100000")
    made.folder.mkdir()
    append_command(made.folder, Command.STOP)
    time.sleep(0.02)
    with made.commands.followed(made.folder, since=time.time()):
        meanwhile = Meanwhile(made)
        meanwhile.until(StepFinished, 3)
        append_command(made.folder, Command.PAUSE)
        meanwhile.until(TrainingPaused)
        with (made.folder / "commands.jsonl").open("a") as file:
            file.write('{"command": "continue"}\n')
        meanwhile.until(TrainingContinued)
        append_command(made.folder, Command.STOP)
        assert meanwhile.end().reason == "stop"


@pytest.mark.parametrize("workers", [0, 1])
def test_a_dataset_that_is_away_for_a_while_loses_no_step(
    run: Run, whole: dict[str, Any], workers: int
) -> None:
    examples = Unplugged(gone_after=5)
    made = run(f"data.num_workers={workers}", examples=examples)
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    while examples.tried < 3:
        time.sleep(0.01)
    assert steps_of(made) == [1, 2, 3, 4, 5]
    examples.plug_in()
    assert meanwhile.end().step == STEPS
    (paused,) = made.events_of(TrainingPaused)
    assert (paused.step, paused.reason, paused.code) == (5, "dataset", "paused.dataset")
    assert paused.values == {"dataset": "pairs"}
    assert "pairs can no longer be read" in paused.message
    assert same(made.last_state(), whole)


def test_without_its_dataset_a_run_can_be_stopped_with_every_step(run: Run, whole: dict[str, Any]) -> None:
    made = run(examples=Unplugged(gone_after=5))
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    made.commands.obey(Command.STOP)
    finished = meanwhile.end()
    assert (finished.step, finished.stopped) == (5, True)
    assert finished.model
    assert made.saved_steps()[-1] == 5
    run()()
    assert same(run().last_state(), whole)


class FullDisk:
    """A disk on which some files cannot be written for a while."""

    def __init__(self) -> None:
        self.is_full = True
        self.tried = 0

    @contextmanager
    def writing(self, file: Any) -> Iterator[None]:
        if self.is_full:
            self.tried += 1
            if hasattr(file, "write"):
                file.write(b"half")
            raise OSError(28, "No space left on device")
        yield

    def wait_for_tries(self, count: int) -> None:
        while self.tried < count:
            time.sleep(0.01)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    """Has no room for checkpoints from step 4 on, and none for snapshots after step 0."""
    disk = FullDisk()
    save, save_file = torch.save, snapshots.save_file

    def save_state(state: Any, file: Any) -> None:
        if state["step"] < 4:
            save(state, file)
            return
        with disk.writing(file):
            save(state, file)

    def save_snapshot(tensors: Any, path: Path, metadata: dict[str, str]) -> None:
        if '"step": 0' in metadata["ip2p"]:
            save_file(tensors, path, metadata)
            return
        with disk.writing(path):
            save_file(tensors, path, metadata)

    monkeypatch.setattr(torch, "save", save_state)
    monkeypatch.setattr(snapshots, "save_file", save_snapshot)
    return disk


def test_a_full_disk_waits_with_the_earlier_checkpoint_intact(
    run: Run, whole: dict[str, Any], full: FullDisk
) -> None:
    made = run()
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    full.wait_for_tries(3)
    assert made.saved_steps() == [0, 2]
    assert made.last_state()["step"] == 2
    full.is_full = False
    assert meanwhile.end().step == STEPS
    (paused,) = made.events_of(TrainingPaused)
    assert (paused.step, paused.reason, paused.code) == (4, "disk", "paused.disk-full")
    assert str(made.folder / "checkpoints") in paused.message
    assert [event.step for event in made.events_of(CheckpointSaved)] == [2, 4, 6, 8]
    assert same(made.last_state(), whole)


def test_continue_tries_a_full_disk_at_once(
    run: Run, full: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "RETRY_SECONDS", 3600.0)
    made = run()
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    made.commands.obey(Command.CONTINUE)
    full.wait_for_tries(2)
    full.is_full = False
    made.commands.obey(Command.CONTINUE)
    assert meanwhile.end().step == STEPS


def test_a_full_disk_does_not_keep_a_run_from_being_stopped(run: Run, full: FullDisk) -> None:
    made = run()
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    made.commands.obey(Command.STOP)
    finished = meanwhile.end()
    assert (finished.step, finished.stopped) == (4, True)
    assert finished.model, "there is room for what is smaller"
    assert made.saved_steps() == [0, 2]
    assert [event.code for event in made.events_of(WarningRaised)] == ["checkpoint.not-written"]


def test_a_snapshot_waits_too(run: Run, full: FullDisk) -> None:
    made = run("exp_manager.snapshots=2", "exp_manager.checkpoint_callback_params.every_n_train_steps=100")
    meanwhile = Meanwhile(made)
    meanwhile.until(TrainingPaused)
    full.wait_for_tries(2)
    assert [event.step for event in made.events_of(SnapshotSaved)] == [0]
    full.is_full = False
    meanwhile.end()
    assert [event.step for event in made.events_of(SnapshotSaved)][-1] == STEPS


def test_the_export_waits_for_the_disk(run: Run) -> None:
    from trainer.export.export import ModelNotWritten

    tried = 0
    made = run()

    def export(target: Path) -> Path:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise ModelNotWritten("output.model-not-written", "It could not be written.", folder=target)
        return target

    made.training.exporter = export
    finished = made()
    assert (finished.stopped, finished.model, tried) == (False, str(made.folder / "model"), 3)
    assert [event.step for event in made.events_of(TrainingPaused)] == [STEPS]


def test_an_error_of_another_kind_still_ends_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.errors import EngineError

    made = run()
    monkeypatch.setattr(
        Checkpoints, "save", lambda *args, **options: (_ for _ in ()).throw(EngineError("other.error", "No."))
    )
    with pytest.raises(EngineError, match="No"):
        made()
    assert made.events_of(TrainingPaused) == []


def test_a_full_disk_waits_with_the_cache_before_the_first_step(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, tried, stream = cache_folder.save_file, 0, io.StringIO()

    def save_file(tensors: Any, path: Path) -> None:
        nonlocal tried
        tried += 1
        if 3 <= tried <= 5:
            raise OSError(28, "No space left on device")
        save(tensors, path)

    monkeypatch.setattr(cache_folder, "save_file", save_file)
    words = (
        f"data.data_path={pair_folder}",
        f"model.unet_config.from_pretrained={tiny_editor}",
        f"exp_manager.exp_dir={tmp_path / 'run'}",
        f"data.cache.folder={tmp_path / 'cache'}",
        "data.cache.enable=True",
        "data.replay.pairs=0",
        "data.resolution=32",
        "data.num_workers=0",
        "data.check=False",
        "trainer.threads=1",
        "trainer.max_steps=1",
        "trainer.val_check_interval=0",
    )
    TrainerRun(EventStream(stream), Commands())(read_settings(list(words)))
    kinds = [event.type for line in stream.getvalue().splitlines() if (event := parse_event(line))]
    assert (kinds.count("paused"), kinds.count("continued"), kinds[-1]) == (1, 1, "finished")
    assert kinds.index("caching") < kinds.index("paused") < kinds.index("started")
    assert tried == 9 + 3, "one wording and eight pairs, and three tries in vain"
