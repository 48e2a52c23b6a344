"""Steps that tests of giving pictures share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.training_dialog import TrainingDialog

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
TIMEOUT = 60_000


def press(qtbot: QtBot, dialog: TrainingDialog, name: str) -> None:
    """Click a visible and enabled button."""
    buttons = [each for each in dialog.findChildren(QAbstractButton, name) if each.isVisible()]
    assert len(buttons) == 1, (name, len(buttons))
    qtbot.waitUntil(buttons[0].isEnabled, timeout=TIMEOUT)
    qtbot.mouseClick(buttons[0], LEFT)


def drop_files(target: QWidget, paths: Sequence[Path], place: QPoint | None = None) -> bool:
    """Drag files over a widget and drop them there; returns whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    at = place or QPoint(5, 5)
    entering = QDragEnterEvent(at, action, data, LEFT, none)
    QApplication.sendEvent(target, entering)
    if not entering.isAccepted():
        return False
    QApplication.sendEvent(target, QDragMoveEvent(at, action, data, LEFT, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), action, data, LEFT, none))
    return True


def found(qtbot: QtBot, dialog: TrainingDialog) -> int:
    """Wait until the dataset is searched; returns the number of pairs."""
    qtbot.waitUntil(lambda: dialog.session.dataset.path is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not dialog.session.dataset.is_searching(), timeout=TIMEOUT)
    findings = dialog.session.dataset.findings
    return len(findings.listing.pairs) if findings is not None else 0
