"""Where things lie: the program itself, what ships with it, and what belongs to the user."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import platformdirs

from engine.files.atomic import atomic_write

APP_NAME = "IP2P Desktop"
TRAINER_FLAG = "--trainer"
"""First argument that makes the program train instead of showing its window."""
DATA_FOLDER_VARIABLE = "IP2P_DATA_DIR"
"""Environment variable that moves the user's data folder."""


def is_frozen() -> bool:
    """Whether this is the packaged program rather than a checkout."""
    return bool(getattr(sys, "frozen", False))


def trainer_program() -> list[str]:
    """The command that starts the trainer as a process of its own, without its settings."""
    return [sys.executable, *([] if is_frozen() else ["-m", "ip2p_desktop"]), TRAINER_FLAG]


def resources_folder() -> Path:
    """Icons, translations, sample photos and the starter model."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS")) / "resources"  # noqa: B009 (set by PyInstaller, unknown to checkers)
    return Path(__file__).resolve().parent.parent.parent / "resources"


def starter_model() -> Path:
    return resources_folder() / "starter"


def sample_photos() -> list[Path]:
    return sorted((resources_folder() / "samples").glob("*.jpg"))


def data_folder() -> Path:
    """The user's folder for models, runs and logs. Not created here."""
    moved = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(moved) if moved else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def models_folder() -> Path:
    """Models the user has taught or brought: where they were moved to, else in the data folder."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Path(json.loads(_models_choice().read_text(encoding="utf-8"))["folder"])
    return data_folder() / "models"


def remember_models_folder(folder: Path) -> None:
    """Keep models in another folder from now on. Raises `OSError`."""
    choice = _models_choice()
    choice.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(choice) as temporary:
        temporary.write_text(json.dumps({"folder": str(folder.absolute())}), encoding="utf-8")


def _models_choice() -> Path:
    """Apart from the window's settings, for the command line reads it without Qt."""
    return data_folder() / "library.json"


def runs_folder() -> Path:
    """Checkpoints of training runs."""
    return data_folder() / "runs"


def session_folder() -> Path:
    """Pixels that running windows keep out of memory."""
    return data_folder() / "session"


def compiled_folder() -> Path:
    """What the compiler made of models, kept for the next start."""
    return data_folder() / "compiled"


def edit_costs_file() -> Path:
    """What edits took so far on this machine."""
    return data_folder() / "edit-costs.json"


def log_file() -> Path:
    return data_folder() / "logs" / "ip2p-desktop.log"
