"""Makes the installer for Windows of the program that `build.py` has built, with Inno Setup 6.

    py packaging\\windows_installer.py [--sign COMMAND]

ISCC.exe of Inno Setup is looked for in PATH and in its usual folder. COMMAND signs a file, with $f for its
path, as Inno Setup's `SignTool` asks for; without it the installer is not signed. This never ran: see README.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bundle import BUILD, DISTRIBUTION, NAME, rerun_in_venv
from dev import ROOT

RECIPE = ROOT / "packaging" / "windows" / "ip2p-desktop.iss"
COMPILER = "ISCC.exe"
CLASSES = "Software\\Classes"
CAPABILITIES = "Software\\IP2P Desktop\\Capabilities\\FileAssociations"
PHOTO_CLASS = "IP2PDesktop.photo"


def main(arguments: Sequence[str]) -> int:
    """Make the installer; returns the exit code of Inno Setup."""
    parser = argparse.ArgumentParser(description="Makes the installer for Windows.")
    parser.add_argument("--sign", metavar="COMMAND", help="command that signs the file $f")
    options = parser.parse_args(arguments)
    if (code := rerun_in_venv(__file__, arguments)) is not None:
        return code
    from file_types import develops_raw
    from icon import system_icon

    from engine import __version__

    program = DISTRIBUTION / NAME
    compiler = find_compiler()
    if compiler is None or not (program / f"{NAME}.exe").is_file():
        print("Build the program first, and install Inno Setup 6.", file=sys.stderr)
        return 1
    associations = BUILD / "associations.iss"
    associations.parent.mkdir(exist_ok=True)
    lines = association_lines(with_raw=develops_raw(program))
    associations.write_text("\n".join([*lines, ""]), encoding="utf-8-sig")
    values = {
        "Version": __version__,
        "Source": program,
        "Output": DISTRIBUTION,
        "Icon": system_icon(BUILD / "windows", "win32"),
        "Licence": ROOT / "LICENSE",
        "Associations": associations,
    }
    command = [compiler, *(f"/D{name}={value}" for name, value in values.items())]
    command += [f"/Ssigntool={options.sign}", "/DSigned"] if options.sign else []
    return subprocess.call([*command, str(RECIPE)])


def find_compiler() -> str | None:
    """The path of Inno Setup's compiler; None if it is not installed."""
    folder = Path(os.environ.get("PROGRAMFILES(X86)", "C:\\Program Files (x86)"), "Inno Setup 6")
    return shutil.which(COMPILER) or shutil.which(COMPILER, path=str(folder))


def association_lines(*, with_raw: bool) -> Iterator[str]:
    """Lines of the section `[Registry]`: what the program opens, and the classes of its own files."""
    from file_types import OWN_TYPES, photo_suffixes

    for suffix in photo_suffixes(with_raw=with_raw):
        yield _value(f"{CLASSES}\\Applications\\{NAME}.exe\\SupportedTypes", suffix, "")
        yield _value(f"{CLASSES}\\{suffix}\\OpenWithProgids", PHOTO_CLASS, "", "uninsdeletevalue")
        yield _value(CAPABILITIES, suffix, PHOTO_CLASS)
    for each in OWN_TYPES:
        name = f"IP2PDesktop.{each.identifier}"
        yield _value(f"{CLASSES}\\Applications\\{NAME}.exe\\SupportedTypes", each.suffix, "")
        yield _value(f"{CLASSES}\\{each.suffix}", "", name, "uninsdeletevalue")
        yield _value(f"{CLASSES}\\{each.suffix}", "Content Type", each.mime_type, "uninsdeletevalue")
        yield _value(f"{CLASSES}\\{each.suffix}\\OpenWithProgids", name, "", "uninsdeletevalue")
        yield _value(CAPABILITIES, each.suffix, name)
        yield _value(f"{CLASSES}\\{name}", "", each.name, "uninsdeletekey")
        yield _value(f"{CLASSES}\\{name}\\DefaultIcon", "", f"{{app}}\\{NAME}.exe,0")
        yield _value(f"{CLASSES}\\{name}\\shell\\open\\command", "", f'""{{app}}\\{NAME}.exe"" ""%1""')


def _value(key: str, name: str, data: str, flags: str = "") -> str:
    line = f'Root: HKA; Subkey: "{key}"; ValueType: string; ValueName: "{name}"; ValueData: "{data}"'
    return f"{line}; Flags: {flags}" if flags else line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
