"""How long the window keeps a person waiting while it loads libraries and edits.

    python tests/benchmarks/event_loop.py [--model FOLDER] [--steps 10]

A timer should tick every 10 ms; what a tick is late is how long a click would have waited. The bar
is 100 ms at the 99th percentile. Needs a model: the starter, unless another is named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from engine.library import read_model_card
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences

TICK_MS = 10


class Ticks(QObject):
    """Notes how late each tick of the event loop is."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._last - TICK_MS / 1000))
        self._last = now

    def stop(self) -> None:
        self._timer.stop()

    def report(self, what: str) -> None:
        late = sorted(self.late)
        at_99 = late[int(len(late) * 0.99)]
        print(f"{what}: {len(late)} ticks, p50 {late[len(late) // 2] * 1000:.0f} ms,", end=" ")
        print(f"p99 {at_99 * 1000:.0f} ms, max {late[-1] * 1000:.0f} ms")
        self.late.clear()


def wait_for(signal: SignalInstance) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()


def measure(program: Program, steps: int) -> None:
    ticks = Ticks()
    program.files.open_file(paths.sample_photos()[0])
    wait_for(program.files.read)
    ticks.report("opening a photo")
    program.document.change(instruction="make it black and white")
    program.document.change(num_inference_steps=steps)
    for what in ("first edit, with loading", "second edit"):
        program.edits.start()
        started = time.perf_counter()
        wait_for(program.queue.is_busy_changed)
        ticks.report(f"{what} ({time.perf_counter() - started:.1f} s)")
        print(
            program.window.notice_bar.message.text() if program.window.notice_bar.isVisible() else "", end=""
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=paths.starter_model())
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()
    application = QApplication([])
    with tempfile.TemporaryDirectory() as data_folder:
        os.environ["IP2P_DATA_DIR"] = data_folder
        program = build_program(application, Preferences(paths.preferences_file()))
        wait_for(program.installed.changed)
        card = read_model_card(options.model)
        program.document.choose_model(card)
        program.window.show()
        measure(program, options.steps)
        program.shut_down()


if __name__ == "__main__":
    main()
