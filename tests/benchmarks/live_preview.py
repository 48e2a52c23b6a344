"""How fast previews are: while the instruction is typed, and as thumbnails of all known edits.

    python tests/benchmarks/live_preview.py [--photo FILE] [--rounds 1]

Real window, real model (the starter), no screen. A live preview counts from the end of the pause after the
last key to its picture in the window. A timer that should tick every 10 ms tells how long the window stalls.
Prints the machine, its load, and the processor time of the process beside every time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from event_loop import Ticks, wait_for
from measuring import machine
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews.preview_job import SCREEN_SIZE, THUMBNAIL_SIZE
from ip2p_desktop.window.ideas.ideas_dialog import IdeasDialog
from ip2p_desktop.window.live.live_preview_controller import PAUSE_MS

TYPED = (
    *("make it black and white", "make it much warmer", "make it night", "add some fog", "make it snow"),
    *("turn it into a pencil sketch", "give it a blue tint", "make it sepia", "add a vignette"),
    *("make the colours more vivid", "make it a purple duotone", "show it at golden hour", "blur it"),
    *("brighten it a little", "turn it into a mosaic", "put it under water", "sharpen it"),
    *("make it dreamy", "add some film grain", "make it autumn"),
)
"""Twenty instructions."""
STEP_MS = 5
PATIENCE = 60.0
"""Seconds after which a preview is given up; on a very busy machine they switch themselves off."""
BAR_LIVE, BAR_WALL, BAR_STALL = 0.4, 8.0, 0.05
"""Seconds: from the pause to the picture, all thumbnails, the 99th percentile of a stall."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds; end the program if it never does."""
    loop, timer = QEventLoop(), QTimer(interval=STEP_MS)
    end = time.perf_counter() + PATIENCE
    timer.timeout.connect(lambda: loop.quit() if condition() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    if not condition():
        sys.stdout.write(f"No preview; load {os.getloadavg()[0]:.1f}. Measure on an idle machine.\n")
        sys.stdout.flush()
        os._exit(1)


class Clock:
    """Seconds on the wall and of the processor since its beginning."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()
        self._window = time.thread_time()

    @property
    def window_seconds(self) -> float:
        """Processor time of the window's own thread."""
        return time.thread_time() - self._window

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, time.process_time() - self._processor


def live(program: Program, ticks: Ticks) -> None:
    """Type each instruction into the window and wait for its preview."""
    box = program.window.composer.instruction_box
    times: list[tuple[float, float]] = []
    for instruction in TYPED:
        box.clear()
        assert program.document.live_preview is None
        QTest.keyClicks(box, instruction)
        clock = Clock()
        wait_until(lambda: program.document.live_preview is not None)
        wall, processor = clock.read()
        times.append((wall - PAUSE_MS / 1000, processor))
    walls, processors = zip(*times, strict=True)
    print(f"live preview, {len(times)} instructions, pause to picture:", end=" ")
    print(f"median {statistics.median(walls):.2f} s, max {max(walls):.2f} s (bar {BAR_LIVE} s);", end=" ")
    print(f"processor median {statistics.median(processors):.2f} s, max {max(processors):.2f} s")
    ticks.report(f"  window during it (bar p99 {BAR_STALL * 1000:.0f} ms)")
    box.clear()


def wall(program: Program, ticks: Ticks) -> None:
    """Open the ideas and wait for all thumbnails."""
    ticks.late.clear()
    clock = Clock()
    program.ideas.open()
    wait_until(lambda: program.ideas.dialog is not None and program.ideas.dialog.isVisible())
    dialog = program.ideas.dialog
    assert dialog is not None
    opened = clock.read()[0]

    def made(instructions: list[str]) -> bool:
        return program.ideas.thumbnails.count_of(instructions) == len(instructions)

    everything = [idea.instruction for idea in dialog.ideas.ideas]
    visible = visible_ideas(dialog)
    wait_until(lambda: program.ideas.thumbnails.count_of(everything) > 0)
    first = clock.read()[0]
    wait_until(lambda: made(visible))
    seen = clock.read()[0]
    wait_until(lambda: made(everything))
    whole, processor = clock.read()
    print(f"ideas, {len(everything)} thumbnails: open {opened:.2f} s, first {first:.2f} s,", end=" ")
    print(f"{len(visible)} visible {seen:.2f} s, all {whole:.2f} s (bar {BAR_WALL} s);", end=" ")
    print(f"processor {processor:.2f} s, of which the window's thread {clock.window_seconds:.2f} s")
    ticks.report(f"  window during it (bar p99 {BAR_STALL * 1000:.0f} ms)")
    dialog.close()


def visible_ideas(dialog: IdeasDialog) -> list[str]:
    return [dialog.ideas.shown[row].instruction for row in dialog.view.visible_rows()]


def warm_up(program: Program) -> None:
    """Load libraries and model, as the program does in idle time after a photo was opened."""
    program.client.warm_up()
    wait_for(program.client.ready)
    program.window.composer.instruction_box.setText("make it warmer")
    wait_until(lambda: program.document.live_preview is not None)


def measure(program: Program, photo: Path, rounds: int) -> None:
    wait_until(lambda: program.installed.is_known)
    program.files.open_file(photo)
    wait_for(program.files.read)
    warm_up(program)
    ticks = Ticks()
    for _ in range(rounds):
        ticks.late.clear()
        live(program, ticks)
        program.ideas.thumbnails.use(None, None, program.document.state.model_options)
        wall(program, ticks)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photo", type=Path, help="a sample photo if left out")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, help="as in the preferences; automatic if left out")
    arguments = parser.parse_args()
    print(machine())
    threads = arguments.threads or "automatic"
    print(f"load {os.getloadavg()[0]:.1f}; threads of edits: {threads}; {SCREEN_SIZE}; {THUMBNAIL_SIZE}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["IP2P_DATA_DIR"] = folder
        application = QApplication([])
        preferences = Preferences(paths.preferences_file())
        preferences.threads = arguments.threads
        program = build_program(application, preferences)
        program.window.resize(1240, 820)
        program.window.show()
        measure(program, arguments.photo or paths.sample_photos()[1], arguments.rounds)
        program.window.close()
        program.shut_down()


if __name__ == "__main__":
    main()
