"""Up to two of the user's photos that are edited again and again while the model is trained."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import sessions_folder
from ip2p_desktop.training.plans.recent_photos import PreviewPhoto, read_preview_photo, recent_photos
from ip2p_desktop.widgets.controls.file_choosing import choose_photos
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label

MOST_CHOSEN, MOST_RECENT = 2, 4
SIDE = 64


class PreviewPhotos(QWidget):
    """Thumbnails to choose from, and a button for other photos."""

    photos_changed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._photos: dict[Path, PreviewPhoto] = {}
        self._chosen: list[Path] = []
        self.buttons: dict[Path, QToolButton] = {}
        self.hint = named(body_label("", role="hint"), "preview_photos_hint")
        self.add_button = plain_button(
            "add_preview_photo", self.tr("Choose a photo…"), self.tr("Choose a photo")
        )
        self.notice = named(Notice(), "preview_photos_notice")
        self.notice.hide()
        row = QWidget()
        self._row = WrappingRow(row, spacing=8)
        self._row.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.hint)
        column.addWidget(row)
        column.addWidget(self.notice)
        self.add_button.clicked.connect(self._open_dialog)
        self._show_hint()

    @property
    def photos(self) -> tuple[Path, ...]:
        """The chosen photos, at most two."""
        return tuple(self._chosen)

    def offer_recent(self) -> None:
        """Read the photos that were opened last, and offer them; the choice stays."""
        self._background.submit(
            partial(recent_photos, sessions_folder(), MOST_RECENT), self._offer, lambda report: None
        )

    def choose(self, path: Path) -> None:
        """Read a photo and choose it, or show why it cannot be used."""
        self.notice.show_report(None)
        self._background.submit(partial(read_preview_photo, path), self._add, self.notice.show_report)

    def _offer(self, photos: Sequence[PreviewPhoto]) -> None:
        for photo in photos:
            if photo.path not in self._photos:
                self._add_button(photo)

    def _add(self, photo: PreviewPhoto) -> None:
        if photo.path not in self._photos:
            self._add_button(photo)
        self.buttons[photo.path].setChecked(True)

    def _add_button(self, photo: PreviewPhoto) -> None:
        self._photos[photo.path] = photo
        button = self.buttons[photo.path] = named(QToolButton(), f"preview_photo_{len(self.buttons)}")
        button.setProperty("role", "sample")
        button.setCheckable(True)
        button.setIcon(QIcon(QPixmap.fromImage(_square(photo.thumbnail))))
        button.setIconSize(QSize(SIDE, SIDE))
        button.setAccessibleName(photo.name)
        button.setToolTip(tooltip_text(photo.name))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.toggled.connect(partial(self._on_toggled, photo.path))
        self._row.removeWidget(self.add_button)
        self._row.addWidget(button)
        self._row.addWidget(self.add_button)

    def _on_toggled(self, path: Path, is_chosen: bool) -> None:
        """The photo that was chosen first makes room for a third."""
        if is_chosen:
            self._chosen.append(path)
            if len(self._chosen) > MOST_CHOSEN:
                self.buttons[self._chosen[0]].setChecked(False)
                return
        elif path in self._chosen:
            self._chosen.remove(path)
        self._show_hint()
        self.photos_changed.emit()

    def _show_hint(self) -> None:
        if self._chosen:
            chosen = self.tr("%Ln photo(s) will be edited every few minutes.", "", len(self._chosen))
            self.hint.setText(chosen)
        else:
            self.hint.setText(
                self.tr("Choose up to two other photos to see the edit on them during training.")
            )

    def _open_dialog(self) -> None:
        choose_photos(self, "preview_photo_dialog", self.tr("Choose a photo"), self._on_files_selected)

    def _on_files_selected(self, files: Sequence[Path]) -> None:
        for file in files[:MOST_CHOSEN]:
            self.choose(file)


def _square(image: QImage) -> QImage:
    """The middle of an image, so that all buttons are filled alike."""
    side = min(image.width(), image.height())
    corner = QRect(0, 0, side, side)
    corner.moveCenter(image.rect().center())
    return image.copy(corner)
