"""Slow functions run off the GUI thread, and their results are reported on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, ImageUnreadable
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.background import Background

LIMIT = 10.0
"""Seconds after which a gate that was not opened fails the test."""


class RecordedCalls(QObject):
    """All reported calls, each with its thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.reports: list[ErrorReport] = []
        self.threads: set[threading.Thread] = set()

    def finished(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(threading.current_thread())

    def failed(self, report: ErrorReport) -> None:
        self.reports.append(report)
        self.threads.add(threading.current_thread())


@pytest.fixture
def recorded(qapp: QApplication) -> RecordedCalls:
    return RecordedCalls()


@pytest.fixture
def backgrounds(qapp: QApplication) -> Iterator[Callable[..., Background]]:
    """Creates `Background` objects and closes them after the test."""
    created: list[Background] = []

    def make(**options: int) -> Background:
        created.append(Background(**options))
        return created[-1]

    yield make
    for background in created:
        background.close()


def wait_for(gate: threading.Event) -> None:
    assert gate.wait(LIMIT)


def settle(background: Background) -> None:
    """Wait for all work and for its callbacks."""
    background.close()
    QApplication.processEvents()


def test_a_result_arrives_on_the_gui_thread(
    qtbot: QtBot, recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    ran_on: list[threading.Thread] = []

    def work() -> int:
        ran_on.append(threading.current_thread())
        return 7

    backgrounds().submit(work, recorded.finished, recorded.failed)
    qtbot.waitUntil(lambda: bool(recorded.results))
    assert recorded.results == [7]
    assert recorded.threads == {threading.main_thread()}
    assert ran_on != [threading.main_thread()]


def raise_unexpected() -> None:
    raise ZeroDivisionError("division by zero")


def raise_expected() -> None:
    raise ImageUnreadable("image.empty", "dog.jpg is empty.", "Choose another one.")


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (raise_expected, "dog.jpg is empty. Choose another one."),
        (
            raise_unexpected,
            "Something unexpected went wrong (ZeroDivisionError). "
            "Try again; if it happens again, see the log file.",
        ),
    ],
)
def test_an_exception_is_reported_once_in_a_sentence(
    recorded: RecordedCalls, backgrounds: Callable[..., Background], work: Callable[[], None], sentence: str
) -> None:
    background = backgrounds()
    background.submit(work, recorded.finished, recorded.failed)
    settle(background)
    assert [str(report) for report in recorded.reports] == [sentence]
    assert recorded.results == []
    assert recorded.threads == {threading.main_thread()}


def test_cancelled_work_reports_nothing(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, cancel = backgrounds(workers=1), CancelToken()
    has_begun, gate = threading.Event(), threading.Event()

    def work(error: Exception | None) -> int:
        has_begun.set()
        wait_for(gate)
        if error is not None:
            raise error
        return 1

    for error in (None, Cancelled(), ImageUnreadable("image.empty", "It is empty.")):
        background.submit(partial(work, error), recorded.finished, recorded.failed, cancel=cancel)
    wait_for(has_begun)
    cancel.cancel()
    gate.set()
    settle(background)
    assert (recorded.results, recorded.reports) == ([], [])


def test_what_is_cancelled_after_it_ended_reports_nothing(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, cancel = backgrounds(), CancelToken()
    background.submit(lambda: 1, recorded.finished, recorded.failed, cancel=cancel)
    background.close()
    cancel.cancel()
    QApplication.processEvents()
    assert recorded.results == []


def test_what_has_not_begun_when_it_is_cancelled_never_does(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background = backgrounds(workers=1)
    gate, begun = threading.Event(), []
    background.submit(lambda: wait_for(gate), recorded.finished, recorded.failed)
    background.submit(lambda: begun.append(2), recorded.finished, recorded.failed)
    background.cancel()
    gate.set()
    settle(background)
    assert begun == []
    assert recorded.results == []


def test_one_worker_keeps_the_order(recorded: RecordedCalls, backgrounds: Callable[..., Background]) -> None:
    background = backgrounds(workers=1)
    for number in range(50):
        background.submit(partial(int, number), recorded.finished, recorded.failed)
    settle(background)
    assert recorded.results == list(range(50))


def test_only_the_latest_is_reported_if_that_is_wanted(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, gate = backgrounds(workers=2, is_latest_only=True), threading.Event()
    for number in range(5):

        def work(number: int = number) -> int:
            wait_for(gate)
            return number

        background.submit(work, recorded.finished, recorded.failed)
    gate.set()
    settle(background)
    assert recorded.results == [4]


def test_progress_arrives_on_the_gui_thread_before_the_result(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, cancel = backgrounds(), CancelToken()
    show = background.relayed(recorded.finished, cancel)

    def work() -> str:
        for done in range(3):
            show(done)
        return "done"

    background.submit(work, recorded.finished, recorded.failed, cancel=cancel)
    settle(background)
    assert recorded.results == [0, 1, 2, "done"]
    assert recorded.threads == {threading.main_thread()}


def test_progress_of_cancelled_work_is_not_reported(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, cancel = backgrounds(), CancelToken()
    show = background.relayed(recorded.finished, cancel)
    background.submit(lambda: show("half"), recorded.finished, recorded.failed, cancel=cancel)
    background.close()
    cancel.cancel()
    QApplication.processEvents()
    assert recorded.results == []


def test_closing_waits_for_what_was_submitted_and_takes_nothing_more(
    recorded: RecordedCalls, backgrounds: Callable[..., Background]
) -> None:
    background, gate, ended = backgrounds(workers=1), threading.Event(), []

    def work(number: int) -> None:
        wait_for(gate)
        ended.append(number)

    for number in range(3):
        background.submit(partial(work, number), recorded.finished, recorded.failed)
    opener = threading.Timer(0, gate.set)
    opener.start()
    background.close()
    assert ended == [0, 1, 2]
    background.submit(partial(work, 3), recorded.finished, recorded.failed)
    assert ended == [0, 1, 2]
    opener.join()


def test_work_that_outlives_its_destroyed_owner_reports_to_nobody(
    recorded: RecordedCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    futures: list[Future[None]] = []
    submit = ThreadPoolExecutor.submit
    monkeypatch.setattr(
        ThreadPoolExecutor, "submit", lambda *of, **options: futures.append(submit(*of, **options))
    )
    owner = QObject()
    background, gate = Background(owner, workers=1), threading.Event()
    background.submit(lambda: wait_for(gate), recorded.finished, recorded.failed)
    shiboken6.delete(owner)
    gate.set()
    (future,) = futures
    assert future.exception(LIMIT) is None
    QApplication.processEvents()
    assert (recorded.results, recorded.reports) == ([], [])
