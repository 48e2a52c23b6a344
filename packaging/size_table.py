"""The sizes of the packaged program by part, and what each cut saves."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from pruning import CUTS, module_bytes, modules_of

MIB = 2**20
OTHER = "other packages"
PARTS = (
    ("torch: its processor library", r"torch/lib/libtorch_cpu|torch_cpu\.dll"),
    ("torch: its graphics card libraries", r"^nvidia/|torch/lib/lib(torch_cuda|c10_cuda|cu|nv)"),
    ("torch: the rest", r"^(torch|torchgen|functorch)/"),
    ("Qt and PySide", r"^(PySide6|shiboken6)/|libQt6|libicu|libpyside|libshiboken"),
    ("transformers, diffusers and tokenizers", r"^(transformers|diffusers|tokenizers|accelerate|peft)/"),
    ("NumPy and its OpenBLAS", r"^numpy(\.libs)?/"),
    ("Pillow and HEIF", r"^(PIL|pillow\.libs|_?pillow_heif(\.libs)?)"),
    ("camera RAW", r"^rawpy(\.libs)?/"),
    ("models that ship", r"^resources/(starter|subject)/"),
    ("other resources", r"^resources/"),
    ("compiled Python of all packages", r"^ip2p-desktop|^base_library\.zip"),
    (
        "Python and system libraries",
        r"^(lib-dynload|python3[^/]*)/|^lib[^/]*\.so|^[^/]*\.(dll|dylib)|^libpython",
    ),
)
"""Names of parts with a pattern of their files; the first that matches counts."""
LARGE_DUPLICATE = 100_000
"""Bytes from which on a file that is in the program twice is one too many."""


def files_of(folder: Path) -> Iterator[Path]:
    """The files of the program, sorted; links are left out."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def place_in(folder: Path, file: Path) -> str:
    """The path of a file in the program, as PyInstaller names it."""
    return file.relative_to(folder).as_posix().removeprefix("_internal/")


def sizes_by_part(folder: Path) -> dict[str, int]:
    """Bytes of each part, the largest first."""
    sizes: defaultdict[str, int] = defaultdict(int)
    for file in files_of(folder):
        place = place_in(folder, file)
        part = next((name for name, pattern in PARTS if re.search(pattern, place)), OTHER)
        sizes[part] += file.stat().st_size
    return dict(sorted(sizes.items(), key=lambda pair: -pair[1]))


def large_duplicates(folder: Path) -> list[tuple[str, ...]]:
    """Groups of large files with the same content."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file in files_of(folder):
        if file.stat().st_size >= LARGE_DUPLICATE:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            places[digest].append(place_in(folder, file))
    return [tuple(group) for group in places.values() if len(group) > 1]


def size_lines(now: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """A table of the parts in MiB, beside the sizes of an earlier build, which may be empty."""
    width = max(map(len, (*now, *before)), default=0)
    lines = [f"  {'part':{width}}  {'before':>8}  {'now':>8}   (MiB)"]
    for part in (*now, *(name for name in before if name not in now)):
        lines.append(f"  {part:{width}}  {_mib(before.get(part))}  {_mib(now.get(part, 0))}")
    total = sum(before.values()) if before else None
    return [*lines, f"  {'all':{width}}  {_mib(total)}  {_mib(sum(now.values()))}"]


def cut_lines(collected: Path) -> list[str]:
    """What each cut leaves out, in MiB, with its reason.

    `collected` is the JSON file with the bytes that PyInstaller had collected, by cut. The sizes of modules
    are those of their files where they are installed.
    """
    files: dict[str, int] = json.loads(collected.read_text(encoding="utf-8"))
    sizes = {cut.name: files.get(cut.name, 0) + sum(map(module_bytes, set(modules_of(cut)))) for cut in CUTS}
    width = max(map(len, sizes))
    return [
        f"  {cut.name:{width}}  {_mib(sizes[cut.name])}   {cut.reason}"
        for cut in sorted(CUTS, key=lambda cut: -sizes[cut.name])
    ]


def _mib(size: int | None) -> str:
    return f"{'–':>8}" if size is None else f"{size / MIB:8.1f}"
