"""The column of settings: model, guidance, steps, seed, and the rest under "More"."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.request import Fit, SchedulerName
from ip2p_desktop.controls.choice_control import ChoiceControl
from ip2p_desktop.controls.guidance_slider import GuidanceSlider
from ip2p_desktop.controls.model_menu import ModelMenu
from ip2p_desktop.controls.seed_control import SeedControl
from ip2p_desktop.naming import named
from ip2p_desktop.theme import set_icon

WIDTH = 304
COLUMNS = 36
"""Characters that fit beside each other when the system's letters are large."""
RESOLUTIONS = (256, 384, 512, 640, 768, 1024)


class SettingsPanel(QScrollArea):
    """Lays the controls out; `app` binds them to the document."""

    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(max(WIDTH, self.fontMetrics().averageCharWidth() * COLUMNS))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model_menu = ModelMenu()
        self.text_guidance = self._text_guidance()
        self.image_guidance = self._image_guidance()
        self.steps = self._steps()
        self.seed = SeedControl()
        self.resolution = self._resolution()
        self.scheduler = self._scheduler()
        self.fit = self._fit()
        self.reset = named(QPushButton(self.tr("Reset to recommended settings")), "reset_button")
        self.reset.setProperty("role", "link")
        set_icon(self.reset, "reset")
        self.more = named(QPushButton(self.tr("More")), "more_button")
        self.more.setProperty("role", "disclosure")
        self.more.setCheckable(True)
        self._more_content = named(QWidget(), "more_content")
        self._lay_out()
        self._show_more(False)
        self.more.toggled.connect(self._show_more)
        self.reset.clicked.connect(self.reset_requested)

    def _text_guidance(self) -> GuidanceSlider:
        return GuidanceSlider(
            name="text_guidance",
            label=self.tr("Text guidance"),
            help_text=self.tr("How strongly the instruction is followed. Raise it if too little changes."),
        )

    def _image_guidance(self) -> GuidanceSlider:
        return GuidanceSlider(
            name="image_guidance",
            label=self.tr("Image guidance"),
            help_text=self.tr("How closely the photo is kept. Lower it, even below 1, for bolder edits."),
            step=0.05,
        )

    def _steps(self) -> GuidanceSlider:
        return GuidanceSlider(
            name="steps",
            label=self.tr("Steps"),
            help_text=self.tr("More steps bring finer detail and take longer."),
            minimum=1,
            maximum=100,
            step=1,
        )

    def _resolution(self) -> ChoiceControl:
        choices = [(self.tr("%1 pixels").replace("%1", str(side)), side) for side in RESOLUTIONS]
        return ChoiceControl(name="resolution", label=self.tr("Resolution"), choices=choices)

    def _scheduler(self) -> ChoiceControl:
        names = {
            SchedulerName.EULER_ANCESTRAL: self.tr("Euler ancestral"),
            SchedulerName.EULER: self.tr("Euler"),
            SchedulerName.DPMPP_2M: self.tr("DPM++ 2M"),
            SchedulerName.DDIM: self.tr("DDIM"),
        }
        choices = [(text, name) for name, text in names.items()]
        return ChoiceControl(name="scheduler", label=self.tr("Scheduler"), choices=choices)

    def _fit(self) -> ChoiceControl:
        choices = [(self.tr("Keep all of it"), Fit.KEEP), (self.tr("Crop slightly"), Fit.ORIGINAL)]
        return ChoiceControl(name="fit", label=self.tr("Photo edges"), choices=choices)

    def _lay_out(self) -> None:
        content = named(QWidget(), "settings_panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.model_menu)
        layout.addWidget(self._line())
        for control in (self.text_guidance, self.image_guidance, self.steps, self.seed):
            layout.addWidget(control)
        layout.addWidget(self._line())
        layout.addWidget(self.more)
        more = QVBoxLayout(self._more_content)
        more.setContentsMargins(0, 0, 0, 0)
        for choice in (self.resolution, self.scheduler, self.fit):
            more.addWidget(choice)
        layout.addWidget(self._more_content)
        layout.addWidget(self.reset)
        layout.addStretch(1)
        self.setWidget(content)

    def _line(self) -> QFrame:
        line = QFrame()
        line.setProperty("role", "line")
        return line

    def _show_more(self, shown: bool) -> None:
        self._more_content.setVisible(shown)
        set_icon(self.more, "chevron-down" if shown else "chevron-right")

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), 400)
