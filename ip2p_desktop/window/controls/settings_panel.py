"""The panel of settings, with the less common ones under "More"."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.library.setting_effects import CONTEXT, SettingRemark
from engine.settings_table import OfferedRange, Setting
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.controls.stepper import Stepper
from ip2p_desktop.widgets.controls.switch_control import SwitchControl
from ip2p_desktop.widgets.controls.text_control import TextControl
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, choice_of, translated
from ip2p_desktop.window.controls.guidance_slider import GuidanceSlider
from ip2p_desktop.window.controls.model_menu import ModelMenu
from ip2p_desktop.window.controls.seed_control import SeedControl

WIDTH = 304
COLUMNS = 36
"""Minimal width in characters, for large system fonts."""


class SettingsPanel(QScrollArea):
    """Contains the controls, each created from the declaration of its setting."""

    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(max(WIDTH, self.fontMetrics().averageCharWidth() * COLUMNS))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model_menu = ModelMenu()
        self.seed = SeedControl()
        self.controls: dict[str, SettingControl] = {
            "seed": self.seed,
            "weight_set": self.model_menu.weight_set,
        }
        """The control of each setting, by the name of the setting."""
        self.text_guidance = self._slider("text_guidance_scale", "text_guidance")
        self.image_guidance = self._slider("image_guidance_scale", "image_guidance")
        self.steps = self._slider("num_inference_steps", "steps")
        self.turbo = self._switch("turbo")
        self.variations = self._stepper("variations")
        self.negative_instruction = self._text("negative_instruction", self.tr("Nothing in particular"))
        self.output_size = self._choice("output_size")
        self.detail = self._choice("detail")
        self.resolution = self._choice("resolution", explains=False)
        self.scheduler = self._choice("scheduler", explains=False)
        self.fit = self._choice("fit", explains=False)
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

    def _slider(self, setting: str, name: str) -> GuidanceSlider:
        declared, offered = _declared(setting)
        control = GuidanceSlider(
            name=name,
            label=translated(declared.label),
            help_text=translated(declared.help),
            minimum=offered.minimum,
            maximum=offered.maximum,
            step=offered.step,
        )
        self.controls[setting] = control
        return control

    def _switch(self, setting: str) -> SwitchControl:
        declared = SETTINGS_BY_NAME[setting]
        control = SwitchControl(
            name=setting, label=translated(declared.label), help_text=translated(declared.help)
        )
        self.controls[setting] = control
        return control

    def _stepper(self, setting: str) -> Stepper:
        declared, offered = _declared(setting)
        control = Stepper(
            name=setting,
            label=translated(declared.label),
            help_text=translated(declared.help),
            minimum=round(offered.minimum),
            maximum=round(offered.maximum),
        )
        self.controls[setting] = control
        return control

    def _text(self, setting: str, placeholder: str) -> TextControl:
        declared = SETTINGS_BY_NAME[setting]
        control = TextControl(
            name=setting,
            label=translated(declared.label),
            placeholder=placeholder,
            help_text=translated(declared.help),
        )
        self.controls[setting] = control
        return control

    def _choice(self, setting: str, *, explains: bool = True) -> ChoiceControl:
        control = choice_of(SETTINGS_BY_NAME[setting], explains=explains)
        self.controls[setting] = control
        return control

    def _lay_out(self) -> None:
        content = named(QWidget(), "settings_panel")
        layout = self._column = QVBoxLayout(content)
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

    def insert_above_guidance(self, section: QWidget) -> None:
        """Add a section above the sliders of both guidance scales."""
        self._column.insertWidget(self._column.indexOf(self.text_guidance), section)

    def mark_recommended(self, values: Mapping[str, object]) -> None:
        """Mark the recommended values, by the names of settings."""
        for name, value in values.items():
            self.controls[name].recommended = value

    def show_remarks(self, remarks: Mapping[str, SettingRemark]) -> None:
        """Show remarks at the controls, by the names of settings, and disable settings without an effect."""
        for name, control in self.controls.items():
            remark = remarks.get(name)
            if remark is None:
                control.show_remark("")
            else:
                text = translate_marked(CONTEXT, remark.sentence).format(**remark.values)
                control.show_remark(text, has_effect=remark.has_effect)

    def _line(self) -> QFrame:
        line = QFrame()
        line.setProperty("role", "line")
        return line

    def _show_more(self, shown: bool) -> None:
        self._more_content.setVisible(shown)
        set_icon(self.more, "chevron-down" if shown else "chevron-right")

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), 400)


def _declared(setting: str) -> tuple[Setting, OfferedRange]:
    """The declaration of a numeric setting, and the range that its control offers."""
    declared = SETTINGS_BY_NAME[setting]
    assert declared.offered is not None
    return declared, declared.offered
