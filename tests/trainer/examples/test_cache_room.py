"""A cache makes room by removing what was not used for longest, and never fills the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from engine.errors import OutputNotWritable
from trainer.examples import cache_folder
from trainer.examples.cache_folder import Cache


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "SPARE", 0)


def test_room_is_made_by_what_was_not_used_for_longest(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "x", limit=10_000)
    keys = [f"{number:040d}" for number in range(3)]
    for age, key in enumerate(keys):
        cache.write(key, {"a": torch.zeros(750)})
        os.utime(cache.path(key), (1_000_000 - age, 1_000_000 - age))
    cache.make_room(3000)
    assert [cache.has(key) for key in keys] == [True, True, False]
    cache.touch(keys[:2])
    with pytest.raises(OutputNotWritable, match=r"may take at most 10 kB.*data\.cache\.limit_gb"):
        cache.make_room(6000)
    assert [cache.has(key) for key in keys] == [True, True, False], "what is in use stays"


def test_what_make_room_would_refuse_is_foretold_and_nothing_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "x", limit=10_000)
    cache.write("0" * 40, {"a": torch.zeros(1500)})
    with pytest.raises(OutputNotWritable, match="may take at most 10 kB"):
        cache.check_room(6000)
    os.utime(cache.path("0" * 40), (1_000_000, 1_000_000))
    cache.check_room(6000)
    assert cache.has("0" * 40)
    cache.make_room(6000)
    assert not cache.has("0" * 40)


def test_a_disk_that_is_too_small_is_reported_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "SPARE", 10**18)
    with pytest.raises(OutputNotWritable, match="There is not enough disk space"):
        Cache(tmp_path, "x").make_room(1)
