"""Kills the window while it edits many photos, twice, and looks at what is there in the end.

    python tests/benchmarks/batch_kill.py [--photos FOLDER] [--count 30] [--kills 2] [--seed 0]

A window edits all photos of a folder with the starter, once without a break. Then it does so again, and its
process is killed with SIGKILL at random moments and started again with the same data folder, where it resumes
the batch. In the end every photo must have one result, whose pixels are those of the unbroken batch. Prints
what became of each start, how late the event loop was in the unbroken batch (the bar is 50 ms at the 99th
percentile), and how good the time left was. Exits with 1 if a result is missing, twice there or different.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS / "benchmarks")]

from event_loop import Ticks  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from ip2p_desktop.app import Program, build_program  # noqa: E402
from ip2p_desktop.base import paths  # noqa: E402
from ip2p_desktop.base.preferences import Preferences  # noqa: E402
from ip2p_desktop.editing.batch.batch_runner import BatchPhase  # noqa: E402
from ip2p_desktop.editing.batch.batch_worker import BatchOutcome  # noqa: E402

CHILD = "--child"
INSTRUCTION = "make it foggy, then black and white"
STALL_BAR_MS = 50
FIRST_ESTIMATES = 5
"""The time left is compared with the time that was really left after so many photos."""
LIMIT_SECONDS = 1200


class BatchScript(QObject):
    """Starts a batch over a folder, or resumes the one that is there, and ends with it."""

    def __init__(self, program: Program, photos: Path) -> None:
        super().__init__(program.window)
        self._program, self._photos = program, photos
        self._started = time.perf_counter()
        self._estimates: list[tuple[float, float]] = []
        self._ticks: Ticks | None = None
        runner = program.batches.runner
        runner.phase_changed.connect(self._on_phase_changed)
        runner.item_ended.connect(self._on_item_ended)
        self._poll = QTimer(self, interval=20)
        self._poll.timeout.connect(self._begin)
        self._poll.start()

    def _begin(self) -> None:
        program = self._program
        if not program.installed.is_known or program.document.model is None:
            return
        button = program.window.notice_bar.action_button
        if button.isVisible() and button.text() == "Resume":
            self._poll.stop()
            button.click()
        elif not list(paths.batches_folder().glob("*/batch.json")):
            self._poll.stop()
            program.document.change(instruction=INSTRUCTION, randomises_seed=False, seed=5)
            program.window.actions_.batch.trigger()
            program.batches.dialog.choose([self._photos])
            self._press_start()

    def _press_start(self) -> None:
        button = self._program.batches.dialog.setup_page.start_button
        if button.isEnabled():
            button.click()
        else:
            QTimer.singleShot(20, self._press_start)

    def _on_item_ended(self, outcome: BatchOutcome) -> None:
        runner = self._program.batches.runner
        assert runner.journal is not None
        counts = runner.journal.counts
        print(json.dumps({"ended": counts.done + counts.failed, "of": counts.total}), flush=True)
        if counts.done == 1:
            self._ticks = Ticks()  # the libraries are loaded
        if counts.done >= FIRST_ESTIMATES and counts.waiting and runner.seconds_left is not None:
            self._estimates.append((time.perf_counter(), runner.seconds_left))

    def _on_phase_changed(self, phase: BatchPhase) -> None:
        if phase is not BatchPhase.ENDED:
            return
        now = time.perf_counter()
        late = sorted(self._ticks.late) if self._ticks is not None else [0.0]
        errors = [abs(left / (now - at) - 1) for at, left in self._estimates if now - at > 1]
        print(
            json.dumps(
                {
                    "finished": True,
                    "seconds": now - self._started,
                    "stall_p99_ms": late[int(len(late) * 0.99)] * 1000,
                    "stall_max_ms": late[-1] * 1000,
                    "ticks": len(late),
                    "time_left_errors": errors,
                }
            ),
            flush=True,
        )
        QTimer.singleShot(0, QApplication.instance().quit)  # type: ignore[union-attr]


def child(photos: Path) -> int:
    application = QApplication([])
    program = build_program(application, Preferences(paths.preferences_file()))
    program.window.script = BatchScript(program, photos)  # type: ignore[attr-defined]
    program.window.show()
    application.exec()
    program.window.hide()
    program.shut_down()
    return 0


def run_window(photos: Path, data: Path, kill_after: float | None) -> list[dict[str, Any]]:
    """What a window reported until the batch ended, or until it was killed after so many seconds."""
    process = subprocess.Popen(
        [sys.executable, __file__, CHILD, str(photos)],
        env={**os.environ, "IP2P_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        printed, _ = process.communicate(timeout=LIMIT_SECONDS if kill_after is None else kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        printed, _ = process.communicate()
    return [json.loads(line) for line in printed.splitlines() if line.endswith("}")]


def copy_photos(source: Path, count: int, target: Path) -> None:
    """Copy so many photos; where the source has fewer, some of them more than once."""
    target.mkdir()
    found = sorted(source.glob("*.jpg"))
    for number in range(count):
        path = found[number % len(found)]
        shutil.copy(path, target / f"{path.stem}-{number}{path.suffix}")


def pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.convert("RGB").tobytes()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, default=paths.resources_folder() / "samples")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(CHILD, type=Path)
    options = parser.parse_args()
    if options.child:
        return child(options.child)
    rng = random.Random(options.seed)
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("unbroken", "killed"):
            copy_photos(options.photos, options.count, place / name)
        whole = run_window(place / "unbroken", place / "data", None)[-1]
        errors = sorted(whole["time_left_errors"]) or [0.0]
        print(
            f"unbroken: {whole['seconds']:.0f} s; event loop late p99 {whole['stall_p99_ms']:.0f} ms, "
            f"max {whole['stall_max_ms']:.0f} ms, {whole['ticks']} ticks; time left wrong by "
            f"{errors[len(errors) // 2]:.0%} (median), {errors[-1]:.0%} (most)",
            flush=True,
        )
        share = whole["seconds"] / (options.kills + 1)
        for number in range(options.kills):
            after = rng.uniform(0.6, 1.2) * share
            lines = run_window(place / "killed", place / "data-killed", after)
            there = len(list((place / "killed" / "edited").glob("*.jpg")))
            ended = [line["ended"] for line in lines if "ended" in line]
            print(f"kill {number + 1} after {after:.1f} s: {ended[-1:] or 'none'} ended, {there} files")
        last = run_window(place / "killed", place / "data-killed", None)
        made = {path.name: path for path in (place / "killed" / "edited").iterdir()}
        expected = {path.name: path for path in (place / "unbroken" / "edited").iterdir()}
        missing = sorted(expected.keys() - made.keys())
        additional = sorted(made.keys() - expected.keys())
        different = [
            name for name in expected.keys() & made.keys() if pixels(made[name]) != pixels(expected[name])
        ]
        again = sum("ended" in line for line in last)
    print(
        json.dumps(
            {
                "photos": options.count,
                "kills": options.kills,
                "results": len(made),
                "edited_after_the_last_kill": again,
                "missing": missing,
                "additional": additional,
                "different": sorted(different),
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )
    is_good = not (missing or additional or different) and len(expected) == options.count
    return 0 if is_good and whole["stall_p99_ms"] <= STALL_BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
