"""Edits the name, the note and the preview of a model, in its row."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.library.model_description import NAME_LIMIT, NOTE_LIMIT
from ip2p_desktop.models.dialog.library_client import LibraryModel, ModelDescription
from ip2p_desktop.models.dialog.preview_picker import PreviewPicker, ResultSource
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice

NOTE_LINES = 3


class ModelEditor(QWidget):
    """Fields for what the user says of a model. A picture can be dropped anywhere on it."""

    save_requested = Signal(object)
    """`ModelDescription`."""
    cancelled = Signal()

    def __init__(self, model: LibraryModel, result: ResultSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_editor")
        self.setAcceptDrops(True)
        self._is_allowed = True
        self.name_box = named(QLineEdit(model.card.name), "model_name")
        self.name_box.setMaxLength(NAME_LIMIT)
        self.note_box = named(QPlainTextEdit(model.card.description), "model_note")
        self.note_box.setTabChangesFocus(True)
        self.note_box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note_box.setFixedHeight(NOTE_LINES * self.fontMetrics().lineSpacing() + 26)
        self.picker = PreviewPicker(model.thumbnail, result)
        self.notice = Notice()
        self.notice.show_report(None)
        self.cancel = plain_button("cancel_description", self.tr("Cancel"))
        self.save = plain_button("save_description", self.tr("Save"))
        self.save.setProperty("role", "primary")
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        fields = QFormLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        fields.addRow(self.tr("N&ame"), self.name_box)
        fields.addRow(self.tr("N&ote"), self.note_box)
        fields.addRow(self.tr("Picture"), self.picker)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(fields)
        layout.addWidget(self.notice)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.name_box.textChanged.connect(self._refresh)
        self.name_box.returnPressed.connect(self.save.click)
        self.picker.changed.connect(self._on_picture_changed)
        self.picker.failed.connect(self.notice.show_report)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.cancelled)

    @property
    def description(self) -> ModelDescription:
        """What was typed and chosen."""
        note = self.note_box.toPlainText().strip()[:NOTE_LIMIT]
        return ModelDescription(self.name_box.text(), note, self.picker.chosen)

    def show_failure(self, report: ErrorReport) -> None:
        """Show why it could not be saved; what was typed stays."""
        self.notice.show_report(report)
        self.name_box.setFocus()

    def allow_saving(self, allowed: bool) -> None:
        """Enable saving; it is disabled while another task changes the library."""
        self._is_allowed = allowed
        self._refresh()

    def _on_picture_changed(self) -> None:
        self.notice.show_report(None)
        self._refresh()

    def _refresh(self) -> None:
        is_named = bool(self.name_box.text().strip())
        self.save.setEnabled(self._is_allowed and is_named and not self.picker.is_reading)

    def _save(self) -> None:
        self.notice.show_report(None)
        self.save_requested.emit(self.description)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.picker.is_offered(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()  # the page may take it

    def dropEvent(self, event: QDropEvent) -> None:
        if self.picker.is_offered(event.mimeData()):
            event.acceptProposedAction()
            self.picker.take(event.mimeData())
        else:
            event.ignore()
