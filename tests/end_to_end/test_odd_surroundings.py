"""The whole program with closed streams, odd paths, a read-only home and files of other versions."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from fakes.window_process import ROOT, WITHOUT_PRIVILEGES, WindowProcess
from PIL import Image

EDIT_AND_SAVE = """
wait_until(lambda: program.document.source)
report(program.document.source.name)
result = edit("make it snow")
saved = []
program.files.saved.connect(saved.append)
program.files.save(result, Path(TARGET))
wait_until(lambda: saved)
"""
POSIX = pytest.mark.skipif(os.name == "nt", reason="streams and permissions of POSIX")


def edit_and_save(target: Path) -> str:
    return EDIT_AND_SAVE.replace("TARGET", repr(str(target)))


def size_of(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def installed_files() -> dict[str, tuple[int, int]]:
    """Size and time of everything that is installed with the program."""
    folders = [ROOT / name for name in ("engine", "trainer", "ip2p_desktop", "resources", "packaging")]
    found = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    states = {str(path): path.stat() for path in found if path.name != "__pycache__"}
    return {
        name: (state.st_size, state.st_mtime_ns) for name, state in states.items() if not Path(name).is_dir()
    }


def home_variables(home: Path) -> dict[str, str]:
    """The user's folders are those of this home, as the system would have them."""
    empty = dict.fromkeys(("IP2P_DATA_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "")
    return {**empty, "XDG_RUNTIME_DIR": "", "HOME": str(home)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "Zoë's home 🐶 雪"
    folder.mkdir()
    return folder


@pytest.fixture
def photo(home: Path) -> Path:
    file = home / "mein schönes Foto 🐶.jpg"
    Image.new("RGB", (40, 30), "teal").save(file)
    return file


@POSIX
def test_without_standard_streams_in_a_home_with_an_odd_name(home: Path, photo: Path, tmp_path: Path) -> None:
    before = installed_files()
    target = home / "Ergebnis é 🎉.png"
    steps = (
        """
    import os, sys
    report([os.readlink(f"/proc/self/fd/{number}") for number in range(3)] if sys.platform == "linux" else "")
    print("printed")
    sys.stderr.write("written")
    os.write(2, b"by a library")
    """
        + edit_and_save(target)
        + "program.window.can_close = lambda: True  # it would ask, as the session is not on disk\n"
        + "program.window.close()\n"
    )
    process = WindowProcess(
        "\n".join(line.removeprefix("    ") for line in steps.splitlines()),
        [photo.name],
        folder=tmp_path,
        cwd=home,
        variables=home_variables(home),
        is_without_streams=True,
    )
    assert process.end() == 0
    streams, opened = process.reported
    assert streams in ("", [os.devnull] * 3)
    assert opened == photo.name
    assert size_of(target) == (40, 30)
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "session.json" for path in written)
    assert [path for path in written if b"by a library" in path.read_bytes()] == []
    assert installed_files() == before


@POSIX
def test_a_home_that_is_read_only_is_said_and_one_edits_all_the_same(
    home: Path, photo: Path, tmp_path: Path
) -> None:
    if os.getuid() == 0 and shutil.which(WITHOUT_PRIVILEGES[0]) is None:
        pytest.skip("root cannot be refused anything here")
    target = tmp_path / "elsewhere.png"
    home.chmod(0o555)
    steps = (
        "said = []\n"
        "def note(shown): shown and said.append(bar.message.text() + ' ' + bar.advice.text())\n"
        "bar.shown_changed.connect(note)\n"
        "note(bar.isVisible())\n"
        + edit_and_save(target)
        + "program.preferences.device = 'cpu'\n"
        + "report(program.preferences.device, sorted(set(said)))\n"
        + "program.window.can_close = lambda: True  # it would ask, as the results are nowhere else\n"
        + "program.window.close()\n"
    )
    process = WindowProcess(
        steps, [photo], folder=tmp_path, variables=home_variables(home), obeys_permissions=True
    )
    code = process.end()
    home.chmod(0o755)
    assert code == 0
    device, said = process.reported[-1]
    assert device == "cpu"
    assert len([text for text in said if "are kept only until you quit" in text]) == 1, said
    assert [text for text in said if str(home) in text and "Save results in another place" not in text] == []
    assert size_of(target) == (40, 30)
    assert sorted(home.iterdir()) == [photo]


def put(file: Path, content: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_files_of_a_newer_version_are_left_alone_and_the_program_works(
    data_folder: Path, photo: Path, tmp_path: Path
) -> None:
    newer = {"version": 99, "later": ["?"]}
    kept = [
        put(data_folder / "preferences.json", {**newer, "device": "quantum"}),
        put(data_folder / "columns.json", newer),
        put(data_folder / "edit-costs.json", newer),
        put(data_folder / "runs" / "a run" / "teaching.json", newer),
        put(data_folder / "batches" / "a batch" / "batch.json", newer),
        put(data_folder / "pairs" / "some pairs" / "collection.json", newer),
        put(data_folder / "sessions" / "2020-01-01 00-00-00 aaaaaaaa" / "session.json", newer),
        put(data_folder / "models" / "later model" / "ip2p.json", newer),
        put(data_folder / "models" / "later model" / "model_index.json", {}),
    ]
    before = [file.read_bytes() for file in kept]
    steps = "report(bar.isVisible() and bar.message.text())\n" + edit_and_save(tmp_path / "result.png")
    steps += (
        "program.preferences.device = 'cpu'\nreport(program.preferences.device)\nprogram.window.close()\n"
    )
    process = WindowProcess(steps, [photo], folder=tmp_path, variables={"IP2P_DATA_DIR": str(data_folder)})
    assert process.end() == 0
    said, _, device = process.reported
    assert "newer version" in said
    assert device == "cpu"
    assert [file.read_bytes() for file in kept] == before
    assert size_of(tmp_path / "result.png") == (40, 30)


def test_files_of_older_versions_are_taken_over(data_folder: Path, photo: Path, tmp_path: Path) -> None:
    put(data_folder / "library.json", {"folder": str(tmp_path / "my models")})
    put(data_folder / "edit-costs.json", [])
    (data_folder / "window.ini").write_text("[window]\ntheme=dark\nsettings_panel=hidden\n")
    steps = """
report(str(program.preferences.models_folder), program.preferences.theme)
report(program.window.settings_panel.isHidden())
program.window.close()
"""
    process = WindowProcess(steps, folder=tmp_path, variables={"IP2P_DATA_DIR": str(data_folder)})
    assert process.end() == 0
    assert process.reported == [[str(tmp_path / "my models"), "dark"], True]
    assert not (data_folder / "window.ini").exists()
