"""Streams that can be entered anywhere."""

from __future__ import annotations

from collections import Counter

from trainer.batches.order import Alternation, Shuffle, round_of


def test_a_shuffle_goes_through_all_items_in_every_epoch_in_another_order() -> None:
    shuffle = Shuffle([0] * 20, (1,))
    epochs = [[shuffle.item(epoch * 20 + number) for number in range(20)] for epoch in range(3)]
    assert all(sorted(epoch) == list(range(20)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert Shuffle([0] * 20, (1,)).item(47) == epochs[2][7]


def test_items_of_a_block_stay_near_each_other() -> None:
    blocks = [1 + place // 10 for place in range(100)]
    shuffle = Shuffle(blocks, (0,))
    order = [shuffle.item(number) for number in range(100)]
    assert sorted(order) == list(range(100))
    held = [len({blocks[item] for item in order[start : start + 20]}) for start in range(0, 100, 20)]
    assert held == [2] * 5, "never more than two blocks are read at a time"
    assert order[:10] != sorted(order[:10])


def test_loose_items_come_between_blocks() -> None:
    shuffle = Shuffle([0, 0, 0, 1, 1, 1], (0,))
    assert sorted(shuffle.item(number) for number in range(6)) == list(range(6))


def test_streams_take_turns_by_their_counts_and_count_themselves() -> None:
    turns = Alternation([3, 1], (5,))
    drawn = [turns.draw(number) for number in range(40)]
    assert Counter(stream for stream, _ in drawn) == {0: 30, 1: 10}
    for stream in (0, 1):
        assert [before for own, before in drawn if own == stream] == list(range(30 if stream == 0 else 10))
    assert Alternation([3, 1], (5,)).draw(33) == drawn[33]


def test_shares_become_whole_numbers() -> None:
    assert round_of([4, 6]) == [2, 3]
    assert round_of([0.3, 0.7]) == [300, 700]
    assert round_of([0.00001, 1.0]) == [1, 1000]
