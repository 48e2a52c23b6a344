"""Paths of the program, of the files that ship with it and of the user's files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from ip2p_desktop.base.preferences import Preferences

APP_NAME = "IP2P Desktop"
TRAINER_FLAG = "--trainer"
"""First argument that makes the program train instead of showing its window."""
JUDGING_FLAG, EXPORT_FLAG = "--judging", "--export"
"""First arguments that make it judge the result of a run, or export it."""
DATA_FOLDER_VARIABLE = "IP2P_DATA_DIR"
"""Environment variable that moves the user's data folder."""


def is_frozen() -> bool:
    """Whether this is the packaged program rather than a checkout."""
    return bool(getattr(sys, "frozen", False))


def trainer_program() -> list[str]:
    """The command that starts the trainer as a separate process, without its settings."""
    return [*_own_program(), TRAINER_FLAG]


def judging_program() -> list[str]:
    """The command that judges a result as a separate process, without its settings (`trainer.judging`)."""
    return [*_own_program(), JUDGING_FLAG]


def export_program() -> list[str]:
    """The command that exports a result as a separate process, without its arguments (`trainer.export`)."""
    return [*_own_program(), EXPORT_FLAG]


def _own_program() -> list[str]:
    return [sys.executable, *([] if is_frozen() else ["-m", "ip2p_desktop"])]


def resources_folder() -> Path:
    """The folder of icons, translations, sample photos and the starter model."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS")) / "resources"  # noqa: B009 (set by PyInstaller, unknown to checkers)
    return Path(__file__).resolve().parent.parent.parent / "resources"


def translations_folder() -> Path:
    """Compiled texts of the window, a file for each language."""
    return resources_folder() / "translations"


def languages() -> list[str]:
    """Codes of the languages of the window: English, the language of the code, then the translations."""
    codes = {file.stem.removeprefix("ip2p_") for file in translations_folder().glob("ip2p_*.qm")}
    return ["en", *sorted(codes - {"en"})]


def starter_model() -> Path:
    """The folder of the starter model."""
    return resources_folder() / "starter"


def sample_photos() -> list[Path]:
    """The sample photos that ship with the program, sorted by name."""
    return sorted((resources_folder() / "samples").glob("*.jpg"))


def data_folder() -> Path:
    """The user's folder for models, runs and logs. This function does not create it."""
    moved = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(moved) if moved else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def preferences_file() -> Path:
    """The file of the preferences and of the state the window restores."""
    return data_folder() / "preferences.json"


def models_folder() -> Path:
    """The folder of the user's models: the one the user chose, else the default."""
    return Preferences(preferences_file()).models_folder or default_models_folder()


def default_models_folder() -> Path:
    """The folder of models if the user has chosen no other."""
    return data_folder() / "models"


def remember_models_folder(folder: Path) -> None:
    """Store another folder of models in the preferences. Raises `OSError`."""
    Preferences(preferences_file()).store(Preferences.models_folder, folder.absolute())


def runs_folder() -> Path:
    """The folder of training runs and their checkpoints."""
    return data_folder() / "runs"


def collections_folder() -> Path:
    """The folder of collections of pairs, each a dataset."""
    return data_folder() / "pairs"


def column_choices_file() -> Path:
    """The file of the columns that the user has chosen for datasets of other names."""
    return data_folder() / "columns.json"


def sessions_folder() -> Path:
    """The folder of sessions: the photos that were opened, and their results."""
    return data_folder() / "sessions"


def datasets_folder() -> Path:
    """The folder of what is kept about datasets of training: repairs and checked pairs."""
    return data_folder() / "datasets"


def batches_folder() -> Path:
    """The folder of batches that run or were interrupted."""
    return data_folder() / "batches"


def compiled_folder() -> Path:
    """The folder of compiled models, kept for the next start."""
    return data_folder() / "compiled"


def edit_costs_file() -> Path:
    """The file of the time and memory that edits took on this machine."""
    return data_folder() / "edit-costs.json"


def crash_reports_folder() -> Path:
    """The folder of reports of crashes."""
    return data_folder() / "crash-reports"


def log_file() -> Path:
    """The log file of the window; older parts have numbers appended."""
    return data_folder() / "logs" / "ip2p-desktop.log"
