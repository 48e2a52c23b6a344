"""The structure of the code, as README describes it and as everybody may rely on it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ip2p_desktop", "trainer", "engine")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST_FILE = 400


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def classes_of(file: Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def test_readme_names_every_room_and_no_other() -> None:
    for package in PACKAGES:
        table = README.split(f"| `{package}/` |")[1].split("\n\n")[0]
        named = set(re.findall(r"`(\w+)/`", "".join(re.findall(r"^\| (.*?) \|", table, flags=re.MULTILINE))))
        rooms = {folder.parent.name for folder in (ROOT / package).glob("*/__init__.py")}
        assert named == rooms, package


def test_readme_names_files_that_are_there() -> None:
    flow = README.split("One edit, from Enter to the screen:")[1].split("\n\n")[1]
    steps = [line for line in flow.splitlines() if re.match(r"\d\. ", line)]
    assert len(steps) == 8
    names = re.findall(r"`([\w/]+\.py)`", flow)
    files = [file.relative_to(ROOT).as_posix() for file in python_files(*PACKAGES)]
    assert [name for name in names if not any(f"/{file}".endswith(f"/{name}") for file in files)] == []


def test_no_file_is_too_long_to_be_of_one_subject() -> None:
    lengths = {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in python_files(*PACKAGES, "packaging", "tests")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_class_name_stands_for_two_things() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file in python_files(*PACKAGES, "packaging", "tests"):
        for name in classes_of(file):
            places[name].append(file.relative_to(ROOT).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
