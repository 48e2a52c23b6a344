"""Tries the packaged program as a person has it: edits, a mask, the next start, training, edit packs.

    python packaging/smoke_test.py [PATH_TO_PROGRAM]

The program finds no Python and no network, its home has spaces, accents and an emoji in its path, and as far
as this computer allows, it runs as a user without rights to its folder. On Linux the window is used with the
keyboard, on a virtual screen (Xvfb, xdotool); screenshots are kept in `build/screenshots`. On other systems
the window is only started. Prints the measurements; the exit code is 0 if all checks passed.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bundle import built_program, folder_of, rerun_in_venv, resources_of, size_in_mib

if TYPE_CHECKING:
    from program_under_test import ProgramUnderTest


def main(arguments: Sequence[str]) -> int:
    """Check the program in the arguments, else the one that `build.py` made."""
    if arguments[:1] in (["--help"], ["-h"]) or len(arguments) > 1:
        print((__doc__ or "").strip())
        return 0 if len(arguments) == 1 else 2
    if (code := rerun_in_venv(__file__, arguments)) is not None:
        return code
    program = Path(arguments[0]).resolve() if arguments else built_program()
    try:
        return check_program(program)
    except ImportError as error:
        print(f"{error}. Pillow is needed: python -m pip install pillow", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    return 1


def check_program(program: Path) -> int:
    """Run all checks; returns 0 if all passed."""
    from findings import CheckReport
    from isolation import isolation, person
    from program_under_test import SCREENSHOTS, ProgramUnderTest
    from virtual_screen import missing_tools

    resources = resources_of(program) if program.is_file() else None
    if problem := missing_tools() or missing_parts(program, resources):
        print(problem, file=sys.stderr)
        return 1
    assert resources is not None
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    report, kept_apart = CheckReport(), isolation()
    print(f"The program runs with {kept_apart.description}.")
    with person(kept_apart) as home:
        run_checks(
            ProgramUnderTest(
                program=program, resources=resources, home=home, kept_apart=kept_apart, report=report
            )
        )
    print("All checks passed." if not report.failures else f"{report.failures} checks failed.")
    return 1 if report.failures else 0


def run_checks(tested: ProgramUnderTest) -> None:
    """All checks that this system supports."""
    from command_checks import check_commands
    from robustness_checks import (
        can_refuse_writing,
        check_closed_streams,
        check_read_only_home,
        check_unchanged,
        check_unseen_start,
        listing,
    )
    from virtual_screen import is_supported
    from window_checks import check_window

    before = listing(tested.folder)
    tested.check("size", lambda: f"{size_in_mib(folder_of(tested.program)):.0f} MiB")
    if is_supported():
        check_window(tested)
        if can_refuse_writing(tested):
            tested.check("a home that cannot be written is named", lambda: check_read_only_home(tested))
    else:
        print("This system has no Xvfb: edits go through the command line, the window is only started.")
        tested.check("window starts", lambda: check_unseen_start(tested))
    if sys.platform != "win32":
        tested.check("edit with all standard streams closed", lambda: check_closed_streams(tested))
    check_commands(tested)
    tested.check(
        "nothing is written into the program's folder", lambda: check_unchanged(tested.folder, before)
    )


def missing_parts(program: Path, resources: Path | None) -> str:
    """What the checks need and cannot find, as a sentence; empty if nothing is missing."""
    if not program.is_file():
        return f"There is no program {program}. Build it first: python packaging/build.py"
    return "" if resources else f"{folder_of(program)} holds no starter model. Build it again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
