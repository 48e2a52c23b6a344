"""The result of the session's run before it is kept: what is chosen of it, judged, exported and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.results.result_choice import FULL, ResultChoice, kept_steps, own_photos
from ip2p_desktop.training.results.result_export import (
    ExportKind,
    describe_model,
    export_choice,
    export_result,
)
from ip2p_desktop.training.results.result_judging import ResultJudging
from ip2p_desktop.training.runs.run_removal import MODEL_FOLDERS
from ip2p_desktop.training.runs.training_session import TrainingSession


class ResultState(QObject):
    """Follows the session; observable."""

    changed = Signal()
    exported = Signal(object)
    """The `Path` that was written."""

    def __init__(self, session: TrainingSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.judging = ResultJudging(self)
        self._background = Background(self, workers=1)
        self._quit_token = CancelToken()
        self._result: tuple[Path, int] | None = None
        self.steps: tuple[int, ...] = (1,)
        """The steps that can be chosen, ascending."""
        self.choice = ResultChoice(1)
        self.is_busy = False
        """Whether the choice is being exported or prepared for keeping."""
        self.failure: ErrorReport | None = None
        for signal in (session.phase_changed, session.runs_changed):
            signal.connect(self._follow)

    def judge(self) -> None:
        """Judge the choice, or show the judgement that there is."""
        if self._session.run is not None and self._result is not None:
            self.judging.show(self._session.run.folder, self.choice, own_photos(self._session.run))

    def choose(self, choice: ResultChoice) -> None:
        """Choose a step and a strength, and try them on a few pictures."""
        if choice == self.choice or self._session.run is None:
            return
        self.choice = choice
        if self._is_whole:
            self.judge()
        else:
            self.judging.try_out(self._session.run.folder, choice, own_photos(self._session.run))
        self.changed.emit()

    @property
    def _is_whole(self) -> bool:
        """Whether the choice is the model that the run has exported."""
        return self.choice == ResultChoice(self.steps[-1], FULL)

    def keep(self, name: str, note: str, preview: Path | None, *, keeps_run: bool) -> None:
        """Install the choice under a name, with a note and a picture; the session goes on from there."""
        run, result = self._session.run, self._session.result
        if run is None or result is None or self.is_busy:
            return
        self.judging.stop()
        choice, whole, cancel = self.choice, self._is_whole, self._quit_token
        chosen = run.folder / MODEL_FOLDERS[1]

        def prepare() -> Path:
            folder = result.folder if whole else export_choice(run.folder, choice, chosen, cancel)
            describe_model(folder, name, note, preview)
            return folder

        def install(folder: Path) -> None:
            self._end()
            self._session.result = replace(result, folder=folder, step=choice.step)
            self._session.keep(keeps_run=keeps_run)

        self._begin(prepare, install)

    def export(self, kind: ExportKind, target: Path, name: str, note: str, preview: Path | None) -> None:
        """Write the choice to a file or folder; emits `exported`, or sets `failure`."""
        run = self._session.run
        if run is None or self.is_busy:
            return
        write = partial(
            export_result,
            *(run.folder, self.choice, kind, target),
            name=name,
            note=note,
            preview=preview,
            cancel=self._quit_token,
        )
        self._begin(write, self._on_exported)

    def shut_down(self) -> None:
        """End what is being done, and wait."""
        self._quit_token.cancel()
        self.judging.shut_down()
        self._background.close()

    def _begin(self, work: Callable[[], Path], finished: Callable[[Path], None]) -> None:
        self.is_busy, self.failure = True, None
        self._background.submit(work, finished, self._on_failed)
        self.changed.emit()

    def _end(self) -> None:
        self.is_busy = False
        self.changed.emit()

    def _on_exported(self, target: Path) -> None:
        self._end()
        self.exported.emit(target)

    def _on_failed(self, report: ErrorReport) -> None:
        self.failure = report
        self._end()

    def _follow(self) -> None:
        """Take over the result of the session, if it is another one."""
        run, result = self._session.run, self._session.result
        now = (run.folder, result.step) if run is not None and result is not None else None
        if now == self._result or (now is None and self._session.is_keeping):
            return
        self._result, self.failure = now, None
        if now is None:
            self.judging.clear()
        else:
            self.steps = kept_steps(self._session.progress, now[1])
            self.choice = ResultChoice(self.steps[-1])
        self.changed.emit()
