"""The column of settings: model, guidance, steps, turbo, seed, variations, and the rest under "More"."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.request import SCHEDULER_LABELS, Detail, Fit, OutputSize
from ip2p_desktop.widgets.choice_control import ChoiceControl
from ip2p_desktop.widgets.guidance_slider import GuidanceSlider
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.stepper import Stepper
from ip2p_desktop.widgets.switch_control import SwitchControl
from ip2p_desktop.widgets.text_control import TextControl
from ip2p_desktop.widgets.theme import set_icon
from ip2p_desktop.window.controls.model_menu import ModelMenu
from ip2p_desktop.window.controls.seed_control import SeedControl

WIDTH = 304
COLUMNS = 36
"""Characters that fit beside each other when the system's letters are large."""
RESOLUTIONS = (256, 384, 512, 640, 768, 1024)
MOST_VARIATIONS = 8
"""As many as can be told apart in the strip; the engine makes more."""


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
        self.turbo = self._turbo()
        self.seed = SeedControl()
        self.variations = self._variations()
        self.negative_instruction = self._negative_instruction()
        self.output_size = self._output_size()
        self.detail = self._detail()
        self.resolution = self._resolution()
        self.scheduler = self._scheduler()
        self.fit = self._fit()
        self.reset = named(QPushButton(self.tr("Reset settings")), "reset_button")
        tip = self.tr("Set everything but the model to the recommended value")
        self.reset.setToolTip(tip)
        self.reset.setAccessibleDescription(tip)
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

    def _turbo(self) -> SwitchControl:
        return SwitchControl(
            name="turbo",
            label=self.tr("Turbo"),
            # measured by tests/benchmarks/turbo.py: 2.4 times as fast with 20 steps, 41.0 dB
            help_text=self.tr(
                "Up to twice as fast from 8 steps on; below, nothing is gained. "
                "The picture differs slightly (about 40 dB)."
            ),
        )

    def _variations(self) -> Stepper:
        return Stepper(
            name="variations",
            label=self.tr("Variations"),
            help_text=self.tr("Several pictures, each with its own seed."),
            minimum=1,
            maximum=MOST_VARIATIONS,
        )

    def _negative_instruction(self) -> TextControl:
        return TextControl(
            name="negative_instruction",
            label=self.tr("Avoid"),
            placeholder=self.tr("Nothing in particular"),
            help_text=self.tr("What the edit should keep away from, for example “blurry, dark”."),
        )

    def _output_size(self) -> ChoiceControl:
        choices = [
            (self.tr("As large as the photo"), OutputSize.SOURCE),
            (self.tr("As it was edited"), OutputSize.WORKING),
        ]
        return ChoiceControl(
            name="output_size",
            label=self.tr("Size of the result"),
            choices=choices,
            help_text=self.tr("As it was edited: at the resolution below, as the model painted it."),
        )

    def _detail(self) -> ChoiceControl:
        return ChoiceControl(
            name="detail",
            label=self.tr("Detail"),
            choices=[
                (self.tr("The photo's own"), Detail.PHOTO),
                (self.tr("As the model painted it"), Detail.MODEL),
            ],
            help_text=self.tr(
                "The photo's own: what the edit does not change stays as it is, pixel for pixel. "
                "For results as large as the photo."
            ),
        )

    def _resolution(self) -> ChoiceControl:
        choices = [(self.tr("%1 pixels").replace("%1", str(side)), side) for side in RESOLUTIONS]
        return ChoiceControl(name="resolution", label=self.tr("Resolution"), choices=choices)

    def _scheduler(self) -> ChoiceControl:
        choices = [(label, name) for name, label in SCHEDULER_LABELS.items()]
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
        for control in (
            *(self.text_guidance, self.image_guidance, self.steps, self.turbo),
            *(self.seed, self.variations),
        ):
            layout.addWidget(control)
        layout.addWidget(self._line())
        layout.addWidget(self.more)
        more = QVBoxLayout(self._more_content)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(12)
        for choice in (
            *(self.negative_instruction, self.output_size, self.detail),
            *(self.resolution, self.scheduler, self.fit),
        ):
            more.addWidget(choice)
        layout.addWidget(self._more_content)
        layout.addWidget(self.reset)
        layout.addStretch(1)
        self.setWidget(content)

    def allow_detail(self, output_size: OutputSize) -> None:
        """Where the result is not as large as the photo, there is no choice of detail."""
        self.detail.setEnabled(output_size is OutputSize.SOURCE)

    def _line(self) -> QFrame:
        line = QFrame()
        line.setProperty("role", "line")
        return line

    def _show_more(self, shown: bool) -> None:
        self._more_content.setVisible(shown)
        set_icon(self.more, "chevron-down" if shown else "chevron-right")

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), 400)
