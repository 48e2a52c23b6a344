"""Aligns the edited photos of pairs with their originals, and shows both ways before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.dialog.pictures.pair_painting import CORNER, fitted
from ip2p_desktop.training.pictures.alignment_trial import AlignmentTrial, try_alignment
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry
from ip2p_desktop.training.training_texts import with_groups
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.photo_labels import draw_small_label
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label, tone

SIZE, SMALLEST_SIZE = QSize(680, 440), QSize(420, 320)


class AlignmentDialog(QDialog):
    """Aligns the pairs one after the other; those that could be aligned can be looked at and used."""

    def __init__(
        self,
        gallery: Gallery,
        entries: Sequence[GalleryEntry],
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("alignment_dialog")
        self.setWindowTitle(self.tr("Align photos"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._gallery, self._entries = gallery, list(entries)
        self._background = background
        self._cancel = CancelToken()
        self._done = 0
        self._shown = 0
        self.trials: list[tuple[GalleryEntry, AlignmentTrial]] = []
        self.failures: list[ErrorReport] = []
        self.heading = body_label("", role="section")
        self.heading.setObjectName("alignment_heading")
        self.explanation = body_label("", role="hint")
        self.busy = QProgressBar(minimum=0, maximum=len(self._entries), textVisible=False)
        self.busy.setAccessibleName(self.tr("Aligning"))
        self.before, self.after = OverlaidPhotos(self.tr("Now")), OverlaidPhotos(self.tr("Aligned"))
        self.previous = self._button("previous_alignment", self.tr("Previous"))
        self.next = self._button("next_alignment", self.tr("Next"))
        self.failed = body_label("", role="hint")
        self.failed.setObjectName("alignment_failures")
        self._lay_out()
        self._refresh()

    def _button(self, name: str, text: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        self.buttons = QDialogButtonBox()
        self.use = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setObjectName("use_alignment")
        self.use.setProperty("role", "primary")
        cancel = self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)
        self.previous.clicked.connect(partial(self._show_other, -1))
        self.next.clicked.connect(partial(self._show_other, 1))
        photos = QHBoxLayout()
        photos.setSpacing(12)
        photos.addWidget(self.before)
        photos.addWidget(self.after)
        below = QHBoxLayout()
        below.addWidget(self.previous)
        below.addWidget(self.next)
        below.addStretch(1)
        below.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(self.explanation)
        column.addWidget(self.busy)
        column.addLayout(photos, 1)
        column.addWidget(self.failed)
        self._room = QWidget()
        self._room.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        column.addWidget(self._room)
        column.addLayout(below)

    def begin(self) -> None:
        """Align the pairs."""
        for entry in self._entries:
            pair = self._gallery.repaired(entry)
            if pair is not None:
                self._background.submit(
                    partial(try_alignment, pair),
                    partial(self._on_aligned, entry),
                    self._on_failed,
                    cancel=self._cancel,
                )

    def _on_aligned(self, entry: GalleryEntry, trial: AlignmentTrial) -> None:
        self.trials.append((entry, trial))
        self._done += 1
        self._refresh()

    def _on_failed(self, report: ErrorReport) -> None:
        self.failures.append(report)
        self._done += 1
        self._refresh()

    def is_finished(self) -> bool:
        """Whether all pairs were tried."""
        return self._done == len(self._entries)

    def _show_other(self, step: int) -> None:
        self._shown += step
        self._refresh()

    def _refresh(self) -> None:
        count = len(self.trials)
        self.busy.setValue(self._done)
        self.busy.setVisible(not self.is_finished())
        entry, trial = self.trials[self._shown] if count else (None, None)
        if entry is not None:
            place = f" ({with_groups(self._shown + 1)}/{with_groups(count)})" if count > 1 else ""
            self.heading.setText(f"{entry.name}{place}")
        elif self.is_finished():
            self.heading.setText(self.tr("Nothing to align"))
        else:
            self.heading.setText(self.tr("Aligning…"))
        self.explanation.setText(self._explanation(trial))
        self.explanation.setVisible(bool(self.explanation.text()))
        self.before.show_image(trial.before if trial else None)
        self.after.show_image(trial.after if trial else None)
        has_photos = trial is not None or not self.is_finished()
        for view in (self.before, self.after):
            view.setVisible(has_photos)
        self._room.setVisible(not has_photos)  # else the reasons would be far below the heading
        for button, is_there in (
            (self.previous, self._shown > 0),
            (self.next, self._shown < count - 1),
        ):
            button.setVisible(count > 1)
            button.setEnabled(is_there)
        self.failed.setText("\n".join(str(error_text(report)) for report in self.failures[:3]))
        if len(self.failures) > 3:
            more = self.tr("%Ln more pair(s) could not be aligned.", "", len(self.failures) - 3)
            self.failed.setText(f"{self.failed.text()}\n{more}")
        self.failed.setVisible(bool(self.failures))
        self.use.setText(self.tr("Use for %Ln pair(s)", "", count) if count > 1 else self.tr("Use"))
        self.use.setEnabled(bool(count) and self.is_finished())
        if self.use.isEnabled():
            self.use.setDefault(True)
            self.use.setFocus()

    def _explanation(self, trial: AlignmentTrial | None) -> str:
        if trial is None:
            return ""
        text = self.tr(
            "Both photos are laid over each other. Where they match, lines are sharp. Edges agree by "
            "{after} % instead of {before} %, and {kept} % of the photo is used."
        )
        return text.format(
            before=max(0, round(100 * trial.agreement_before)),
            after=round(100 * trial.agreement_after),
            kept=round(100 * trial.kept),
        )

    def _use(self) -> None:
        for_name = {entry.name: trial.alignment for entry, trial in self.trials}
        self._gallery.change(
            [entry for entry, _ in self.trials],
            lambda pair, repair: replace(repair, alignment=for_name[pair.name]),
        )
        self.accept()

    def done(self, result: int) -> None:
        self._cancel.cancel()
        super().done(result)


class OverlaidPhotos(QWidget):
    """An image with a caption; grey until it is there."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._image: QImage | None = None
        self.setAccessibleName(caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 100)

    def show_image(self, image: QImage | None) -> None:
        """Show an image, or none."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 260)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(area, CORNER, CORNER)
        painter.setClipPath(outline)
        painter.fillRect(area, tone(QPalette.ColorRole.Shadow))
        if self._image is not None:
            painter.drawImage(fitted(area, self._image), self._image)
        draw_small_label(painter, self._caption, area)
