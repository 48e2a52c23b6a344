"""Row groups of tables are read by one worker each, in an order that does not depend on who reads."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from engine.progress import CancelToken
from trainer.batches.batch import batches_from
from trainer.batches.order import Alternation
from trainer.batches.pair_examples import PairExamples
from trainer.batches.shards import ONE_SHARD, ShardCounts, divide_blocks
from trainer.config import read_config
from trainer.datasets import PairSet, Source, find_pairs
from trainer.datasets.layouts import tables
from trainer.datasets.layouts.tables import Table
from trainer.datasets.lookahead import worked_ahead
from trainer.runs.numerics import NumericSettings, shard_counts

GROUP, GROUPS = 4, 8


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    """Pairs in eight row groups of four; the red of an image is the number of its row."""
    folder = tmp_path_factory.mktemp("tables")
    pq.write_table(
        pa.table(
            {
                "original_image": [coloured(number) for number in range(GROUP * GROUPS)],
                "edited_image": [coloured(number) for number in range(GROUP * GROUPS)],
                "edit": [f"edit {number}" for number in range(GROUP * GROUPS)],
            }
        ),
        folder / "train.parquet",
        row_group_size=GROUP,
    )
    return find_pairs([Source(folder)])


def coloured(number: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), (number * 5, 0, 0)).save(data, "PNG")
    return data.getvalue()


def examples(found: PairSet, *counts: int) -> PairExamples:
    return PairExamples(found, resolution=32, flip=False, batch_size=2, seed=3, shards=ShardCounts(*counts))


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[int, int]]]:
    """The process and the row group of each read of original images."""
    log, read = tmp_path / "reads", tables._read_column
    tables._held_groups.cache_clear()

    def noted(table: Table, group: int, column: str) -> pa.ChunkedArray:
        if column == "original_image":
            with log.open("a") as lines:
                lines.write(f"{os.getpid()} {group}\n")
        return read(table, group, column)

    monkeypatch.setattr(tables, "_read_column", noted)

    def listed() -> list[tuple[int, int]]:
        pairs = [line.split() for line in log.read_text().splitlines()]
        return [(int(process), int(group)) for process, group in pairs]

    return listed


def test_each_row_group_is_read_once_and_by_one_worker(
    found: PairSet, reads: Callable[[], list[tuple[int, int]]]
) -> None:
    made = examples(found, 1, 2)
    batches = list(batches_from(made, 0, GROUP * GROUPS // 2, workers=2))
    seen = [text for batch in batches for text in batch.instructions]
    assert sorted(seen) == sorted(pair.instruction for pair in found.pairs), "an epoch is all pairs, once"
    assert seen != [pair.instruction for pair in found.pairs]
    for batch in batches:
        numbers = [int(text.split()[1]) for text in batch.instructions]
        expected = torch.tensor([number * 5 / 127.5 - 1 for number in numbers])
        torch.testing.assert_close(batch.original[:, 0, 0, 0], expected)
    assert sorted(group for _, group in reads()) == list(range(GROUPS))
    assert sorted(Counter(process for process, _ in reads()).values()) == [GROUPS // 2] * 2
    assert os.getpid() not in {process for process, _ in reads()}


def test_the_order_does_not_depend_on_the_workers_and_can_be_entered_anywhere(found: PairSet) -> None:
    made = examples(found, 2, 2)
    expected = [made.batch(number).instructions for number in range(20)]
    for workers, first in ((0, 0), (3, 7)):
        texts = [batch.instructions for batch in batches_from(made, first, 20, workers)]
        assert texts == expected[first:]
    own = [batch.instructions for batch in batches_from(examples(found, 2, 2), 1, 20, workers=2, stride=2)]
    assert own == expected[1::2], "those of the second of two processes"


def test_two_processes_read_different_row_groups(
    found: PairSet, reads: Callable[[], list[tuple[int, int]]]
) -> None:
    def groups(rank: int) -> set[int]:
        before = len(reads()) if rank else 0
        tables._held_groups.cache_clear()
        list(batches_from(examples(found, 2, 1), rank, 16, workers=0, stride=2))
        return {group for _, group in reads()[before:]}

    first, second = groups(0), groups(1)
    assert len(first) == len(second) == GROUPS // 2
    assert first | second == set(range(GROUPS))


def test_few_row_groups_stay_in_memory(found: PairSet, reads: Callable[[], list[tuple[int, int]]]) -> None:
    list(batches_from(examples(found, 1, 1), 0, 16, workers=0))
    held = tables._held_groups(os.getpid())
    assert sorted(group for _, group in reads()) == list(range(GROUPS)), "each is read once"
    assert held.most == len(held._held) == 2


def test_threads_that_need_one_row_group_read_it_once(
    found: PairSet, reads: Callable[[], list[tuple[int, int]]]
) -> None:
    pairs = found.pairs[:GROUP] * 4
    data = list(worked_ahead(lambda pair: pair.original.read(), pairs, cancel=CancelToken(), workers=4))
    assert data == [coloured(number) for number in range(GROUP)] * 4
    assert [group for _, group in reads()] == [0]


def test_blocks_are_divided_whole_and_evenly() -> None:
    blocks = [1 + place // 10 for place in range(100)]
    parts = divide_blocks(blocks, [1.0] * 100, ShardCounts(2, 2), (0,))
    assert [[len(shard) for shard in part] for part in parts] == [[30, 20], [30, 20]]
    every = np.concatenate([shard for part in parts for shard in part])
    assert sorted(every.tolist()) == list(range(100))
    for shard in (shard for part in parts for shard in part):
        counts = Counter(blocks[item] for item in shard)
        assert set(counts.values()) == {10}, "no block is in two shards"


def test_processes_draw_equally_often_though_their_border_cuts_a_block() -> None:
    blocks = [1 + place // 10 for place in range(30)]
    first, second = divide_blocks(blocks, [1.0] * 30, ShardCounts(2, 1), (0,))
    assert [sum(map(len, part)) for part in (first, second)] == [15, 15]
    cut = {blocks[item] for item in first[0]} & {blocks[item] for item in second[0]}
    assert len(cut) == 1


def test_pairs_in_files_of_their_own_are_not_divided() -> None:
    (part,) = divide_blocks([0] * 5, [1.0] * 5, ShardCounts(2, 4), (0,))
    assert [shard.tolist() for shard in part] == [[0, 1, 2, 3, 4]]
    (few,) = divide_blocks([1, 1, 2], [1.0] * 3, ShardCounts(1, 4), (0,))
    assert sorted(map(len, few)) == [1, 2], "not more shards than blocks"


def test_an_even_alternation_spreads_the_draws() -> None:
    turns = Alternation([2, 4], None)
    assert [turns.draw(number)[0] for number in range(12)] == [1, 0, 1, 1, 0, 1] * 2
    assert [turns.draw(number)[1] for number in range(6)] == [0, 0, 1, 2, 1, 3]


def test_a_run_keeps_the_shards_that_it_began_with() -> None:
    words = ["data.data_path=a", "model.unet_config.from_pretrained=m", "exp_manager.exp_dir=r"]
    config = read_config([*words, "data.num_workers=3"])
    begun = shard_counts(config, NumericSettings(), processes=2)
    assert begun == ShardCounts(2, 3)
    kept = NumericSettings.of(NumericSettings(threads=(1, 1), shards=tuple(begun)).to_dict())
    other: Any = read_config([*words, "data.num_workers=0"])
    assert shard_counts(other, kept, processes=1) == begun
    assert shard_counts(other, NumericSettings(threads=(1,)), processes=1) == ONE_SHARD, "an older run"
    assert shard_counts(other, NumericSettings(), processes=1) == ONE_SHARD
