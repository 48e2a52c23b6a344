"""Bindings between the settings of the document and their controls."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ip2p_desktop.base.observed import BindMode, bind
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.main_window import MainWindow


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
        document.state_changed.connect(lambda state: panel.allow_detail(state.settings.output_size))

    def _bind(self, name: str, control: QObject, value: str = "value") -> None:
        """Keep a value of the state and a value of a control equal."""

        def show(state: EditState, before: EditState) -> None:
            if state.value(name) != before.value(name):
                setattr(control, value, self._document.state.value(name))

        setattr(control, value, self._document.state.value(name))
        self._document.state_changed.connect(show)
        getattr(control, f"{value}_changed").connect(lambda new: self._document.change(**{name: new}))
