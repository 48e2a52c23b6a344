"""The checks of the window: a photo given as argument, edits, a mask, its end by force, the next start."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

from findings import changed_share, check_grey, check_instruction, check_lines, check_log, check_maps
from isolation import PHOTO_NAME
from program_under_test import ProgramUnderTest, keep_screenshot
from virtual_screen import CheckFailed, VirtualScreen
from window_user import WindowUser

INSTRUCTION = "make it black and white"
SAMPLE, OTHER_SAMPLE = "dog.jpg", "city-skyline.jpg"
EXPECTED_LINES: tuple[str, ...] = ()
"""Prefixes of lines that the window may print: none."""
ABOUT_TITLE = "About IP2P Desktop"
LEAST_MASKED, MOST_MASKED = 0.03, 0.9
"""Shares of the pixels that an edit of the subject changes."""
HAND_OVER_LIMIT = 60.0


def check_window(tested: ProgramUnderTest) -> None:
    """A first window until it is killed, then a second one until it is closed."""
    photo = tested.home / PHOTO_NAME
    shutil.copyfile(tested.resources / "samples" / SAMPLE, photo)
    tested.give(photo)
    first, second = tested.output_file(), tested.output_file()
    with VirtualScreen() as screen:
        with tested.started(photo, display=screen.display, output=first) as process:
            was_edited = _edit(tested, WindowUser(screen, process, tested.data), photo)
        if was_edited:
            with tested.started(display=screen.display, output=second) as process:
                _restore(tested, WindowUser(screen, process, tested.data), photo)
    for output in filter(Path.is_file, (first, second)):
        tested.check("window prints nothing", lambda output=output: check_lines(output, EXPECTED_LINES))
    tested.check("log holds no error", lambda: check_log(tested.data / "logs"))


def _edit(tested: ProgramUnderTest, window: WindowUser, photo: Path) -> bool:
    """Edits the photo as a whole, then its subject, and kills the program; whether all of it passed."""
    check, home = tested.check, tested.home
    whole, part = home / "whole.png", home / "part.png"
    passed = (
        check("window opens", window.wait_until_open)
        and check("photo given as argument opens", lambda: window.wait_for_nodes(1))
        and _look(window, "1-photo")
        and check("edit", lambda: window.edit(INSTRUCTION, nodes=2))
        and check("result is saved", lambda: window.save(whole))
        and check("result is the photo in grey", lambda: check_grey(photo, whole))
        and check("result contains its instruction", lambda: check_instruction(whole, INSTRUCTION))
        and _look(window, "2-result")
        and check("subject is masked", lambda: window.mask_subject())
        and _look(window, "3-subject")
        and check("edit of the subject", lambda: window.edit(INSTRUCTION, nodes=3))
        and check("second result is saved", lambda: window.save(part))
        and check("only the subject has changed", lambda: check_part(photo, part))
        and check(
            "licences are listed", lambda: window.open_dialog("about ip2p desktop", "About IP2P Desktop")
        )
        and _look(window, "4-licences")
        and check("no library of .venv in use", lambda: check_maps(window.process.pid))
    )
    if not passed:
        _look(window, "failure")
    if window.is_open:
        check("program is killed", lambda: _kill(window))
    return passed


def _restore(tested: ProgramUnderTest, window: WindowUser, photo: Path) -> None:
    """The next start shows the same session, takes a photo of a further start, and is closed."""
    check, again = tested.check, tested.home / "again.png"
    passed = (
        check("window opens again", window.wait_until_open)
        and check("session is back", lambda: window.save(again))
        and check("with the same pixels", lambda: _check_same(tested.home / "part.png", again))
        and _look(window, "5-restored")
        and check("a second start hands over its photo", lambda: _hand_over(tested, window))
        and _look(window, "6-handed-over")
    )
    if not passed:
        _look(window, "failure")
    if window.is_open:
        check("window closes", window.close)


def check_part(photo: Path, result: Path) -> str:
    """Raises `CheckFailed` unless a part of the photo has changed, and the rest is the photo's own."""
    share = changed_share(photo, result)
    if not LEAST_MASKED < share < MOST_MASKED:
        raise CheckFailed(f"{share:.0%} of the pixels have changed.")
    return f"{share:.0%} of the pixels have changed, all others are the photo's own"


def _check_same(one: Path, other: Path) -> str:
    if share := changed_share(one, other):
        raise CheckFailed(f"{share:.1%} of the pixels differ.")
    return ""


def _hand_over(tested: ProgramUnderTest, window: WindowUser) -> str:
    other = tested.home / "other.jpg"
    shutil.copyfile(tested.resources / "samples" / OTHER_SAMPLE, other)
    tested.give(other)
    started = time.monotonic()
    with tested.started(other, display=window.screen.display, output=tested.output_file()) as process:
        try:
            code = process.wait(HAND_OVER_LIMIT)
        except subprocess.TimeoutExpired:
            raise CheckFailed(f"it did not end within {HAND_OVER_LIMIT:.0f} s.") from None
    if code:
        raise CheckFailed(f"its exit code is {code}.")
    taken = time.monotonic() - started
    window.wait_for_nodes(4)
    return f"it ended after {taken:.1f} s"


def _kill(window: WindowUser) -> str:
    window.process.send_signal(signal.SIGKILL)
    window.process.wait(10)
    return ""


def _look(window: WindowUser, name: str) -> bool:
    """Keep what the screen shows."""
    if window.is_open:
        keep_screenshot(window.screen.still_screenshot(), name)
    return True
