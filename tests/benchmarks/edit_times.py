"""How near the announced time of an edit comes to the real one, for photos of 2, 12 and 50 megapixels.

    python tests/benchmarks/edit_times.py [--megapixels 2 12 50] [--instruction TEXT …]

For each photo, an edit is made in the window, then a second one, whose announced time counts. Also: how often
the progress bar moved back, and how many reports had no time.
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

from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences

INSTRUCTIONS = ("make it black and white", "add some fog", "make it snow")
RATIO = 1.5
PAUSE_MS = 800
"""Within which the next estimate is computed."""


class Watch:
    """What the progress row shows during an edit."""

    def __init__(self, program: Program) -> None:
        self.shares: list[float] = []
        self.untimed = 0
        self._row = program.window.composer.progress_row
        self._program = program
        program.queue.changed.connect(self._note)

    def _note(self) -> None:
        if self._program.queue.running is None:
            return
        self.shares.append(self._row.bar.value() / max(1, self._row.bar.maximum()))
        self.untimed += not self._row.time_left.text()

    def report(self) -> str:
        back = sum(later < earlier for earlier, later in zip(self.shares, self.shares[1:], strict=False))
        text = f"{len(self.shares)} reports, {back} back, {self.untimed} without a time"
        self.shares, self.untimed = [], 0
        return text


def wait_for(signal: SignalInstance) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()


def pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def photo_of(megapixels: float, folder: Path) -> Path:
    """A sample photo enlarged to this size, with grain, as an enlarged photo would have no fine detail."""
    height = round((megapixels * 1e6 / RATIO) ** 0.5)
    size = (round(height * RATIO), height)
    photo = Image.open(paths.sample_photos()[0]).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 24).convert("RGB")
    file = folder / f"{megapixels:g}.jpg"
    Image.blend(photo, grain, 0.1).save(file, quality=90)
    return file


def edit(program: Program, instruction: str) -> tuple[float | None, float]:
    """The announced and the real seconds."""
    program.document.change(instruction=instruction)
    estimate = program.document.estimate
    started = time.perf_counter()
    program.edits.start()
    wait_for(program.queue.is_busy_changed)
    taken = time.perf_counter() - started
    pause(PAUSE_MS)
    return (estimate.total_seconds if estimate else None), taken


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megapixels", type=float, nargs="+", default=[2, 12, 50])
    parser.add_argument("--instruction", nargs="+", default=INSTRUCTIONS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IP2P_DATA_DIR"] = folder
        application = QApplication([])
        program = build_program(application, Preferences(paths.preferences_file()))
        wait_for(program.installed.changed)
        program.window.show()
        watch = Watch(program)
        for megapixels in options.megapixels:
            program.files.open_file(photo_of(megapixels, Path(folder)))
            wait_for(program.document.source_changed)
            while program.sessions.recorder.unwritten:
                pause(PAUSE_MS)
            edit(program, options.instruction[0])
            watch.report()
            for instruction in options.instruction:
                announced, taken = edit(program, instruction)
                off = f"{abs(announced / taken - 1):.0%}" if announced else "unknown"
                said = f"{announced:.2f}" if announced else "?"
                print(
                    f"{megapixels:g} MP, {instruction}: said {said} s, took {taken:.2f} s, off by {off}; "
                    f"{watch.report()}; load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
        program.shut_down()


if __name__ == "__main__":
    main()
