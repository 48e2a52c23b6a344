"""A pair at a larger size, with its problems and wordings; or the wordings of several pairs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.pair_painting import draw_pair
from ip2p_desktop.training.dialog.pictures.problem_texts import ProblemTexts
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry, with_instructions
from ip2p_desktop.training.pictures.pair_thumbnails import PairThumbnail, PairThumbnails
from ip2p_desktop.training.wordings import LONGEST_WORDING, suggested_wordings
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.scrolling_column import ScrollingColumn
from ip2p_desktop.widgets.surfaces import body_label

SIZE, SMALLEST_SIZE = QSize(560, 560), QSize(380, 320)
PHOTO_SIDE = 256
WIDEST_CHIP = 270
"""Of the text of a suggestion, in points: it fits into the narrowest dialog, in which a scroll bar is."""


class PairDialog(QDialog):
    """Changes the wordings of pairs, one in each line."""

    def __init__(
        self,
        gallery: Gallery,
        entries: Sequence[GalleryEntry],
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pair_dialog")
        self._gallery, self._entries = gallery, list(entries)
        self._thumbnails = PairThumbnails(
            round(PHOTO_SIDE * max(1.0, self.devicePixelRatioF())), background, self
        )
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self.photos = PairPhotos()
        self.problems = body_label("")
        self.problems.setObjectName("pair_problems")
        self.label = body_label("", role="section")
        self.box = named(QPlainTextEdit(), "wordings")
        self.box.setTabChangesFocus(True)
        self.box.setFixedHeight(6 * self.fontMetrics().lineSpacing() + 24)
        self.suggestions = QWidget()
        self._suggestion_row = WrappingRow(self.suggestions, spacing=6, is_last_at_right=False)
        self._lay_out()
        self._fill()

    def _lay_out(self) -> None:
        hint = body_label(
            self.tr(
                "One wording in each line. Several wordings of the same change make the model listen better: "
                "in training, one of them is drawn each time."
            ),
            role="hint",
        )
        self.buttons = QDialogButtonBox()
        self.save = self.buttons.addButton(self.tr("Use"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setObjectName("use_wordings")
        self.save.setProperty("role", "primary")
        self.cancel = self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.cancel.setAutoDefault(False)
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 20, 20, 12)
        column.setSpacing(10)
        for widget in (self.photos, self.problems, self.label, self.box, hint, self.suggestions):
            column.addWidget(widget)
        column.addStretch(1)
        area = ScrollingColumn(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(area, 1)
        below = QVBoxLayout()
        below.setContentsMargins(20, 0, 20, 0)
        below.addWidget(self.buttons)
        layout.addLayout(below)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._use)

    def _fill(self) -> None:
        entry, pair = self._entries[0], self._gallery.repaired(self._entries[0])
        assert pair is not None
        is_one = len(self._entries) == 1
        title = entry.name if is_one else self.tr("%Ln pair(s)", "", len(self._entries))
        self.setWindowTitle(title)
        self.photos.setVisible(is_one)
        self.label.setText(
            self.tr("What was changed") if is_one else self.tr("What was changed in all of these pairs")
        )
        self.box.setAccessibleName(self.label.text())
        texts = ProblemTexts()
        found = [
            f"⚠ {texts.title(problem)}. {texts.advice(problem)}"
            for problem in self._gallery.problems_of(entry)
        ]
        self.problems.setText("\n".join(found))
        self.problems.setVisible(is_one and bool(found))
        if is_one:
            self._thumbnails.made.connect(lambda _: self.photos.show_thumbnail(self._thumbnails.of(pair)))
            self._thumbnails.want([pair])
        wordings = {text: None for entry in self._entries for text in self._wordings_of(entry)}
        is_same = len({self._wordings_of(entry) for entry in self._entries}) == 1
        self.box.setPlainText("\n".join(wordings) if is_same else "")
        if not is_same:
            self.box.setPlaceholderText(self.tr("They have different instructions now."))
        self.box.textChanged.connect(self._refresh)
        self._refresh()
        self.box.setFocus()

    def _wordings_of(self, entry: GalleryEntry) -> tuple[str, ...]:
        pair = self._gallery.repaired(entry)
        return pair.instructions if pair else ()

    def wordings(self) -> list[str]:
        """The wordings that were typed."""
        lines = self.box.toPlainText().splitlines()
        return [line.strip()[:LONGEST_WORDING] for line in lines if line.strip()]

    def _refresh(self) -> None:
        self.save.setEnabled(bool(self.wordings()))
        while item := self._suggestion_row.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for text in suggested_wordings(self.wordings()):
            # a button does not wrap: a long text would make all wider than the dialog
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDEST_CHIP)
            chip = QPushButton(self.tr("+ {wording}").format(wording=shown))
            chip.setToolTip(tooltip_text(text) if shown != text else "")
            chip.setProperty("role", "chip")
            chip.setAutoDefault(False)
            chip.setAccessibleName(self.tr("Add the wording “{wording}”").format(wording=text))
            chip.clicked.connect(partial(self._add, text))
            self._suggestion_row.addWidget(chip)
        self.suggestions.setVisible(self._suggestion_row.count() > 0)
        self.suggestions.updateGeometry()

    def _add(self, text: str) -> None:
        self.box.setPlainText("\n".join([*self.wordings(), text]))

    def _use(self) -> None:
        if wordings := self.wordings():
            self._gallery.change(self._entries, with_instructions(wordings))
            self.accept()

    def done(self, result: int) -> None:
        self._thumbnails.stop()
        super().done(result)


class PairPhotos(QWidget):
    """The two photos of a pair; grey until they are loaded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The photo before and after"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self._thumbnail: PairThumbnail | None = None

    def show_thumbnail(self, thumbnail: PairThumbnail | None) -> None:
        """Show the photos."""
        self._thumbnail = thumbnail
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(2 * PHOTO_SIDE, round(0.75 * PHOTO_SIDE))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, round(0.5 * PHOTO_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._thumbnail or PairThumbnail()
        draw_pair(painter, QRectF(self.rect()), shown.original, shown.edited)
