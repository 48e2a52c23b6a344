"""Bindings between the settings of the document and their controls."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.library.setting_effects import setting_effects
from ip2p_desktop.base.observed import BindMode, bind
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.main_window import MainWindow

MARKED = (
    *("text_guidance_scale", "image_guidance_scale", "num_inference_steps", "turbo", "variations"),
    *("output_size", "detail", "resolution", "scheduler", "fit"),
)
"""The settings whose recommended value is marked."""


class SettingsController(QObject):
    """Shows the settings of the document in the controls, and writes changes of them to the document."""

    def __init__(self, window: MainWindow, document: EditDocument) -> None:
        super().__init__(window)
        panel, composer = window.settings_panel, window.composer
        self._document = document
        for name, control in panel.controls.items():
            self._bind(name, control)
        self._bind("randomises_seed", panel.seed, "randomises")
        self._bind("instruction", composer.instruction_box)
        self._bind("area", composer.area_button)
        bind(document, "estimate", composer.estimate, mode=BindMode.ONE_WAY)
        panel.seed.draw_requested.connect(document.draw_seed)
        panel.reset_requested.connect(document.reset_settings)
        SettingRemarksController(window, document)

    def _bind(self, name: str, control: QObject, value: str = "value") -> None:
        """Keep a value of the state and a value of a control equal."""

        def show(state: EditState, before: EditState) -> None:
            if state.value(name) != before.value(name):
                setattr(control, value, self._document.state.value(name))

        setattr(control, value, self._document.state.value(name))
        self._document.state_changed.connect(show)
        getattr(control, f"{value}_changed").connect(lambda new: self._document.change(**{name: new}))


class SettingRemarksController(QObject):
    """Marks the recommended values of the model, and shows which settings have no effect and why."""

    def __init__(self, window: MainWindow, document: EditDocument) -> None:
        super().__init__(window)
        self._panel, self._document = window.settings_panel, document
        document.model_changed.connect(self._mark_recommended)
        for signal in (document.model_changed, document.state_changed, document.reading_changed):
            signal.connect(self._show_remarks)
        self._mark_recommended()
        self._show_remarks()

    def _mark_recommended(self) -> None:
        recommended = self._document.recommended
        self._panel.mark_recommended({name: recommended.value(name) for name in MARKED})

    def _show_remarks(self) -> None:
        document = self._document
        reading = document.reading
        is_of_text = reading is not None and reading.typed == document.state.instruction.strip()
        families = reading.families if reading is not None and is_of_text else ()
        self._panel.show_remarks(setting_effects(document.model, document.state.settings, families))
