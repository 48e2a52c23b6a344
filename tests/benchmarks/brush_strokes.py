"""How well the window follows a large soft brush on a photo of 50 megapixels.

    python tests/benchmarks/brush_strokes.py [--megapixels 50] [--size 600] [--seconds 5]

A person moves the mouse at 60 points a second, at fit and at 100 %, with the brush and the eraser. Printed
are the time to handle a point, also without what other programs take, how late points are handled (a point
that waits for the one before counts), the stalls of the event loop, and memory. The bars: no falling behind,
and stalls of at most 50 ms at the 99th percentile. Then the times of what changes the whole mask, in the
background, with the stalls meanwhile.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from event_loop import Ticks
from fakes.fake_editor import FakeEditor
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.masks.dabs import Brush

RATE = 60
SWEEPS = 0.7
"""Crossings of the view in a second."""
LEFT = Qt.MouseButton.LeftButton


class Hand:
    """Moves the mouse over the view at a fixed rate; a late point is not left out."""

    def __init__(self, program: Program, seconds: float) -> None:
        self._view = program.window.canvas.view
        self._count = round(seconds * RATE)
        self._next = 0
        self.handled: list[float] = []
        self.worked: list[float] = []
        """As `handled`, in seconds of the processor, whatever else runs."""
        self.late: list[float] = []
        self.busy = 0.0
        """Seconds of the processor for each point, with painting and all else on the GUI thread."""
        self._loop = QEventLoop()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def paint(self) -> None:
        """One long stroke."""
        self._send(QEvent.Type.MouseButtonPress, self._place(0))
        self._started = time.perf_counter()
        before = time.thread_time()
        self._timer.start(1)
        self._loop.exec()
        self._timer.stop()
        self.busy = (time.thread_time() - before) / self._count
        self._send(QEvent.Type.MouseButtonRelease, self._place(self._count))

    def _place(self, number: int) -> QPointF:
        part = self._view._viewport.visible_rect.adjusted(20, 20, -20, -20)
        along = number / RATE * SWEEPS
        x = 0.5 - 0.5 * math.cos(math.pi * along)
        y = 0.5 + 0.35 * math.sin(2.3 * along) + 0.15 * math.sin(9 * along)
        return QPointF(part.left() + x * part.width(), part.top() + y * part.height())

    def _tick(self) -> None:
        due = self._started + self._next / RATE
        now = time.perf_counter()
        if now < due:
            return
        before = time.thread_time()
        self._send(QEvent.Type.MouseMove, self._place(self._next))
        self.worked.append(time.thread_time() - before)
        self.late.append(now - due)
        self.handled.append(time.perf_counter() - now)
        self._next += 1
        if self._next == self._count:
            self._loop.quit()

    def _send(self, kind: QEvent.Type, place: QPointF) -> None:
        everywhere = QPointF(self._view.mapToGlobal(place))
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(kind, place, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._view, event)


def shares(values: list[float]) -> str:
    """Percentiles in milliseconds."""
    ordered = [1000 * value for value in sorted(values)]
    at = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99, 1.0)]
    return f"p50 {at[0]:.1f}, p99 {at[1]:.1f}, max {at[2]:.1f} ms"


def wait(condition: Callable[[], object]) -> None:
    """Run the event loop until a condition holds."""
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def memory() -> str:
    """Memory of the process, now and at most."""
    now = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{now:.0f} MiB, at most {most:.0f} MiB"


def measure(program: Program, size: float, seconds: float) -> None:
    view, actions, draft = program.window.canvas.view, program.window.actions_, program.masks.draft
    ticks = Ticks()
    for zoom in ("fit", "100 %"):
        view.zoom_to_fit() if zoom == "fit" else view.zoom_to_pixels()
        for action in (actions.brush, actions.eraser):
            action.trigger()
            draft.brush = Brush(size, 0.3)
            for _ in range(5):
                QApplication.processEvents()
            hand = Hand(program, seconds)
            ticks.late.clear()
            hand.paint()
            name = action.objectName().removeprefix("action_")
            print(f"\n{name} at {zoom} ({view.zoom:.3f}): {len(hand.handled)} points")
            print(f"  handling a point: {shares(hand.handled)}")
            print(f"  of the processor: {shares(hand.worked)}; with painting {1000 * hand.busy:.1f} ms")
            print(f"  behind the hand: {shares(hand.late)}; the last point {1000 * hand.late[-1]:.1f} ms")
            ticks.report("  event loop")
            print(f"  memory {memory()}")
            actions.undo.trigger()
    actions.redo.trigger()
    view.zoom_to_fit()
    draft.brush = Brush(size, 0.3)
    actions.brush.trigger()
    Hand(program, seconds).paint()
    program.masks.options_bar.distance_field.setValue(40)
    for name in ("feather_mask", "grow_mask", "shrink_mask", "invert_mask", "undo", "redo"):
        ticks.late.clear()
        started = time.perf_counter()
        getattr(actions, name).trigger()
        wait(lambda: not draft.is_busy)
        for _ in range(3):
            QApplication.processEvents()
        print(f"\n{name}: {time.perf_counter() - started:.2f} s")
        ticks.report("  event loop")
    recorder = program.sessions.recorder
    done: list[object] = []
    started = time.perf_counter()
    recorder._write_record()
    recorder._records.submit(lambda: None, done.append, done.append)
    ticks.late.clear()
    wait(lambda: done)
    print(f"\nwriting the masks of all steps: {time.perf_counter() - started:.2f} s")
    ticks.report("  event loop")
    print(f"  memory {memory()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megapixels", type=float, default=50)
    parser.add_argument("--size", type=float, default=600)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--window", default="1600x1000")
    options = parser.parse_args()
    application = QApplication([])
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}, {options.megapixels:g} megapixels,", end=" ")
    print(f"brush {options.size:g} px, window {options.window}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IP2P_DATA_DIR"] = f"{folder}/data"
        width = round(math.sqrt(options.megapixels * 1e6 * 1.5))
        photo = Path(folder, "large.bmp")
        Image.effect_noise((width // 8, width // 12), 60).resize((width, width * 2 // 3)).convert("RGB").save(
            photo
        )
        program = build_program(application, Preferences(paths.preferences_file()), FakeEditor().make)
        program.window.resize(*map(int, options.window.split("x")))
        program.window.show()
        wait(lambda: program.installed.is_known and program.sessions.is_restored)
        program.files.open_file(photo)
        wait(lambda: program.document.source is not None)
        wait(lambda: not program.sessions.recorder.unwritten)
        print(f"memory with the photo {memory()}")
        measure(program, options.size, options.seconds)
        program.shut_down()
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
