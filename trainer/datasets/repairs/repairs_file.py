"""The file `repairs.json`: the repairs of a dataset by the names of its pairs. The dataset stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.disk_space import not_written
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from trainer.datasets.repairs.pair_repair import PairRepair, read_repair

FILE = "repairs.json"
VERSION = 1
_PAIRS = "pairs"


class RepairsNotUsable(EngineError):
    """A file of repairs cannot be read."""

    kind = "repairs"
    is_wrong_input = True


@dataclass(frozen=True, slots=True)
class Repairs:
    """The repairs of one dataset."""

    pairs: Mapping[str, PairRepair] = field(default_factory=dict)
    """By the name of the pair in the dataset."""
    unknown: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Fields of other versions of the program; they are written again."""


def read_repairs(file: Path) -> Repairs:
    """Returns the repairs in a file. Raises `RepairsNotUsable`, also for the file of a newer version."""
    try:
        record = JsonRecord(json.loads(read_bounded(file, JSON_LIMIT)))
    except OSError as error:
        raise RepairsNotUsable(
            "repairs.not-readable",
            "The repairs in {file} cannot be read ({reason}).",
            "Check data.repairs.",
            file=file,
            reason=error.strerror or error,
        ) from error
    except (ValueError, RecursionError) as error:
        raise RepairsNotUsable(
            "repairs.damaged",
            "{file} is damaged, or is not a file of repairs.",
            "Move it away, and repair the pairs again.",
            file=file,
        ) from error
    if record.version > VERSION:
        raise RepairsNotUsable(
            "repairs.newer",
            "The repairs in {file} were written by a newer version of this program.",
            "Use that version, or move the file away and repair the pairs again.",
            file=file,
        )
    pairs = record.value(_PAIRS)
    found = {
        name: read_repair(JsonRecord(values))
        for name, values in (pairs if isinstance(pairs, dict) else {}).items()
        if isinstance(values, dict)
    }
    return Repairs(found, record.unknown())


def write_repairs(file: Path, repairs: Repairs) -> None:
    """Writes the repairs that change something. Raises `OutputNotWritable`; the file is unchanged then."""
    pairs = {name: repair.to_json() for name, repair in repairs.pairs.items() if not repair.is_empty}
    values = with_unknown({VERSION_NAME: VERSION, _PAIRS: pairs}, repairs.unknown)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(file) as temporary:
            temporary.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise not_written(file, error) from error
