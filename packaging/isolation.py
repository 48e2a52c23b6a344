"""Runs the packaged program as it runs for people: another user, no network, a home with an unusual name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OTHER_USER = 65534
"""The user and group “nobody”, to whom no file belongs."""
HOME_NAME = "Zoë Müller 🦊"
PHOTO_NAME = "Fête d'été 🌻.jpg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Isolation:
    """What keeps the program apart on this computer."""

    prefix: tuple[str, ...]
    """The beginning of a command; empty if there is nothing to do."""
    user: int | None
    """The user to whom the home must belong; None for the current user."""
    description: str
    """For the report."""


def isolation() -> Isolation:
    """The best that this system and user allow."""
    if not sys.platform.startswith("linux"):
        return Isolation(prefix=(), user=None, description="proxies that lead nowhere stand for no network")
    if os.geteuid() == 0 and shutil.which("setpriv") and _works("unshare", "--net"):
        drop = (
            "setpriv",
            f"--reuid={OTHER_USER}",
            f"--regid={OTHER_USER}",
            "--clear-groups",
            "--no-new-privs",
        )
        return Isolation(
            prefix=("unshare", "--net", "--", *drop, "--"),
            user=OTHER_USER,
            description="no network, and a user without rights to the program's folder",
        )
    own_namespace = ("unshare", "--user", "--map-current-user", "--net")
    if os.geteuid() != 0 and _works(*own_namespace):
        return Isolation(prefix=(*own_namespace, "--"), user=None, description="no network, the current user")
    return Isolation(
        prefix=(),
        user=None,
        description="the current user; proxies that lead nowhere stand for no network",
    )


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True).returncode == 0


@contextmanager
def person(kept_apart: Isolation) -> Iterator[Path]:
    """A new home folder of that user, with spaces, accents and an emoji in its path; deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="ip2p-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve() / HOME_NAME
        for place in (home, home / "run", home / "temporary"):
            place.mkdir(mode=0o700)
        give(kept_apart, Path(folder), home, home / "run", home / "temporary")
        yield home


def give(kept_apart: Isolation, *places: Path) -> None:
    """Let files and folders belong to that user."""
    if kept_apart.user is not None:
        for place in places:
            os.chown(place, kept_apart.user, kept_apart.user)


def isolated(kept_apart: Isolation, command: Sequence[str | Path]) -> list[str]:
    """The command in isolation; its process is that of the program."""
    return [*kept_apart.prefix, *map(str, command)]
