"""A file of things to remember: a missing or damaged one is empty, and failures are only logged."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from engine.errors import OutputNotWritable
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.files.text_files import write_text_file

log = logging.getLogger(__name__)


class RememberedRecord:
    """One JSON object with a version. The fields of newer versions stay, and so does the file of one."""

    def __init__(self, file: Path, version: int) -> None:
        self._file, self._version = file, version

    def read(self) -> JsonRecord:
        """The contents of the file; empty if it is missing, damaged or of a newer version."""
        record = self._stored()
        return record if record.version <= self._version else JsonRecord({})

    def write(self, name: str, value: object) -> None:
        """Replace the field `name`, which `read` returns, and keep all others that are not known."""
        record = self._stored()
        if record.version > self._version:
            log.warning("%s was written by a newer version; nothing is remembered there.", self._file)
            return
        record.value(name)
        values = {VERSION_NAME: self._version, name: value}
        text = json.dumps(with_unknown(values, record.unknown()), indent=1, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_text_file(self._file, text)
        except (OSError, OutputNotWritable) as error:
            log.warning("Nothing is remembered: %s", error)

    def _stored(self) -> JsonRecord:
        try:
            return JsonRecord(json.loads(read_bounded(self._file, JSON_LIMIT)))
        except (OSError, ValueError, RecursionError):
            return JsonRecord({})
