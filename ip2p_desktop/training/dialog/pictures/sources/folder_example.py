"""An example of a folder of pairs, folded behind a button."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.surfaces import Surface, body_label

EXAMPLE_FILES = """\
snow-pairs/
    street_before.jpg
    street_after.jpg
    garden_before.jpg
    garden_after.jpg"""
EXAMPLE_LINE = (
    '{"original_image": "street_before.jpg", "edited_image": "street_after.jpg", '
    '"edit_instruction": "make it snow"}'
)


class FolderExample(QWidget):
    """Unfolded with the button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder_example")
        title = self.tr("What a folder of pairs looks like")
        self.button = text_button("example_button", title, role="disclosure")
        self.button.setCheckable(True)
        self.details = Surface()
        names = self.tr(
            "The names say which photos belong together. Two folders “before” and “after” with equal names "
            "work too. You are asked what was changed."
        )
        explanation = self.tr(
            "If pairs show different changes, a file metadata.jsonl has one line for each, which names both "
            "photos and the change:"
        )
        self.details.column.addWidget(_monospaced_label(EXAMPLE_FILES))
        self.details.column.addWidget(body_label(names, role="hint"))
        self.details.column.addSpacing(6)
        self.details.column.addWidget(body_label(explanation, role="hint"))
        self.details.column.addWidget(_monospaced_label(EXAMPLE_LINE))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.button)
        column.addWidget(self.details)
        self.button.toggled.connect(self._unfold)
        self._unfold(False)

    def _unfold(self, is_open: bool) -> None:
        self.details.setVisible(is_open)
        set_icon(self.button, "chevron-down" if is_open else "chevron-right")


def _monospaced_label(text: str) -> QWidget:
    label = body_label(text)
    label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return label
