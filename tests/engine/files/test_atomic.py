"""A file or folder has its old content or its new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.files.atomic import (
    atomic_folder,
    atomic_write,
    check_writable,
    remove_abandoned,
    replace_file,
    temporary_folder,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals, limits and permissions of POSIX")

WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from engine.files.atomic import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
FILL_AND_DIE = """
import os, signal, sys
from pathlib import Path
from engine.files.atomic import atomic_folder
with atomic_folder(Path(sys.argv[1])) as temporary:
    (temporary / "half").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
DIE_BETWEEN_RENAMES = """
import os, signal, sys
from pathlib import Path
from engine.files.atomic import atomic_folder
target, rename = Path(sys.argv[1]), Path.rename
def rename_and_die(path, to):
    rename(path, to)
    os.kill(os.getpid(), signal.SIGKILL)
with atomic_folder(target) as temporary:
    (temporary / "new").write_bytes(b"new")
    Path.rename = rename_and_die
"""
WRITE_TOO_MUCH = """
import resource, signal, sys
from pathlib import Path
from engine.files.atomic import atomic_write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with atomic_write(Path(sys.argv[1])) as temporary:
        temporary.write_bytes(b"x" * 20_000)
except OSError as error:
    sys.exit(error.errno)
"""
HOLD = """
import sys
from pathlib import Path
from engine.files.atomic import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"from the other process")
    print("writing", flush=True)
    sys.stdin.readline()
"""
WRITE_OFTEN = """
import sys
from pathlib import Path
from engine.files.atomic import atomic_write
for number in range(200):
    with atomic_write(Path(sys.argv[1]), durable=False) as temporary:
        temporary.write_bytes(sys.argv[2].encode() * 50_000)
"""


def run(program: str, *arguments: object) -> int:
    return subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=False).returncode


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    path.write_bytes(b"old")
    return path


def test_the_file_is_replaced_at_the_end_of_the_block(target: Path) -> None:
    with atomic_write(target) as temporary:
        assert temporary.parent == target.parent
        temporary.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(target: Path, error: type[BaseException]) -> None:
    def write_half() -> None:
        with atomic_write(target) as temporary:
            temporary.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert target.read_bytes() == b"old"
    assert names(target.parent) == [target.name]


@posix
def test_a_killed_writer_leaves_the_old_file_and_the_next_one_clears_up(target: Path) -> None:
    assert run(WRITE_AND_DIE, target) == -signal.SIGKILL
    assert target.read_bytes() == b"old"
    assert len(names(target.parent)) == 2
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"new")
    assert target.read_bytes() == b"new"
    assert names(target.parent) == [target.name]


@posix
def test_a_full_disk_leaves_the_old_file_and_nothing_else(target: Path) -> None:
    assert run(WRITE_TOO_MUCH, target) == errno.EFBIG
    assert target.read_bytes() == b"old"
    assert names(target.parent) == [target.name]


@posix
def test_what_another_process_is_writing_is_not_cleared_away(target: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"writing\n"
        with atomic_write(target) as temporary:
            temporary.write_bytes(b"from this process")
        assert target.read_bytes() == b"from this process"
        assert len(names(target.parent)) == 2
        other.stdin.close()
        assert other.wait() == 0
    assert target.read_bytes() == b"from the other process"
    assert names(target.parent) == [target.name]


def test_two_processes_that_write_at_once_never_mix(target: Path) -> None:
    target.write_bytes(b"a" * 50_000)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_OFTEN, str(target), letter]) for letter in ("a", "b")
    ]
    while any(writer.poll() is None for writer in writers):
        assert target.read_bytes() in (b"a" * 50_000, b"b" * 50_000)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert names(target.parent) == [target.name]


def test_threads_that_write_at_once_all_succeed(target: Path) -> None:
    failures: list[BaseException] = []

    def write(letter: bytes) -> None:
        try:
            for _ in range(50):
                with atomic_write(target, durable=False) as temporary:
                    temporary.write_bytes(letter * 1000)
        except BaseException as error:  # reported by the test itself
            failures.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert target.read_bytes() in [letter * 1000 for letter in (b"a", b"b", b"c")]
    assert names(target.parent) == [target.name]


def test_files_of_other_targets_and_other_programs_stay(target: Path) -> None:
    others = [".settings.json.tmp", ".settings.json.ip2p-mine.tmp", ".other.json.ip2p-0123abcd.tmp", "a.part"]
    for name in others:
        (target.parent / name).write_bytes(b"not ours")
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"new")
    assert names(target.parent) == sorted([*others, target.name])


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        (tmp_path / "plain").write_bytes(b"")
        with atomic_write(tmp_path / "atomic") as temporary:
            temporary.write_bytes(b"")
    finally:
        os.umask(before)
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_the_permissions_of_a_replaced_file_stay(target: Path, mode: int) -> None:
    target.chmod(mode)
    with atomic_write(target) as temporary:
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        temporary.write_bytes(b"new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix
def test_a_link_is_replaced_and_what_it_points_to_stays(target: Path) -> None:
    link = target.with_name("link.json")
    link.symlink_to(target)
    with atomic_write(link) as temporary:
        temporary.write_bytes(b"new")
    assert not link.is_symlink()
    assert (link.read_bytes(), target.read_bytes()) == (b"new", b"old")


def test_the_longest_name_that_is_possible_is_possible(tmp_path: Path) -> None:
    target = tmp_path / ("雪" * 80 + "x" * 15)
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"new")
    assert names(tmp_path) == [target.name]


def test_looking_whether_something_can_be_written_leaves_nothing(target: Path) -> None:
    check_writable(target)
    assert names(target.parent) == [target.name]
    with pytest.raises(OSError, match="nowhere"):
        check_writable(target.parent / "nowhere" / "file")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.mkdir()
    (path / "old").write_bytes(b"old")
    return path


def test_the_folder_is_replaced_at_the_end_of_the_block(folder: Path) -> None:
    with atomic_folder(folder) as temporary:
        (temporary / "below").mkdir()
        (temporary / "below" / "new").write_bytes(b"new")
        assert names(folder) == ["old"]
    assert names(folder) == ["below"]
    assert (folder / "below" / "new").read_bytes() == b"new"
    assert names(folder.parent) == ["model"]


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "model") as temporary:
        (temporary / "new").write_bytes(b"new")
    assert names(tmp_path / "model") == ["new"]


def test_an_error_leaves_the_old_folder_and_nothing_else(folder: Path) -> None:
    def fill_half() -> None:
        with atomic_folder(folder) as temporary:
            (temporary / "new").write_bytes(b"half")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        fill_half()
    assert names(folder) == ["old"]
    assert names(folder.parent) == ["model"]


def test_an_error_in_the_last_rename_puts_the_old_folder_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename: Callable[[Path, Path], Path] = Path.rename

    def refuse_new(path: Path, to: Path) -> Path:
        if path.name == "new":
            raise OSError("refused")
        return rename(path, to)

    def fill() -> None:
        with atomic_folder(folder) as temporary:
            (temporary / "content").write_bytes(b"new")
            monkeypatch.setattr(Path, "rename", refuse_new)

    with pytest.raises(OSError, match="refused"):
        fill()
    assert names(folder) == ["old"]
    assert names(folder.parent) == ["model"]


@posix
@pytest.mark.parametrize("program", [FILL_AND_DIE, DIE_BETWEEN_RENAMES], ids=["while filling", "in between"])
def test_a_killed_writer_of_a_folder_leaves_the_old_one(folder: Path, program: str) -> None:
    assert run(program, folder) == -signal.SIGKILL
    remove_abandoned(folder)
    assert names(folder) == ["old"]
    assert names(folder.parent) == ["model"]


def test_a_file_made_in_a_temporary_folder_takes_its_place(target: Path) -> None:
    with temporary_folder(target) as place:
        (place / target.name).write_bytes(b"new")
        (place / "scraps").write_bytes(b"scraps")
        replace_file(place / target.name, target)
    assert target.read_bytes() == b"new"
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_must_not_be_replaced_stays(
    target: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    target.unlink(missing_ok=True)
    with atomic_write(target, replaces=False) as temporary:
        temporary.write_text("first")
    with pytest.raises(FileExistsError), atomic_write(target, replaces=False) as temporary:
        temporary.write_text("second")
    assert target.read_text() == "first"
    assert list(target.parent.iterdir()) == [target]
