"""Qt objects that refer to each other are destroyed on the GUI thread, whatever thread allocates."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.garbage_collection import FULL_INTERVAL, GarbageCollection


@pytest.fixture
def collection() -> Iterator[GarbageCollection]:
    gc.collect()
    collection = GarbageCollection()
    yield collection
    collection.shut_down()


class Knot(QObject):
    """Refers to itself, so that only the collection destroys it."""

    def __init__(self, destroyed_on: list[int]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: destroyed_on.append(threading.get_ident()))


def allocate(kept: list[object]) -> None:
    """More objects than make Python collect by itself."""
    kept += [[] for _ in range(3 * gc.get_threshold()[0])]


def test_a_cycle_is_destroyed_on_the_gui_thread(qtbot: QtBot, collection: GarbageCollection) -> None:
    kept: list[object] = []
    destroyed_on: list[int] = []
    Knot(destroyed_on)
    worker = threading.Thread(target=allocate, args=[kept])
    worker.start()
    worker.join()
    assert destroyed_on == []
    qtbot.waitUntil(lambda: bool(destroyed_on))
    assert destroyed_on == [threading.get_ident()]


def test_what_is_alive_after_the_imports_is_set_aside_once(collection: GarbageCollection) -> None:
    assert gc.get_freeze_count() == 0
    for _ in range(2):  # the second look finds no further modules
        collection.collect()
    frozen = gc.get_freeze_count()
    assert frozen > 1000
    kept: list[object] = []
    allocate(kept)
    for _ in range(3):
        collection.collect()
    assert gc.get_freeze_count() <= frozen


def test_all_generations_are_collected_rarely(collection: GarbageCollection) -> None:
    for _ in range(2):
        collection.collect()
    destroyed_on: list[int] = []
    knot = Knot(destroyed_on)
    for _ in range(gc.get_threshold()[2] + 2):
        gc.collect(1)  # it is old now, and a collection of all is due
    del knot
    collection.collect()
    assert destroyed_on == [], "too soon after the last one"
    collection._next_full = 0.0
    collection.collect()
    assert destroyed_on == [threading.get_ident()]
    assert collection._next_full >= time.monotonic() + FULL_INTERVAL - 1


def test_python_collects_again_afterwards(collection: GarbageCollection) -> None:
    assert not gc.isenabled()
    collection.shut_down()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
