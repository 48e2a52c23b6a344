"""A list of all files of a build with their contents, to compare it with another build."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_list(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file and the target of each link, by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def write_file_list(folder: Path, target: Path) -> None:
    """Write the list in the format of `sha256sum`, and links as `link:TARGET`."""
    lines = [f"{content}  {name}" for name, content in file_list(folder).items()]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def differing_files(earlier: Path, folder: Path) -> list[str]:
    """Paths of files that are new, gone or changed since an earlier list was written."""
    lines = earlier.read_text(encoding="utf-8").splitlines()
    before = {name: content for content, _, name in (line.partition("  ") for line in lines)}
    now = file_list(folder)
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"link:{path.readlink()}"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
