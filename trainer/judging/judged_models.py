"""Loads what is judged: both models of a run, its held-back pairs, and edits that the start model knows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from engine.devices.device import choose_device
from engine.errors import ModelNotUsable
from engine.instructions.knowledge import has_knowledge, read_knowledge
from engine.library import ModelCard, read_model_card
from engine.library.edit_looks import EditLook
from engine.models.loading import Model, load_model
from engine.progress import CancelToken
from trainer.config import TrainingConfig
from trainer.config.run import ACCELERATORS
from trainer.datasets import DatasetNotUsable, Pair
from trainer.datasets.training_pairs import find_training_pairs
from trainer.examples.sources import divide_pairs
from trainer.export.kept_steps import find_step, load_start_model, run_settings, set_strength, trained_model
from trainer.export.run_record import RunRecord
from trainer.export.trained_looks import completed_looks
from trainer.judging.judgement import Judgement
from trainer.judging.model_edits import ModelEdits
from trainer.judging.result_judge import Judged, ResultJudge
from trainer.judging.settings import JudgingSettings, evenly_spread
from trainer.learning.precision import choose_precision
from trainer.protocol.events import EventStream, PreparationProgressed, WarningRaised


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """The pairs of a run that are judged, and those that it was trained on."""

    judged: Sequence[Pair] = ()
    are_held_back: bool = True
    trained: Sequence[Pair] = ()


def prepare_judge(settings: JudgingSettings, events: EventStream, cancel: CancelToken) -> ResultJudge:
    """Returns the judge of a run, ready for its first edit.

    Raises `RunNotUsable`, `CheckpointNotUsable`, `SnapshotNotUsable`, `ModelNotUsable`, `DatasetNotUsable`,
    `DeviceNotUsable` or `Cancelled`.
    """
    if settings.threads:
        torch.set_num_threads(settings.threads)
    run = settings.run_folder
    moved = [f"model.unet_config.from_pretrained={settings.base}"] if settings.base else []
    config, record = run_settings(run, [*moved, f"exp_manager.explicit_log_dir={run}"])
    events.send(PreparationProgressed(stage="reading dataset"))
    pairs = _pairs(config, settings, events, cancel)
    events.send(PreparationProgressed(stage="loading model"))
    device = choose_device(ACCELERATORS.get(settings.device, settings.device))
    start = load_start_model(config, record, device)
    trained, step = _trained(start, config, settings)
    autocast, _ = choose_precision("auto", device)
    card = read_model_card(start.path)
    judged = Judged(
        base=ModelEdits(start, autocast, cancel, card.looks),
        trained=ModelEdits(
            trained, autocast, cancel, (*_looks(trained, record, pairs.trained, settings), *card.looks)
        ),
        settings=card.recommended,
        pairs=pairs.judged,
        held_back=pairs.are_held_back,
        instructions=record.instructions,
        known=known_edits(card, settings.old_edits, new=record.instructions),
        step=step,
    )
    judgement = Judgement(settings.folder, asdict(settings))
    return ResultJudge(judged, settings, judgement, events.send, cancel)


def _pairs(
    config: TrainingConfig, settings: JudgingSettings, events: EventStream, cancel: CancelToken
) -> JudgedPairs:
    """Returns the pairs of a run.

    A dataset that is gone is no reason not to judge the rest: then there are none.
    """
    if not settings.pairs:
        return JudgedPairs()
    try:
        found = find_training_pairs(config, cancel)
        divided = divide_pairs(config, found, EventStream(is_silent=True), cancel, is_remembered=True)
    except DatasetNotUsable as error:
        events.send(WarningRaised.of("dataset", error.report()))
        return JudgedPairs()
    part = divided.val.pairs or divided.test.pairs
    chosen = evenly_spread(part or divided.train.pairs, settings.pairs)
    return JudgedPairs(chosen, bool(part), divided.train.pairs)


def _looks(
    trained: Model, record: RunRecord, pairs: Sequence[Pair], settings: JudgingSettings
) -> tuple[EditLook, ...]:
    """Returns the looks that the card of the trained model has, or would have."""
    if settings.model:
        return read_model_card(Path(settings.model)).looks
    return completed_looks(trained, record.looks or (), pairs, strength=settings.strength)


def _trained(start: Model, config: TrainingConfig, settings: JudgingSettings) -> tuple[Model, int]:
    """Returns the trained model at the strength that is judged, and its step; 0 if that is not known."""
    if settings.model:
        trained, step = load_model(Path(settings.model), device=start.unet.device, dtype=torch.float32), 0
        trained.vae = start.vae  # so that both read the same latents
    else:
        kept = find_step(settings.run_folder, settings.step or None)
        trained, step = trained_model(start, config, kept), kept.step
    set_strength(trained, start, settings.strength)
    return trained, step


def known_edits(card: ModelCard, count: int, *, new: Sequence[str] = ()) -> list[str]:
    """Returns at most so many instructions that a model knows: one for each edit, evenly spread.

    They are the examples in the model's knowledge, else the suggestions on its card. Painted styles are left
    out: training leaves the UNet that makes them as it is.
    """
    examples: list[str] = []
    if has_knowledge(card.path):
        with suppress(ModelNotUsable):
            examples = read_knowledge(card.path).examples(without=card.painted_styles)
    known = [text for text in dict.fromkeys(examples or card.suggestions) if text not in new]
    return evenly_spread(known, count)
