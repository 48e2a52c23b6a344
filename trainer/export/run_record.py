"""The record of a run: its start weights, its data and its settings, stored as `run.json` in its folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.disk_space import not_written
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.files.text_files import write_text_file
from engine.library.edit_looks import EditLook, looks_from
from trainer.export.model_card import DataFacts

FILE = "run.json"
VERSION = 1


class RunNotUsable(EngineError):
    """The folder of a run cannot be used: it is in use, of a newer version, or of a run with other data."""

    kind = "run"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a run trains, on what, and how. Unknown values are empty or 0."""

    start_weights: str = ""
    """Hash of all weights of the start model."""
    start_name: str = ""
    pairs: int = 0
    """Number of pairs that were found, including those that are left out."""
    pairs_hash: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """All settings by their dotted keys, with the start model as an absolute path."""
    data: DataFacts = field(default_factory=DataFacts)
    """The data that the card of the model describes."""
    instructions: tuple[str, ...] = ()
    """The instructions of the training pairs."""
    looks: tuple[EditLook, ...] | None = None
    """What the training pairs show at their own size; None if that was not measured."""
    steps_elsewhere: int = 0
    """Number of steps that another run took, from whose checkpoint this one began."""
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Fields of other versions of the program, which are written back."""


def read_record(run: Path) -> RunRecord | None:
    """Returns the record in the folder of a run; None if there is none, or it is damaged.

    Raises `RunNotUsable` for one of a newer version.
    """
    try:
        record = JsonRecord(json.loads(read_bounded(run / FILE, JSON_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return None
    if record.version > VERSION:
        raise RunNotUsable(
            "run.newer-version",
            "The run in {folder} was written by a newer version of this program.",
            "Update the program, or choose another exp_manager.exp_dir.",
            folder=run,
        )
    settings: dict[str, Any] = record.get("settings", {})
    return RunRecord(
        start_weights=record.get("start_weights", ""),
        start_name=record.get("start_name", ""),
        pairs=record.get("pairs", 0),
        pairs_hash=record.get("pairs_hash", ""),
        settings=settings,
        data=_facts(record.record("data")),
        instructions=record.texts("instructions"),
        looks=looks_from(tuple(record.records("looks"))) if record.has("looks") else None,
        steps_elsewhere=record.get("steps_elsewhere", 0),
        unknown=record.unknown(),
    )


def _facts(record: JsonRecord) -> DataFacts:
    skipped: dict[str, int] = record.get("skipped", {})
    return DataFacts(
        paths=tuple(map(Path, record.texts("paths"))),
        layouts=record.texts("layouts"),
        train=record.get("train", 0),
        val=record.get("val", 0),
        test=record.get("test", 0),
        skipped=Counter(skipped),
    )


def write_record(run: Path, record: RunRecord) -> None:
    """Writes the record into the folder of a run. Raises `OutputNotWritable`."""
    facts = record.data
    values = {
        VERSION_NAME: VERSION,
        "start_weights": record.start_weights,
        "start_name": record.start_name,
        "pairs": record.pairs,
        "pairs_hash": record.pairs_hash,
        "settings": dict(record.settings),
        "data": {
            "paths": list(map(str, facts.paths)),
            "layouts": list(facts.layouts),
            "train": facts.train,
            "val": facts.val,
            "test": facts.test,
            "skipped": dict(facts.skipped),
        },
        "instructions": list(record.instructions),
        **({} if record.looks is None else {"looks": [look.to_json() for look in record.looks]}),
        "steps_elsewhere": record.steps_elsewhere,
    }
    text = json.dumps(with_unknown(values, record.unknown), indent=2)
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(run, error) from error
    write_text_file(run / FILE, text)
