"""Builds the packaged program: one folder that runs without an installed Python.

    python packaging/build.py [--cuda]

PyInstaller follows `ip2p_desktop.spec` and writes the program to `dist/`; its output is in
`build/pyinstaller.log`. Prints what takes the space, what was left out and why, and the time until the window
appears, beside the values of the last checked build (`packaging/checked.json`).

`--cuda` builds for NVIDIA's graphics cards. pip must then find a torch with CUDA, for example by the
environment variable PIP_EXTRA_INDEX_URL.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dev
from build_environment import WrongVersions, check_versions, has_cuda, is_complete, reproducible
from bundle import BUILD, DISTRIBUTION, built_program, folder_of, rerun_in_venv
from file_list import differing_files, write_file_list
from last_check import Measured, last_measured

if TYPE_CHECKING:
    from window_user import StartTime

SPEC = Path(__file__).resolve().parent / "ip2p_desktop.spec"
LOG, MEASURED, FILES = BUILD / "pyinstaller.log", BUILD / "measured.json", BUILD / "files.txt"
GENERATED = BUILD / "pyinstaller" / SPEC.stem / "generated"
CUDA = "--cuda"
NEEDED_FILES = (
    "icons/app.svg",
    "language/english.toml",
    "language/english_words.txt",
    "samples/samples.csv",
    "starter/model_index.json",
    "starter/text_encoder/model.safetensors",
    "starter/unet/diffusion_pytorch_model.safetensors",
    "starter/vae/diffusion_pytorch_model.safetensors",
    "subject/u2netp.safetensors",
    "translations/ip2p_en.qm",
)
SMALLEST_STRIPPED = 64 * 1024
"""Bytes from which on the symbols of a library, which only debuggers use, are worth being removed: they are
a fifth of torch's, and three quarters of Python's."""
LARGEST_MIB, LONGEST_START = 650, 1.5
STARTS = 5
LAST_LINES = 15


class BuildFailed(Exception):
    """The build failed; the message says what failed and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Build and measure; 0 if the program was built."""
    if arguments not in ([], [CUDA]):
        print((__doc__ or "").strip())
        return 0 if arguments[0] in ("--help", "-h") else 2
    try:
        dev.install_system_libraries()
        set_up()
        if (code := rerun_in_venv(__file__, arguments)) is not None:
            return code
        check_versions()
        check_resources()
        with_cuda = CUDA in arguments
        if with_cuda and not has_cuda():
            raise BuildFailed(
                "the installed torch has no CUDA. Install the one with CUDA with pip, then try again."
            )
        program = build(with_cuda=with_cuda)
        report(program, with_cuda=with_cuda)
    except (BuildFailed, WrongVersions, dev.SetupFailed) as problem:
        print(f"\nThe build failed: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def set_up() -> None:
    """Create `.venv` with PyInstaller, unless it is there or this Python has all pinned packages."""
    if not Path(dev.venv_python()).exists() and is_complete():
        return
    dev.set_up(develop=True)


def check_resources() -> None:
    """Raises `BuildFailed` for the first missing file that the program needs."""
    for name in NEEDED_FILES:
        if not (dev.ROOT / "resources" / name).is_file():
            raise BuildFailed(f"resources/{name} is missing.")


def build(*, with_cuda: bool) -> Path:
    """Run PyInstaller and strip the libraries; returns the path of the program."""
    print("Building; this takes some minutes.", flush=True)
    started = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "PyInstaller", str(SPEC), "--noconfirm", "--clean"]
    command += ["--distpath", str(DISTRIBUTION), "--workpath", str(BUILD / "pyinstaller")]
    command += ["--", CUDA] if with_cuda else []
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.call(
            command, cwd=SPEC.parent, stdout=log, stderr=subprocess.STDOUT, env=reproducible()
        )
    program = built_program()
    if code or not program.is_file():
        lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        raise BuildFailed("\n".join([f"PyInstaller gave exit code {code}; all it said is in {LOG}.", *lines]))
    folder = folder_of(program)
    strip_libraries(folder)
    if sys.platform != "darwin":  # where a further file would break the signature
        shutil.copyfile(GENERATED / "LICENCES.txt", folder / "LICENCES.txt")
    print(f"Built {program} in {time.monotonic() - started:.0f} s.", flush=True)
    return program


def strip_libraries(folder: Path) -> None:
    """Remove the symbols that only debuggers use."""
    strip = shutil.which("strip")
    if not sys.platform.startswith("linux") or strip is None:
        return
    for library in sorted(folder.rglob("*.so*")):
        if library.is_symlink() or library.stat().st_size < SMALLEST_STRIPPED:
            continue
        stripped = library.with_name(f"{library.name}.part")
        done = subprocess.run([strip, "--strip-unneeded", "-o", stripped, library], capture_output=True)
        if done.returncode == 0 and (not is_repaired(library) or is_loadable(stripped)):
            stripped.replace(library)
        stripped.unlink(missing_ok=True)


def is_repaired(library: Path) -> bool:
    """Whether its wheel was made to run on many systems by changing this library: strip may damage it."""
    return library.parent.suffix == ".libs"


def is_loadable(library: Path) -> bool:
    """Whether another process can load a library."""
    script = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", script, library], capture_output=True).returncode == 0


def report(program: Path, *, with_cuda: bool) -> None:
    """Print sizes, cuts and start times, and keep the measurements.

    Raises `BuildFailed` if the program is too large, holds a large file twice, or does not start.
    """
    from size_table import MIB, cut_lines, large_duplicates, size_lines, sizes_by_part

    folder, before = folder_of(program), last_measured()
    sizes = sizes_by_part(folder)
    print("\nWhat takes the space:", *size_lines(sizes, before.sizes), sep="\n")
    print(
        "\nWhat is left out, where it is installed, and why:",
        *cut_lines(GENERATED / "left_out.json"),
        sep="\n",
    )
    if FILES.is_file():
        changed = differing_files(FILES, folder)
        print(f"\nFiles that differ from the build before: {len(changed)}", *changed[:10], sep="\n  ")
    write_file_list(folder, FILES)
    if twice := large_duplicates(folder):
        raise BuildFailed(
            "large files are in the program twice: " + "; ".join(" = ".join(each) for each in twice)
        )
    if not with_cuda and sum(sizes.values()) > LARGEST_MIB * MIB:
        raise BuildFailed(f"the program is larger than {LARGEST_MIB} MiB.")
    starts = measure_starts(program)
    print(*start_lines(starts, before), sep="\n")
    elapsed, processor = warm(starts)
    measured = {"sizes": sizes, "start": elapsed, "start_processor": processor}
    MEASURED.write_text(json.dumps(measured, indent=1), encoding="utf-8")


def start_lines(starts: Sequence[StartTime], before: Measured) -> list[str]:
    """A table of the start times in seconds, beside those of the last check."""
    if not starts:
        return []
    (elapsed, processor), first = warm(starts), starts[0]
    return [
        "",
        "From the start of the process to the painted window:",
        f"  {'':34}  {'before':>8}  {'now':>8}   (s)",
        f"  {'the first time':34}  {'':>8}  {first.elapsed:8.2f}",
        f"  {'with a warm disk':34}  {_seconds(before.start)}  {elapsed:8.2f}   at most {LONGEST_START}",
        f"  {'of the processor':34}  {_seconds(before.start_processor)}  {processor:8.2f}",
    ]


def _seconds(value: float | None) -> str:
    return f"{'–':>8}" if value is None else f"{value:8.2f}"


def measure_starts(program: Path) -> list[StartTime]:
    """Several starts of the window; none where it cannot be seen. Raises `BuildFailed`."""
    from virtual_screen import CheckFailed, is_supported, missing_tools

    if not is_supported() or missing_tools():
        print(f"Start time not measured. {missing_tools() or 'There is no virtual screen here.'}")
        return []
    from window_user import measure_start

    try:
        return [measure_start(program) for _ in range(STARTS)]
    except CheckFailed as problem:
        raise BuildFailed(f"the program was built, but does not start: {problem}") from problem


def warm(starts: Sequence[StartTime]) -> tuple[float | None, float | None]:
    """Elapsed seconds and those of the processor: medians of all starts but the first, with a cold disk."""
    if not starts:
        return None, None
    return (
        round(statistics.median(start.elapsed for start in starts[1:]), 2),
        round(statistics.median(start.processor for start in starts[1:]), 2),
    )


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1:]))
