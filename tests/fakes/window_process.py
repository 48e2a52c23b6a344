"""The whole program as a process of its own, which runs Python lines of a test in its event loop.

The editor is the fake one, so that an edit takes no time; all else is what a user starts. The lines see
`program`, `application`, `wait_until(condition)` and `edit(instruction)`; what they `report(...)` is what
`WindowProcess.reported` returns. A process whose lines fail ends with the code 3 and their traceback.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STEPS, REPORTS = "IP2P_TEST_STEPS", "IP2P_TEST_REPORTS"
PATIENCE = 120.0
"""Seconds; far more than anything takes."""
FAILED = 3
NEVER_MS = 10**9
WITHOUT_PRIVILEGES = ("setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search")
"""Of root: those that open any file."""


class WindowProcess:
    """A running program."""

    def __init__(
        self,
        steps: str,
        files: Sequence[Path | str] = (),
        *,
        folder: Path,
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        is_without_streams: bool = False,
        obeys_permissions: bool = False,
    ) -> None:
        """`folder` is for the test's own files. With `obeys_permissions`, root is refused what others are."""
        self._reports = folder / f"reports-{time.monotonic_ns()}"
        self._reports.touch()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("IP2P_TEST")}
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), *_search_path()]),
            "PYTHONDONTWRITEBYTECODE": "1",
            STEPS: textwrap.dedent(steps),
            REPORTS: str(self._reports),
            **(variables or {}),
        }
        command = [sys.executable, __file__, *map(str, files)]
        if obeys_permissions and os.getuid() == 0:
            command = [*WITHOUT_PRIVILEGES, *command]
        if is_without_streams:
            command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
        stream = None if is_without_streams else subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=cwd or folder, env=environment, stdout=stream, stderr=stream, text=True
        )

    @property
    def reported(self) -> list[Any]:
        """What the lines have reported so far."""
        text = self._reports.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for_report(self, count: int = 1) -> list[Any]:
        """Wait until so many reports are there, and return them all."""
        end = time.monotonic() + PATIENCE
        while len(self.reported) < count:
            assert self.process.poll() is None, self._said()
            assert time.monotonic() < end, self.reported
            time.sleep(0.02)
        return self.reported

    def end(self) -> int:
        """Wait for the end and return the exit code; what the lines raise fails the test."""
        try:
            output = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert self.process.returncode != FAILED, output
        return self.process.returncode

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def _said(self) -> object:
        return self.process.communicate(timeout=PATIENCE)


def _search_path() -> list[str]:
    """Where this process finds packages besides, such as those of a test environment."""
    return [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each and each != "."]


def main() -> None:
    """Run the program with the lines; in the process itself."""
    from fakes.fake_editor import FakeEditor
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from ip2p_desktop import app
    from ip2p_desktop.__main__ import main as run

    build_program = app.build_program

    def wait_until(condition: Any) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            loop = QEventLoop()  # QTest.qWait would keep other threads from running Python
            QTimer.singleShot(20, loop.quit)
            loop.exec()

    def report(*values: object) -> None:
        with Path(os.environ[REPORTS]).open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(values[0] if len(values) == 1 else values) + "\n")

    def build(application: QApplication, preferences: Any) -> app.Program:
        program = build_program(application, preferences, FakeEditor().make)

        def edit(instruction: str) -> Any:
            finished: list[Any] = []
            program.edits.finished.connect(lambda *results: finished.append(results[0]))
            program.document.change(instruction=instruction)
            program.edits.start()
            wait_until(lambda: finished)
            return finished[0]

        names = {
            "program": program,
            "application": application,
            "wait_until": wait_until,
            "report": report,
            "edit": edit,
            "Path": Path,
            "bar": program.window.notice_bar,
        }

        def run_lines() -> None:
            try:
                wait_until(lambda: program.installed.is_known and program.sessions.is_restored)
                exec(compile(os.environ[STEPS], "steps", "exec"), names)
            except BaseException:
                if sys.stderr is not None:
                    traceback.print_exc()
                os._exit(FAILED)

        QTimer.singleShot(0, run_lines)
        return program

    app.build_program = build  # type: ignore[assignment]
    app.WARM_UP_DELAY_MS = NEVER_MS  # the fake editor needs no libraries, which take long to load
    sys.exit(run())


if __name__ == "__main__":
    main()
