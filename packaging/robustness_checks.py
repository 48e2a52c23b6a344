"""The checks of a packaged program under unusual conditions: no standard streams, a home without rights."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bundle import bare_environment
from findings import check_grey, check_lines, tail
from isolation import isolated
from program_under_test import ProgramUnderTest, keep_screenshot
from virtual_screen import CheckFailed, VirtualScreen, wait_for
from window_user import QUIT_LIMIT, WindowUser

INSTRUCTION = "make it black and white"
SAMPLE = "city-skyline.jpg"
ALIVE_SECONDS = 15.0
"""Seconds that the program must run where its window cannot be tested."""
EDIT_LIMIT = 600.0
NOTICE_LIMIT = 60.0
CLOSED_STREAMS = 'exec "$@" <&- >&- 2>&-'
READ_ONLY = ("cannot be written",)
"""Beginnings of what a program says in a home that cannot be written."""


def listing(folder: Path) -> Mapping[str, tuple[int, int, int]]:
    """Size, time of change and mode of everything in a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): (status.st_size, status.st_mtime_ns, status.st_mode)
        for path in sorted(folder.rglob("*"))
        if (status := path.lstat())
    }


def check_unchanged(folder: Path, before: Mapping[str, tuple[int, int, int]]) -> str:
    """Raises `CheckFailed` if something in the folder is new, gone or changed."""
    now = listing(folder)
    if differing := sorted(name for name in {*before, *now} if before.get(name) != now.get(name)):
        raise CheckFailed(f"{len(differing)} entries are new, gone or changed: {', '.join(differing[:5])}")
    return f"{len(now)} entries"


def check_closed_streams(tested: ProgramUnderTest) -> str:
    """Edit with standard input, output and errors closed, as a desktop may start a program."""
    photo, target = tested.resources / "samples" / SAMPLE, tested.home / "no streams.png"
    words = [tested.program, "edit", "--edit", INSTRUCTION, "--input", photo, "--output", target]
    command = isolated(tested.kept_apart, ["sh", "-c", CLOSED_STREAMS, "sh", *words])
    done = subprocess.run(
        command, env=bare_environment(tested.home), cwd=tested.home, timeout=EDIT_LIMIT, check=False
    )
    if done.returncode:
        raise CheckFailed(f"exit code {done.returncode}.")
    return check_grey(photo, target)


def check_read_only_home(tested: ProgramUnderTest) -> str:
    """The window opens a photo in a home that cannot be written, and says that nothing is stored there.

    It is ended by force: it would ask whether the photo may be lost.
    """
    home = tested.home.parent / "read-only"
    (home / "run").mkdir(parents=True)
    (home / "temporary").mkdir()
    tested.give(home / "run", home / "temporary")
    home.chmod(0o555)
    photo, output = tested.resources / "samples" / SAMPLE, tested.output_file()
    with (
        VirtualScreen() as screen,
        tested.started(photo, display=screen.display, output=output, home=home) as process,
    ):
        window = WindowUser(screen, process, home)
        window.wait_until_open()
        wait_for(
            lambda: any(words in output.read_text(encoding="utf-8") for words in READ_ONLY),
            NOTICE_LIMIT,
            lambda: f"nothing was said about it. {tail(output)}",
        )
        keep_screenshot(screen.still_screenshot(), "read-only-home")
    if sorted(each.name for each in home.iterdir()) != ["run", "temporary"]:
        raise CheckFailed("something was written nevertheless.")
    return tail(output)


def check_unseen_start(tested: ProgramUnderTest) -> str:
    """Start the window where it cannot be seen, and close it where the system supports that."""
    output = tested.output_file()
    with tested.started(output=output) as process:
        try:
            code = process.wait(ALIVE_SECONDS)
        except subprocess.TimeoutExpired:
            closed = _close_unseen(process)
        else:
            raise CheckFailed(f"the program ended with exit code {code}. {tail(output)}")
    check_lines(output, ())
    return f"still running after {ALIVE_SECONDS:.0f} s, {closed}"


def can_refuse_writing(tested: ProgramUnderTest) -> bool:
    """Whether a folder without the right to write keeps the program's user from writing."""
    return sys.platform != "win32" and (tested.kept_apart.user is not None or os.geteuid() != 0)


def _close_unseen(process: subprocess.Popen[bytes]) -> str:
    if os.name != "nt":
        return "then ended by force (closing a window needs a person here)"
    subprocess.run(["taskkill", "/PID", str(process.pid)], capture_output=True)
    try:
        code = process.wait(QUIT_LIMIT)
    except subprocess.TimeoutExpired:
        raise CheckFailed(f"the window did not close within {QUIT_LIMIT:.0f} s.") from None
    if code:
        raise CheckFailed(f"closing the window gave exit code {code}.")
    return "closed with exit code 0"
