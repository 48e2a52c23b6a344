"""The preferences and the state the window restores: one typed table for window and command line.

All values are stored in one JSON file. A damaged value counts as not set; an unknown one is kept.
A file of a newer version is neither read nor changed.
This module does not use Qt.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

from filelock import FileLock

from engine.batch.naming import STANDARD_RULE
from engine.devices.device import DEVICES, DTYPES
from engine.files.atomic import atomic_write
from engine.settings_table import QT_TRANSLATE_NOOP
from ip2p_desktop.base import preference_values as read_as

log = logging.getLogger(__name__)

VERSION = 1
"""Version of the file."""
LOCK_SECONDS = 2.0
"""Seconds to wait for another program that is changing the file."""
DAMAGED = (ValueError, RecursionError)
"""Errors that a damaged file causes; the second one comes from deep nesting."""
COMMON_THREADS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)

Value = TypeVar("Value")


class NewerPreferences(OSError):
    """The file was written by a newer version of the program, so this version does not change it."""


class ThemeChoice(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Group(StrEnum):
    """The section of the preferences dialog that shows a preference; `NONE` for those it does not show."""

    NONE = ""
    EDITING = "editing"
    PREVIEW = "preview"
    FOLDERS = "folders"
    APPEARANCE = "appearance"
    UPDATES = "updates"
    STORAGE = "storage"


class Preference(Generic[Value]):
    """One entry of the table: an attribute of `Preferences` that is read from and written to the file."""

    def __init__(
        self,
        key: str,
        default: Value,
        read: Callable[[object], Value],
        *,
        group: Group = Group.NONE,
        label: str = "",
        help_text: str = "",
        choices: Sequence[tuple[Value, str]] = (),
    ) -> None:
        """`read` converts the value in the file or raises `ValueError`.

        `choices` are the values that the dialog offers, with their labels; `read` may accept others.
        """
        self.key, self.default, self.read = key, default, read
        self.group, self.label, self.help_text = group, label, help_text
        self.choices = tuple(choices)

    @overload
    def __get__(self, instance: None, owner: type[Preferences]) -> Self: ...
    @overload
    def __get__(self, instance: Preferences, owner: type[Preferences]) -> Value: ...
    def __get__(self, instance: Preferences | None, owner: type[Preferences]) -> Self | Value:
        return self if instance is None else instance.value_of(self)

    def __set__(self, instance: Preferences, value: Value) -> None:
        instance.set_value(self, value)


AUTOMATIC = QT_TRANSLATE_NOOP("Preferences", "Automatic")
DEVICE_LABELS = {
    "auto": AUTOMATIC,
    "cpu": QT_TRANSLATE_NOOP("Preferences", "Processor"),
    "cuda": QT_TRANSLATE_NOOP("Preferences", "NVIDIA graphics card"),
    "mps": QT_TRANSLATE_NOOP("Preferences", "Apple graphics"),
}
DTYPE_LABELS = {
    "auto": AUTOMATIC,
    "fp32": QT_TRANSLATE_NOOP("Preferences", "Full (fp32)"),
    "bf16": QT_TRANSLATE_NOOP("Preferences", "Half (bf16)"),
    "fp16": QT_TRANSLATE_NOOP("Preferences", "Half (fp16)"),
}
FOREIGN_DEVICE = "cuda" if sys.platform == "darwin" else "mps"
"""The device that no computer with this operating system has."""


class Preferences:
    """The table, in the order of the dialog. Every access reads the file, as other programs may change it."""

    device = Preference(
        "device",
        "auto",
        read_as.one_of(DEVICES),
        group=Group.EDITING,
        label=QT_TRANSLATE_NOOP("Preferences", "Device"),
        help_text=QT_TRANSLATE_NOOP("Preferences", "What edits are computed on."),
        choices=[(name, DEVICE_LABELS[name]) for name in DEVICES if name != FOREIGN_DEVICE],
    )
    dtype = Preference(
        "dtype",
        "auto",
        read_as.one_of(("auto", *DTYPES)),
        group=Group.EDITING,
        label=QT_TRANSLATE_NOOP("Preferences", "Precision"),
        help_text=QT_TRANSLATE_NOOP("Preferences", "Half needs less memory. Full is more exact."),
        choices=list(DTYPE_LABELS.items()),
    )
    compile_unet = Preference[bool | None](
        "compile",
        None,
        read_as.optional_boolean,
        group=Group.EDITING,
        label=QT_TRANSLATE_NOOP("Preferences", "Compile models"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences", "Faster on a graphics card, after a wait at the first edit with a model."
        ),
        choices=[
            (None, AUTOMATIC),
            (True, QT_TRANSLATE_NOOP("Preferences", "Always")),
            (False, QT_TRANSLATE_NOOP("Preferences", "Never")),
        ],
    )
    threads = Preference[int | None](
        "threads",
        None,
        read_as.thread_count,
        group=Group.EDITING,
        label=QT_TRANSLATE_NOOP("Preferences", "Threads"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences", "How many the processor computes with. Fewer leave room for other programs."
        ),
        choices=[
            (None, AUTOMATIC),
            *((count, str(count)) for count in COMMON_THREADS if count <= (os.cpu_count() or 1)),
        ],
    )
    image_memory = Preference(
        "image_memory",
        512,
        read_as.megabytes,
        group=Group.EDITING,
        label=QT_TRANSLATE_NOOP("Preferences", "Memory for photos and results"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences",
            "Those used last stay in memory; the others are read again when shown.",
        ),
        choices=[(256, "256 MB"), (512, "512 MB"), (1024, "1 GB"), (2048, "2 GB"), (4096, "4 GB")],
    )
    """In MB."""
    live_preview = Preference(
        "live_preview",
        True,
        read_as.boolean,
        group=Group.PREVIEW,
        label=QT_TRANSLATE_NOOP("Preferences", "Live preview"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences", "Shows a small preview while you type, with models that are fast enough."
        ),
        choices=[
            (True, QT_TRANSLATE_NOOP("Preferences", "On")),
            (False, QT_TRANSLATE_NOOP("Preferences", "Off")),
        ],
    )
    models_folder = Preference[Path | None](
        "models_folder",
        None,
        read_as.folder,
        group=Group.FOLDERS,
        label=QT_TRANSLATE_NOOP("Preferences", "Models folder"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences", "Models that lie elsewhere stay there. To move them, choose Models… in the menu."
        ),
    )
    output_folder = Preference[Path | None](
        "output_folder",
        None,
        read_as.folder,
        group=Group.FOLDERS,
        label=QT_TRANSLATE_NOOP("Preferences", "Results folder"),
        help_text=QT_TRANSLATE_NOOP("Preferences", "The folder that is offered when a result is saved."),
    )
    session_budget = Preference(
        "session_budget",
        20,
        read_as.gigabytes,
        group=Group.STORAGE,
        label=QT_TRANSLATE_NOOP("Preferences", "Disk space for sessions"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences",
            "Opened photos and results are kept until you delete them. Above this size the window tells you.",
        ),
        choices=[
            *((size, f"{size} GB") for size in (5, 10, 20, 50, 100, 200)),
            (0, QT_TRANSLATE_NOOP("Preferences", "No limit")),
        ],
    )
    """In GB; 0 for no limit."""
    theme = Preference(
        "theme",
        ThemeChoice.SYSTEM,
        lambda raw: ThemeChoice(read_as.text(raw)),
        group=Group.APPEARANCE,
        label=QT_TRANSLATE_NOOP("Preferences", "Theme"),
        help_text=QT_TRANSLATE_NOOP("Preferences", "Like the system: changes when the system does."),
        choices=[
            (ThemeChoice.SYSTEM, QT_TRANSLATE_NOOP("Preferences", "Like the system")),
            (ThemeChoice.LIGHT, QT_TRANSLATE_NOOP("Preferences", "Light")),
            (ThemeChoice.DARK, QT_TRANSLATE_NOOP("Preferences", "Dark")),
        ],
    )
    language = Preference[str | None](
        "language",
        None,
        read_as.language_code,
        group=Group.APPEARANCE,
        label=QT_TRANSLATE_NOOP("Preferences", "Language"),
        help_text=QT_TRANSLATE_NOOP("Preferences", "Takes effect at the next start."),
    )
    checks_updates = Preference(
        "checks_updates",
        False,
        read_as.boolean,
        group=Group.UPDATES,
        label=QT_TRANSLATE_NOOP("Preferences", "Check for updates"),
        help_text=QT_TRANSLATE_NOOP(
            "Preferences",
            "At the start, once a day. Only the newest version is asked for; nothing is sent or installed.",
        ),
        choices=[
            (False, QT_TRANSLATE_NOOP("Preferences", "Only when I ask")),
            (True, QT_TRANSLATE_NOOP("Preferences", "At the start")),
        ],
    )
    updates_checked = Preference("updates_checked", "", read_as.text)
    """The day of the last check at a start, as YYYY-MM-DD."""
    window_geometry = Preference("window_geometry", "", read_as.text)
    """In the format of Qt's `saveGeometry`, base64."""
    shows_settings_panel = Preference("settings_panel", True, read_as.boolean)
    last_open_folder = Preference[Path | None]("last_open_folder", None, read_as.folder)
    last_save_folder = Preference[Path | None]("last_save_folder", None, read_as.folder)
    recent_files = Preference[tuple[Path, ...]]("recent_files", (), read_as.file_paths)
    """Photos and projects opened last, the latest first."""
    recent_instructions = Preference[tuple[tuple[str, str], ...]](
        "recent_instructions", (), read_as.text_pairs
    )
    """The path of a model and an instruction, of the results made last, the latest first."""
    mask_colour = Preference("mask_colour", "#ff2d55", read_as.text)
    """Colour in which masks are shown, as #rrggbb."""
    model = Preference("model", "", read_as.text)
    """Folder or file of the model used last."""
    batch_naming_rule = Preference("batch_naming_rule", STANDARD_RULE, read_as.text)
    batch_format = Preference("batch_format", "same", read_as.text)
    export_format = Preference("export_format", "PNG", read_as.text)
    output_quality = Preference("output_quality", 95, read_as.quality)
    """Of JPEG and WebP files, in the dialogs of batches and of export."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._not_stored: dict[str, object] = {}
        """Values that could not be written to the file, by key."""

    @classmethod
    def table(cls) -> list[Preference[Any]]:
        """All preferences, in the order of the dialog."""
        return [entry for entry in vars(cls).values() if isinstance(entry, Preference)]

    def value_of(self, preference: Preference[Value]) -> Value:
        """The value of a preference: the one set, else the default."""
        try:
            stored = _read(self._file)
        except (OSError, *DAMAGED) as error:
            log.warning("The preferences were not read: %s", error)
            stored = {}
        values = {**stored, **self._not_stored}
        if values.get(preference.key) is not None:
            with suppress(ValueError, TypeError):
                return preference.read(values[preference.key])
        return preference.default

    @property
    def is_newer(self) -> bool:
        """Whether a newer version of the program wrote the file. Then values last until the program ends."""
        try:
            _read(self._file)
        except NewerPreferences:
            return True
        except (OSError, *DAMAGED):
            pass
        return False

    def set_value(self, preference: Preference[Value], value: Value) -> None:
        """Set a value: in the file or, if that cannot be written, until the program ends."""
        self._not_stored.pop(preference.key, None)
        try:
            self.store(preference, value)
        except OSError as error:
            log.warning("A preference was not written: %s", error)
            self._not_stored[preference.key] = _plain(value)

    def store(self, preference: Preference[Value], value: Value) -> None:
        """Write a value to the file; a default is removed from it. Raises `OSError`."""
        self.store_all({preference: value})

    def store_all(self, values: Mapping[Preference[Any], object]) -> None:
        """Write several values to the file, all or none. Raises `OSError`; then the file is unchanged."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock"), timeout=LOCK_SECONDS):
            try:
                text = _changed_text(_read(self._file), values)
            except DAMAGED as error:
                log.warning("The preferences are damaged and were renamed: %s", error)
                _set_aside(self._file)
                text = _changed_text({}, values)
            with atomic_write(self._file) as temporary:
                temporary.write_text(text, encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path | StrEnum) else value


def _read(file: Path) -> dict[str, Any]:
    """The values in the file. Raises one of `DAMAGED`, `NewerPreferences` or another `OSError`."""
    try:
        values = json.loads(file.read_text(encoding="utf-8-sig"))  # some editors add the mark
    except FileNotFoundError:
        return _from_library_json(file.parent)
    if not isinstance(values, dict):
        raise ValueError("no object")
    version = values.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerPreferences(f"written by a newer version ({version})")
    return values


def _changed_text(stored: dict[str, Any], values: Mapping[Preference[Any], object]) -> str:
    """The text of the file once the values have been changed."""
    changed = {"version": VERSION, **stored}
    for preference, value in values.items():
        changed.pop(preference.key, None)
        if value != preference.default:
            changed[preference.key] = _plain(value)
    return json.dumps(changed, indent=2)


def _set_aside(file: Path) -> None:
    """Rename a damaged file to a name that is not in use."""
    number, target = 1, file.with_suffix(".set-aside")
    while target.exists():
        number += 1
        target = file.with_suffix(f".set-aside-{number}")
    file.replace(target)


def _from_library_json(folder: Path) -> dict[str, Any]:
    """The folder of models as versions without a preferences file stored it."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        choice = json.loads((folder / "library.json").read_text(encoding="utf-8"))
        return {Preferences.models_folder.key: read_as.text(choice["folder"])}
    return {}
