"""The files of a batch, which say what is planned and what is done, also after a kill.

`batch.json` is written once, before the first photo. `progress.jsonl` gets a line before each output is
written and one after it. Outputs are written atomically, so that an output which is there is whole: if a
batch was killed between writing one and the line about it, the photo is not edited again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any

from filelock import FileLock

from engine.batch.plan import BatchItem, BatchPhoto
from engine.errors import EngineError, ErrorReport, NewerVersion, OutputNotWritable
from engine.files.atomic import atomic_write
from engine.files.file_names import first_free
from engine.files.json_record import VERSION_NAME, JsonRecord

BATCH_VERSION = 1
PLAN_NAME, PROGRESS_NAME, LOCK_NAME = "batch.json", "progress.jsonl", "batch.lock"


class ItemState(StrEnum):
    """What became of a photo of a batch."""

    WAITING = "waiting"
    SKIPPED = "skipped"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchCounts:
    """How many photos of a batch are in which state."""

    total: int
    done: int
    failed: int
    skipped: int

    @property
    def waiting(self) -> int:
        """The photos that are still to be edited."""
        return self.total - self.done - self.failed - self.skipped


@dataclass(slots=True)
class BatchJournal:
    """The items of a batch with their states, in memory and on disk."""

    folder: Path | None
    """The folder of its files; None to keep it in memory only."""
    items: list[BatchItem]
    edit: dict[str, Any] = field(default_factory=dict)
    """What is done to each photo, as the caller describes it in JSON."""
    states: list[ItemState] = field(default_factory=list)
    errors: dict[int, ErrorReport] = field(default_factory=dict)
    """By the index of the item."""
    _lock: FileLock | None = None
    """Held as long as this program uses the batch; the system releases it after a kill."""

    @classmethod
    def create(
        cls, folder: Path | None, items: Sequence[BatchItem], edit: Mapping[str, Any] | None = None
    ) -> BatchJournal:
        """A new batch. Raises `OutputNotWritable` if its files cannot be written."""
        states = [ItemState.SKIPPED if item.is_skipped else ItemState.WAITING for item in items]
        journal = cls(folder, list(items), dict(edit or {}), states)
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                journal._lock = _locked(folder)
                with atomic_write(folder / PLAN_NAME) as temporary:
                    temporary.write_text(json.dumps(journal._plan()), encoding="utf-8")
            except OSError as error:
                raise _not_writable(folder, error) from error
        return journal

    @classmethod
    def open(cls, folder: Path) -> BatchJournal:
        """The batch in a folder, as far as it came. A photo whose output was written counts as done.

        Raises `NewerVersion`, `OSError`, `ValueError` if the files are damaged, or `filelock.Timeout` if
        another program runs it.
        """
        lock = _locked(folder)
        record = JsonRecord(json.loads((folder / PLAN_NAME).read_text(encoding="utf-8")))
        if record.version > BATCH_VERSION:
            raise NewerVersion(
                "version.batch",
                "The batch was started by a newer version of IP2P Desktop.",
                "Update IP2P Desktop to resume it.",
            )
        items = [_item(values) for values in record.records("items")]
        edit = record.value("edit")
        journal = cls(folder, items, edit if isinstance(edit, dict) else {})
        journal.states = [ItemState.SKIPPED if item.is_skipped else ItemState.WAITING for item in items]
        journal._lock = lock
        journal._read_progress()
        return journal

    @property
    def counts(self) -> BatchCounts:
        """How far the batch is."""
        return BatchCounts(
            total=len(self.items),
            done=self.states.count(ItemState.DONE),
            failed=self.states.count(ItemState.FAILED),
            skipped=self.states.count(ItemState.SKIPPED),
        )

    @property
    def is_finished(self) -> bool:
        """Whether no photo waits."""
        return ItemState.WAITING not in self.states

    def next_waiting(self) -> int | None:
        """The index of the next photo to edit; None if there is none."""
        return self.states.index(ItemState.WAITING) if ItemState.WAITING in self.states else None

    def begin(self, index: int) -> Path:
        """Note that the output of a photo is written now, and return it; it does not exist.

        If another program has written a file of this name since, the output gets a number. Raises
        `OutputNotWritable`.
        """
        item = self.items[index]
        output = first_free(item.output)
        self.items[index] = replace(item, output=output)
        self._write({"item": index, "state": "begun", "output": str(output)})
        return output

    def end(self, index: int, error: EngineError | None = None) -> None:
        """Note that a photo is done, or why it failed. Raises `OutputNotWritable`."""
        if error is None:
            self.states[index] = ItemState.DONE
            self._write({"item": index, "state": ItemState.DONE})
            return
        report = error.report()
        self.states[index], self.errors[index] = ItemState.FAILED, report
        self._write({"item": index, "state": ItemState.FAILED, "error": _described(report)})

    def skip(self, index: int) -> None:
        """Note that a photo is not edited, as another program has written its output.

        Raises `OutputNotWritable`.
        """
        self.states[index] = ItemState.SKIPPED
        self._write({"item": index, "state": ItemState.SKIPPED})

    def retry_failed(self) -> None:
        """Let the photos that failed wait again. Raises `OutputNotWritable`."""
        for index, state in enumerate(self.states):
            if state is ItemState.FAILED:
                self.states[index] = ItemState.WAITING
                self._write({"item": index, "state": ItemState.WAITING})
        self.errors.clear()

    def close(self) -> None:
        """Let another program open it."""
        if self._lock is not None:
            self._lock.release()

    def delete(self) -> None:
        """Delete the files of the batch; its results stay."""
        self.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _plan(self) -> dict[str, Any]:
        return {
            VERSION_NAME: BATCH_VERSION,
            "edit": self.edit,
            "items": [
                {
                    "photo": str(item.photo.file),
                    "name": item.photo.name,
                    "folder": item.photo.folder.as_posix(),
                    "output": str(item.output),
                    "skipped": item.is_skipped,
                    "skips_existing": item.skips_existing,
                }
                for item in self.items
            ],
        }

    def _write(self, values: Mapping[str, Any]) -> None:
        if self.folder is None:
            return
        try:
            with (self.folder / PROGRESS_NAME).open("a", encoding="utf-8") as file:
                file.write(json.dumps(values) + "\n")
        except OSError as error:
            raise _not_writable(self.folder, error) from error

    def _read_progress(self) -> None:
        begun: dict[int, Path] = {}
        for values in self._progress():
            index = values.get("item", -1)
            if not 0 <= index < len(self.items):
                continue
            match values.get("state", ""):
                case "begun":
                    begun[index] = Path(values.get("output", str(self.items[index].output)))
                case "done":
                    self.states[index] = ItemState.DONE
                case "skipped":
                    self.states[index] = ItemState.SKIPPED
                case "waiting":
                    self.states[index] = ItemState.WAITING
                    self.errors.pop(index, None)
                    begun.pop(index, None)
                case "failed":
                    self.states[index] = ItemState.FAILED
                    self.errors[index] = _report(values.record("error"))
        for index, output in begun.items():
            self.items[index] = replace(self.items[index], output=output)
            if self.states[index] is ItemState.WAITING and output.exists():
                self.states[index] = ItemState.DONE

    def _progress(self) -> Iterator[JsonRecord]:
        """The lines that are whole; a kill may have cut the last one, and the next begins behind it."""
        assert self.folder is not None
        path = self.folder / PROGRESS_NAME
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        if text and not text.endswith("\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")
        for line in text.splitlines():
            try:
                yield JsonRecord(json.loads(line))
            except ValueError:
                continue


def _locked(folder: Path) -> FileLock:
    # another thread may release it
    lock = FileLock(folder / LOCK_NAME, timeout=0, thread_local=False)
    lock.acquire()
    return lock


def _item(values: JsonRecord) -> BatchItem:
    file, output = values.get("photo", ""), values.get("output", "")
    if not file or not output:
        raise ValueError("a photo or an output is missing")
    return BatchItem(
        photo=BatchPhoto(
            file=Path(file),
            name=values.get("name", Path(file).name),
            folder=PurePath(values.get("folder", "")),
        ),
        output=Path(output),
        is_skipped=values.get("skipped", False),
        skips_existing=values.get("skips_existing", False),
    )


def _described(report: ErrorReport) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "message": report.message,
        "advice": report.advice,
        "code": report.code,
        "values": dict(report.values),
    }


def _report(values: JsonRecord) -> ErrorReport:
    found = values.value("values")
    return ErrorReport(
        kind=values.get("kind", ""),
        message=values.get("message", ""),
        advice=values.get("advice", ""),
        code=values.get("code", ""),
        values=found if isinstance(found, dict) else {},
    )


def _not_writable(folder: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(
        "output.not-written",
        "{file} cannot be written ({reason}).",
        "Choose another place, or check who may write there.",
        file=folder,
        reason=error.strerror or error,
    )
