"""The archive for one user installs, replaces and removes the program without root, with any paths."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from bundle import NAME
from linux.archive import build_archive
from linux.desktop_files import desktop_entry, mime_database

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the installer is for Linux")

PROGRAM = '#!/bin/sh\necho "started with $*"\n'
HOMES = ("home", 'Zoë\'s $HOME "photos" 100% `x` back\\slash')
DATA = ".local/share/IP2P Desktop"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a small program in place of the real one."""
    folder = tmp_path_factory.mktemp("archive")
    program = folder / "program"
    (program / "_internal").mkdir(parents=True)
    (program / NAME).write_text(PROGRAM, encoding="utf-8")
    (program / NAME).chmod(0o755)
    (program / "_internal" / "library.so.1.2").write_bytes(b"library")
    (program / "_internal" / "library.so").symlink_to("library.so.1.2")
    texts = {
        f"applications/{NAME}.desktop": desktop_entry(["image/png"]),
        f"mime/packages/{NAME}.xml": mime_database(),
        f"icons/hicolor/scalable/apps/{NAME}.svg": "<svg/>",
        f"zsh/vendor-completions/_{NAME}": f"#compdef {NAME}",
    }
    for name, text in texts.items():
        (folder / "share" / name).parent.mkdir(parents=True)
        (folder / "share" / name).write_text(text, encoding="utf-8")
    return build_archive(
        program, folder / "share", folder, version="1.2.3", architecture="x86_64", seconds=1_700_000_000
    )


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Path:
    """The folder in the archive, below a folder whose name has a space."""
    folder = tmp_path / "my downloads"
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="tar")
    return next(folder.iterdir())


@pytest.fixture(params=HOMES, ids=["plain", "odd"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home folder with data of the user."""
    folder = tmp_path / str(request.param)
    (folder / DATA).mkdir(parents=True)
    (folder / DATA / "preferences.json").write_text("{}", encoding="utf-8")
    return folder


def run(script: Path, home: Path, *options: str, expected: int = 0) -> str:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    command = ["sh", script, *options]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stderr
    return done.stdout + done.stderr


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def command_of(entry: Path) -> str:
    """The program in the line `Exec`, read by the rules of the desktop entry specification."""
    line = next(each for each in entry.read_text(encoding="utf-8").splitlines() if each.startswith("Exec="))
    value = re.sub(r"\\(.)", r"\1", line.removeprefix("Exec="))  # the escape of all values
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)" %F', value)
    assert quoted is not None, line
    return re.sub(r"\\(.)", r"\1", quoted.group(1)).replace("%%", "%")


def test_installs_for_one_user_and_removes_all_but_their_data(unpacked: Path, home: Path) -> None:
    before = tree(home)
    said = run(unpacked / "install.sh", home)
    program = home / ".local/lib" / NAME / NAME
    assert str(home / ".local/bin" / NAME) in said
    assert "not in PATH" in said
    assert (home / ".local/bin" / NAME).resolve() == program
    assert (program.parent / "_internal/library.so").is_symlink()
    entry = home / ".local/share/applications" / f"{NAME}.desktop"
    assert command_of(entry) == str(program)
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", "--no-hints", entry], check=True)
    started = subprocess.run([command_of(entry), "a photo.jpg"], capture_output=True, text=True, check=True)
    assert started.stdout == "started with a photo.jpg\n"
    said = run(program.parent / "uninstall.sh", home)
    assert tree(home) == before
    assert str(home / DATA) in said


def test_another_version_replaces_the_installed_one(unpacked: Path, home: Path) -> None:
    before = tree(home)
    run(unpacked / "install.sh", home)
    (unpacked / "share/applications" / f"{NAME}.desktop").rename(
        unpacked / "share/applications/other.desktop"
    )
    (unpacked / "program/_internal/library.so").unlink()
    run(unpacked / "install.sh", home)
    applications = {file.name for file in (home / ".local/share/applications").glob("*.desktop")}
    assert applications == {"other.desktop"}
    assert not (home / ".local/lib" / NAME / "_internal/library.so").exists()
    assert {file.name for file in (home / ".local/lib").iterdir()} == {NAME}
    run(home / ".local/lib" / NAME / "uninstall.sh", home)
    assert tree(home) == before


def test_files_of_other_programs_stay(unpacked: Path, home: Path) -> None:
    others = [home / ".local/share/applications/other.desktop", home / ".local/bin/other"]
    for file in others:
        file.parent.mkdir(parents=True)
        file.write_text("[Desktop Entry]\nType=Application\nName=Other\nExec=other\n", encoding="utf-8")
    run(unpacked / "install.sh", home)
    run(home / ".local/lib" / NAME / "uninstall.sh", home)
    assert all(file.is_file() for file in others)


def test_prefix_takes_everything(unpacked: Path, home: Path) -> None:
    before = tree(home)
    run(unpacked / "install.sh", home, "--prefix", "my programs")
    new = {path.split("/")[0] for path in tree(home) - before}
    assert new == {"my programs"}
    run(home / "my programs/lib" / NAME / "uninstall.sh", home)
    assert tree(home) == before


def test_foreign_folder_and_running_program_are_left_alone(unpacked: Path, home: Path) -> None:
    program = home / ".local/lib" / NAME
    program.mkdir(parents=True)
    (program / "notes.txt").touch()
    assert "was not installed by this script" in run(unpacked / "install.sh", home, expected=1)
    assert (program / "notes.txt").is_file()
    shutil.rmtree(program)
    sleep = shutil.which("sleep")
    assert sleep is not None
    shutil.copy(sleep, unpacked / "program" / NAME)
    run(unpacked / "install.sh", home)
    with subprocess.Popen([program / NAME, "1000"]) as running:
        try:
            for script in (unpacked / "install.sh", program / "uninstall.sh"):
                assert "is running" in run(script, home, expected=1)
        finally:
            running.kill()
    assert (program / NAME).is_file()


def test_the_same_commit_gives_the_same_archive(archive: Path, unpacked: Path, tmp_path: Path) -> None:
    again = build_archive(
        unpacked / "program",
        archive.parent / "share",
        tmp_path,
        version="1.2.3",
        architecture="x86_64",
        seconds=1_700_000_000,
    )
    sums = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (archive, again)}
    assert len(sums) == 1
    with tarfile.open(archive) as opened:
        assert {(entry.uid, entry.gid) for entry in opened} == {(0, 0)}
