"""Uses the window of the packaged program with the keyboard."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bundle import bare_environment, empty_home, running
from PIL import Image
from virtual_screen import CheckFailed, VirtualScreen, wait_for

TITLE, SAVE_TITLE = "IP2P Desktop", "Save result"

START_LIMIT = 120.0
PHOTO_LIMIT = 20.0
EDIT_LIMIT = 600.0
SAVE_LIMIT = 20.0
QUIT_LIMIT = 60.0
MENU_PAUSE = 0.4
ATTEMPTS = 3
PAINTED_SHARE = 0.3
"""Share of the screen that has changed when the window is painted."""
PHOTO_SHARE = 0.12
"""Share of the screen that changes when a photo replaces the welcome page."""


T = TypeVar("T")


class WindowUser:
    """Uses the window with the keyboard."""

    def __init__(self, screen: VirtualScreen, process: subprocess.Popen[bytes]) -> None:
        self.screen, self.process = screen, process
        self.started = time.monotonic()
        self.window = ""

    @property
    def is_open(self) -> bool:
        return bool(self.window) and self.process.poll() is None

    def wait_until_open(self) -> str:
        self.window = self._wait(lambda: self.screen.window(TITLE), START_LIMIT, "no window appeared")
        self._wait(
            lambda: self.screen.share_changed(self.screen.blank) > PAINTED_SHARE,
            START_LIMIT,
            "nothing was painted",
        )
        return f"{time.monotonic() - self.started:.1f} s after the start"

    def open_sample(self) -> str:
        """Open the first photo in the menu of samples."""
        before = self.screen.still_screenshot()
        for _ in range(ATTEMPTS):
            for key in ("alt+f", "p", "Return"):
                self.screen.press(self.window, key)
                time.sleep(MENU_PAUSE)
            try:
                share = self._wait(lambda: self._photo_share(before), PHOTO_LIMIT, "no photo appeared")
            except CheckFailed as problem:
                failure = problem
                self.screen.press(self.window, "Escape", "Escape")
            else:
                return f"{share:.0%} of the screen changed"
        raise failure

    def edit(self, instruction: str) -> str:
        """Type an instruction, press Enter and wait until a result can be saved."""
        self.screen.press(self.window, "ctrl+l")
        self.screen.write(self.window, instruction)
        self.screen.press(self.window, "Return")
        started = time.monotonic()
        self._wait(self._open_save_dialog, EDIT_LIMIT, "no result to save")
        return f"{time.monotonic() - started:.1f} s from Enter to the result, loading included"

    def save(self, target: Path) -> str:
        dialog = self.screen.window(SAVE_TITLE)
        self.screen.press(dialog, "ctrl+a")
        self.screen.write(dialog, str(target))
        for _ in range(ATTEMPTS):
            if dialog := self.screen.window(SAVE_TITLE):
                self.screen.press(dialog, "Return")
            try:
                self._wait(target.is_file, SAVE_LIMIT / ATTEMPTS, "no file was written")
            except CheckFailed as problem:
                failure = problem
            else:
                return ""
        raise failure

    def close(self) -> str:
        started = time.monotonic()
        if not self.screen.close_window(self.window):
            self.screen.press(self.window, "ctrl+q")
        try:
            code = self.process.wait(QUIT_LIMIT)
        except subprocess.TimeoutExpired:
            raise CheckFailed(f"still running {QUIT_LIMIT:.0f} s later.") from None
        if code:
            raise CheckFailed(f"exit code {code}.")
        return f"exit code 0 after {time.monotonic() - started:.1f} s"

    def _photo_share(self, before: Image.Image) -> float:
        share = self.screen.share_changed(before)
        return share if share > PHOTO_SHARE else 0.0

    def _open_save_dialog(self) -> str:
        if not self.screen.window(SAVE_TITLE):
            self.screen.press(self.window, "ctrl+s")
            time.sleep(MENU_PAUSE)
        return self.screen.window(SAVE_TITLE)

    def _wait(self, poll: Callable[[], T], limit: float, failure: str) -> T:
        def poll_while_alive() -> T:
            if self.process.poll() is not None:
                raise CheckFailed(f"the program ended with exit code {self.process.returncode}.")
            return poll()

        return wait_for(poll_while_alive, limit, lambda: f"{failure} within {limit:.0f} s.")


def measure_start(program: Path) -> float:
    """Seconds from the start of the process until its window is painted; closes the program."""
    with VirtualScreen() as screen, empty_home() as home:
        environment = bare_environment(home, screen.display)
        with running([program], output=home / "log", environment=environment, folder=home) as process:
            window = WindowUser(screen, process)
            window.wait_until_open()
            seconds = time.monotonic() - window.started
            window.close()
    return seconds
