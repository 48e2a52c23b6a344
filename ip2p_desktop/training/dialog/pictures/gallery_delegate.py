"""Paints a row of the gallery: both photos, the instruction, and the problems below it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ip2p_desktop.training.dialog.pictures.gallery_list import ENTRY, THUMBNAIL
from ip2p_desktop.training.dialog.pictures.pair_painting import draw_pair
from ip2p_desktop.training.dialog.pictures.problem_texts import ProblemTexts
from ip2p_desktop.training.pictures.gallery import LEFT_OUT, NEEDS_ATTENTION, Gallery, GalleryEntry
from ip2p_desktop.training.pictures.pair_thumbnails import PairThumbnail
from ip2p_desktop.widgets.surfaces import blended, tone
from ip2p_desktop.widgets.wrapped_text import wrapped_lines

FRAME = QSize(176, 68)
"""Of the two photos of a pair together, in points."""
MARGIN = 8
GAP = 14
LEFT_OUT_OPACITY = 0.45
CORNER = 8.0


class GalleryDelegate(QStyledItemDelegate):
    """Rows of one height; the instruction has at most two lines."""

    def __init__(self, gallery: Gallery, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self._texts = ProblemTexts()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = max(FRAME.height(), round(3.4 * option.fontMetrics.height()))
        return QSize(FRAME.width() + 120, height + 2 * MARGIN)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry: GalleryEntry = index.data(ENTRY)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, rect.adjusted(2, 1, -2, -1), option)
        repair = self._gallery.repair_of(entry)
        if repair.exclude:
            painter.setOpacity(LEFT_OUT_OPACITY)
        frame = QRectF(rect.left() + MARGIN, rect.top() + MARGIN, FRAME.width(), rect.height() - 2 * MARGIN)
        thumbnail: PairThumbnail | None = index.data(THUMBNAIL)
        if entry.pair is not None:
            draw_pair(
                painter,
                frame,
                thumbnail.original if thumbnail else None,
                thumbnail.edited if thumbnail else None,
            )
        left = frame.right() + GAP if entry.pair is not None else rect.left() + MARGIN + 4
        area = QRectF(left, frame.top(), rect.right() - MARGIN - left, frame.height())
        self._paint_texts(painter, area, entry, index.data(), option.font)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> None:
        accent = tone(QPalette.ColorRole.Highlight)
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if not is_selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        ground = tone(QPalette.ColorRole.AlternateBase)
        painter.setPen(accent if is_selected else Qt.PenStyle.NoPen)
        painter.setBrush(blended(ground, accent, 0.14 if is_selected else 0.05))
        painter.drawRoundedRect(rect, CORNER, CORNER)

    def _paint_texts(
        self, painter: QPainter, area: QRectF, entry: GalleryEntry, instruction: str, font: QFont
    ) -> None:
        line = QFontMetricsF(font).height()
        below = self._lines_below(entry)
        most = max(1, min(2, int(area.height() // line) - len(below)))
        painter.setFont(font)
        painter.setPen(tone(QPalette.ColorRole.WindowText))
        y = area.top()
        used = wrapped_lines(instruction, font, area.width(), most)
        y += max(0.0, (area.height() - (len(used) + len(below)) * line) / 2)
        for text in used:
            painter.drawText(QRectF(area.left(), y, area.width(), line), Qt.AlignmentFlag.AlignVCenter, text)
            y += line
        metrics = QFontMetricsF(font)
        for text, role in below:
            painter.setPen(tone(role))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(QRectF(area.left(), y, area.width(), line), Qt.AlignmentFlag.AlignVCenter, shown)
            y += line

    def _lines_below(self, entry: GalleryEntry) -> list[tuple[str, QPalette.ColorRole]]:
        """The problems of an entry that need attention, and what was repaired."""
        lines: list[tuple[str, QPalette.ColorRole]] = []
        problems = self._gallery.problems_of(entry)
        serious = [problem for problem in problems if problem.consequence == LEFT_OUT]
        shown = serious or [problem for problem in problems if problem.consequence == NEEDS_ATTENTION]
        repair = self._gallery.repair_of(entry)
        if shown and entry.pair is not None and not repair.exclude:
            titles = " · ".join(map(self._texts.title, shown))
            text = self.tr("Not used: {problems}").format(problems=titles) if serious else titles
            role = QPalette.ColorRole.BrightText
            lines.append((f"⚠ {text}", role))
        elif entry.pair is None and shown:
            lines.append((f"⚠ {self._texts.title(shown[0])}", QPalette.ColorRole.BrightText))
        if notes := self.notes(entry):
            lines.append((" · ".join(notes), QPalette.ColorRole.PlaceholderText))
        return lines

    def notes(self, entry: GalleryEntry) -> list[str]:
        """What the user has changed about a pair."""
        repair, notes = self._gallery.repair_of(entry), []
        pair = self._gallery.repaired(entry)
        more = len(pair.instructions) - 1 if pair else 0
        if repair.exclude:
            notes.append(self.tr("Left out"))
        if more:
            notes.append(self.tr("%Ln more wording(s)", "", more))
        elif repair.instructions:
            notes.append(self.tr("Instruction changed"))
        if repair.swap:
            notes.append(self.tr("Swapped"))
        if repair.alignment:
            notes.append(self.tr("Aligned"))
        return notes
