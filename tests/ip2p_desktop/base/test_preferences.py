"""The table of preferences is written completely, read leniently, and read by the command line without Qt."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.base import preferences as preferences_module
from ip2p_desktop.base.preferences import Group, NewerPreferences, Preferences, ThemeChoice
from ip2p_desktop.base.window_settings_migration import migrate_window_settings
from ip2p_desktop.editing.editor_options import EditorOptions

ROOT = Path(__file__).resolve().parents[3]
OLD_WINDOW_SETTINGS = ROOT / "tests" / "assets" / "preferences" / "window.ini"


@pytest.fixture
def file(data_folder: Path) -> Path:
    data_folder.mkdir()
    return paths.preferences_file()


@pytest.fixture
def preferences(file: Path) -> Preferences:
    return Preferences(file)


def fill(file: Path, **values: Any) -> None:
    file.write_text(json.dumps({"version": 1, **values}), encoding="utf-8")


def test_without_a_file_everything_is_as_usual(preferences: Preferences, file: Path) -> None:
    for line in Preferences.table():
        assert preferences.value_of(line) == line.default
    assert EditorOptions.preferred(preferences) == EditorOptions()
    assert not file.exists()


def test_what_is_set_is_there_at_the_next_start(preferences: Preferences, file: Path, tmp_path: Path) -> None:
    preferences.device, preferences.dtype, preferences.threads = "cpu", "bf16", 3
    preferences.compile_unet = False
    preferences.theme = ThemeChoice.DARK
    preferences.models_folder = tmp_path / "Modelle für “mich”, 100 %"
    preferences.language = "pt_BR"
    again = Preferences(file)
    assert EditorOptions.preferred(again) == EditorOptions(
        device="cpu", dtype="bf16", threads=3, compile_unet=False
    )
    assert again.theme is ThemeChoice.DARK
    assert again.models_folder == tmp_path / "Modelle für “mich”, 100 %"
    assert again.language == "pt_BR"
    assert {path.name for path in file.parent.iterdir()} <= {"preferences.json", "preferences.lock"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("device", "gpu"),
        ("device", 3),
        ("dtype", ["fp32"]),
        ("compile", "yes"),
        ("threads", 0),
        ("threads", True),
        ("threads", 10**6),
        ("threads", "2"),
        ("models_folder", 7),
        ("theme", "purple"),
        ("theme", {}),
        ("language", "../de"),
        ("settings_panel", "hidden"),
        ("model", None),
        ("window_geometry", 5),
    ],
)
def test_a_damaged_value_counts_as_not_set_and_harms_no_other(
    preferences: Preferences, file: Path, key: str, value: object
) -> None:
    fill(file, last_open_folder="/photos", **{key: value})
    (line,) = [line for line in Preferences.table() if line.key == key]
    assert preferences.value_of(line) == line.default
    assert preferences.last_open_folder == Path("/photos")


def test_a_field_that_is_not_known_is_kept(preferences: Preferences, file: Path) -> None:
    fill(file, brush_size=12)
    preferences.device = "cpu"
    assert json.loads(file.read_text()) == {"version": 1, "brush_size": 12, "device": "cpu"}


def test_a_default_is_not_written_down(preferences: Preferences, file: Path) -> None:
    preferences.device = "cpu"
    preferences.device = "auto"
    assert json.loads(file.read_text()) == {"version": 1}


@pytest.mark.parametrize("content", ["{", "[]", '"dark"', "\x00", pytest.param("[" * 200_000, id="deep")])
def test_a_damaged_file_is_set_aside_at_the_next_change(
    preferences: Preferences, file: Path, content: str
) -> None:
    file.write_text(content)
    assert preferences.theme is ThemeChoice.SYSTEM
    assert file.read_text() == content
    preferences.theme = ThemeChoice.LIGHT
    assert preferences.theme is ThemeChoice.LIGHT
    assert file.with_suffix(".set-aside").read_text() == content
    file.write_text("damaged again")
    preferences.theme = ThemeChoice.DARK
    assert file.with_suffix(".set-aside").read_text() == content
    assert file.with_suffix(".set-aside-2").read_text() == "damaged again"


def test_a_newer_file_stays_as_it_is_and_changes_hold_meanwhile(preferences: Preferences, file: Path) -> None:
    content = '{"version": 2, "theme": "neon"}'
    file.write_text(content)
    assert preferences.is_newer
    preferences.theme = ThemeChoice.LIGHT
    assert preferences.theme is ThemeChoice.LIGHT
    assert file.read_text() == content
    assert {path.name for path in file.parent.iterdir()} <= {"preferences.json", "preferences.lock"}
    with pytest.raises(NewerPreferences):
        preferences.store(Preferences.theme, ThemeChoice.DARK)


def test_a_file_that_cannot_be_read_once_is_not_replaced(
    preferences: Preferences, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file, device="cpu", threads=2)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError("refused")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)
        assert preferences.device == "auto"
        preferences.model = "snow"
        assert preferences.model == "snow"
    assert json.loads(file.read_text()) == {"version": 1, "device": "cpu", "threads": 2}
    assert preferences.device == "cpu"


def test_a_byte_order_mark_does_no_harm(preferences: Preferences, file: Path) -> None:
    file.write_text('{"device": "cpu"}', encoding="utf-8-sig")
    assert preferences.device == "cpu"


def test_what_another_program_writes_is_seen_and_kept(preferences: Preferences, file: Path) -> None:
    preferences.theme = ThemeChoice.DARK
    Preferences(file).threads = 2
    assert preferences.threads == 2
    preferences.device = "cpu"
    assert Preferences(file).threads == 2


def test_of_changes_at_the_same_time_none_is_lost(file: Path) -> None:
    values = {
        "device": "cpu",
        "dtype": "bf16",
        "threads": 3,
        "theme": ThemeChoice.DARK,
        "model": "snow",
        "models_folder": file.parent / "elsewhere",
    }

    def change(name: str) -> None:
        for value in (getattr(Preferences, name).default, values[name]) * 5:
            setattr(Preferences(file), name, value)

    with ThreadPoolExecutor(len(values)) as pool:
        list(pool.map(change, values))
    assert {name: getattr(Preferences(file), name) for name in values} == values


def test_what_cannot_be_written_holds_while_the_program_runs(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    preferences = Preferences(in_the_way / "preferences.json")
    preferences.theme = ThemeChoice.DARK
    assert preferences.theme is ThemeChoice.DARK
    with pytest.raises(OSError, match="file"):
        preferences.store(Preferences.theme, ThemeChoice.LIGHT)


def test_where_models_were_moved_to_before_is_taken_over(preferences: Preferences, file: Path) -> None:
    (file.parent / "library.json").write_text('{"folder": "/models/elsewhere"}')
    assert paths.models_folder() == Path("/models/elsewhere")
    preferences.theme = ThemeChoice.DARK
    assert paths.models_folder() == Path("/models/elsewhere")
    paths.remember_models_folder(file.parent / "here")
    assert paths.models_folder() == file.parent / "here"
    preferences.models_folder = None
    assert paths.models_folder() == paths.default_models_folder()


def test_the_window_takes_over_the_settings_of_versions_before(
    qapp: QApplication, preferences: Preferences, tmp_path: Path
) -> None:
    old = Path(shutil.copy(OLD_WINDOW_SETTINGS, tmp_path))
    migrate_window_settings(old, preferences)
    assert preferences.theme is ThemeChoice.DARK
    assert not preferences.shows_settings_panel
    assert preferences.last_open_folder == Path("/tmp/Fotos 100 %, Köln")
    assert preferences.last_save_folder == Path("/tmp/results")
    assert preferences.model == "/tmp/models/Fög, 2"
    window = QWidget()
    assert window.restoreGeometry(QByteArray.fromBase64(preferences.window_geometry.encode()))
    assert window.width() > 700
    assert not old.exists()


def test_settings_of_versions_before_stay_while_the_preferences_cannot_be_written(
    qapp: QApplication, preferences: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences_module, "LOCK_SECONDS", 0.3)
    old = Path(shutil.copy(OLD_WINDOW_SETTINGS, tmp_path))
    content = old.read_bytes()
    lock = paths.preferences_file().with_suffix(".lock")
    with FileLock(lock, is_singleton=False):
        started = time.monotonic()
        migrate_window_settings(old, preferences)
        assert time.monotonic() - started < 0.9, "waits for the lock more than once"
    assert old.read_bytes() == content
    migrate_window_settings(old, preferences)
    assert preferences.theme is ThemeChoice.DARK
    assert not old.exists()


def test_damaged_settings_of_versions_before_are_left_out(
    qapp: QApplication, preferences: Preferences, tmp_path: Path
) -> None:
    old = tmp_path / "window.ini"
    old.write_text("[window]\ngeometry=5\ntheme=neon\n[edit]\nmodel=a, b\n")
    migrate_window_settings(old, preferences)
    assert preferences.window_geometry == ""
    assert preferences.theme is ThemeChoice.SYSTEM
    assert preferences.model == ""
    migrate_window_settings(old, preferences)


def test_every_preference_that_is_shown_has_texts() -> None:
    table = Preferences.table()
    keys = [line.key for line in table]
    assert len(set(keys)) == len(keys)
    for line in table:
        assert bool(line.label) is (line.group is not Group.NONE)
        assert bool(line.help_text) is bool(line.label)
        for value, text in line.choices:
            assert text
            assert value is None or line.read(value) == value
        assert not line.choices or line.default in [value for value, _ in line.choices]


def test_the_command_line_reads_them_without_qt() -> None:
    code = "import sys\nfrom ip2p_desktop.editing import editor_options\n"
    code += "from ip2p_desktop.base import paths\nfrom ip2p_desktop.cli import edit_command\n"
    code += "from ip2p_desktop.base.preferences import Preferences\n"
    code += "preferences = Preferences(paths.preferences_file())\n"
    code += "print(editor_options.EditorOptions.preferred(preferences).device)\n"
    code += "print(sorted(name for name in sys.modules if name.startswith(('PySide6', 'torch'))))"
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert finished.stdout == "auto\n[]\n"
