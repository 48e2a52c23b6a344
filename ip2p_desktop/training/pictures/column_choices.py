"""The columns that the user has chosen for datasets whose columns have other names than usual."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.files.json_record import JsonRecord
from ip2p_desktop.base.paths import column_choices_file
from ip2p_desktop.base.remembered_record import RememberedRecord
from trainer.datasets import ColumnNames

VERSION = 1
MOST_CHOICES = 100


class ColumnChoices:
    """A choice is remembered for all datasets with exactly the same columns. Reads and writes a file."""

    def __init__(self, file: Path | None = None) -> None:
        self._record = RememberedRecord(file or column_choices_file(), VERSION)

    def of(self, columns: Sequence[str]) -> ColumnNames | None:
        """The choice for a dataset with these columns; None if there is none."""
        for record in self._record.read().records("choices"):
            if record.texts("columns") == tuple(sorted(columns)):
                names = [record.get(side, "") for side in ("original", "edited", "instruction")]
                if names[0] and names[1]:
                    return ColumnNames(*names)
        return None

    def remember(self, columns: Sequence[str], chosen: ColumnNames) -> None:
        """Remember a choice. A file of a newer version is left alone, as is one that cannot be written."""
        listed = sorted(columns)
        others = [each for each in _choices(self._record.read()) if each.get("columns") != listed]
        entry = {
            "columns": listed,
            "original": chosen.original,
            "edited": chosen.edited,
            "instruction": chosen.instruction,
        }
        self._record.write("choices", [*others, entry][-MOST_CHOICES:])


def _choices(record: JsonRecord) -> list[dict[str, object]]:
    value = record.value("choices")
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
