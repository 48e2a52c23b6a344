"""Deletes what a run has written, keeps its model, and measures its disk use."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.library import ModelCard, ModelLibrary, read_model_card
from engine.library.model_files import own_files, real_files, remove_emptied
from engine.progress import CancelToken
from ip2p_desktop.training.runs.training_runs import (
    DESCRIPTION_NAME,
    TrainingRun,
    saved_step,
    write_description,
)

log = logging.getLogger(__name__)

TRAINER_LOG = "trainer.log"
_OWN = re.compile(
    r"(run|numerics|repairs)\.json|(metrics|events|commands)\.jsonl|run\.lock|trainer\.log"
    r"|checked-pairs\.sqlite(-journal|-wal|-shm)?|encoders\.pt"
    r"|(tensorboard/)?events\.out\.tfevents\.[^/]+"
    r"|checkpoints/step-\d+/[\w-]+\.(pt|json)|snapshots/step-\d+\.safetensors"
    r"|previews/(photo|wanted|step-\d+)-\d+\.png"
    r"|judgement/(judgement\.json|(pair|photo|old)-\d+-\w+\.jpg)"
)
"""Paths of the files that the trainer and the window write to the folder of a run, besides the model."""
MODEL_FOLDERS = ("model", "chosen-model")
"""The model that the run has exported, and one of another step or strength that the user has chosen."""
_OWN_FOLDERS = ("checkpoints", "snapshots", "previews", "judgement", "tensorboard", *MODEL_FOLDERS)


def disk_use(folder: Path) -> int:
    """Bytes of all files in the folder of a run; those that vanish meanwhile count as 0."""
    total = 0
    with suppress(OSError):
        for file in real_files(folder):
            with suppress(OSError):
                total += file.stat().st_size
    return total


def forget_run(run: TrainingRun) -> None:
    """Delete what the trainer wrote; other files stay, and files that cannot be deleted are logged."""
    (run.folder / DESCRIPTION_NAME).unlink(missing_ok=True)
    files = list(real_files(run.folder)) if run.folder.is_dir() and not run.folder.is_symlink() else []
    models = [ModelCard(path=run.folder / name, name="") for name in MODEL_FOLDERS]
    model = {file for card in models for file in own_files(card)}
    own = [file for file in files if file in model or _OWN.fullmatch(_place(file, run.folder))]
    for file in own:
        try:
            file.unlink()
        except OSError as error:
            log.warning("%s stays: %s", file, error)
    remove_emptied([*own, *(run.folder / name / "file" for name in _OWN_FOLDERS)], run.folder.parent)


def _place(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def keep_model(
    run: TrainingRun,
    model: Path,
    library: ModelLibrary,
    *,
    keeps_run: bool = False,
    cancel: CancelToken | None = None,
) -> ModelCard:
    """Move the exported model into the library, and delete the run unless `keeps_run`.

    A run that is kept can be trained further; its next model replaces this one. The model of a run that was
    made elsewhere is copied, and nothing of that run is deleted. Waits while another program
    changes the library, until `cancel`. Raises `ModelNotUsable`, `OutputNotWritable` or `Cancelled`; then the
    model stays in the folder of the run.
    """
    if not run.is_own:
        return library.add(model, cancel=cancel)
    installed = library.install(read_model_card(model), replaces=run.folder.name, cancel=cancel)
    if not keeps_run:
        forget_run(run)
        return installed
    try:
        write_description(replace(run, kept=installed.path, step=saved_step(run.folder) or run.step))
    except OSError as error:  # the model is kept all the same
        log.warning("%s is not noted as kept: %s", run.folder, error)
    return installed
