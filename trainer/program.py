"""`python -m trainer [--config FILE.yaml] [--probe] key=value …`: fine-tunes a model on pairs of images.

The settings are those of `trainer.config`, with NeMo's names. Each line on standard output is an event of
`trainer.protocol.events`; standard error holds the log. "stop" on standard input or in the run's
`commands.jsonl`, Ctrl-C or a request to terminate end the run after the current step, with a checkpoint and
an exported model.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from functools import partial

import psutil

from engine.devices.waiting import AdaptiveWaitPolicy, adaptive_wait
from engine.errors import EngineError
from engine.progress import Cancelled
from trainer.config import ReadSettings, read_settings
from trainer.config.settings_help import help_text
from trainer.distributed.launcher import WorkerLost, is_first, workers
from trainer.distributed.priority import lower_priority
from trainer.protocol.commands import ATTACHED_VARIABLE, DETACHED_VARIABLE, Commands
from trainer.protocol.events import Event, EventStream, TrainingFailed, TrainingFinished
from trainer.protocol.run_files import recorded_events
from trainer.runs.preparation import prepare
from trainer.runs.run_lock import run_lock

log = logging.getLogger("trainer")

DONE, FAILED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the training; returns 0 if done or stopped, 1 if it failed, 2 for invalid settings or dataset.

    With `--help`, or without arguments, it only shows the settings.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or {"-h", "--help"} & set(given):
        sys.stdout.write(help_text())
        return DONE if given else BAD_USAGE
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    events = EventStream(is_silent=not is_first())
    is_detached = DETACHED_VARIABLE in os.environ
    is_attached = ATTACHED_VARIABLE in os.environ and not is_detached
    if is_attached or is_detached:
        lower_priority()
    commands = Commands(sys.stdin, attached=is_attached)
    commands.obey_signals(is_detached=is_detached)
    run = TrainerRun(events, commands, is_detached=is_detached)
    try:
        settings = read_settings(given)
        with workers(settings.config, main, given, on_worker_lost=partial(_end_process, events)):
            events.is_silent = not is_first()
            with adaptive_wait(AdaptiveWaitPolicy.if_supported()):
                run(settings)
    except (Exception, KeyboardInterrupt) as error:
        return run.report(error)
    return DONE


class RunInterrupted(EngineError):
    """The run was interrupted from the keyboard."""

    kind = "interrupted"

    def __init__(self) -> None:
        super().__init__(
            "interrupted.run",
            "The run was interrupted.",
            "Start it again; it continues from its last checkpoint.",
        )


def _end_process(events: EventStream) -> None:
    """Ends this process after a worker was lost; its main thread may wait for that worker forever."""
    events.send(TrainingFailed.of(WorkerLost().report()))
    os._exit(FAILED)


class TrainerRun:
    """Prepares a run and trains, or only measures how long training would take."""

    def __init__(self, events: EventStream, commands: Commands, *, is_detached: bool = False) -> None:
        self.events, self.commands = events, commands
        self._is_detached = is_detached
        self.has_begun = False
        """Whether preparation succeeded."""
        self._exit_code: int | None = None

    def __call__(self, settings: ReadSettings) -> None:
        if settings.probe is not None or not is_first():
            self._run(settings)
            return
        folder = settings.config.run_folder
        began = psutil.Process().create_time()
        followed = self.commands.followed(folder, since=began)
        with run_lock(folder), recorded_events(self.events, folder), followed:
            try:
                self._run(settings)
            except (Exception, KeyboardInterrupt) as error:
                self.report(error)
                raise

    def report(self, error: BaseException) -> int:
        """Sends the last event of a run that an error has ended, once; returns the exit code.

        A detached run writes its failure to its log too.
        """
        if self._exit_code is None:
            self._exit_code, last = self._end_of(error)
            self.events.send(last)
            if self._is_detached and isinstance(last, TrainingFailed):
                # nobody need read its output, and the folder of the run may not be known yet
                sys.stderr.write(last.to_line() + "\n")
        return self._exit_code

    def _end_of(self, error: BaseException) -> tuple[int, Event]:
        match error:
            case Cancelled():
                reason = self.commands.reason
                return DONE, TrainingFinished(step=0, stopped=True, model="", reason=reason)
            case EngineError():
                return FAILED if self.has_begun else BAD_USAGE, TrainingFailed.of(error.report())
            case KeyboardInterrupt():
                return FAILED, TrainingFailed.of(RunInterrupted().report())
            case _:
                log.error("The run failed unexpectedly", exc_info=error)
                return FAILED, TrainingFailed.of(EngineError.unexpected(error).report())

    def _run(self, settings: ReadSettings) -> None:
        training = prepare(settings, self.events, self.commands)
        self.has_begun = True
        try:
            if settings.probe is None:
                training.run()
            else:
                from trainer.runs.probe import probe

                probe(training, settings.probe)
        finally:
            training.close()
            training.processes.leave()
