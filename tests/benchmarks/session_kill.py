"""Kills the window's process at random moments, and looks for what had been made and typed before.

    python tests/benchmarks/session_kill.py [--kills 10] [--seed 0] [--seconds 20] [--stand-in]

A script in a real window opens photos, edits them one after the other, uses results as sources, and types all
the time. Its process is killed with SIGKILL at a random moment and started again, with the same data folder.
Every result whose end was reported must be there, pixel by pixel, and of the typing no more than the last two
seconds may be lost. Edits are made by the starter model, or by a stand-in that inverts the photo. Prints a
line for each kill; exits with 1 if anything is lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from fakes.fake_editor import FakeEditor  # noqa: E402
from PySide6.QtCore import QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from ip2p_desktop import app  # noqa: E402
from ip2p_desktop.app import Program, build_program  # noqa: E402
from ip2p_desktop.base import paths  # noqa: E402
from ip2p_desktop.base.preferences import Preferences  # noqa: E402
from ip2p_desktop.editing.edit_worker import make_editor  # noqa: E402
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode  # noqa: E402

CHILD = "--child"
TYPING_MS = 150
ALLOWED_SECONDS = 2.0
TEXT = "make it darker "


def checksum(node: EditNode) -> int:
    return zlib.crc32(node.pixels.read_image().tobytes())


def say(**values: Any) -> None:
    print(json.dumps({"at": time.time(), **values}), flush=True)


class Script(QObject):
    """What a person does in the window, until the process is killed."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.window)
        self._program = program
        self._typed = self._edits = 0
        self._typing = QTimer(self, interval=TYPING_MS)
        self._typing.timeout.connect(self._type)
        program.edits.finished.connect(self._on_finished)
        program.document.source_changed.connect(lambda _: QTimer.singleShot(0, program.edits.start))
        program.sessions.restored.connect(self._wait_for_image)

    def _wait_for_image(self) -> None:
        program = self._program
        if (program.tree.listed and program.document.shown is None) or not program.installed.is_known:
            QTimer.singleShot(20, self._wait_for_image)
            return
        text = program.document.state.instruction
        self._typed = int(text.removeprefix(TEXT) or 0)
        notice = program.window.notice_bar
        say(
            restored={node.node_id: checksum(node) for node in program.tree.listed},
            typed=self._typed,
            notice=notice.message.text() if notice.isVisible() else "",
        )
        self._typing.start()
        if program.document.shown is None:
            program.files.open_file(paths.sample_photos()[0])
        else:
            program.edits.start()

    def _type(self) -> None:
        self._typed += 1
        self._program.window.composer.instruction_box.setText(f"{TEXT}{self._typed}")
        say(typed=self._typed)

    def _on_finished(self, result: EditedPhoto) -> None:
        say(finished=result.node_id, checksum=checksum(result))
        self._edits += 1
        program = self._program
        if self._edits % 4 == 0:
            samples = paths.sample_photos()
            program.files.open_file(samples[self._edits // 4 % len(samples)])
        elif self._edits % 4 == 2:
            program.edits.use_as_source(result)
        else:
            QTimer.singleShot(0, program.edits.start)


def child(is_stand_in: bool) -> int:
    def build(application: QApplication, preferences: Preferences) -> Program:
        program = build_program(application, preferences, FakeEditor().make if is_stand_in else make_editor)
        program.window.script = Script(program)  # type: ignore[attr-defined]
        return program

    app.build_program = build  # type: ignore[assignment]
    return app.main()


def run_once(command: list[str], seconds: float) -> tuple[list[dict[str, Any]], float]:
    """What a process said until it was killed after so many seconds, and when it was killed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[dict[str, Any]] = []
    reader = threading.Thread(
        target=lambda: lines.extend(json.loads(line) for line in process.stdout or () if line.endswith("\n"))
    )
    reader.start()
    time.sleep(seconds)
    killed = time.time()
    process.kill()
    process.wait()
    reader.join()
    return lines, killed


def missing(lines: list[dict[str, Any]], finished: dict[str, int]) -> list[str]:
    """The finished results that a restored window lacks, or has with other pixels."""
    restored = next(line["restored"] for line in lines if "restored" in line)
    return [node_id for node_id, made in finished.items() if restored.get(node_id) != made]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--stand-in", action="store_true")
    parser.add_argument(CHILD, action="store_true")
    options = parser.parse_args()
    if options.child:
        return child(options.stand_in)
    rng = random.Random(options.seed)
    command = [sys.executable, __file__, CHILD, *(["--stand-in"] if options.stand_in else [])]
    finished: dict[str, int] = {}
    typed: list[tuple[float, int]] = []
    lost, killed, worst = 0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IP2P_DATA_DIR"] = folder
        for number in range(options.kills + 1):
            seconds = rng.uniform(1, options.seconds) if number < options.kills else options.seconds
            lines, now = run_once(command, seconds)
            restored = next((line for line in lines if "restored" in line), None)
            if restored is not None and number > 0:
                gone = missing(lines, finished)
                lost += len(gone)
                since = [at for at, text in typed if text > restored["typed"]]
                late = max((killed - at for at in since), default=0.0)
                worst = max(worst, late)
                print(
                    f"start {number + 1}: {len(finished) - len(gone)} of {len(finished)} results are there,"
                    f" {late:.2f} s of typing lost; notice: {restored['notice'] or 'none'}",
                    flush=True,
                )
            elif number > 0:
                print(f"start {number + 1}: killed before the window was restored", flush=True)
            if restored is not None or number == 0:
                typed = [(line["at"], line["typed"]) for line in lines if "typed" in line]
                killed = now
            finished |= {line["finished"]: line["checksum"] for line in lines if "finished" in line}
            if number < options.kills:
                made = sum("finished" in line for line in lines)
                print(f"kill {number + 1} after {seconds:.1f} s: {made} more results", flush=True)
    print(
        json.dumps(
            {
                "kills": options.kills,
                "results": len(finished),
                "lost_results": lost,
                "most_typing_lost_seconds": round(worst, 2),
            }
        )
    )
    return 0 if lost == 0 and worst <= ALLOWED_SECONDS and finished else 1


if __name__ == "__main__":
    sys.exit(main())
