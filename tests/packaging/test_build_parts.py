"""What the build is made of: sizes, file lists, versions, icons, the fingerprint of the last check."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import build_environment
import file_list
import icon
import last_check
import pruning
import pytest
import robustness_checks
import size_table
import version_resource
from PIL import Image
from virtual_screen import CheckFailed


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder like that of the program, with a large file that is there twice."""
    folder = tmp_path / "program"
    for name, size in {
        "ip2p-desktop": 30,
        "_internal/torch/lib/libtorch_cpu.so": 500,
        "_internal/torch/lib/libc10.so": 40,
        "_internal/PySide6/Qt/lib/libQt6Core.so.6": 60,
        "_internal/resources/starter/unet.safetensors": 70,
        "_internal/rawpy/libraw.so": size_table.LARGE_DUPLICATE,
        "_internal/rawpy/libraw.so.25": size_table.LARGE_DUPLICATE,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(size))
    return folder


def test_sizes_are_those_of_the_files_by_part(program: Path) -> None:
    sizes = size_table.sizes_by_part(program)
    assert sizes["torch: its processor library"] == 500
    assert sizes["torch: the rest"] == 40
    assert sizes["Qt and PySide"] == 60
    assert sizes["models that ship"] == 70
    assert sizes["compiled Python of all packages"] == 30
    assert sum(sizes.values()) == sum(file.stat().st_size for file in program.rglob("*") if file.is_file())
    assert next(iter(sizes)) == "camera RAW", "the largest part is first"


def test_large_files_that_are_there_twice_are_found(program: Path) -> None:
    assert size_table.large_duplicates(program) == [("rawpy/libraw.so", "rawpy/libraw.so.25")]


def test_the_table_compares_with_an_earlier_build() -> None:
    lines = size_table.size_lines(
        {"a": 2 * size_table.MIB}, {"a": 3 * size_table.MIB, "gone": size_table.MIB}
    )
    assert [line.split()[-2:] for line in lines[1:]] == [["3.0", "2.0"], ["1.0", "0.0"], ["4.0", "2.0"]]


def test_cuts_are_listed_with_their_sizes_and_reasons(tmp_path: Path) -> None:
    collected = tmp_path / "left_out.json"
    collected.write_text(json.dumps({"torch's tests": 900 * size_table.MIB}))
    first, *others = size_table.cut_lines(collected)
    assert first.startswith("  torch's tests")
    assert first.endswith("they test torch itself")
    assert 900 <= float(first.removeprefix("  torch's tests").split()[0]) < 950
    assert others


def test_sizes_are_measured_after_distutils_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distutils", ModuleType("distutils"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # that of setuptools' hook, on which a build would stop
        assert pruning.module_bytes("pip") > size_table.MIB


def test_a_build_is_compared_file_by_file(program: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "files.txt"
    (program / "link").symlink_to("ip2p-desktop")
    file_list.write_file_list(program, earlier)
    assert file_list.differing_files(earlier, program) == []
    (program / "ip2p-desktop").write_bytes(b"other")
    (program / "new").touch()
    (program / "link").unlink()
    assert file_list.differing_files(earlier, program) == ["ip2p-desktop", "link", "new"]


def test_writing_into_the_program_is_noticed(program: Path) -> None:
    before = robustness_checks.listing(program)
    robustness_checks.check_unchanged(program, before)
    (program / "_internal" / "__pycache__").mkdir()
    with pytest.raises(CheckFailed, match="_internal/__pycache__"):
        robustness_checks.check_unchanged(program, before)


def test_pinned_versions_are_compared_with_installed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_environment.pinned()["pyinstaller"]
    assert build_environment.pinned()["pyside6-essentials"]
    build_environment.check_versions()
    monkeypatch.setattr(build_environment, "pinned", lambda: {"numpy": "0.1", "not-installed-at-all": "1"})
    with pytest.raises(build_environment.WrongVersions, match=r"numpy .* instead of 0\.1"):
        build_environment.check_versions()


def test_a_check_is_current_until_a_watched_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packaging"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "recipe.py").write_text("one\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "measured.json").write_text(
        json.dumps({"sizes": {"a": 1}, "start": 0.5, "start_processor": 0.4})
    )
    monkeypatch.setattr(last_check, "ROOT", tmp_path)
    monkeypatch.setattr(last_check, "FOLDER", folder)
    monkeypatch.setattr(last_check, "CHECKED", folder / "checked.json")
    monkeypatch.setattr(last_check, "MEASURED", tmp_path / "measured.json")
    assert not last_check.is_current(), "nothing was checked yet"
    last_check.record()
    assert last_check.is_current()
    assert last_check.last_measured() == last_check.Measured({"a": 1}, 0.5, 0.4)
    (folder / "__pycache__" / "recipe.pyc").touch()
    assert last_check.is_current()
    (folder / "recipe.py").write_bytes(b"one\r\n")
    assert last_check.is_current(), "the same text with other line ends"
    for change in (
        lambda: (folder / "recipe.py").write_text("two\n"),
        lambda: (folder / "new.py").touch(),
        lambda: (tmp_path / "pyproject.toml").write_text("[tool]\n"),
    ):
        change()
        assert not last_check.is_current()
        last_check.record()


def test_the_version_resource_is_what_windows_shows(tmp_path: Path) -> None:
    file = version_resource.write_version_resource(
        tmp_path / "version.txt",
        name="IP2P Desktop",
        program="ip2p-desktop",
        version="0.12.3",
        purpose="It's",
    )

    def node(*positional: Any, **named: Any) -> tuple[Any, ...]:
        return (*positional, *named.items())

    names = ("FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo", "VarStruct")
    found = eval(file.read_text(encoding="utf-8"), dict.fromkeys(("VSVersionInfo", *names), node))
    (_, fixed), (_, kids) = found
    assert ("filevers", (0, 12, 3, 0)) in fixed
    texts = dict(kids[0][0][0][1])
    assert texts["ProductVersion"] == "0.12.3"
    assert texts["OriginalFilename"] == "ip2p-desktop.exe"
    assert texts["Comments"] == "It's"


@pytest.mark.usefixtures("qapp")
def test_icons_have_all_sizes_of_each_system(tmp_path: Path) -> None:
    drawn = icon.draw_icons(tmp_path / "icons")
    assert sorted(drawn) == sorted(icon.SIDES)
    for side, file in drawn.items():
        with Image.open(file) as image:
            assert image.size == (side, side)
            assert image.getbbox(), "nothing is painted"
    with Image.open(icon.system_icon(tmp_path / "windows", "win32")) as windows:
        assert windows.info["sizes"] == {(side, side) for side in icon.WINDOWS_SIDES}
    with Image.open(icon.system_icon(tmp_path / "mac", "darwin")) as mac:
        assert max(mac.info["sizes"])[0] * max(mac.info["sizes"])[2] == 1024


def test_the_build_needs_every_dependency_of_the_package() -> None:
    wanted = build_environment.needed()
    assert {"PyNaCl", "torch", "PySide6-Essentials", "pyinstaller"} <= set(wanted)
    assert build_environment.is_complete(), "the environment of the tests can build"
