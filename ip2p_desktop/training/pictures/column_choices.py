"""The columns that the user has chosen for datasets whose columns have other names than usual."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from ip2p_desktop.base.paths import column_choices_file
from trainer.datasets import ColumnNames

log = logging.getLogger(__name__)

VERSION = 1
MOST_CHOICES = 100


class ColumnChoices:
    """A choice is remembered for all datasets with exactly the same columns. Reads and writes a file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or column_choices_file()

    def of(self, columns: Sequence[str]) -> ColumnNames | None:
        """The choice for a dataset with these columns; None if there is none."""
        for record in self._record().records("choices"):
            if record.texts("columns") == tuple(sorted(columns)):
                names = [record.get(side, "") for side in ("original", "edited", "instruction")]
                if names[0] and names[1]:
                    return ColumnNames(*names)
        return None

    def remember(self, columns: Sequence[str], chosen: ColumnNames) -> None:
        """Remember a choice. A file of a newer version is left alone, as is one that cannot be written."""
        record = self._record()
        if record.version > VERSION:
            log.warning("%s was written by a newer version; the columns are not remembered.", self._file)
            return
        listed = tuple(sorted(columns))
        others = [each for each in self._listed(record) if each.get("columns") != list(listed)]
        entry = {
            "columns": list(listed),
            "original": chosen.original,
            "edited": chosen.edited,
            "instruction": chosen.instruction,
        }
        values = {VERSION_NAME: VERSION, "choices": [*others, entry][-MOST_CHOICES:]}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._file) as temporary:
                text = json.dumps(with_unknown(values, record.unknown()), indent=1, ensure_ascii=False)
                temporary.write_text(text, encoding="utf-8")
        except OSError as error:
            log.warning("The columns were not remembered: %s", error)

    def _listed(self, record: JsonRecord) -> list[dict[str, object]]:
        value = record.value("choices")
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

    def _record(self) -> JsonRecord:
        try:
            return JsonRecord(json.loads(read_bounded(self._file, JSON_LIMIT)))
        except (OSError, ValueError, RecursionError):
            return JsonRecord({})
