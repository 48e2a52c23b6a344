"""The canvas: the welcome page, then the photo. A photo dropped on it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.drop import is_acceptable, offered_files, offered_image
from ip2p_desktop.window.canvas.compare.compare_bar import CompareBar
from ip2p_desktop.window.canvas.photo_view import PhotoView
from ip2p_desktop.window.canvas.welcome import WelcomePage
from ip2p_desktop.window.canvas.zoom_bar import ZoomBar

BUSY_DELAY_MS = 200
"""Delay of the busy note, so that it does not flash for small photos."""
INSET = 16
BAR_GAP = 8
"""Least distance in points between a fitted photo and the bars below it."""


class Canvas(QWidget):
    """Shows the photo and the result; emits signals for photos that are dropped or chosen."""

    files_offered = Signal(object)
    """A list of the `Path`s of dropped files and folders, or of a chosen sample."""
    image_offered = Signal(object)
    """A dropped `QImage`."""

    def __init__(self, samples: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAcceptDrops(True)
        self.setAutoFillBackground(True)
        self.welcome = WelcomePage(samples, self)
        self.view = PhotoView(self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.view)
        self.zoom_bar = ZoomBar(self.view)
        self.compare_bar = CompareBar(self.view)
        self.compare_bar.hide()
        self._busy_note = _BusyNote(self)
        self._busy_delay = QTimer(self, singleShot=True, interval=BUSY_DELAY_MS)
        self._drop_frame = _DropFrame(self)
        self._connect()

    def _connect(self) -> None:
        self.welcome.sample_chosen.connect(lambda path: self.files_offered.emit([path]))
        self.zoom_bar.zoom_in_requested.connect(self.view.zoom_in)
        self.zoom_bar.zoom_out_requested.connect(self.view.zoom_out)
        self.zoom_bar.pixels_requested.connect(self.view.zoom_to_pixels)
        self.zoom_bar.fit_requested.connect(self.view.zoom_to_fit)
        self.view.zoom_changed.connect(self.zoom_bar.show_zoom)
        self.compare_bar.mode_chosen.connect(self._choose_mode)
        self.compare_bar.before_held.connect(self.view.hold_before)
        self.view.compare_mode_changed.connect(self.compare_bar.show_mode)
        self._busy_delay.timeout.connect(self._show_busy_note)
        self._stack.currentChanged.connect(self._on_page_changed)

    def minimumSizeHint(self) -> QSize:
        """That of the page on screen; the welcome page needs more room than a photo."""
        return self._page.minimumSizeHint()

    def show_welcome(self) -> None:
        """Show the welcome page instead of a photo."""
        self._stack.setCurrentWidget(self.welcome)
        self.view.show_photo(None)
        self.compare_bar.hide()

    def show_photo(self, photo: DisplayImage) -> None:
        """Show a photo alone."""
        self._stack.setCurrentWidget(self.view)
        self.view.show_photo(photo)
        self.compare_bar.hide()

    def show_comparison(
        self, before: DisplayImage, after: DisplayImage, after_label: str, detail: str = ""
    ) -> None:
        """Show a photo beside its result; `detail` is appended to the label of the result."""
        self._stack.setCurrentWidget(self.view)
        self.view.show_comparison(before, after, after_label, detail)
        if self.compare_bar.isHidden():
            self.compare_bar.show()
            self._place_overlays()

    def _choose_mode(self, mode: CompareMode) -> None:
        self.view.compare_mode = mode

    def show_busy(self, text: str) -> None:
        """Show the text after a short delay, unless `hide_busy` is called before."""
        self._busy_note.setText(text)
        self._busy_delay.start()

    def hide_busy(self) -> None:
        """Hide the text of `show_busy`."""
        self._busy_delay.stop()
        self._busy_note.hide()

    def _show_busy_note(self) -> None:
        self._busy_note.adjustSize()
        self._place_overlays()
        self._busy_note.show()
        self._busy_note.raise_()

    @property
    def _page(self) -> QWidget:
        return self.welcome if self._stack.currentIndex() == 0 else self.view

    def _on_page_changed(self) -> None:
        self._page.lower()  # the layout raises it, above a notice that is shown already
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_overlays()

    def _place_overlays(self) -> None:
        self.zoom_bar.adjustSize()
        self.zoom_bar.move(
            self.width() - self.zoom_bar.width() - INSET, self.height() - self.zoom_bar.height() - INSET
        )
        self.view.reserve(bottom=self.height() - self.zoom_bar.y() + BAR_GAP)
        self.compare_bar.fit_to(self.zoom_bar.x() - 2 * INSET)
        self.compare_bar.move(INSET, self.height() - self.compare_bar.height() - INSET)
        self._drop_frame.setGeometry(self.rect())
        note = self._busy_note.rect()
        note.moveCenter(self.rect().center())
        note.moveBottom(self.height() - INSET if self._page is self.welcome else self.zoom_bar.y() - BAR_GAP)
        self._busy_note.move(note.topLeft())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_acceptable(event.mimeData()):
            event.acceptProposedAction()
            self._drop_frame.show()
            self._drop_frame.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_frame.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_frame.hide()
        files, image = offered_files(event.mimeData()), offered_image(event.mimeData())
        if files:
            self.files_offered.emit(files)
        elif image is not None:
            self.image_offered.emit(image)
        event.acceptProposedAction()


class _BusyNote(QLabel):
    """A text at the lower edge while a photo is read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("busy_note")
        self.setContentsMargins(16, 10, 16, 10)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.setBrush(self.palette().alternateBase())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()
        super().paintEvent(event)


class _DropFrame(QWidget):
    """A frame with the text "Drop to open" while a photo is dragged over the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drop_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.palette().highlight().color()
        overlay = self.palette().shadow().color()
        overlay.setAlpha(230)
        painter.fillRect(self.rect(), overlay)
        painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() + 5)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().text().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Drop to open"))
