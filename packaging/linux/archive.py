"""Packs the program with its installer for one user, for systems without Debian's packages."""

from __future__ import annotations

import gzip
import shutil
import sys
import tarfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from bundle import NAME
from dev import ROOT
from linux.program_tree import copy_program, set_attributes

from ip2p_desktop.base.paths import APP_NAME

SCRIPTS = ("install.sh", "uninstall.sh")
COMPRESSION = 6
"""Level of gzip. Level 9 takes four times as long and saves less than one percent."""
README = f"""{APP_NAME} {{version}} for Linux, {{architecture}}

    sh install.sh

installs the program for you, without root: it appears in the menu and in “Open with” of photos. To try it
without installing, start program/{NAME}.

    sh ~/.local/lib/{NAME}/uninstall.sh

removes it. Your sessions, models and settings stay in ~/.local/share/{APP_NAME} until you delete that folder.

The libraries of X11 or Wayland, OpenGL and fontconfig come from the system, as on every desktop.
"""


def build_archive(
    bundle: Path, share: Path, folder: Path, *, version: str, architecture: str, seconds: int
) -> Path:
    """Write `NAME-VERSION-linux-ARCHITECTURE.tar.gz` into a folder and return its path.

    `share` is the tree of `write_share`, `seconds` the time of all files.
    """
    title = f"{NAME}-{version}-linux-{architecture}"
    root = folder / "archive" / title
    shutil.rmtree(root.parent, ignore_errors=True)
    copy_program(bundle, root / "program")
    shutil.copytree(share, root / "share")
    # the folder that zsh itself reads; the other one is Debian's
    zsh = root / "share" / "zsh"
    (zsh / "vendor-completions").rename(zsh / "site-functions")
    for name in SCRIPTS:
        shutil.copyfile(Path(__file__).resolve().parent / name, root / name)
    shutil.copyfile(ROOT / "LICENSE", root / "LICENSE")
    (root / "README.txt").write_text(
        README.format(version=version, architecture=architecture), encoding="utf-8"
    )
    set_attributes(root, seconds)
    for name in SCRIPTS:
        (root / name).chmod(0o755)
    target = folder / f"{title}.tar.gz"
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", COMPRESSION, file, mtime=seconds) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        archive.add(root, title, filter=_without_owner)
    shutil.rmtree(root.parent)
    return target


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
