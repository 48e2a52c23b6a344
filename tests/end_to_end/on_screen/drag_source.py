"""A small window with a photo to drag to another program, as a file manager has: drag_source.py FILE X Y."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

SIDE = 90
GRACE_MS = 3000


class PhotoFile(QLabel):
    """Dragging it drags the file."""

    def __init__(self, file: Path) -> None:
        super().__init__(file.name)
        self._file = file
        self.setFixedSize(SIDE, SIDE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._file))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
        self.hide()
        QTimer.singleShot(GRACE_MS, QApplication.quit)  # the other program asks for the data after the drop


def main() -> int:
    application = QApplication([])
    label = PhotoFile(Path(sys.argv[1]))
    label.move(int(sys.argv[2]), int(sys.argv[3]))
    label.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
