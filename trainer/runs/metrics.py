"""The losses of a run while it trains: in `metrics.jsonl` in its folder; in TensorBoard and W&B on request.

Each line is a JSON object with a `step`: after a step with its `loss`, `learning_rate` and
`samples_per_second`, after a validation with its `val_loss`. A resumed run removes the lines of the steps
that it takes again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from engine.files.atomic import atomic_write
from trainer.config import TrainingConfig
from trainer.protocol.events import EventStream, make_warning
from trainer.protocol.run_files import append_line

log = logging.getLogger(__name__)

FILE, TENSORBOARD_FOLDER = "metrics.jsonl", "tensorboard"
NO_TENSORBOARD = make_warning(
    "metrics.no-tensorboard",
    "exp_manager.create_tensorboard_logger needs the package tensorboard, which is not installed; the losses "
    "are only written to metrics.jsonl.",
    "Install it with “pip install tensorboard”.",
)


class MetricsWriter(Protocol):
    """Writes numbers somewhere."""

    def begin(self, step: int) -> None:
        """Begins after this step, and removes the numbers of later ones, where possible. Raises `OSError`."""

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Adds the numbers of a step. Raises `OSError`."""

    def close(self) -> None:
        """Writes what is still in memory."""


class Metrics:
    """Writes the numbers of a run. A writer that fails is reported and not used any more."""

    def __init__(self, config: TrainingConfig, events: EventStream) -> None:
        self._config, self._events = config, events
        self._writers: list[MetricsWriter] | None = None

    def begin(self, step: int) -> None:
        """Begins after this step, also if the run has gone back to it."""
        if self._writers is None:
            self._writers = [MetricsFile(self._config.run_folder / FILE), *self._loggers()]
        self._each(lambda writer: writer.begin(step))

    def add(self, step: int, **values: float) -> None:
        """Adds some numbers of a step."""
        self._each(lambda writer: writer.add(step, values))

    def close(self) -> None:
        """Ends all writers."""
        self._each(lambda writer: writer.close())
        self._writers = None

    def _each(self, work: Callable[[MetricsWriter], None]) -> None:
        for writer in list(self._writers or ()):
            try:
                work(writer)
            except OSError as error:
                assert self._writers is not None
                self._writers.remove(writer)
                self._events.send(
                    make_warning(
                        "metrics.not-written",
                        "The losses can no longer be written ({reason}); training continues without.",
                        reason=error.strerror or error,
                    )
                )

    def _loggers(self) -> Iterator[MetricsWriter]:
        """Yields those that are asked for; sends a warning for one that cannot be used."""
        asked = self._config.exp_manager
        if asked.create_tensorboard_logger:
            try:
                yield TensorBoardWriter(self._config.run_folder / TENSORBOARD_FOLDER)
            except ImportError:
                self._events.send(NO_TENSORBOARD)
        if asked.create_wandb_logger:
            try:
                yield WandbWriter(self._config)
            except Exception as error:  # not installed, not logged in, not reachable
                log.warning("W&B cannot be used", exc_info=error)
                self._events.send(
                    make_warning(
                        "metrics.no-wandb",
                        "exp_manager.create_wandb_logger cannot use W&B ({reason}); the losses are only "
                        "written to metrics.jsonl.",
                        "Install it with “pip install wandb”, and log in with “wandb login”.",
                        reason=error,
                    )
                )


class MetricsFile:
    """A file of one JSON object for each line. Lines that the disk does not take are written later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[str] = deque()
        self._is_failing = False

    def begin(self, step: int) -> None:
        """As `MetricsWriter.begin`; also removes a last line that a killed run left incomplete."""
        self._waiting = deque(line for line in self._waiting if _step_of(line) <= step)
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        kept = "".join(line for line in text.splitlines(keepends=True) if _step_of(line) <= step)
        if kept != text:
            with atomic_write(self._path) as temporary:
                temporary.write_text(kept, encoding="utf-8")

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """As `MetricsWriter.add`."""
        self._waiting.append(json.dumps({"step": step, **values}) + "\n")
        self._write()

    def _write(self) -> None:
        try:
            while self._waiting:
                append_line(self._path, self._waiting[0])
                self._waiting.popleft()
        except OSError as error:  # a full disk, or one that was pulled
            if not self._is_failing:
                log.warning("%s cannot be written at present: %s", self._path, error)
        self._is_failing = bool(self._waiting)

    def close(self) -> None:
        """As `MetricsWriter.close`."""
        self._write()


def _step_of(line: str) -> float:
    """Returns the step of a line; infinity for an incomplete or damaged one."""
    try:
        step = json.loads(line)["step"] if line.endswith("\n") else None
    except (ValueError, KeyError, TypeError, RecursionError):
        step = None
    return step if isinstance(step, int) else float("inf")


class TensorBoardWriter:
    """A folder of event files for TensorBoard. Raises `ImportError` if it is not installed."""

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._folder, self._make = folder, SummaryWriter
        self._writer: Any = None

    def begin(self, step: int) -> None:
        """As `MetricsWriter.begin`; TensorBoard then shows no later steps of earlier files."""
        self.close()
        self._writer = self._make(self._folder, purge_step=step + 1)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """As `MetricsWriter.add`."""
        assert self._writer is not None
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """As `MetricsWriter.close`."""
        if self._writer is not None:
            self._writer.close()


class WandbWriter:
    """A run of W&B, which a resumed run continues. Raises what the library raises."""

    def __init__(self, config: TrainingConfig) -> None:
        import wandb

        named, folder = config.exp_manager.wandb_logger_kwargs, config.run_folder.absolute()
        self._run: Any = wandb.init(
            project=named.project or None,
            name=named.name or config.model_name,
            id=hashlib.blake2b(str(folder).encode(), digest_size=8).hexdigest(),
            resume="allow",
            dir=folder,
        )
        self._run.define_metric("*", step_metric="step")

    def begin(self, step: int) -> None:
        """As `MetricsWriter.begin`; W&B keeps what it has."""

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """As `MetricsWriter.add`."""
        self._run.log({"step": step, **values})

    def close(self) -> None:
        """As `MetricsWriter.close`."""
        self._run.finish()
