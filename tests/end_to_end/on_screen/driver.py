"""Uses the window of this process with the mouse and the keyboard of its screen, one step after the other.

Only the X server's own events are used, made by xdotool; the program is read to know where and when.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from ip2p_desktop import app
from ip2p_desktop.app import Program

POLL_MS = 50
LIMIT_SECONDS = 120.0
PAUSE_SECONDS = 0.5
"""Time for a program to answer while something is dragged."""

Condition = Callable[[], object]
Steps = Generator[Condition, None, None]
"""Yields conditions; goes on when one holds."""


class Driver(QObject):
    """Runs steps on the event loop; a step whose condition does not hold in time ends the process."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._steps: Steps | None = None
        self._condition: Condition = lambda: True
        self._since = time.monotonic()
        self._number = 0

    def run(self, steps: Steps) -> None:
        """Start with the first step."""
        self._steps = steps
        self._timer.start()

    def _poll(self) -> None:
        assert self._steps is not None
        try:
            if self._condition():
                self._condition, self._since = next(self._steps), time.monotonic()
            elif time.monotonic() - self._since > LIMIT_SECONDS:
                raise TimeoutError(f"step after picture {self._number} did not end")
        except StopIteration:
            self._timer.stop()
        except BaseException:
            traceback.print_exc()
            self.picture("failed")
            sys.stderr.flush()
            os._exit(3)

    def after(self, seconds: float) -> Condition:
        """A condition that holds after a time."""
        end = time.monotonic() + seconds
        return lambda: time.monotonic() > end

    def picture(self, name: str) -> None:
        """Store a picture of the whole screen."""
        self._number += 1
        screen = QApplication.primaryScreen()
        screen.grabWindow(0).save(str(self._folder / f"{self._number:02}-{name}.png"))

    def click(self, widget: QWidget, at: QPoint | None = None, *, button: int = 1) -> None:
        """Click a widget at a point, by default its centre."""
        self.move(widget, at)
        _do("click", str(button))

    def move(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Move the pointer to a point of a widget, by default its centre."""
        place = widget.mapToGlobal(at or widget.rect().center())
        _do("mousemove", "--sync", str(place.x()), str(place.y()))

    def drag(self, widget: QWidget, *points: QPoint) -> Steps:
        """Press at the first point of a widget, move over the others, and release, with time in between."""
        self.move(widget, points[0])
        _do("mousedown", "1")
        for point in points[1:]:
            yield self.after(PAUSE_SECONDS)
            self.move(widget, point)
        yield self.after(PAUSE_SECONDS)
        _do("mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, in the window that has the focus."""
        for key in keys:
            _do("key", "--delay", "30", key)

    def write(self, text: str) -> None:
        """Type a text."""
        _do("type", "--delay", "20", text)


def drive(steps: Callable[[Program, Driver], Steps], folder: Path, files: Sequence[Path] = ()) -> int:
    """Open the window with files, use it as the steps say, and return the exit code."""
    driver, build = Driver(folder), app.build_program

    def build_and_drive(*arguments: object) -> Program:
        program = build(*arguments)  # type: ignore[arg-type]
        QTimer.singleShot(0, lambda: driver.run(steps(program, driver)))
        return program

    app.build_program = build_and_drive  # type: ignore[assignment]
    return app.main(files)


def button(parent: QWidget, name: str) -> QAbstractButton:
    """The visible button with an object name."""
    found = [each for each in parent.findChildren(QAbstractButton, name) if each.isVisible()]
    assert found, f"there is no button {name}"
    return found[0]


def ready(parent: QWidget, name: str) -> Condition:
    """A condition that holds while the button with an object name is visible and enabled."""
    return lambda: any(
        each.isVisible() and each.isEnabled() for each in parent.findChildren(QAbstractButton, name)
    )


def _do(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, timeout=30, capture_output=True)
