"""Exports what a run has learned, as a process of its own, and describes the model that is kept."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.files.disk_space import not_written
from engine.images.image_files import open_photo
from engine.images.preview_pictures import preview_jpeg
from engine.library import read_model_card
from engine.library.model_description import write_description
from engine.progress import CancelToken
from ip2p_desktop.base.paths import export_program
from ip2p_desktop.training.results.result_choice import FULL, ResultChoice

POLL_SECONDS = 0.2


class ExportKind(StrEnum):
    """The forms in which a result is given to others."""

    PACK = "pack"
    """One small file that is dropped on the window of another person."""
    FOLDER = "folder"
    FILE = "file"
    """A single file in the original layout."""
    LORA = "lora"


class ExportFailed(EngineError):
    """A result could not be exported."""

    kind = "output"


def export_result(
    run: Path,
    choice: ResultChoice,
    kind: ExportKind,
    target: Path,
    *,
    name: str = "",
    note: str = "",
    preview: Path | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Export a choice to a file or folder; returns it. Slow. Raises `ExportFailed` or `Cancelled`.

    A single file is written beside a folder of its name, as the export writes both.
    """
    words = [str(run), "--json", "--step", str(choice.step)]
    if choice.strength != FULL:
        words += ["--strength", f"{choice.strength:g}"]
    match kind:
        case ExportKind.PACK:
            words += ["--edit-pack", str(target), "--name", name, "--note", note]
            words += ["--preview", str(preview)] if preview is not None else []
        case ExportKind.LORA:
            words += ["--lora", str(target)]
        case ExportKind.FOLDER:
            words += ["--output", str(target)]
        case ExportKind.FILE:
            words += ["--output", str(target.with_suffix("")), "export.original_layout=safetensors"]
    _run(words, cancel or CancelToken())
    return target


def export_choice(run: Path, choice: ResultChoice, target: Path, cancel: CancelToken) -> Path:
    """Export a choice as a model that can be kept; replaces an earlier one. Raises as `export_result`."""
    return export_result(run, choice, ExportKind.FOLDER, target, cancel=cancel)


def describe_model(model: Path, name: str, note: str, preview: Path | None) -> None:
    """Give a model its name, a note and a picture. Raises `EngineError`."""
    picture = preview_jpeg(open_photo(preview)) if preview is not None else None
    try:
        write_description(
            read_model_card(model), name=name or None, description=note or None, preview=picture
        )
    except OSError as error:
        raise not_written(model, error) from error


def _run(words: Sequence[str], cancel: CancelToken) -> list[dict[str, Any]]:
    """The lines that the export prints. Raises `ExportFailed` with its sentence, or `Cancelled`."""
    process = subprocess.Popen(
        [*export_program(), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    while True:
        try:
            printed, errors = process.communicate(timeout=POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            if cancel.is_cancelled:
                process.kill()
                process.communicate()
                cancel.raise_if_cancelled()
    if process.returncode:
        lines = [line for line in errors.splitlines() if line.strip()]
        raise ExportFailed(
            "output.export-failed",
            "The result could not be exported: {reason}",
            "Free some disk space, or choose another place.",
            reason=lines[-1] if lines else f"exit code {process.returncode}",
        )
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
