"""The processes of `busy.py`: one that edits, the trainer, and what keeps the cores busy beside them.

Each is stopped by a signal while it has no turn.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from engine.devices.waiting_policy import POLICY_VARIABLES, set_waiting_policy
from ip2p_desktop.base.paths import sample_photos, starter_model, trainer_program
from trainer.protocol.commands import ATTACHED_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = {"GOMP_SPINCOUNT": "300000", "KMP_BLOCKTIME": "200"}
"""What libgomp, and Intel's and LLVM's OpenMP, do without a word from anybody."""
INSTRUCTION = "make it black and white"
LOOP = "while True: pass"
TORCH_PROGRAM = """
import torch
from torch.nn import Conv2d, GroupNorm, Sequential, SiLU
net = Sequential(Conv2d(4, 64, 3, padding=1), GroupNorm(8, 64), SiLU(), Conv2d(64, 4, 3, padding=1))
optimizer, images = torch.optim.AdamW(net.parameters()), torch.randn(4, 4, 64, 64)
while True:
    optimizer.zero_grad()
    net(images).square().mean().backward()
    optimizer.step()
"""
"""Trains a little network with as many threads as there are cores, as others write such programs."""


class MeasuredProcess:
    """A process that runs only while `running` lasts."""

    def __init__(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None = None,
        *,
        has_own_session: bool = False,
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in POLICY_VARIABLES}
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**kept, "PYTHONPATH": str(ROOT), **(variables or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=has_own_session,
        )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.process.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.stop()

    def close(self) -> None:
        # not `communicate`: processes that the trainer started may hold its output open for some seconds
        self.process.kill()
        self.process.wait()


def busy_loop() -> MeasuredProcess:
    return MeasuredProcess(["-c", LOOP])


def torch_program() -> MeasuredProcess:
    return MeasuredProcess(["-c", TORCH_PROGRAM])


class EditProcess(MeasuredProcess):
    """Makes an edit when it is asked to; ready once this is made."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__([__file__], variables)
        self.edit()

    def edit(self) -> float:
        """Seconds of one more edit."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"The process that edits ended with exit code {self.process.wait()}.")
        return float(json.loads(line))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Edits one after the other."""
        ended = threading.Event()
        thread = threading.Thread(target=self._edit_until, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _edit_until(self, ended: threading.Event) -> None:
        while not ended.is_set():
            self.edit()


class TrainingProcess(MeasuredProcess):
    """The trainer with the settings of the window, on all cores; at its first steps once this is made.

    Where it is attached, its session is its own, as that of the trainer that the window starts.
    """

    def __init__(self, pairs: Path, run: Path, variables: Mapping[str, str], *, is_attached: bool) -> None:
        settings = [
            f"data.data_path={pairs}",
            f"model.unet_config.from_pretrained={starter_model()}",
            f"exp_manager.exp_dir={run}",
            f"trainer.threads={os.cpu_count()}",  # as it does without a setting
            "trainer.max_steps=1000000",
            "data.replay.pairs=0",
            "trainer.val_check_interval=0",
            "validation.edits=0",
        ]
        attached = {ATTACHED_VARIABLE: "1"} if is_attached else {}
        command = [*trainer_program()[1:], *settings]
        super().__init__(command, {**variables, **attached}, has_own_session=is_attached)
        self._steps: list[float] = []
        self._has_stepped = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.step_seconds(1)
        self.stop()

    def step_seconds(self, count: int) -> list[float]:
        """Of so many steps from now on, without the one under way."""
        with self._has_stepped:
            first = len(self._steps)
            self._has_stepped.wait_for(lambda: len(self._steps) > first + count)
            moments = self._steps[first : first + count + 1]
        return [after - before for before, after in pairwise(moments)]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if json.loads(line)["type"] == "step":
                with self._has_stepped:
                    self._steps.append(time.perf_counter())
                    self._has_stepped.notify_all()


class OtherCores:
    """How many cores processes use that do not belong to this benchmark; Linux only."""

    def __init__(self) -> None:
        self._start = self._counts()

    def mean(self) -> float:
        """Since this was made; not a number where it is unknown."""
        seconds, busy, own = (now - before for now, before in zip(self._counts(), self._start, strict=True))
        return (busy - own) / os.sysconf("SC_CLK_TCK") / seconds

    def _counts(self) -> tuple[float, float, float]:
        stat = Path("/proc/stat")
        if not stat.is_file():
            return time.perf_counter(), float("nan"), 0.0
        counts = [int(part) for part in stat.read_text().split("\n", 1)[0].split()[1:9]]
        return time.perf_counter(), float(sum(counts) - counts[3] - counts[4]), _group_ticks()


def _group_ticks() -> float:
    """Ticks that the processes of our group have used."""
    used = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        used += int(parts[11]) + int(parts[12]) if int(parts[2]) == os.getpgrp() else 0
    return float(used)


def serve_edits() -> None:
    """A warm edit for every line read; answers with its seconds."""
    set_waiting_policy()
    from engine.editing.editor import Editor
    from engine.images.image_files import open_photo
    from engine.library import read_model_card
    from engine.request import EditRequest

    editor = Editor()
    request = EditRequest(
        source_image=open_photo(sample_photos()[0]),
        instruction=INSTRUCTION,
        model=starter_model(),
        settings=read_model_card(starter_model()).recommended,
    )
    for seed, _ in enumerate(sys.stdin):
        started = time.perf_counter()
        editor.edit(replace(request, settings=replace(request.settings, seed=seed)))
        print(json.dumps(time.perf_counter() - started), flush=True)


if __name__ == "__main__":
    serve_edits()
