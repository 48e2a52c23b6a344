"""Waits for widgets that do not give up on a busy machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

PATIENCE_MS = 60_000
"""Far more than anything takes: a wait ends with the event, and only a test that fails waits this long."""


class PatientQtBot(QtBot):
    """A bot whose waits end after a minute instead of five seconds, unless a test says otherwise."""

    def waitSignal(self, signal: Any, **options: Any) -> Any:
        return super().waitSignal(signal, **{"timeout": PATIENCE_MS, **options})

    def waitSignals(self, signals: Any, **options: Any) -> Any:
        return super().waitSignals(signals, **{"timeout": PATIENCE_MS, **options})

    def waitUntil(self, callback: Callable[[], bool | None], **options: Any) -> None:
        super().waitUntil(callback, **{"timeout": PATIENCE_MS, **options})

    def waitExposed(self, widget: Any, **options: Any) -> Any:
        return super().waitExposed(widget, **{"timeout": PATIENCE_MS, **options})
