"""Builds the packaged program: one folder that runs without an installed Python.

    python packaging/build.py

PyInstaller follows `ip2p_desktop.spec` and writes the program to `dist/`; its output is in
`build/pyinstaller.log`. Prints the size of the folder and the time until the window appears.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dev
from bundle import BUILD, DISTRIBUTION, built_program, folder_of, rerun_in_venv, size_in_mib

SPEC = Path(__file__).resolve().parent / "ip2p_desktop.spec"
LOG = BUILD / "pyinstaller.log"
NEEDED_FILES = (
    "icons/app.svg",
    "language/english.toml",
    "language/english_words.txt",
    "samples/samples.csv",
    "starter/model_index.json",
    "starter/text_encoder/model.safetensors",
    "starter/unet/diffusion_pytorch_model.safetensors",
    "starter/vae/diffusion_pytorch_model.safetensors",
)
STRIPPED = ("_internal/torch/lib/*.so", "_internal/libpython*")
LAST_LINES = 15


class BuildFailed(Exception):
    """The build failed; the message says what failed and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Build and measure; 0 if the program was built."""
    if arguments:
        print((__doc__ or "").strip())
        return 0 if arguments[0] in ("--help", "-h") else 2
    try:
        dev.install_system_libraries()
        set_up()
        if (code := rerun_in_venv(__file__, arguments)) is not None:
            return code
        check_resources()
        program = build()
        report(program)
    except (BuildFailed, dev.SetupFailed) as problem:
        print(f"\nThe build failed: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def set_up() -> None:
    """Create `.venv` with PyInstaller if it is missing."""
    if importlib.util.find_spec("PyInstaller") and Path(sys.prefix).resolve() == dev.VENV.resolve():
        return
    python = Path(dev.venv_python())
    question = [str(python), "-c", "import PyInstaller, PySide6, diffusers, torch, transformers"]
    if not python.exists() or subprocess.run(question, capture_output=True).returncode:
        dev.set_up(develop=True)


def check_resources() -> None:
    """Raises `BuildFailed` for the first missing file that the program needs."""
    for name in NEEDED_FILES:
        if not (dev.ROOT / "resources" / name).is_file():
            raise BuildFailed(f"resources/{name} is missing.")


def build() -> Path:
    """Run PyInstaller and strip the libraries; returns the path of the program."""
    print("Building; this takes some minutes.", flush=True)
    started = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "PyInstaller", str(SPEC), "--noconfirm"]
    command += ["--distpath", str(DISTRIBUTION), "--workpath", str(BUILD / "pyinstaller")]
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.call(command, cwd=SPEC.parent, stdout=log, stderr=subprocess.STDOUT)
    program = built_program()
    if code or not program.is_file():
        lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        raise BuildFailed("\n".join([f"PyInstaller gave exit code {code}; all it said is in {LOG}.", *lines]))
    strip_libraries(folder_of(program))
    print(f"Built {program} in {time.monotonic() - started:.0f} s.", flush=True)
    return program


def strip_libraries(folder: Path) -> None:
    """Remove local symbols, which only debuggers use: a fifth of torch's library."""
    strip = shutil.which("strip")
    if not sys.platform.startswith("linux") or strip is None:
        return
    for library in (found for pattern in STRIPPED for found in folder.glob(pattern)):
        stripped = library.with_name(f"{library.name}.part")
        done = subprocess.run([strip, "--strip-unneeded", "-o", stripped, library], capture_output=True)
        if done.returncode == 0:
            stripped.replace(library)
        stripped.unlink(missing_ok=True)


def report(program: Path) -> None:
    """Print the size of the program and the time until its window appears."""
    folder = folder_of(program)
    print(f"Size of {folder.name}: {size_in_mib(folder):.0f} MiB")
    from virtual_screen import CheckFailed, is_supported, missing_tools

    if not is_supported() or missing_tools():
        print(f"Start time not measured. {missing_tools() or 'There is no virtual screen here.'}")
        return
    from window_user import measure_start

    try:
        first, second = measure_start(program), measure_start(program)
    except CheckFailed as problem:
        raise BuildFailed(f"the program was built, but does not start: {problem}") from problem
    print(f"Process start to visible window: {first:.1f} s the first time, {second:.1f} s the second.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
