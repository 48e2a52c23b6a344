"""Where things lie: the program itself, what ships with it, and what belongs to the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from ip2p_desktop.base.preferences import Preferences

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


def languages() -> list[str]:
    """Codes of the languages that the window speaks; the texts in the code are English."""
    translations = sorted((resources_folder() / "translations").glob("ip2p_*.qm"))
    return ["en", *(file.stem.removeprefix("ip2p_") for file in translations)]


def starter_model() -> Path:
    return resources_folder() / "starter"


def sample_photos() -> list[Path]:
    return sorted((resources_folder() / "samples").glob("*.jpg"))


def data_folder() -> Path:
    """The user's folder for models, runs and logs. Not created here."""
    moved = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(moved) if moved else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def preferences_file() -> Path:
    """What the user prefers, and what the window remembers."""
    return data_folder() / "preferences.json"


def models_folder() -> Path:
    """Models the user has taught or brought: where they were moved to, else in the data folder."""
    return Preferences(preferences_file()).models_folder or default_models_folder()


def default_models_folder() -> Path:
    """Where models are kept unless the user says otherwise."""
    return data_folder() / "models"


def remember_models_folder(folder: Path) -> None:
    """Keep models in another folder from now on. Raises `OSError`."""
    Preferences(preferences_file()).store(Preferences.models_folder, folder.absolute())


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
