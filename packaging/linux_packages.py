"""Packs the program that `build.py` has made for Linux: a Debian package, and an archive with an installer.

    python packaging/linux_packages.py [--program FOLDER] [--output FOLDER] [--only deb|archive]

Needs a system of Debian's family with these packages: binutils chrpath dpkg-dev lintian desktop-file-utils
appstream man-db. Menu entry, description, manual page and package are checked with them. Name and address of
who answers for the package are taken from DEBFULLNAME and DEBEMAIL.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bundle import DISTRIBUTION, NAME, rerun_in_venv
from linux.packaging_tools import PackagingFailed, run_tool

TOOLS = {
    "chrpath": "chrpath",
    "dpkg-deb": "dpkg",
    "dpkg-shlibdeps": "dpkg-dev",
    "lintian": "lintian",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "man": "man-db",
    "readelf": "binutils",
}
"""The tools that are used, with the package of each."""
LARGEST_MIB = 220
"""Size of the Debian package at most."""
COMPRESSION = ("-Zxz", "-z6")


def main(arguments: Sequence[str]) -> int:
    """Build and check the packages; returns 0 if that worked."""
    parser = argparse.ArgumentParser(description="Packs the built program for Linux.")
    parser.add_argument("--program", type=Path, default=DISTRIBUTION / NAME, help="the folder of the program")
    parser.add_argument("--output", type=Path, default=DISTRIBUTION, help="where the packages go")
    parser.add_argument("--only", choices=("deb", "archive"), help="make only one of them")
    options = parser.parse_args(arguments)
    if (code := rerun_in_venv(__file__, arguments)) is not None:
        return code
    try:
        build(options.program.resolve(), options.output.resolve(), options.only)
    except (PackagingFailed, OSError) as problem:
        print(f"\nPackaging failed: {problem}", file=sys.stderr)
        return 1
    return 0


def build(program: Path, output: Path, only: str | None) -> None:
    """Make the packages. Raises `PackagingFailed` and `OSError`."""
    if missing := sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None}):
        raise PackagingFailed(f"install what is missing: sudo apt-get install {' '.join(missing)}")
    if not (program / NAME).is_file():
        raise PackagingFailed(f"there is no program in {program}. Build it first: python packaging/build.py")
    from build_environment import commit_time
    from file_types import develops_raw
    from linux.archive import build_archive
    from linux.debian_package import build_package
    from linux.desktop_files import Release, write_share

    from engine import __version__

    seconds = int(commit_time())
    day = datetime.fromtimestamp(seconds, UTC).date()
    output.mkdir(parents=True, exist_ok=True)
    share = output / "share"
    shutil.rmtree(share, ignore_errors=True)
    write_share(share, Release(version=__version__, day=day, with_raw=develops_raw(program)))
    check_desktop_files(share)
    if only != "archive":
        package = _timed(
            lambda: build_package(
                program, share, output, version=__version__, seconds=seconds, compression=COMPRESSION
            )
        )
        check_package(package)
    if only != "deb":
        _timed(
            lambda: build_archive(
                program, share, output, version=__version__, architecture=platform.machine(), seconds=seconds
            )
        )
    shutil.rmtree(share)


def check_desktop_files(
    share: Path, tools: Sequence[str] = ("desktop-file-validate", "appstreamcli", "man")
) -> None:
    """Raises `PackagingFailed` if one of these tools finds fault with a generated file."""
    checks = {
        "desktop-file-validate": ("applications/*.desktop", "--no-hints"),
        "appstreamcli": ("metainfo/*.xml", "validate", "--no-net"),
        "man": ("man/man1/*.1", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"),
    }
    for tool in tools:
        pattern, *options = checks[tool]
        for file in share.glob(pattern):
            _, messages = run_tool([tool, *options, file])
            if tool == "man" and messages:  # it only warns
                raise PackagingFailed(f"man finds fault with {file.name}: {messages}")


def check_package(package: Path) -> None:
    """Raises `PackagingFailed` if the package is too large, or Debian's checker finds errors in it."""
    size = package.stat().st_size / 2**20
    if size > LARGEST_MIB:
        raise PackagingFailed(f"{package.name} takes {size:.0f} MiB; {LARGEST_MIB} MiB are allowed.")
    command = ["lintian", "--fail-on", "error", "--tag-display-limit", "0", "--no-cfg", str(package)]
    if subprocess.run(command, check=False).returncode:
        raise PackagingFailed("lintian finds errors, which stand above.")


def _timed(make: Callable[[], Path]) -> Path:
    started = time.monotonic()
    package = make()
    size = package.stat().st_size / 2**20
    print(f"{package}: {size:.1f} MiB, in {time.monotonic() - started:.0f} s", flush=True)
    return package


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
