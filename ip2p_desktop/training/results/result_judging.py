"""Judges the result of a run in a process of its own, and shows what is found as it comes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import judging_program
from ip2p_desktop.training.results.result_choice import FULL, ResultChoice
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from trainer.judging.judgement import read_judgement
from trainer.judging.judging_events import (
    JudgingFinished,
    JudgingProgressed,
    OldEditJudged,
    PairJudged,
    PhotoEdited,
    parse_judging_event,
)
from trainer.protocol.events import Event, TrainingFailed

TRIAL_PAIRS = 2
"""Pairs that are edited when another step or strength is tried."""
TRIALS = "judgement/trials"
"""Where their images are, below the folder of the run."""


class ResultJudging(QObject):
    """One judgement at a time; observable. A new one ends the one before."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, program: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self._program = list(program or judging_program())
        self._process: TrainerProcess | None = None
        self._background = Background(self, workers=1, is_latest_only=True)
        self.choice: ResultChoice | None = None
        """What is or was judged."""
        self.is_trial = False
        """Whether only a few pictures are made."""
        self.pairs: list[PairJudged] = []
        self.photos: list[PhotoEdited] = []
        self.old: list[OldEditJudged] = []
        self.summary: JudgingFinished | None = None
        """None until all is judged."""
        self.failure: ErrorReport | None = None
        self.done = self.total = 0

    @property
    def is_running(self) -> bool:
        """Whether something is being judged."""
        return self._process is not None

    def show(self, run: Path, choice: ResultChoice, photos: Sequence[str] = ()) -> None:
        """Show the judgement that the run has of this choice; judge it if there is none."""
        self._clear(choice, is_trial=False)
        self._background.submit(
            partial(read_judgement, run / "judgement"),
            partial(self._on_read, run, choice, photos),
            lambda _: self.judge(run, choice, photos),
        )

    def judge(self, run: Path, choice: ResultChoice, photos: Sequence[str] = ()) -> None:
        """Judge the choice: held-back pairs, photos and old edits."""
        self._clear(choice, is_trial=False)
        self._start([f"run={run}", *_chosen(choice), f"photos={json.dumps(list(photos))}"])

    def try_out(self, run: Path, choice: ResultChoice, photos: Sequence[str] = ()) -> None:
        """Make only a few pictures with the choice."""
        self._clear(choice, is_trial=True)
        few = [f"pairs={TRIAL_PAIRS}", "old_edits=0", f"output={run / TRIALS}"]
        self._start([f"run={run}", *_chosen(choice), f"photos={json.dumps(list(photos))}", *few])

    def stop(self) -> None:
        """End the judgement; what was found so far stays."""
        self._end_process()
        self.changed.emit()

    def clear(self) -> None:
        """Forget everything."""
        self._end_process()
        self._clear(None, is_trial=False)

    def shut_down(self) -> None:
        """End the process and wait until it has ended."""
        self._background.cancel()
        self._background.close()
        for process in self.findChildren(TrainerProcess):
            process.kill()

    def _on_read(
        self,
        run: Path,
        choice: ResultChoice,
        photos: Sequence[str],
        stored: tuple[list[Event], JudgingFinished] | None,
    ) -> None:
        found = stored[1] if stored is not None else None
        if stored is None or found is None or (found.step, found.strength) != (choice.step, choice.strength):
            self.judge(run, choice, photos)
            return
        for event in (*stored[0], found):
            self._take(event)
        self.changed.emit()

    def _start(self, words: Sequence[str]) -> None:
        process = TrainerProcess([*self._program, *words], self, parse=parse_judging_event)
        self._process = process
        process.event_received.connect(self._on_event)
        process.finished.connect(partial(self._on_finished, process))
        process.start()
        self.changed.emit()

    def _clear(self, choice: ResultChoice | None, *, is_trial: bool) -> None:
        self._end_process()
        self._background.cancel()
        self.choice, self.is_trial = choice, is_trial
        self.pairs, self.photos, self.old = [], [], []
        self.summary, self.failure, self.done, self.total = None, None, 0, 0
        self.changed.emit()

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.abandon()
            self._process = None

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        self._take(event)
        self.changed.emit()

    def _take(self, event: Event) -> None:
        if isinstance(event, JudgingProgressed):
            self.done, self.total = event.done, event.total
        elif isinstance(event, PairJudged):
            self.pairs.append(event)
        elif isinstance(event, PhotoEdited):
            self.photos.append(event)
        elif isinstance(event, OldEditJudged):
            self.old.append(event)
        elif isinstance(event, JudgingFinished):
            self.summary = event
        elif isinstance(event, TrainingFailed):
            self.failure = event.report()

    def _on_finished(self, process: TrainerProcess) -> None:
        process.deleteLater()
        if process is self._process:
            self._process = None
            self.changed.emit()


def _chosen(choice: ResultChoice) -> list[str]:
    words = [f"step={choice.step}"]
    return words if choice.strength == FULL else [*words, f"strength={choice.strength:g}"]
