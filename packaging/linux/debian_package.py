"""Builds the Debian package of the program."""

from __future__ import annotations

import filecmp
import glob
import gzip
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from bundle import NAME
from licence_list import as_text
from linux.desktop_files import PARAGRAPHS, SUMMARY
from linux.packaging_tools import run_tool
from linux.program_tree import binaries, copy_program, set_attributes

from ip2p_desktop.base.licences import LicencedPart

PROGRAM_FOLDER = Path("usr/lib") / NAME
SYSTEM_LIBRARIES = "/usr/lib/*-linux-gnu"
RECOMMENDED = ("desktop-file-utils", "shared-mime-info", "xdg-utils")
MAINTAINER = "IP2P Desktop <maintainer@example.org>"
"""Who answers for the package, unless `DEBFULLNAME` and `DEBEMAIL` say it, as for Debian's own tools."""
OVERRIDES = {
    "embedded-library": (
        "Python packages contain the versions of libraries with which their makers built and tested them."
    ),
    "library-not-linked-against-libc": "These call no function of libc.",
    "unstripped-binary-or-object": (
        "The makers of Python packages have changed search paths in them, after which strip can damage them."
    ),
}
"""Errors that lintian reports and that stay, with the reason of each."""
COPYRIGHT = f"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {NAME}
Comment: The package contains Python and the libraries that the program needs. They
 are listed with the full texts of their licences in
 /usr/share/doc/{NAME}/LICENCES.txt.gz

Files: *
Copyright: {{year}}, the authors of {NAME}
License: Apache-2.0

License: Apache-2.0
 On Debian systems, the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0
"""


def build_package(
    bundle: Path, share: Path, folder: Path, *, version: str, seconds: int, compression: Sequence[str]
) -> Path:
    """Write `NAME_VERSION_ARCHITECTURE.deb` into a folder and return its path.

    `share` is the tree of `write_share`, `seconds` the time of files, `compression` options of `dpkg-deb`.
    Raises `PackagingFailed` if a tool of Debian fails.
    """
    architecture = run_tool(["dpkg", "--print-architecture"])[0].strip()
    root = folder / "debian"
    shutil.rmtree(root, ignore_errors=True)
    copy_program(bundle, root / PROGRAM_FOLDER)
    remove_system_libraries(root / PROGRAM_FOLDER)
    shutil.copytree(share, root / "usr/share")
    (root / "usr/bin").mkdir()
    (root / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    _write_documents(root, bundle, version, seconds)
    (root / "DEBIAN").mkdir()  # by which dpkg-shlibdeps knows the root of the package
    needed = dependencies(root / PROGRAM_FOLDER)
    set_attributes(root, seconds)
    _write_control(root, version, architecture, needed)
    set_attributes(root / "DEBIAN", seconds)
    (root / "DEBIAN" / "prerm").chmod(0o755)
    target = folder / f"{NAME}_{version}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", *compression, "--build", str(root), str(target)]
    run_tool(command, environment={**os.environ, "SOURCE_DATE_EPOCH": str(seconds)})
    shutil.rmtree(root)
    return target


def remove_system_libraries(program: Path) -> None:
    """Delete the copies of libraries of this system, whose packages the package depends on instead.

    Their data, and corrections of errors in them, then come with the system.
    """
    folder = program / "_internal"
    for system in glob.glob(SYSTEM_LIBRARIES):  # noqa: PTH207 (an absolute pattern)
        for file in folder.glob("*.so*"):
            original = Path(system, file.name)
            if not file.is_symlink() and original.is_file() and filecmp.cmp(file, original, shallow=False):
                file.unlink()


def dependencies(program: Path) -> list[str]:
    """The packages of the libraries that the program takes from the system."""
    found = list(binaries(program))
    folders = sorted({file.parent for file in found})
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"]
    command += [f"-l{folder}" for folder in folders] + [f"-e{file}" for file in found]
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder, "debian", "control")
        control.parent.mkdir()
        control.write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n", encoding="utf-8")
        # the libraries inside find each other there, as the program's own start code says
        path = {"LD_LIBRARY_PATH": str(program / "_internal")}
        output, _ = run_tool(command, folder=Path(folder), environment=os.environ | path)
    line = next(each for each in output.splitlines() if each.startswith("shlibs:Depends="))
    return sorted(filter(None, line.partition("=")[2].split(", ")))


def maintainer() -> str:
    """Name and address of who answers for the package."""
    name, address = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
    return f"{name} <{address}>" if name and address else MAINTAINER


def _write_documents(root: Path, bundle: Path, version: str, seconds: int) -> None:
    documents = root / "usr/share/doc" / NAME
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(
        COPYRIGHT.format(year=datetime.fromtimestamp(seconds, UTC).year), encoding="utf-8"
    )
    changes = (
        f"{NAME} ({version}) unstable; urgency=medium\n\n  * Version {version}.\n\n"
        f" -- {maintainer()}  {formatdate(seconds)}\n"
    )
    _write_compressed(documents / "changelog.gz", changes)
    _write_compressed(documents / "LICENCES.txt.gz", licence_texts(bundle))
    for page in (root / "usr/share/man").rglob("*.1"):
        _write_compressed(page.with_name(f"{page.name}.gz"), page.read_text(encoding="utf-8"))
        page.unlink()
    overrides = root / "usr/share/lintian/overrides" / NAME
    overrides.parent.mkdir(parents=True)
    lines = (f"# {reason}\n{NAME}: {tag}\n" for tag, reason in OVERRIDES.items())
    overrides.write_text("".join(lines), encoding="utf-8")


def licence_texts(bundle: Path) -> str:
    """The parts of the program with their licences, as the program itself shows them."""
    for file in bundle.rglob("resources/licences.json"):
        return as_text([LicencedPart(**part) for part in json.loads(file.read_text(encoding="utf-8"))])
    raise FileNotFoundError(
        f"{bundle} contains no list of licences. Build it again: python packaging/build.py"
    )


def _write_control(root: Path, version: str, architecture: str, needed: Sequence[str]) -> None:
    control = root / "DEBIAN"
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    kibibytes = sum(-(-file.stat().st_size // 1024) for file in files)
    description = "\n .\n".join(_wrapped(paragraph) for paragraph in PARAGRAPHS)
    (control / "control").write_text(
        f"Package: {NAME}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: {maintainer()}\n"
        f"Installed-Size: {kibibytes}\nDepends: {', '.join(needed)}\nRecommends: {', '.join(RECOMMENDED)}\n"
        f"Section: graphics\nPriority: optional\n"
        f"Description: {SUMMARY[0].lower()}{SUMMARY[1:]}\n{description}\n",
        encoding="utf-8",
    )
    sums = (f"{_md5(file)}  {file.relative_to(root).as_posix()}\n" for file in files)
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")
    shutil.copyfile(Path(__file__).resolve().parent / "prerm", control / "prerm")


def _wrapped(paragraph: str) -> str:
    lines, line = [], ""
    for word in paragraph.split():
        if len(line) + len(word) > 76:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\n".join([*lines, line])


def _md5(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "md5").hexdigest()


def _write_compressed(target: Path, text: str) -> None:
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
