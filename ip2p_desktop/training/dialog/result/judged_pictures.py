"""Pictures of a judgement: a photo, what the start model and the new one make of it, and what was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.progress.preview_images import PreviewImages
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture, PreviewRow
from ip2p_desktop.training.results.result_judging import ResultJudging
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label
from trainer.judging.judging_events import PairJudged

LOWEST, TALLEST = 80, 300
"""The least and the largest height of the row of pictures in points: the rest of the page stays in sight."""


@dataclass(frozen=True, slots=True)
class JudgedPicture:
    """The files of one judged edit; "" where there is none."""

    instruction: str
    source: str
    base: str
    trained: str
    wanted: str = ""
    kind: str = ""
    """What the photo is, or why the edit is shown."""


class JudgedPictures(Surface):
    """Shows one judged edit; arrows go to the others."""

    enlarge_requested = Signal(object)
    """The `PreviewPicture` that was clicked."""
    pictures_changed = Signal()
    """Other pictures are shown, or more of the same."""

    def __init__(self, judging: ResultJudging, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "judged_pictures")
        self._judging = judging
        self._images = PreviewImages(self)
        self._number = 0
        self.instruction = named(ElidedLabel(), "judged_instruction")
        self.instruction.setProperty("role", "section")
        self.kind = named(ElidedLabel(), "judged_kind")
        self.kind.setProperty("role", "hint")
        self.place = named(body_label("", role="hint"), "judged_place")
        self.place.setWordWrap(False)
        self.earlier = plain_button("earlier_judged", "‹", self.tr("Picture before"))
        self.later = plain_button("later_judged", "›", self.tr("Next picture"))
        self.source = self._picture("judged_source", self.tr("Photo"))
        self.base = self._picture("judged_base", self.tr("Start model"))
        self.trained = self._picture("judged_trained", self.tr("New model"))
        self.wanted = self._picture("judged_wanted", self.tr("Wanted"))
        self._pictures = (self.source, self.base, self.trained, self.wanted)
        self.row = PreviewRow(self._pictures, smallest=LOWEST)
        self._height_timer = QTimer(self, singleShot=True, interval=0)
        self._height_timer.timeout.connect(self._fit_height)
        self._lay_out()
        self.earlier.clicked.connect(lambda: self.go(-1))
        self.later.clicked.connect(lambda: self.go(1))
        self._images.loaded.connect(self._show_images)
        judging.changed.connect(self.refresh)
        self.refresh()

    def _picture(self, name: str, caption: str) -> PreviewPicture:
        picture = PreviewPicture(name)
        picture.setText(caption)
        picture.setAccessibleName(caption)
        picture.setToolTip(self.tr("Show it large"))
        picture.clicked.connect(self._on_clicked)
        return picture

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.instruction)
        texts.addWidget(self.kind)
        head.addLayout(texts, 1)
        head.addWidget(self.place)
        for button in (self.earlier, self.later):
            button.setFixedWidth(34)
            head.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.row)
        self.column.addLayout(column)

    @property
    def edits(self) -> list[JudgedPicture]:
        """The edits of which there are pictures: pairs, photos, then old edits that no longer work."""
        judging = self._judging
        pairs = [
            JudgedPicture(e.instruction, e.source, e.base, e.trained, e.wanted, self._pair_kind(e))
            for e in judging.pairs
        ]
        own = self.tr("Your photo")
        photos = [JudgedPicture(e.instruction, e.source, e.base, e.trained, kind=own) for e in judging.photos]
        lost_kind = self.tr("An old edit that no longer works")
        lost = [
            JudgedPicture(e.instruction, e.source, e.base, e.trained, kind=lost_kind)
            for e in judging.old
            if e.tried and not e.works
        ]
        return [each for each in (*pairs, *photos, *lost) if each.trained]

    def _pair_kind(self, pair: PairJudged) -> str:
        if not pair.held_back:
            return self.tr("Pair of the dataset: trained on")
        return self.tr("Held-back pair: not trained on")

    @property
    def shown(self) -> JudgedPicture | None:
        """The edit that is shown."""
        edits = self.edits
        return edits[min(self._number, len(edits) - 1)] if edits else None

    def forget_images(self) -> None:
        """Read all pictures again: their files have other content."""
        self._images.clear()

    def refresh(self) -> None:
        """Show the edit, as far as its pictures are there."""
        edits, shown = self.edits, self.shown
        self._number = min(self._number, max(0, len(edits) - 1))
        self.setVisible(shown is not None)
        if shown is None:
            return
        self.instruction.setText(self.tr("“{instruction}”").format(instruction=shown.instruction))
        self.kind.setText(shown.kind)
        self.place.setText(f"{self._number + 1} / {len(edits)}")
        self.earlier.setEnabled(self._number > 0)
        self.later.setEnabled(self._number + 1 < len(edits))
        self._images.want(Path(file) for file in self._files(shown).values())
        self._show_images()

    def shut_down(self) -> None:
        """Load nothing more."""
        self._images.shut_down()

    def _files(self, shown: JudgedPicture) -> dict[PreviewPicture, str]:
        files = (shown.source, shown.base, shown.trained, shown.wanted)
        return {picture: file for picture, file in zip(self._pictures, files, strict=True) if file}

    def _show_images(self) -> None:
        shown = self.shown
        if shown is None:
            return
        files, shape = self._files(shown), 1.0
        for picture, file in files.items():
            image = self._images.image(Path(file))
            is_lost = self._images.is_unreadable(Path(file))
            picture.show_picture(image, self.tr("This picture cannot be read.") if is_lost else "")
            if image is not None and image.width():
                shape = image.height() / image.width()
        self.row.arrange(list(files), shape)
        self._fit_height()
        self.pictures_changed.emit()

    def go(self, by: int) -> None:
        """Show an edit after or before this one, as far as there is one."""
        self._number = min(max(0, self._number + by), max(0, len(self.edits) - 1))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._height_timer.start()  # a size set during this event would be overwritten by it

    def _fit_height(self) -> None:
        """The pictures are given the height that they fill."""
        self.row.setFixedHeight(min(self.row.largest_height(), TALLEST))

    def _on_clicked(self) -> None:
        self.enlarge_requested.emit(self.sender())
