"""The pictures of a run: what the model makes of some photos while it is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.progress.preview_choice import PreviewChoice
from ip2p_desktop.training.dialog.progress.preview_images import PreviewImages
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture, PreviewRow
from ip2p_desktop.training.dialog.progress.preview_slider import PreviewSlider
from ip2p_desktop.training.dialog.progress.preview_timeline import PreviewedEdit, PreviewTimeline
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label

UNLIMITED = 16_777_215
"""Qt's value for a height without a limit."""
PADDING = (14, 10, 14, 10)
EMPTY_HEIGHT = 140
NEIGHBOURS = 2
"""Steps before and after the one shown whose pictures are loaded too."""


class PreviewsView(Surface):
    """Shows one fixed edit large, at the step of the slider; a sentence while there are none."""

    enlarge_requested = Signal(object)
    """The `PreviewPicture` that was clicked."""
    pictures_changed = Signal()
    """Other pictures are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "previews")
        self.images = PreviewImages(self)
        self.timeline = PreviewTimeline()
        self._chosen = 0
        self._has_files = True
        self._shown: dict[PreviewPicture, Path] = {}
        """The original of the edit that each place shows a picture of."""
        self.instruction = named(ElidedLabel(), "preview_instruction")
        self.instruction.setProperty("role", "section")
        self.kind = named(ElidedLabel(), "preview_kind")
        self.kind.setProperty("role", "hint")
        self.choice = PreviewChoice()
        self.before = PreviewPicture("preview_before")
        self.before.setText(self.tr("Before"))
        self.now = PreviewPicture("preview_now")
        self.now.setText(self.tr("Now"))
        self.wanted = PreviewPicture("preview_wanted")
        self.wanted.setText(self.tr("Wanted"))
        self._name_pictures()
        self.empty = named(body_label("", role="hint"), "previews_empty")
        self.slider = PreviewSlider()
        self._limit_timer = QTimer(self, singleShot=True, interval=0)
        self._lay_out()
        self._limit_timer.timeout.connect(self._limit_height)
        self.images.loaded.connect(self._show_pictures)
        self.choice.chosen.connect(self._choose)
        self.slider.moment_changed.connect(self._show_moment)
        for picture in self.pictures():
            picture.setToolTip(self.tr("Show it large"))
            picture.clicked.connect(self._on_clicked)
        self._show_parts()

    def pictures(self) -> tuple[PreviewPicture, PreviewPicture, PreviewPicture]:
        """The places for the pictures before, now and wanted."""
        return self.before, self.now, self.wanted

    @property
    def edit(self) -> PreviewedEdit | None:
        """The fixed edit that is shown."""
        edits = self.timeline.edits
        return edits[min(self._chosen, len(edits) - 1)] if edits else None

    def show_timeline(self, timeline: PreviewTimeline, times: Mapping[int, float]) -> None:
        """Show the previews of a run; `times` are the Unix seconds of its steps."""
        if timeline == self.timeline:
            return
        old, self.timeline, self._has_files = self.timeline, timeline, True
        if old.edits and timeline.edits and old.edits[0].original != timeline.edits[0].original:
            self.images.clear()
        self._chosen = min(self._chosen, max(0, len(timeline.edits) - 1))
        self.choice.show_edits(timeline.edits, self._chosen)
        self.slider.show_steps(timeline.steps, times)
        self._show_parts()
        self._show_moment()

    def show_remembered(self) -> None:
        """The files were deleted: show only the edits whose newest pictures are all in memory."""
        shown, moment = self.edit, len(self.timeline.steps) - 1
        edits = [edit for edit in self.timeline.edits if self._is_in_memory(edit, moment)]
        self.timeline, self._has_files = self.timeline.newest_of(edits), False
        self._chosen = edits.index(shown) if shown in edits else 0
        self.choice.show_edits(edits, self._chosen)
        self.slider.show_steps(self.timeline.steps, {})
        self._show_parts()
        self._show_moment()

    def _is_in_memory(self, edit: PreviewedEdit, moment: int) -> bool:
        edited = self.timeline.edited(edit, moment)
        files = [edit.original, edited, *([edit.wanted] if edit.wanted else [])]
        return all(file is not None and self.images.image(file) is not None for file in files)

    def show_empty(self, sentence: str) -> None:
        """What is said while there are no previews."""
        self.empty.setText(sentence)

    def shut_down(self) -> None:
        """Load no more pictures."""
        self.images.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._limit_timer.start()  # a size set during this event would be overwritten by it

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.instruction)
        texts.addWidget(self.kind)
        texts.addStretch(1)
        self._heading = QWidget()
        heading = QHBoxLayout(self._heading)
        heading.setContentsMargins(0, 0, 0, 0)
        heading.setSpacing(12)
        heading.addLayout(texts, 1)
        heading.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignTop)
        self._row = PreviewRow(self.pictures())
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMinimumHeight(EMPTY_HEIGHT)
        self.column.setContentsMargins(*PADDING)
        self.column.setSpacing(6)
        self.column.addWidget(self._heading)
        self.column.addWidget(self.empty)
        self.column.addWidget(self._row, 1)
        self.column.addWidget(self.slider)

    def _limit_height(self) -> None:
        """The pictures are not given more height than they fill, so that the curve gets the rest."""
        if not self.timeline.edits:
            self.setMaximumHeight(UNLIMITED)
            return
        least = self.column.totalMinimumSize().height()
        height = self._row.largest_height()
        self._row.setMaximumHeight(height)
        self.setMaximumHeight(least - self._row.minimumHeight() + height)

    def _show_parts(self) -> None:
        has_previews = bool(self.timeline.edits)
        self.empty.setVisible(not has_previews)
        for part in (self._heading, self._row):
            part.setVisible(has_previews)
        self.slider.setVisible(has_previews and self._has_files)
        self._limit_timer.start()

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._show_moment()

    def _on_clicked(self) -> None:
        self.enlarge_requested.emit(self.sender())

    def _show_moment(self) -> None:
        """Show the edit that is chosen at the step of the slider, and load what may be shown next."""
        edit = self.edit
        if edit is None:
            self.images.want(())
            return
        self.instruction.setText(self.tr("“{instruction}”").format(instruction=edit.instruction))
        self.kind.setText(self._kind_text(edit))
        is_newest = self.slider.moment == len(self.timeline.steps) - 1
        self.now.setText(self.tr("Now") if is_newest else self.slider.label.text())
        self._name_pictures()
        self.images.want(self._files(edit))
        self._show_pictures()

    def _name_pictures(self) -> None:
        for picture in self.pictures():
            picture.setAccessibleName(picture.text())

    def _kind_text(self, edit: PreviewedEdit) -> str:
        if edit.wanted is None:
            return self.tr("Your photo")
        if edit.is_held_back:
            return self.tr("Held-back pair: not trained on")
        return self.tr("Pair of the dataset: trained on")

    def _files(self, edit: PreviewedEdit) -> Iterator[Path]:
        """What is shown, then what the thumbnails show, then what is next to it on the slider."""
        moment = self.slider.moment
        yield from filter(None, (self.timeline.edited(edit, moment), edit.original, edit.wanted))
        for other in self.timeline.edits:
            yield from filter(None, (self.timeline.edited(other, moment),))
            if not self._has_files:  # what is in memory must stay there
                yield from filter(None, (other.original, other.wanted))
        for distance in range(1, NEIGHBOURS + 1):
            for near in (moment - distance, moment + distance):
                if 0 <= near < len(self.timeline.steps):
                    yield from filter(None, (self.timeline.edited(edit, near),))

    def _show_pictures(self) -> None:
        edit = self.edit
        if edit is None:
            return
        edited = self.timeline.edited(edit, self.slider.moment)
        for picture, file in zip(self.pictures(), (edit.original, edited, edit.wanted), strict=True):
            self._show_picture(picture, file, edit.original)
        self.choice.show_images([self._edited_image(other) for other in self.timeline.edits])
        image = self.before.image or self.now.image
        shown = self.pictures() if edit.wanted is not None else (self.before, self.now)
        self._row.arrange(shown, image.height() / image.width() if image is not None else 1.0)
        self._limit_height()
        self.pictures_changed.emit()

    def _edited_image(self, edit: PreviewedEdit) -> QImage | None:
        file = self.timeline.edited(edit, self.slider.moment)
        return self.images.image(file) if file else None

    def _show_picture(self, picture: PreviewPicture, file: Path | None, original: Path) -> None:
        """Show a picture; until it is loaded, what was shown before stays if it is of the same edit."""
        image = self.images.image(file) if file else None
        is_loading = image is None and file is not None and not self.images.is_unreadable(file)
        if is_loading and self._shown.get(picture) == original:
            return
        self._shown[picture] = original
        has_none = image is None and not is_loading
        picture.show_picture(image, self.tr("This picture is missing.") if has_none else "")
