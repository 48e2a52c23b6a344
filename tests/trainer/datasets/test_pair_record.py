"""What a check has found out is remembered by the stamps of the files, and shared between processes."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.process_threads import ThreadProcesses, run_together
from PIL import Image

from engine.progress import Cancelled, CancelToken
from trainer.check import check_pairs, digested_pairs, usable_pairs
from trainer.config import read_config
from trainer.datasets import PairSet, Source, find_pairs
from trainer.datasets.checking import shared_inspection
from trainer.datasets.checking.pair_record import FILE
from trainer.datasets.layouts.trees import FileImage
from trainer.datasets.lookahead import WorkerPool
from trainer.datasets.training_pairs import find_training_pairs
from trainer.examples.sources import divide_pairs
from trainer.protocol.events import EventStream


@pytest.fixture
def folder(tmp_path: Path, pair_folder: Path) -> Path:
    """Nine pairs: the last one repeats the first."""
    folder = tmp_path / "pairs"
    shutil.copytree(pair_folder, folder)
    for side in ("before", "after"):
        shutil.copy(folder / f"0-{side}.png", folder / f"8-{side}.png")
    line = {
        "original_image": "8-before.png",
        "edited_image": "8-after.png",
        "edit_instruction": "turn it inside out",
    }
    with (folder / "metadata.jsonl").open("a") as lines:
        lines.write(f"\n{json.dumps(line)}")
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read, with the thread that read them."""
    names: list[str] = []
    read = FileImage.read

    def noted(image: FileImage) -> bytes:
        names.append(image.name)
        return read(image)

    monkeypatch.setattr(FileImage, "read", noted)
    return names


def found(folder: Path) -> PairSet:
    return find_pairs([Source(folder)])


def test_a_second_check_opens_only_what_has_changed(folder: Path, tmp_path: Path, opened: list[str]) -> None:
    run = tmp_path / "run"
    first = check_pairs(found(folder), folder=run)
    assert first == check_pairs(found(folder)), "a check without memory finds the same"
    counts = {concern.kind: concern.count for concern in first.concerns}
    assert counts == {"duplicate": 1, "one instruction": 9}
    opened.clear()
    assert check_pairs(found(folder), folder=run) == first
    assert opened == []
    with Image.open(folder / "3-after.png") as image:
        image.resize((48, 36)).save(folder / "3-after.png")
    changed = check_pairs(found(folder), folder=run)
    assert sorted(set(opened)) == ["3-after.png", "3-before.png"]
    assert changed == check_pairs(found(folder))
    assert "different sizes" in {concern.kind for concern in changed.concerns}


def test_files_without_an_image_are_opened_at_each_check(
    folder: Path, tmp_path: Path, opened: list[str]
) -> None:
    """Another version of a library may read them."""
    (folder / "2-after.png").write_bytes(b"damaged")
    (folder / "5-before.png").unlink()
    reports = [check_pairs(found(folder), folder=tmp_path / "run") for _ in range(2)]
    assert reports[0] == reports[1]
    assert {"corrupt", "missing"} <= {concern.kind for concern in reports[0].concerns}
    assert opened.count("2-after.png") == 2
    assert opened.count("1-after.png") == 1


def test_a_damaged_record_is_made_anew(folder: Path, tmp_path: Path, opened: list[str]) -> None:
    run = tmp_path / "run"
    expected = check_pairs(found(folder), folder=run)
    (run / FILE).write_bytes(b"nonsense" * 1000)
    assert check_pairs(found(folder), folder=run) == expected
    assert check_pairs(found(folder), folder=run) == expected
    opened.clear()
    assert check_pairs(found(folder), folder=run) == expected
    assert opened == []


def test_an_unwritable_folder_only_costs_the_memory(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert check_pairs(found(folder), folder=tmp_path / "file") == check_pairs(found(folder))


def test_pairs_in_a_zip_are_known_by_its_stamp(
    folder: Path, tmp_path: Path, packed: Callable[[Path], Path]
) -> None:
    archive, run = packed(folder), tmp_path / "run"
    expected = check_pairs(found(archive), folder=run)
    size = (run / FILE).stat().st_size
    assert check_pairs(found(archive), folder=run) == expected
    assert (run / FILE).stat().st_size == size
    os.utime(archive, (1, 1))
    assert check_pairs(found(archive), folder=run) == expected
    assert (run / FILE).stat().st_size > size


def test_a_stopped_check_goes_on_where_it_was(folder: Path, tmp_path: Path, opened: list[str]) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        check_pairs(
            found(folder),
            on_checked=lambda done, total: token.cancel() if done == 4 else None,
            cancel=token,
            workers=1,
            folder=tmp_path / "run",
        )
    opened.clear()
    check_pairs(found(folder), workers=1, folder=tmp_path / "run")
    assert not {f"{number}-after.png" for number in range(4)} & set(opened)
    assert {f"{number}-after.png" for number in range(4, 9)} <= set(opened)


def test_processes_open_a_share_each_and_agree(folder: Path, tmp_path: Path) -> None:
    opened: dict[str, set[int]] = {}
    lock = threading.Lock()

    def check(processes: ThreadProcesses) -> object:
        inspect = shared_inspection.inspect_pair

        def noted(pair: object) -> object:
            with lock:
                opened.setdefault(pair.name, set()).add(processes.rank)  # type: ignore[attr-defined]
            return inspect(pair)  # type: ignore[arg-type]

        record = shared_inspection.PairRecord(tmp_path / "run") if processes.is_first else None
        made = shared_inspection.inspections_of(
            pairs.pairs,
            record or shared_inspection.PairRecord(),
            cancel=CancelToken(),
            inspect=noted,  # type: ignore[arg-type]
            processes=processes,
        )
        return [inspection.hashes for _, inspection in made]

    pairs = found(folder)
    first, second, third = run_together(3, check)
    assert first == [shared_inspection.inspect_pair(pair).hashes for pair in pairs.pairs]
    assert second == third == []
    assert [opened[pair.name] for pair in pairs.pairs] == [{0}] * 3 + [{1}] * 3 + [{2}] * 3
    reports = run_together(2, lambda processes: check_pairs(pairs, processes=processes))
    assert reports == [check_pairs(pairs)] * 2


def test_a_stop_of_one_process_stops_all(folder: Path) -> None:
    pairs = found(folder)

    def check(processes: ThreadProcesses) -> str:
        token = CancelToken()
        if processes.rank == 1:
            token.cancel()
        try:
            check_pairs(pairs, cancel=token, processes=processes)
        except Cancelled:
            return "stopped"
        return "done"

    assert run_together(2, check) == ["stopped", "stopped"]


def fails_elsewhere(number: int) -> int:
    if number == 3 and multiprocessing.parent_process() is not None:
        os._exit(1)
    return number * number


def test_worker_processes_find_the_same_and_may_be_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = check_pairs(found(folder))
    monkeypatch.setattr(shared_inspection, "FEWEST_FOR_WORKERS", 1)
    monkeypatch.setattr(shared_inspection, "cores_to_use", lambda: 1)
    assert check_pairs(found(folder)) == expected
    groups = [[0, 1], [2, 3], [4, 5]]
    with WorkerPool(1) as pool:
        assert list(pool.map(fails_elsewhere, groups, CancelToken())) == [0, 1, 4, 9, 16, 25]


def test_facts_serve_the_division_the_buckets_and_the_caches(
    folder: Path, tmp_path: Path, opened: list[str]
) -> None:
    from trainer.batches.buckets import read_sizes
    from trainer.datasets.splits import split

    every = found(folder)
    shares = (0.5, 0.25, 0.25)
    usable = usable_pairs(every, check_pairs(every))
    opened.clear()
    parts, sizes = split(usable, shares, "content"), read_sizes(usable.pairs)
    assert opened == []
    bare = every.with_pairs(every.pairs[:8])
    expected = split(bare, shares, "content")
    assert [part.pairs for part in (parts.train, parts.val, parts.test)] == [
        part.pairs for part in (expected.train, expected.val, expected.test)
    ]
    assert sizes == read_sizes(bare.pairs) == [(96, 72)] * 8
    run = tmp_path / "run"
    first, second = digested_pairs(bare, folder=run), digested_pairs(bare, folder=run)
    for read in (first, second):
        facts = [pair.facts for pair in read.pairs if pair.facts]
        checked = [pair.facts for pair in usable.pairs if pair.facts]
        digests = [own.digests for own in facts]
        assert digests == [own.digests for own in checked]
        assert [own.size for own in facts] == [own.size for own in checked]
    opened.clear()
    assert digested_pairs(bare, folder=run) == bare
    assert opened == []
    assert len(set(digests)) == 8


def test_a_run_remembers_and_a_probe_does_not(folder: Path, tmp_path: Path, opened: list[str]) -> None:
    config = read_config(
        [
            f"data.data_path='{folder}'",
            "model.unet_config.from_pretrained=model",
            f"exp_manager.exp_dir='{tmp_path / 'run'}'",
        ]
    )

    def divided(is_remembered: bool) -> list[int]:
        pairs = find_training_pairs(config)
        events = EventStream(io.StringIO())
        parts = divide_pairs(config, pairs, events, is_remembered=is_remembered)
        return [len(part.pairs) for part in (parts.train, parts.val, parts.test)]

    assert divided(False) == [8, 0, 0]
    assert not (tmp_path / "run").exists()
    assert divided(True) == [8, 0, 0]
    opened.clear()
    assert divided(True) == [8, 0, 0]
    assert opened == []
