"""Starts the packaged program, edits a photo, trains two steps, and quits.

    python packaging/smoke_test.py [PATH_TO_PROGRAM]

On Linux the window is used with the keyboard, on a virtual screen (Xvfb, xdotool). On other systems the
window is only started, and edits run through the command line. The program finds no Python, no network and
an empty home folder. Prints the measurements; the exit code is 0 if all checks passed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bundle import built_program, empty_home, folder_of, rerun_in_venv, resources_of


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
    from program_checks import SmokeTest
    from virtual_screen import missing_tools

    resources = resources_of(program) if program.is_file() else None
    if problem := missing_tools() or missing_parts(program, resources):
        print(problem, file=sys.stderr)
        return 1
    assert resources is not None
    report = CheckReport()
    with empty_home() as home:
        SmokeTest(program, resources, home, report).run()
    print("All checks passed." if not report.failures else f"{report.failures} checks failed.")
    return 1 if report.failures else 0


def missing_parts(program: Path, resources: Path | None) -> str:
    """What the checks need and cannot find, as a sentence; empty if nothing is missing."""
    if not program.is_file():
        return f"There is no program {program}. Build it first: python packaging/build.py"
    return "" if resources else f"{folder_of(program)} holds no starter model. Build it again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
