"""The steps before a model that requires an access token can be downloaded."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class AccessSteps(QWidget):
    """Explains the access token and has a field for it. The token is not stored."""

    page_requested = Signal()
    """The button that opens the page of the model was pressed."""
    submitted = Signal()
    """Return was pressed in the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("access_steps")
        explanation = body_label(
            self.tr(
                "Its makers give it to those who accept the licence. Open its page, sign in (an account is "
                "free) and accept. Then make an access token in the settings of your account, one that may "
                "read, and paste it here. It is sent to that site only, and not stored."
            ),
            role="hint",
        )
        self.field = named(QLineEdit(), "token_field")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText(self.tr("Access token, begins with hf_"))
        self.field.setAccessibleName(self.tr("Access token"))
        self.field.setAccessibleDescription(explanation.text())
        self.open_page = plain_button("open_page", self.tr("Open its page"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.open_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(explanation)
        layout.addLayout(row)
        self.field.returnPressed.connect(self.submitted)
        self.open_page.clicked.connect(self.page_requested)

    @property
    def token(self) -> str:
        """The token in the field, without blanks around it."""
        return self.field.text().strip()
