"""Installs the Debian package in a bare root of this system's release, uses it and removes it.

    sudo python3 packaging/check_deb.py [--package FILE] [--root TARBALL] [--screenshots FOLDER]

Nothing but the declared dependencies is installed. A user without rights starts the program from the line
`Exec` of its menu entry, with a home folder that has spaces and an accent in its path. TARBALL is a root that
mmdebstrap has made; without it, one is made. Needs root, and: mmdebstrap xvfb xdotool
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bundle import BUILD, DISTRIBUTION, NAME, rerun_in_venv
from dev import ROOT

if TYPE_CHECKING:
    from PIL import Image
    from virtual_screen import VirtualScreen

USER, HOME = "1000", "/home/Zoë's photos"
PHOTOS = ("mountain-lake.jpg", "dog.jpg")
COMMAND_LIMIT, WINDOW_LIMIT, HAND_OVER_LIMIT = 1800.0, 300.0, 60.0
PAINTED_SHARE, PHOTO_SHARE = 0.3, 0.05
TITLE = "IP2P Desktop"


def main(arguments: Sequence[str]) -> int:
    """Run all checks; returns 0 if they passed."""
    parser = argparse.ArgumentParser(description="Tries the Debian package in a bare root.")
    parser.add_argument("--package", type=Path, help="default: the newest in dist/")
    parser.add_argument("--root", type=Path, help="a tarball of mmdebstrap")
    parser.add_argument("--screenshots", type=Path, default=BUILD, help="folder for what the screen showed")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("This needs root: sudo python3 packaging/check_deb.py", file=sys.stderr)
        return 1
    if (code := rerun_in_venv(__file__, arguments)) is not None:
        return code
    from virtual_screen import CheckFailed

    packages = sorted(DISTRIBUTION.glob("*.deb"), key=lambda file: file.stat().st_mtime)
    package = options.package or (packages[-1] if packages else None)
    if package is None:
        print("There is no package. Make it first: python3 packaging/linux_packages.py", file=sys.stderr)
        return 1
    options.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="root-", ignore_cleanup_errors=True) as folder:
        root = BareRoot(Path(folder), options.root)
        try:
            PackageCheck(root, package.resolve(), options.screenshots).run()
        except CheckFailed as problem:
            print(f"failed: {problem}", file=sys.stderr)
            return 1
    print("All checks passed.")
    return 0


class BareRoot:
    """The root folder of a system of its own, with a user."""

    def __init__(self, folder: Path, tarball: Path | None) -> None:
        self.folder = folder
        if tarball is None:
            tarball = BUILD / "root.tar"
            BUILD.mkdir(exist_ok=True)
            release = release_name()
            subprocess.run(["mmdebstrap", "--quiet", "--variant=apt", release, tarball], check=True)
        subprocess.run(["tar", "-xf", tarball, "-C", folder, "--exclude=./dev/*"], check=True)
        shutil.copyfile("/etc/resolv.conf", folder / "etc/resolv.conf")
        for name, line in (
            ("passwd", f"photographer:x:{USER}:{USER}::{HOME}:/bin/sh"),
            ("group", f"photographer:x:{USER}:"),
        ):
            with (folder / "etc" / name).open("a") as file:
                file.write(f"{line}\n")
        self.home = folder / HOME.removeprefix("/")
        self.home.mkdir(parents=True)
        os.chown(self.home, int(USER), int(USER))

    def start(
        self, command: Sequence[str], *, as_user: bool = False, display: str = "", output: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a command in the root, with its own mounts of `/proc` and `/dev`."""
        user = [f"--userspec={USER}:{USER}"] if as_user else []
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        environment |= {"HOME": HOME, "LOGNAME": "photographer"} if as_user else {"HOME": "/root"}
        environment |= {"DISPLAY": display} if display else {}
        mounts = 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && shift && exec "$@"'
        outside = ["unshare", "--mount", "sh", "-c", mounts, "sh", str(self.folder)]
        inside = [
            "chroot",
            *user,
            str(self.folder),
            "env",
            "-i",
            *(f"{name}={value}" for name, value in environment.items()),
        ]
        inside += ["sh", "-c", 'cd "$HOME" && exec "$@"', "sh"]
        return subprocess.Popen(
            [*outside, *inside, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, as_user: bool = False) -> str:
        """The output of a command in the root. Raises `CheckFailed` if it fails."""
        from virtual_screen import CheckFailed

        process = self.start(command, as_user=as_user, output=subprocess.PIPE)
        printed = process.communicate(timeout=COMMAND_LIMIT)[0]
        if process.returncode:
            raise CheckFailed(f"{shlex.join(command)} gave exit code {process.returncode}: {printed[-2000:]}")
        return printed


class PackageCheck:
    """The checks of a package, in their order."""

    def __init__(self, root: BareRoot, package: Path, screenshots: Path) -> None:
        self.root, self.package, self.screenshots = root, package, screenshots

    def run(self) -> None:
        """Raises `CheckFailed` at the first check that fails."""
        before = self._files()
        self._step("installs with its declared dependencies", self._install)
        self._step("starts from the menu and opens photos", self._use_window)
        self._step("edits from the command line", self._edit)
        self._step("removal leaves only the user's data", lambda: self._remove(before))

    def _step(self, title: str, work: Callable[[], str]) -> None:
        started = time.monotonic()
        result = work()
        print(f"{title}: {result} ({time.monotonic() - started:.0f} s)", flush=True)

    def _files(self) -> set[str]:
        return set(
            self.root.run("find", "/", "-xdev", "-path", "/var/cache", "-prune", "-o", "-print").splitlines()
        )

    def _install(self) -> str:
        shutil.copyfile(self.package, self.root.folder / "tmp" / self.package.name)
        self.root.run("apt-get", "update", "-qq")
        place = f"/tmp/{self.package.name}"
        printed = self.root.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", place)
        (self.root.folder / "tmp" / self.package.name).unlink()
        return f"{printed.count('Setting up ')} packages"

    def _use_window(self) -> str:
        from virtual_screen import VirtualScreen, wait_for

        photos = self.root.home / "Été à la mer"
        photos.mkdir()
        paths = []
        for name in PHOTOS:
            shutil.copyfile(ROOT / "resources" / "samples" / name, photos / f"my {name}")
            paths.append(f"{HOME}/{photos.name}/my {name}")
        log = self.screenshots / "check_deb.log"
        with VirtualScreen() as screen, log.open("w") as output:
            first = self.root.start(
                self._menu_command([]), as_user=True, display=screen.display, output=output.fileno()
            )
            try:
                window = wait_for(
                    lambda: screen.window(TITLE), WINDOW_LIMIT, lambda: f"no window: {log.read_text()}"
                )
                wait_for(
                    lambda: screen.share_changed(screen.blank) > PAINTED_SHARE,
                    WINDOW_LIMIT,
                    lambda: "nothing painted",
                )
                for number, path in enumerate(paths, 1):
                    before = screen.still_screenshot()
                    other = self.root.start(
                        self._menu_command([path]),
                        as_user=True,
                        display=screen.display,
                        output=output.fileno(),
                    )
                    if code := other.wait(WINDOW_LIMIT):
                        return self._fail(f"“Open with” gave exit code {code}")
                    wait_for(
                        partial(_has_changed, screen, before),
                        HAND_OVER_LIMIT,
                        lambda: "the photo did not appear in the window that was open",
                    )
                    screen.still_screenshot().save(self.screenshots / f"check_deb_{number}.png")
                if not screen.close_window(window):
                    screen.press(window, "ctrl+q")
                if code := first.wait(WINDOW_LIMIT):
                    return self._fail(f"the window closed with exit code {code}")
            finally:
                first.kill()
        if printed := log.read_text().strip():
            return self._fail(f"the window printed: {printed}")
        return f"2 photos went to the window that was open, see {self.screenshots}"

    def _menu_command(self, files: Sequence[str]) -> list[str]:
        """The words of the line `Exec`, with files in place of `%F`."""
        entry = (self.root.folder / "usr/share/applications" / f"{NAME}.desktop").read_text(encoding="utf-8")
        line = next(each for each in entry.splitlines() if each.startswith("Exec=")).removeprefix("Exec=")
        words = shlex.split(line)
        assert words[-1] == "%F"
        return [*words[:-1], *files]

    def _edit(self) -> str:
        photo, result = f"{HOME}/Été à la mer/my {PHOTOS[0]}", f"{HOME}/result.png"
        options = ("--edit", "make it black and white", "--input", photo, "--output", result)
        self.root.run(NAME, "edit", *options, as_user=True)
        size = (self.root.home / "result.png").stat().st_size
        return f"a result of {size // 1024} KiB"

    def _remove(self, before: set[str]) -> str:
        printed = self.root.run("apt-get", "remove", "-y", NAME)
        if ".local/share/IP2P Desktop" not in printed:
            return self._fail(f"removal did not say where the user's data is: {printed}")
        self.root.run("apt-get", "autoremove", "-y", "--purge")
        left = sorted(path for path in self._files() - before if not path.startswith(HOME))
        own = [path for path in left if "ip2p" in path.lower()]
        if own:
            return self._fail(f"removal left {', '.join(own)}")
        if not (self.root.home / ".local/share/IP2P Desktop").is_dir():
            return self._fail("the user's data is gone")
        return f"said so; {len(left)} files of other packages' doing are left"

    def _fail(self, message: str) -> str:
        from virtual_screen import CheckFailed

        raise CheckFailed(message)


def _has_changed(screen: VirtualScreen, before: Image.Image) -> bool:
    return screen.share_changed(before) > PHOTO_SHARE


def release_name() -> str:
    """The code name of this system's release, for example “bookworm”."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return next(line.partition("=")[2].strip('"') for line in lines if line.startswith("VERSION_CODENAME="))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
