"""Painted backgrounds, notices and labels in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.error_details import error_details
from ip2p_desktop.base.error_texts import ErrorText, error_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.theme import restyle

RADIUS = 10.0


def tone(role: QPalette.ColorRole) -> QColor:
    """A colour of the theme. Palettes of single widgets are changed by the style sheet."""
    return QGuiApplication.palette().color(role)


def blended(ground: QColor, ink: QColor, share: float) -> QColor:
    """The colour `ground` mixed with a share of 0 to 1 of `ink`."""
    return QColor.fromRgbF(
        ground.redF() + share * (ink.redF() - ground.redF()),
        ground.greenF() + share * (ink.greenF() - ground.greenF()),
        ground.blueF() + share * (ink.blueF() - ground.blueF()),
    )


class Surface(QFrame):
    """A frame with round corners and a vertical layout `column`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.setSpacing(8)

    def colours(self) -> tuple[QColor, QColor]:
        """The colours of the background and the border."""
        return tone(QPalette.ColorRole.AlternateBase), tone(QPalette.ColorRole.Mid)

    def paintEvent(self, event: QPaintEvent) -> None:
        ground, border = self.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class Notice(Surface):
    """An error message with its advice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = body_label("")
        self.advice = body_label("", role="hint")
        self.column.setSpacing(4)
        self.copy_button = named(QPushButton(self.tr("Copy details")), "copy_details")
        self.copy_button.setProperty("role", "hint-link")
        self.copy_button.setAccessibleName(self.copy_button.text())
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy_details)
        self._report: ErrorReport | None = None
        self.column.addWidget(self.message)
        self.column.addWidget(self.advice)
        self.column.addWidget(self.copy_button, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_report(self, report: ErrorReport | None) -> None:
        """Show an error; hide the notice if it is None."""
        self.setVisible(report is not None)
        self._report = report
        text = error_text(report) if report else ErrorText("", "")
        self.message.setText(text.message)
        self.advice.setText(text.advice)
        self.advice.setVisible(bool(text.advice))
        self.setAccessibleName(str(text))

    def _copy_details(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(error_details(self._report))

    def colours(self) -> tuple[QColor, QColor]:
        """Red tones for background and border."""
        window, danger = tone(QPalette.ColorRole.Window), tone(QPalette.ColorRole.BrightText)
        return blended(window, danger, 0.08), blended(window, danger, 0.35)


class DoneSign(QWidget):
    """A tick in a disc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone(QPalette.ColorRole.Highlight))
        painter.drawEllipse(self.rect())
        ink = QPen(tone(QPalette.ColorRole.HighlightedText), 3)
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(ink)
        painter.drawPolyline(QPolygonF([QPointF(12, 20.5), QPointF(18, 26.5), QPointF(28.5, 14.5)]))


def body_label(text: str, *, role: str = "") -> QLabel:
    """A label with plain text that wraps; `role` is one of those in `theme`."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
        restyle(label)
    return label
