"""Qt objects that refer to each other are destroyed on the GUI thread, whatever thread allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.garbage_collection import GarbageCollection


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


def test_python_collects_again_afterwards(collection: GarbageCollection) -> None:
    assert not gc.isenabled()
    collection.shut_down()
    assert gc.isenabled()
