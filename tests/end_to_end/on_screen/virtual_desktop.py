"""A virtual screen with a window manager, for tests that use the window as a person does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "packaging"))

from virtual_screen import VirtualScreen

TOOLS = ("Xvfb", "xdotool", "openbox")
START_SECONDS = 0.5


def missing_tools() -> list[str]:
    """The programs that are needed and not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class VirtualDesktop:
    """A context manager; its `environment` makes programs use the screen."""

    def __init__(self) -> None:
        self.screen = VirtualScreen()

    def __enter__(self) -> VirtualDesktop:
        self.screen.__enter__()
        self._manager = subprocess.Popen(
            ["openbox"], env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(START_SECONDS)
        assert self._manager.poll() is None, "openbox did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._manager.terminate()
        self._manager.wait(10)
        self.screen.__exit__(kind, error, traceback)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a program on this screen, with `more` in it."""

        kept = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
        return {**kept, "DISPLAY": self.screen.display, "QT_QPA_PLATFORM": "xcb", **more}


def use_window(script: Path, part: str, folder: Path, environment: dict[str, str], limit: float) -> int:
    """Run a part of a session in the window, at most `limit` seconds; returns its exit code."""
    ended = subprocess.run(
        [sys.executable, str(script), part, str(folder)], env=environment, timeout=limit, check=False
    )
    return ended.returncode
