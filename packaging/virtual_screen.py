"""A virtual screen with a keyboard: Xvfb shows the windows, xdotool presses the keys."""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PIL import Image, ImageChops

WIDTH, HEIGHT = 1400, 920
SCREEN_LIMIT_SECONDS = 30
TOOL_LIMIT_SECONDS = 30
POLL_SECONDS = 0.1
STILL_SECONDS, STILL_LIMIT_SECONDS, STILL_SHARE = 0.5, 30, 0.002
VISIBLE_DIFFERENCE = 12
"""Difference of a pixel, of 255, from which on it counts as changed."""

T = TypeVar("T")


class CheckFailed(Exception):
    """A check failed; the message says in one sentence what did not happen."""


def is_supported() -> bool:
    """Whether virtual screens work on this system."""
    return sys.platform.startswith("linux")


def missing_tools() -> str:
    """The tools that have to be installed, as a sentence; empty if none."""
    packages = {"Xvfb": "xvfb", "xdotool": "xdotool"} if is_supported() else {}
    missing = [package for tool, package in packages.items() if shutil.which(tool) is None]
    if not missing:
        return ""
    names = " ".join(missing)
    return f"The window cannot be tried yet. Install what is missing: sudo apt-get install {names}"


def wait_for(poll: Callable[[], T], limit: float, failure: Callable[[], str]) -> T:
    """Call `poll` until its result is true and return that; after `limit` seconds, raise `CheckFailed`."""
    end = time.monotonic() + limit
    while True:
        if result := poll():
            return result
        if time.monotonic() > end:
            raise CheckFailed(failure())
        time.sleep(POLL_SECONDS)


class VirtualScreen:
    """A context manager; on exit all its processes are ended."""

    def __enter__(self) -> VirtualScreen:
        self._folder = tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True)
        command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        command += ["-fbdir", self._folder.name, "-nolisten", "tcp", "-noreset"]
        self._server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.display = f":{self._read_number()}"
            self.blank = self.screenshot()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def window(self, title: str) -> str:
        """The number of the visible window with exactly this title; empty if there is none."""
        found = self._do("search", "--onlyvisible", "--name", f"^{title}$", may_fail=True)
        return found.split()[0] if found else ""

    def press(self, window: str, *keys: str) -> None:
        """Press keys in this window, one after the other."""
        self.focus(window)
        for key in keys:
            self._do("key", "--delay", "40", key)

    def write(self, window: str, text: str) -> None:
        self.focus(window)
        self._do("type", "--delay", "25", text)

    def focus(self, window: str) -> None:
        """Focus this window; there is no window manager that does it."""
        self._do("windowfocus", "--sync", window, may_fail=True)

    def close_window(self, window: str) -> bool:
        """Send the close event of a window manager; returns False if this xdotool is too old for it."""
        result = self._run("windowquit", window)
        return result.returncode == 0 and "Unknown command" not in result.stderr

    def screenshot(self) -> Image.Image:
        """The current image of the screen. Xvfb keeps it in a file in the format of xwd."""
        data = (Path(self._folder.name) / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        offset, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = data[offset + colours * 12 :]
        return Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", stride, 1).copy()

    def still_screenshot(self) -> Image.Image:
        """The image of the screen after it has stopped changing; a blinking cursor is ignored."""
        shown: list[Image.Image] = [self.screenshot()]

        def is_still() -> bool:
            time.sleep(STILL_SECONDS)
            shown.append(self.screenshot())
            return self.share_changed(shown[-2]) < STILL_SHARE

        wait_for(is_still, STILL_LIMIT_SECONDS, lambda: "the screen did not come to rest.")
        return shown[-1]

    def share_changed(self, before: Image.Image) -> float:
        """The share of the screen that has visibly changed, from 0 to 1."""
        difference = ImageChops.difference(before, self.screenshot()).convert("L")
        changed = difference.point([0] * VISIBLE_DIFFERENCE + [1] * (256 - VISIBLE_DIFFERENCE))
        return sum(changed.tobytes()) / (changed.width * changed.height)

    def _read_number(self) -> int:
        assert self._server.stdout is not None
        ready, _, _ = select.select([self._server.stdout], [], [], SCREEN_LIMIT_SECONDS)
        result = self._server.stdout.readline().strip() if ready else b""
        if not result.isdigit():
            raise CheckFailed(f"Xvfb did not give a screen within {SCREEN_LIMIT_SECONDS} s.")
        return int(result)

    def _stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(SCREEN_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._server.stdout is not None:
            self._server.stdout.close()
        self._folder.cleanup()

    def _do(self, *arguments: str, may_fail: bool = False) -> str:
        result = self._run(*arguments)
        if result.returncode and not may_fail:
            raise CheckFailed(f"xdotool {arguments[0]} failed: {result.stderr.strip() or 'no reason given'}.")
        return result.stdout.strip()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DISPLAY": self.display}
        try:
            return subprocess.run(
                ["xdotool", *arguments],
                env=environment,
                capture_output=True,
                text=True,
                timeout=TOOL_LIMIT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise CheckFailed(
                f"xdotool {arguments[0]} gave no answer within {TOOL_LIMIT_SECONDS} s."
            ) from None
