"""The bar above the photo."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.icons import ICON_NAME, set_icon
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named

WIDE = 620
"""Width in points from which on Open and Use as source have text beside their icons."""
WIDEST = 800
"""Width in points from which on all buttons have text, and the size of the photo is shown."""
WIDEST_WITH_TRAINING = 1000
"""The same beside the badge of training, which would leave no room for the name of the photo."""
ROOMY = 700
"""Width in points from which on the badge of training shows the time left beside its share."""
HEIGHT = 52


class Header(QWidget):
    """Buttons to open a photo on the left; buttons for the result on the right."""

    open_requested = Signal()
    use_settings_requested = Signal()
    use_as_source_requested = Signal()
    copy_requested = Signal()
    save_requested = Signal()
    batch_requested = Signal()
    training_requested = Signal()
    panel_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setMinimumHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.open_button = self._tool(
            "open_button", "open", self.tr("Open…"), self.tr("Open a photo (Ctrl+O)")
        )
        self.title = ElidedLabel()
        self.title.setObjectName("photo_title")
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.details = named(QLabel(), "photo_details")
        self.details.setProperty("role", "hint")
        self.use_settings_button = self._tool(
            "use_settings_button", "sliders", self.tr("Use these settings"), ""
        )
        # its space is kept while it is hidden, so that the other buttons do not move
        policy = self.use_settings_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.use_settings_button.setSizePolicy(policy)
        self.use_settings_button.hide()
        self.source_button = self._tool(
            "use_as_source_button",
            "source",
            self.tr("Use as source"),
            self.tr("Go on from this result: the next edit starts with it (Ctrl+U)"),
        )
        self.copy_button = self._tool(
            "copy_button",
            "copy",
            self.tr("Copy"),
            self.tr("Copy the photo or the result to the clipboard (Ctrl+C)"),
        )
        self.drag_button = self._tool(
            "drag_button",
            "drag",
            self.tr("Drag the result"),
            self.tr("Drag the result from here into a folder or another program"),
        )
        self.drag_button.setCursor(Qt.CursorShape.OpenHandCursor)
        self.drag_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Save is the way by keyboard
        self.save_button = named(QPushButton(self.tr("Save"), self), "save_button")
        self.save_button.setToolTip(self.tr("Save the result as a file (Ctrl+S)"))
        set_icon(self.save_button, "save")
        self.panel_button = self._tool(
            "panel_button", "sidebar", self.tr("Settings"), self.tr("Show or hide the settings (F9)")
        )
        self.panel_button.setCheckable(True)
        self.batch_button = self._tool("batch_button", "photo", self.tr("Batch"), "")
        self.batch_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_icon(self.batch_button, "photo")
        self.batch_button.hide()
        self.training_badge = self._tool("training_badge", "teach", self.tr("Training"), "")
        self.training_badge.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.training_badge.hide()
        self._training_texts = ("", "")
        self._lay_out()
        self._connect()

    def _tool(self, name: str, icon_name: str, text: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.open_button)
        layout.addSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.details)
        layout.addStretch(1)
        layout.addSpacing(4)
        layout.addWidget(self.training_badge)
        layout.addWidget(self.batch_button)
        for button in (
            *(self.use_settings_button, self.source_button),
            *(self.copy_button, self.drag_button, self.save_button),
        ):
            layout.addWidget(button)
        layout.addSpacing(4)
        layout.addWidget(self.panel_button)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.open_requested)
        self.use_settings_button.clicked.connect(self.use_settings_requested)
        self.source_button.clicked.connect(self.use_as_source_requested)
        self.copy_button.clicked.connect(self.copy_requested)
        self.save_button.clicked.connect(self.save_requested)
        self.batch_button.clicked.connect(self.batch_requested)
        self.training_badge.clicked.connect(self.training_requested)
        self.panel_button.toggled.connect(self.panel_toggled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        for button in (self.open_button, self.source_button):
            self._show_text(button, self.width() >= WIDE)
        for button in (self.use_settings_button, self.copy_button):
            self._show_text(button, self.width() >= WIDEST)
        self.drag_button.setVisible(self.width() >= WIDE)
        self._fit_training()

    def _show_text(self, button: QToolButton, shown: bool) -> None:
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextBesideIcon if shown else styles.ToolButtonIconOnly
        if button.toolButtonStyle() != style:
            button.setToolButtonStyle(style)
            set_icon(button, button.property(ICON_NAME))

    def show_photo(self, name: str, details: str) -> None:
        """Show the name and the size of the photo."""
        self.title.setText(name)
        self.details.setText(details)

    def offer_settings(self, summary: str) -> None:
        """Show the button for the settings of the result, with a summary as tooltip; hide it without one."""
        self.use_settings_button.setToolTip(tooltip_text(summary))
        self.use_settings_button.setAccessibleDescription(summary)
        self.use_settings_button.setVisible(bool(summary))

    def show_batch(self, amount: str, details: str) -> None:
        """Show the button of the batch that runs, with how much is done; hide it without an amount."""
        self.batch_button.setText(amount)
        self.batch_button.setToolTip(tooltip_text(details))
        self.batch_button.setAccessibleDescription(details)
        self.batch_button.setVisible(bool(amount))

    def show_training(self, text: str, short_text: str, details: str, *, is_failure: bool) -> None:
        """Show the badge of the run that is in progress or has ended; hide it without a text."""
        self._training_texts = (text, short_text)
        self._fit_training()
        set_icon(self.training_badge, "warning" if is_failure else "teach")
        self.training_badge.setToolTip(tooltip_text(details))
        self.training_badge.setAccessibleName(details)
        self.training_badge.setVisible(bool(text))

    def _fit_training(self) -> None:
        text, short_text = self._training_texts
        self.details.setVisible(self.width() >= (WIDEST_WITH_TRAINING if text else WIDEST))
        self.training_badge.setText(text if self.width() >= ROOMY else short_text)

    def enable_actions(self, *, has_photo: bool, has_result: bool) -> None:
        """Enable the buttons that are possible in the current state."""
        self.source_button.setEnabled(has_result)
        self.save_button.setEnabled(has_result)
        self.drag_button.setEnabled(has_result)
        self.copy_button.setEnabled(has_photo)
