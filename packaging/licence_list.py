"""Makes the list of licences of everything that is in the packaged program.

Each collected file belongs to this program, to an installed package, to Python or to a package of the system;
a file that belongs to none fails the build, as does a part without any licence.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

from dev import ROOT

from ip2p_desktop.base.licences import LicencedPart, package_part, shipped_parts

TEXTS = Path(__file__).resolve().parent / "licence_texts"
QT_NOTE = (
    "Qt and its Python bindings are used under the GNU Lesser General Public License, version 3. They are "
    "separate libraries in this program's folder and can be replaced by others of the same interface. The "
    "source of this version is published by The Qt Company."
)
ALWAYS = ("pyinstaller",)
"""Packages of which a part is in every program, although no collected file says so: the start code."""
COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])")
"""How Debian's copyright files refer to texts that several packages share."""
WINDOWS_RUNTIME = re.compile(
    r"(?i)^(api-ms-win-.*|ucrtbase|vcruntime\d+.*|msvcp\d+.*|concrt\d+|vcomp\d+)\.dll$"
)
RUNTIME_PART = LicencedPart(
    name="Microsoft Visual C++ runtime",
    licence="Microsoft Software License Terms",
    text="These libraries may be distributed with programs that need them.",
)


class LicenceMissing(Exception):
    """A part of the program has no known licence; the message names it."""


def write_lists(files: Iterable[Path], folder: Path) -> tuple[Path, Path]:
    """Write `licences.json` for the window and `LICENCES.txt` for people, of these files.

    Raises `LicenceMissing`.
    """
    parts = licence_list(files)
    folder.mkdir(parents=True, exist_ok=True)
    for_window, for_people = folder / "licences.json", folder / "LICENCES.txt"
    listed = json.dumps([asdict(part) for part in parts], ensure_ascii=False, indent=0)
    for_window.write_text(listed, encoding="utf-8")
    for_people.write_text(as_text(parts), encoding="utf-8")
    return for_window, for_people


def licence_list(files: Iterable[Path]) -> tuple[LicencedPart, ...]:
    """The parts to which these source files belong. Raises `LicenceMissing`."""
    owners, python, system = _owners(files)
    names = sorted({*owners, *ALWAYS} - {"ip2p-desktop"}, key=str.lower)
    parts = (
        *shipped_parts(),
        *([_python_part()] if python else []),
        *(_with_shared_texts(package_part(name, longest=None)) for name in names),
        *_system_parts(system),
    )
    if bare := [part.name for part in parts if not (part.licence or part.text)]:
        raise LicenceMissing(f"No licence is known of: {', '.join(bare)}")
    return parts


def as_text(parts: Sequence[LicencedPart]) -> str:
    """All parts with their licences, as one text: first a list, then the texts."""
    names = [f"{part.name} {part.version}".strip() for part in parts]
    lines = ["This program contains the following parts.", ""]
    lines += [f"- {name}: {part.licence or 'see below'}" for name, part in zip(names, parts, strict=True)]
    for name, part in zip(names, parts, strict=True):
        if part.text:
            lines += ["", "=" * 78, name, "=" * 78, "", part.text.rstrip()]
    return "\n".join(lines) + "\n"


def _owners(files: Iterable[Path]) -> tuple[set[str], bool, set[str]]:
    """Names of the packages that own the files, whether Python owns any, and files of the system."""
    records = {
        os.path.normpath(str(package.locate_file(file))): str(package.metadata["Name"])
        for package in metadata.distributions()
        for file in package.files or ()
    }
    bases = (Path(sys.base_prefix).resolve(), Path(sys.base_exec_prefix).resolve())
    names, python, system = set(), False, set()
    for file in files:
        path = os.path.normpath(file)
        if owner := records.get(path) or records.get(os.path.realpath(path)):
            names.add(owner)
        elif Path(path).is_relative_to(ROOT):
            continue
        elif any(Path(path).resolve().is_relative_to(base) for base in bases):
            python = True
        else:
            system.add(path)
    return names, python, system


def _python_part() -> LicencedPart:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sys.base_prefix, "lib", f"python{version}", "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc", f"python{version}", "copyright"),
    )
    text = next(
        (place.read_text(encoding="utf-8", errors="replace") for place in places if place.is_file()), ""
    )
    return LicencedPart(
        name="Python", version=".".join(map(str, sys.version_info[:3])), licence="PSF-2.0", text=text
    )


def _with_shared_texts(part: LicencedPart) -> LicencedPart:
    """A package of Qt with the texts of its licence, which it does not bring."""
    if part.text or "LGPL-3.0-only" not in part.licence:
        return part
    texts = [
        (TEXTS / f"{name}.txt").read_text(encoding="utf-8") for name in ("LGPL-3.0-only", "GPL-3.0-only")
    ]
    return replace(part, licence="LGPL-3.0-only", text="\n\n".join([QT_NOTE, *texts]))


def _system_parts(files: set[str]) -> Iterator[LicencedPart]:
    """The packages of the system that own these files, and the texts to which their licences refer.

    Raises `LicenceMissing` for a file of no package.
    """
    others = {file for file in files if not WINDOWS_RUNTIME.match(Path(file).name)}
    if others != files:
        yield RUNTIME_PART
    packages: dict[str, str] = {}
    for file in sorted(others):
        packages |= _debian_package(file)
    shared: set[str] = set()
    for name, version in sorted(packages.items()):
        copyright_file = Path("/usr/share/doc", name, "copyright")
        if not copyright_file.is_file():
            raise LicenceMissing(f"{copyright_file} is missing, so that the licence of {name} is not known.")
        text = _read(copyright_file)
        shared |= set(COMMON.findall(text))
        yield LicencedPart(name=f"{name} (system library)", version=version, text=text)
    for name in sorted(shared):
        place = Path("/usr/share/common-licenses", name)
        if place.is_file():
            yield LicencedPart(name=f"Licence text {name}", licence=name, text=_read(place))


def _debian_package(file: str) -> dict[str, str]:
    """The name of the package that owns a file, and its version. Raises `LicenceMissing`."""
    real = os.path.realpath(file)
    for place in dict.fromkeys((file, real, real.removeprefix("/usr"), f"/usr{file}")):
        try:
            found = subprocess.run(["dpkg", "-S", place], capture_output=True, text=True)
        except FileNotFoundError:
            break
        if found.returncode == 0:
            owner = found.stdout.splitlines()[0].split(":")[0].split(",")[0]
            shown = subprocess.run(
                ["dpkg-query", "-W", "-f", "${Version}", owner], capture_output=True, text=True
            )
            return {owner: shown.stdout.strip()}
    raise LicenceMissing(f"{file} belongs to no known package, so that its licence is not known.")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
