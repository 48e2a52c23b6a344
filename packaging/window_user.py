"""Uses the window of the packaged program with the keyboard."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from bundle import bare_environment, running
from isolation import isolated, isolation, person
from virtual_screen import CheckFailed, VirtualScreen, wait_for

TITLE, SAVE_TITLE = "IP2P Desktop", "Save result"

START_LIMIT = 120.0
NODE_LIMIT = 60.0
EDIT_LIMIT = 600.0
SAVE_LIMIT = 30.0
DIALOG_LIMIT = 20.0
QUIT_LIMIT = 60.0
KEY_PAUSE = 0.4
ATTEMPTS = 3
PAINTED_SHARE = 0.3
"""Share of the screen that has changed when the window is painted."""

T = TypeVar("T")


class WindowUser:
    """Uses one window; `data` is the folder in which the program keeps its sessions."""

    def __init__(self, screen: VirtualScreen, process: subprocess.Popen[bytes], data: Path) -> None:
        self.screen, self.process, self.data = screen, process, data
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

    def wait_for_nodes(self, count: int, limit: float = NODE_LIMIT) -> str:
        """Wait until the sessions hold as many photos and results."""

        def is_stored() -> bool:
            stored = len(list(self.data.glob("sessions/*/*.thumbnail.png")))
            return stored >= count

        self._wait(is_stored, limit, f"the session does not hold {count} photos and results")
        return ""

    def edit(self, instruction: str, nodes: int) -> str:
        """Type an instruction, press Enter, and wait until the session holds as many photos and results."""
        self.screen.press(self.window, "ctrl+l", "ctrl+a")
        self.screen.write(self.window, instruction)
        self.screen.press(self.window, "Return")
        started = time.monotonic()
        self.wait_for_nodes(nodes, EDIT_LIMIT)
        return f"{time.monotonic() - started:.1f} s from Enter to the stored result, loading included"

    def run_command(self, name: str) -> str:
        """Choose a command in the list of all commands, by the beginning of its name."""
        before = self.screen.still_screenshot()
        self.screen.press(self.window, "ctrl+k")
        time.sleep(KEY_PAUSE)
        self.screen.write(self.window, name)
        time.sleep(KEY_PAUSE)
        self.screen.press(self.window, "Return")
        self._wait(lambda: self.screen.share_changed(before) > 0, DIALOG_LIMIT, "nothing happened")
        self.screen.still_screenshot()
        return ""

    def mask_subject(self) -> str:
        """Select the subject of the photo, and wait until the session holds its mask."""
        started = time.monotonic()
        self.run_command("select subject")
        self._wait(lambda: any(self.data.glob("sessions/*/*.mask.png")), EDIT_LIMIT, "no mask was made")
        return f"{time.monotonic() - started:.1f} s"

    def open_dialog(self, command: str, title: str) -> str:
        """Open a dialog by its command, and wait until it is filled."""
        self.run_command(command)
        self._wait(lambda: self.screen.window(title), DIALOG_LIMIT, f"no dialog “{title}” appeared")
        self.screen.still_screenshot()
        return ""

    def save(self, target: Path) -> str:
        """Save the result on screen under a name in the home, where the dialog begins."""
        self._wait(self._open_save_dialog, SAVE_LIMIT, "no result to save")
        dialog = self.screen.window(SAVE_TITLE)
        self.screen.press(dialog, "ctrl+a")
        self.screen.write(dialog, target.name)
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

    def _open_save_dialog(self) -> str:
        if not self.screen.window(SAVE_TITLE):
            self.screen.press(self.window, "ctrl+s")
            time.sleep(KEY_PAUSE)
        return self.screen.window(SAVE_TITLE)

    def _wait(self, poll: Callable[[], T], limit: float, failure: str) -> T:
        def poll_while_alive() -> T:
            if self.process.poll() is not None:
                raise CheckFailed(f"the program ended with exit code {self.process.returncode}.")
            return poll()

        return wait_for(poll_while_alive, limit, lambda: f"{failure} within {limit:.0f} s.")


class StartTime(NamedTuple):
    """Seconds from the start of the process until its window is painted."""

    elapsed: float
    processor: float
    """Of the processor, which do not depend on how busy it is with other programs."""


def measure_start(program: Path) -> StartTime:
    """Start the program, wait for its window, and close it. Raises `CheckFailed`."""
    kept_apart = isolation()
    with VirtualScreen() as screen, person(kept_apart) as home:
        environment = bare_environment(home, screen.display)
        with running(
            isolated(kept_apart, [program]),
            output=home.parent / "log",
            environment=environment,
            folder=home,
        ) as process:
            window = WindowUser(screen, process, home)
            window.wait_until_open()
            measured = StartTime(time.monotonic() - window.started, processor_seconds(process.pid))
            window.close()
    return measured


def processor_seconds(process: int) -> float:
    """Seconds of the processor that a running process has used. Only on Linux."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
