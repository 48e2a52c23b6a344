"""The folder of a judgement: its images, and `judgement.json`, which says what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PIL import Image

from engine.errors import NewerVersion
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.disk_space import not_written
from engine.files.json_record import VERSION_NAME, JsonRecord
from engine.files.text_files import write_text_file
from trainer.judging.judging_events import VERSION, JudgingFinished, parse_judging_event
from trainer.protocol.events import Event

FILE = "judgement.json"
IMAGES = ("source", "base", "trained", "wanted")
"""Fields of a result that are files of images."""
QUALITY = 92
"""Of the JPEG files, which are only looked at."""


class Judgement:
    """The results of one judgement as they come."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """`settings` are stored, so that a reader knows what was judged."""
        self.folder, self._settings = folder, dict(settings)
        self._results: list[Event] = []

    def save_image(self, name: str, image: Image.Image) -> str:
        """Writes an image, and returns its file. Raises `OutputNotWritable`."""
        path = self.folder / f"{name}.jpg"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(path, durable=False) as temporary:
                image.convert("RGB").save(temporary, format="JPEG", quality=QUALITY)
        except OSError as error:
            raise not_written(path, error) from error
        return str(path)

    def add(self, result: Event) -> None:
        """Adds a result."""
        self._results.append(result)

    def write(self, finished: JudgingFinished) -> None:
        """Writes `judgement.json`. Raises `OutputNotWritable`."""
        results = [{"type": each.type, **asdict(each)} for each in self._results]
        values = {
            VERSION_NAME: VERSION,
            "settings": self._settings,
            "results": results,
            "summary": asdict(finished),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)  # no image may have been made
        except OSError as error:
            raise not_written(self.folder / FILE, error) from error
        write_text_file(self.folder / FILE, json.dumps(values, indent=1) + "\n")


def read_judgement(folder: Path) -> tuple[list[Event], JudgingFinished] | None:
    """Returns the results and the summary of a judgement; None if there is none, or it is damaged.

    The images are those in the folder, which may have been moved here from another computer.
    Raises `NewerVersion`.
    """
    try:
        record = JsonRecord(json.loads(read_bounded(folder / FILE, JSON_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return None
    if record.version > VERSION:
        raise NewerVersion(
            "version.judgement",
            "{file} was written by a newer version of IP2P Desktop.",
            "Update IP2P Desktop, or judge the result again.",
            file=folder / FILE,
        )
    stored = record.value("results")
    lines = [json.dumps(each) for each in stored] if isinstance(stored, list) else []
    results = [event for line in lines if (event := parse_judging_event(line)) is not None]
    summary = json.dumps({"type": JudgingFinished.type, **_values(record.value("summary"))})
    finished = parse_judging_event(summary)
    if not isinstance(finished, JudgingFinished):
        return None
    return [_with_images_in(folder, event) for event in results], finished


def _with_images_in(folder: Path, result: Event) -> Event:
    """A result with the paths of its images in a folder; only their names count."""
    written = {name: path for name in IMAGES if (path := getattr(result, name, ""))}
    names = {name: path.replace("\\", "/").rpartition("/")[2] for name, path in written.items()}
    return replace(result, **{name: str(folder / own) for name, own in names.items()})


def _values(stored: object) -> dict[str, Any]:
    return stored if isinstance(stored, dict) else {}
