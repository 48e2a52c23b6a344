"""Makes the disk image for macOS of the program that `build.py` has built; signs and notarises it if it can.

    python3 packaging/macos_image.py

Environment variables: IP2P_SIGNING_IDENTITY is the name of a “Developer ID Application” certificate in the
keychain, IP2P_NOTARY_PROFILE a profile that `xcrun notarytool store-credentials` has stored. Without the
first the program is signed for this computer only, without the second it is not notarised. This never ran:
see README.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bundle import APP_BUNDLE, BUILD, DISTRIBUTION, NAME, rerun_in_venv
from dev import ROOT

ENTITLEMENTS = ROOT / "packaging" / "macos" / "entitlements.plist"
FOR_THIS_COMPUTER = "-"
"""The identity with which `codesign` needs no certificate."""
MACH_O = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""First bytes of programs and libraries of macOS."""


def main() -> int:
    """Make the image; returns 0 if that worked."""
    if (code := rerun_in_venv(__file__, ())) is not None:
        return code
    app = DISTRIBUTION / APP_BUNDLE
    if sys.platform != "darwin" or not app.is_dir():
        print("This needs macOS, and the program that packaging/build.py builds.", file=sys.stderr)
        return 1
    from engine import __version__

    identity = os.environ.get("IP2P_SIGNING_IDENTITY", FOR_THIS_COMPUTER)
    profile = os.environ.get("IP2P_NOTARY_PROFILE")
    image = DISTRIBUTION / f"{NAME}-{__version__}-macos-{platform.machine()}.dmg"
    sign(app, identity)
    make_image(app, image)
    if identity != FOR_THIS_COMPUTER:
        subprocess.run(["codesign", "--sign", identity, "--timestamp", image], check=True)
    if profile:
        notarise(image, profile)
    print(image)
    return 0


def sign(app: Path, identity: str) -> None:
    """Sign the program with the hardened runtime, libraries first. Raises `CalledProcessError`."""
    command = ["codesign", "--force", "--sign", identity, "--options", "runtime"]
    command += ["--timestamp"] if identity != FOR_THIS_COMPUTER else ["--timestamp=none"]
    for library in libraries(app):
        subprocess.run([*command, library], check=True)
    subprocess.run([*command, "--entitlements", ENTITLEMENTS, app], check=True)
    subprocess.run(["codesign", "--verify", "--deep", "--strict", app], check=True)


def libraries(app: Path) -> Iterator[Path]:
    """The programs and libraries in the bundle, except the program itself, the deepest first."""
    main_program = app / "Contents" / "MacOS" / NAME
    files = (path for path in app.rglob("*") if path.is_file() and not path.is_symlink())
    for file in sorted(files, key=lambda path: len(path.parts), reverse=True):
        with file.open("rb") as stream:
            if file != main_program and stream.read(4) in MACH_O:
                yield file


def make_image(app: Path, image: Path) -> None:
    """Write a disk image with the program and a link to the folder for programs.

    Raises `CalledProcessError`.
    """
    folder = BUILD / "image"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["ditto", app, folder / app.name], check=True)
    (folder / "Applications").symlink_to("/Applications")
    command: list[str | Path] = [
        "hdiutil",
        "create",
        "-volname",
        app.stem,
        "-srcfolder",
        folder,
        "-format",
        "ULMO",
        "-ov",
        image,
    ]
    subprocess.run(command, check=True)
    shutil.rmtree(folder)


def notarise(image: Path, profile: str) -> None:
    """Have Apple check the image, and attach the ticket. Raises `CalledProcessError`."""
    submit: list[str | Path] = [
        "xcrun",
        "notarytool",
        "submit",
        image,
        "--keychain-profile",
        profile,
        "--wait",
    ]
    subprocess.run(submit, check=True)
    subprocess.run(["xcrun", "stapler", "staple", image], check=True)
    subprocess.run(["xcrun", "stapler", "validate", image], check=True)


if __name__ == "__main__":
    sys.exit(main())
