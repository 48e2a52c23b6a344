"""The number of threads is the one that is fastest here and now."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from trainer.learning.threads import Deadline, TooSlow, choose_threads, limited_threads

MOST = 4


@pytest.fixture(autouse=True)
def _four_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(MOST)
    yield
    torch.set_num_threads(before)


class FakeTimings:
    """A clock that work moves on by as much as that many threads take."""

    def __init__(self, seconds: dict[int, float], monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds, self.now = seconds, 0.0
        self.tried: list[int] = []
        monkeypatch.setattr("trainer.learning.threads.time.perf_counter", lambda: self.now)
        self.load(monkeypatch, 100.0)

    def load(self, monkeypatch: pytest.MonkeyPatch, average: float) -> None:
        monkeypatch.setattr(
            "trainer.learning.threads.os.getloadavg", lambda: (average, 0.0, 0.0), raising=False
        )

    def work(self) -> None:
        self.tried.append(torch.get_num_threads())
        self.now += self.seconds[torch.get_num_threads()]


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ({1: 4.0, 2: 2.1, 3: 1.5, 4: 1.2}, 4),
        ({1: 4.0, 2: 2.1, 3: 9.0, 4: 40.0}, 2),
        ({1: 4.0, 2: 17.0, 3: 17.0, 4: 17.0}, 1),
        ({1: 1.0, 2: 0.9, 3: 1.1, 4: 1.2}, 3),
    ],
)
def test_fewer_are_taken_if_they_are_clearly_faster(
    seconds: dict[int, float], chosen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = FakeTimings(seconds, monkeypatch)
    assert choose_threads(machine.work) == chosen
    assert torch.get_num_threads() == chosen


def test_what_is_hopeless_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = FakeTimings({1: 1.0, 2: 2.0, 3: 10.0, 4: 10.0}, monkeypatch)
    choose_threads(machine.work)
    assert machine.tried == [1, 1, 2, 2, 3, 4]


def test_what_is_hopeless_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = FakeTimings({1: 0.1, 2: 50.0, 3: 50.0, 4: 50.0}, monkeypatch)
    weight = torch.ones(2, requires_grad=True)

    def work() -> None:
        for _ in range(10):  # forward and backward each move the clock and go on computing
            machine.work()
            torch.autograd.backward((weight * weight).sum())

    assert choose_threads(work) == 1
    assert machine.tried == [*[1] * 20, 2, 3, 4]


def test_gradients_are_broken_off_too() -> None:
    class Slow(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, value: Tensor) -> Tensor:
            return value.clone()

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:
            time.sleep(0.05)
            return gradient * 2

    loss = Slow.apply(torch.ones(2, requires_grad=True)).sum()
    with pytest.raises(TooSlow), Deadline(0.02):
        torch.autograd.backward(loss)


def test_one_core_leaves_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = FakeTimings({}, monkeypatch)
    torch.set_num_threads(1)
    assert choose_threads(machine.work) == 1
    assert machine.tried == []


def test_on_an_idle_machine_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = FakeTimings({}, monkeypatch)
    machine.load(monkeypatch, 0.1)
    assert choose_threads(machine.work) == MOST
    assert machine.tried == []


def test_a_limit_holds_in_threads_that_begin_under_it_and_no_longer() -> None:
    seen = []
    with limited_threads(2):
        thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        thread.start()
        thread.join()
        seen.append(torch.get_num_threads())
    assert seen == [2, 2]
    assert torch.get_num_threads() == MOST
