"""Sets up the environment, then opens the app or runs the tests.

    python3 packaging/dev.py run [arguments of ip2p-desktop]
    python3 packaging/dev.py test [--quick | arguments of pytest]

`test --quick` skips the slow tests; `test` with arguments runs pytest alone, in one process.

Needs only Python 3.11 to 3.13. Everything is installed into `.venv` beside this folder.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "installed.json"
OLDEST, NEWEST = (3, 11), (3, 13)
MINIMUM_FREE_GIB = 8
IN_PARALLEL = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]
"""Options of pytest: a process for each core, each running whole files in their order."""

# Shared libraries the Qt wheels expect from the system, with the Debian package of each.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
OTHER_PACKAGE_MANAGERS = {
    "dnf": "dnf install mesa-libEGL mesa-libGL dbus-libs fontconfig libxkbcommon libxkbcommon-x11 "
    "xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms xcb-util-renderutil",
    "pacman": "pacman -S --needed libglvnd dbus fontconfig libxkbcommon-x11 xcb-util-cursor xcb-util-wm "
    "xcb-util-image xcb-util-keysyms xcb-util-renderutil",
    "zypper": "zypper install Mesa-libEGL1 Mesa-libGL1 libdbus-1-3 fontconfig libxkbcommon-x11-0 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0",
}


class SetupFailed(Exception):
    """The setup failed; the message says what failed and what to do."""


def main(arguments: list[str]) -> int:
    """Set up and run; returns the exit code of what was run."""
    if not arguments or arguments[0] not in ("run", "test"):
        print(__doc__.strip())
        return 0 if arguments in (["--help"], ["-h"]) else 2
    command, rest = arguments[0], arguments[1:]
    try:
        install_system_libraries()
        set_up(develop=command == "test")
    except SetupFailed as problem:
        print(f"\nSetting up failed: {problem}", file=sys.stderr)
        return 1
    if command == "run":
        return call([venv_python(), "-m", "ip2p_desktop", *rest])
    return run_tests(rest)


def run_tests(arguments: list[str]) -> int:
    """Run lint, types and all tests, or the quick ones; with other arguments only pytest."""
    os.chdir(ROOT)
    python = venv_python()
    tests = [python, "-m", "pytest"]
    if arguments not in ([], ["--quick"]):
        return call([*tests, *arguments])
    linters = (
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [venv_program("lint-imports"), "--no-logo", "--no-cache"],
    )
    for linter in linters:
        print("\n==", Path(linter[0]).name, *linter[1:], flush=True)
        if code := call(linter):
            return code
    # the type check uses only one core, so it runs beside the tests
    types = subprocess.Popen(
        [python, "-m", "mypy"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print("\n== mypy, reported at the end, and pytest", flush=True)
    code = call([*tests, *IN_PARALLEL, *(["-m", "not slow"] if arguments else [])])
    print("\n== mypy", flush=True)
    print(types.communicate()[0], end="", flush=True)
    return code or types.returncode


def call(command: list[str]) -> int:
    """Run a command in the current folder; it handles Ctrl-C itself."""
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def set_up(*, develop: bool) -> None:
    """Create `.venv` and install the pinned packages, unless that was done already."""
    wanted = {"fingerprint": fingerprint(), "develop": develop}
    done = read_stamp()
    if done.get("fingerprint") == wanted["fingerprint"] and (done.get("develop") or not develop):
        return
    if shutil.disk_usage(ROOT).free < MINIMUM_FREE_GIB * 2**30:
        raise SetupFailed(
            f"less than {MINIMUM_FREE_GIB} GiB are free on this disk. Free some space and try again."
        )
    if not is_usable(Path(venv_python())):
        make_venv()
    print("Installing the pinned packages into .venv; the first time this takes some minutes.", flush=True)
    extra = "[develop,parquet,raw,tensorboard]" if develop else ""
    install = [venv_python(), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    install += ["--constraint", str(CONSTRAINTS), "--editable", f"{ROOT}{extra}"]
    if subprocess.run(install, cwd=ROOT).returncode:
        raise SetupFailed("pip could not install the packages; its message stands above. Check the network.")
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def fingerprint() -> str:
    """A value that changes whenever the packages have to be installed again."""
    content = (ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes() + str(ROOT).encode()
    return hashlib.sha256(content).hexdigest()


def read_stamp() -> dict[str, object]:
    """The values that the last successful installation stored."""
    if not is_usable(Path(venv_python())):
        return {}
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def venv_python() -> str:
    """The interpreter of `.venv`."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def venv_program(name: str) -> str:
    """A program that a package has brought into `.venv`."""
    return str(VENV / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}"))


def is_usable(python: Path) -> bool:
    """Whether this interpreter starts and has a supported version."""
    if not python.exists():
        return False
    script = "import sys; print(*sys.version_info[:2])"
    result = subprocess.run([str(python), "-S", "-c", script], capture_output=True, text=True)
    version = tuple(int(part) for part in result.stdout.split()) if result.returncode == 0 else ()
    return OLDEST <= version <= NEWEST


def make_venv() -> None:
    """Create `.venv` with the newest supported interpreter; a broken one is replaced."""
    shutil.rmtree(VENV, ignore_errors=True)
    python = find_python()
    made = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode and install_debian_packages(["python3-venv"]):
        made = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        advice = "On Debian or Ubuntu: sudo apt-get install python3-venv"
        raise SetupFailed(
            f"{python} could not make a virtual environment.\n{made.stdout}{made.stderr}{advice}"
        )


def find_python() -> str:
    """This interpreter if its version is supported, else another installed one."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and is_usable(Path(found)):
            return found
    have = ".".join(map(str, sys.version_info[:2]))
    raise SetupFailed(
        f"Python 3.11, 3.12 or 3.13 is needed, this is {have}. Install one and call it instead."
    )


def install_system_libraries() -> None:
    """Install the libraries that the Qt packages need on Linux; without root, print the command."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in QT_LIBRARIES.items() if not is_loadable(library)]
    if not missing or install_debian_packages(missing):
        return
    others = (command for program, command in OTHER_PACKAGE_MANAGERS.items() if shutil.which(program))
    command = next(others, f"apt-get install {' '.join(missing)}")
    raise SetupFailed(f"Qt needs some system libraries. Run this, then try again:\n  sudo {command}")


def is_loadable(library: str) -> bool:
    """Whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_debian_packages(packages: list[str]) -> bool:
    """Install packages with apt-get; returns whether that worked."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print("Installing system libraries:", *packages, flush=True)
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return (
        subprocess.run(install, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, **quiet).returncode
        == 0
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
