"""The dialog that exports a result: format, quality, size, colours and metadata."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.files.disk_space import size_text
from engine.images.image_saving import (
    DEEP_FORMATS,
    LOSSY_FORMATS,
    ColourProfile,
    SaveOptions,
    encoded_size,
)
from engine.images.metadata import BIT_DEPTH, PHOTO_PROFILE
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.switch_control import SwitchControl
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.controls.guidance_slider import GuidanceSlider

SIZE, SMALLEST_SIZE = QSize(520, 500), QSize(420, 360)
ESTIMATE_DELAY_MS = 250
"""Time without changes before the size of the file is computed, which takes as long as saving."""
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "TIFF": "tif"}
SIDES = (4096, 2048, 1920, 1600, 1024, 512)
"""The longest sides that are offered, in pixels."""


class ExportDialog(QDialog):
    """Asks how one result is written, and shows how large the file will be."""

    export_requested = Signal(str, object)
    """Suffix without dot, and `SaveOptions`."""

    def __init__(
        self,
        result: EditedPhoto,
        preferences: Preferences,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        """`background` computes sizes; it outlives the dialog, which therefore never waits for one."""
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(self.tr("Export result"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._result, self._preferences = result, preferences
        self._background = background
        self._delay = QTimer(self, singleShot=True, interval=ESTIMATE_DELAY_MS)
        self.page = DialogPage("export_page", self.tr("Export result"))
        self.format = ChoiceControl(name="export_format", label=self.tr("Format"), choices=self._formats())
        self.quality = GuidanceSlider(
            name="export_quality",
            label=self.tr("Quality"),
            help_text=self.tr("Above 90, losses are hardly visible."),
            minimum=1,
            maximum=100,
            step=1,
        )
        self.side = ChoiceControl(name="export_side", label=self.tr("Size"), choices=self._sizes())
        self.profile = ChoiceControl(
            name="export_profile", label=self.tr("Colours"), choices=self._profiles()
        )
        self.metadata = SwitchControl(
            name="export_metadata",
            label=self.tr("Keep metadata"),
            help_text=self.tr("Camera, date and place of the photo, and the settings to repeat the edit."),
        )
        self._has_deep = result.pixels.has_deep
        self.deep = SwitchControl(
            name="export_depth",
            label=self.tr("16 bits for each colour"),
            help_text=self.tr(
                "As fine as the photo, for further work on it; the file is two to three times as large."
            ),
        )
        self.depth_note = named(body_label("", role="hint"), "export_depth_note")
        self.estimate = named(body_label(""), "export_estimate")
        self._lay_out()
        self._restore()
        self._connect()
        self._refresh()

    def _formats(self) -> list[tuple[str, object]]:
        return [
            (self.tr("PNG, without loss"), "PNG"),
            (self.tr("JPEG"), "JPEG"),
            (self.tr("WebP"), "WEBP"),
            (self.tr("TIFF, without loss"), "TIFF"),
        ]

    def _sizes(self) -> list[tuple[str, object]]:
        size = self._result.pixels.size
        full = self.tr("Full, {width} × {height}").format(width=size.width(), height=size.height())
        longest = max(size.width(), size.height())
        text = self.tr("Longest side {pixels}")
        return [(full, None), *((text.format(pixels=side), side) for side in SIDES if side < longest)]

    def _profiles(self) -> list[tuple[str, object]]:
        choices: list[tuple[str, object]] = [(self.tr("sRGB, for screens"), ColourProfile.SRGB)]
        if self._result.source.info.get(PHOTO_PROFILE):
            choices.append((self.tr("The photo's own profile"), ColourProfile.PHOTO))
        return choices

    def _lay_out(self) -> None:
        column = self.page.column
        for widget in (self.format, self.quality, self.deep, self.side, self.profile, self.metadata):
            column.addWidget(widget)
        for label in (self.depth_note, self.estimate):
            column.addWidget(label)
        column.addStretch(1)
        self.profile.setVisible(bool(self._result.source.info.get(PHOTO_PROFILE)))
        self.page.buttons.addStretch(1)
        self.cancel_button = self.page.add_button("cancel_export", self.tr("Cancel"))
        self.export_button = self.page.add_button("export", self.tr("&Export…"), role="primary")
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)

    def _restore(self) -> None:
        preferred = self._preferences.export_format
        self.format.value = preferred if preferred in SUFFIXES else "PNG"
        self.quality.value = float(self._preferences.output_quality)
        self.metadata.value = True
        self.deep.value = self._has_deep
        has_more = bool(self._result.source.info.get(BIT_DEPTH))
        self.depth_note.setText(
            self.tr(
                "The photo has more than 8 bits for each colour. This result has 8, because it shows the "
                "image that the model made, or the photo is transparent or was opened by an earlier version."
            )
            if has_more and not self._has_deep
            else ""
        )

    def _connect(self) -> None:
        for control in (self.format, self.quality, self.deep, self.side, self.profile, self.metadata):
            control.value_changed.connect(self._refresh)
        self._delay.timeout.connect(self._compute_size)
        self.export_button.clicked.connect(self._export)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(self._stop)

    @property
    def options(self) -> SaveOptions:
        """What is chosen."""
        side, profile = self.side.value, self.profile.value
        assert isinstance(profile, ColourProfile)
        return SaveOptions(
            quality=round(float(self.quality.value)),
            keeps_metadata=self.metadata.value,
            profile=profile,
            longest_side=side if isinstance(side, int) else None,
            is_deep=self._has_deep and self.format.value in DEEP_FORMATS and bool(self.deep.value),
        )

    def _refresh(self) -> None:
        can_be_deep = self.format.value in DEEP_FORMATS
        self.quality.setVisible(self.format.value in LOSSY_FORMATS)
        self.deep.setVisible(self._has_deep and can_be_deep)
        self.depth_note.setVisible(bool(self.depth_note.text()) and can_be_deep)
        self.estimate.setText(self.tr("Size of the file: …"))
        self._background.cancel()
        self._delay.start()

    def _compute_size(self) -> None:
        self._background.submit(
            partial(_size, self._result, str(self.format.value), self.options),
            self._show_size,
            self._on_failed,
        )

    def _show_size(self, size: int) -> None:
        self.estimate.setText(self.tr("Size of the file: about {size}").format(size=size_text(size)))

    def _on_failed(self, report: ErrorReport) -> None:
        self.estimate.setText("")  # saving says why

    def _export(self) -> None:
        kind = str(self.format.value)
        self._preferences.export_format = kind
        if kind in LOSSY_FORMATS:
            self._preferences.output_quality = self.options.quality
        self.export_requested.emit(SUFFIXES[kind], self.options)
        self.accept()

    def _stop(self) -> None:
        self._delay.stop()
        self._background.cancel()


def _size(result: EditedPhoto, kind: str, options: SaveOptions) -> int:
    deep = result.deep() if options.is_deep else None
    return encoded_size(result.image(), kind, options, deep)
