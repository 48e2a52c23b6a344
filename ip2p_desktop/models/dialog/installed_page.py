"""The page of the models on this computer: use, add, describe and remove them, and move
their folder.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.downloads import DownloadProgress
from engine.edit_packs.pack_file import PACK_SUFFIX
from engine.errors import ErrorReport, ModelNotUsable
from engine.library import ModelCard
from engine.library.cards import MODEL_SUFFIXES
from ip2p_desktop.models.dialog import model_texts
from ip2p_desktop.models.dialog.library_client import (
    LibraryClient,
    LibraryListing,
    LibraryModel,
    LibraryTask,
    ModelDescription,
)
from ip2p_desktop.models.dialog.model_row import ModelRow
from ip2p_desktop.models.dialog.models_page import ModelsPage
from ip2p_desktop.models.dialog.preview_picker import ResultSource
from ip2p_desktop.models.dialog.progress_line import ProgressLine
from ip2p_desktop.widgets.controls.file_choosing import all_files, choose_file, choose_folder, patterns
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.drop import offered_files
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class InstalledPage(ModelsPage):
    """Shows the models that `LibraryClient` lists, and starts its tasks."""

    model_chosen = Signal(object)
    """`Path` of the model to use."""
    folder_requested = Signal()
    """Show the folder of the models in the system's file manager."""

    def __init__(self, library: LibraryClient, result: ResultSource, parent: QWidget | None = None) -> None:
        """`result` gives the result in the window, which can become the preview of a model."""
        super().__init__("installed_page", parent)
        self.setAcceptDrops(True)
        self.library = library
        self._result = result
        self.model_rows: list[ModelRow] = []
        self._model_in_use: Path | None = None
        self._task_text = self._task_name = ""
        self._can_move = True
        self._described: Path | None = None
        """The model whose description is being saved, or was until the next list."""
        self._waiting: list[Path] = []
        """Models to add after the one that is being added."""
        self._refused: list[str] = []
        """Names of the models added together that cannot be used."""
        self.add_file = plain_button("add_file", self.tr("Add a file…"))
        self.add_folder = plain_button("add_folder", self.tr("Add a folder…"))
        self.show_folder = plain_button(
            "show_models_folder", self.tr("Show"), self.tr("Show the folder of the models")
        )
        self.move_folder = plain_button(
            "move_models_folder", self.tr("Move…"), self.tr("Keep the models in another folder")
        )
        self.folder_label = named(body_label("", role="hint"), "models_folder")
        self.progress_line = ProgressLine("library_progress")
        self._lay_out()
        self._connect()
        self._show_task()

    def _lay_out(self) -> None:
        folder_row = QHBoxLayout()
        folder_row.setSpacing(8)
        folder_row.addWidget(self.folder_label, 1)
        folder_row.addWidget(self.show_folder)
        folder_row.addWidget(self.move_folder)
        adding = QHBoxLayout()
        adding.setSpacing(8)
        adding.addWidget(self.add_file)
        adding.addWidget(self.add_folder)
        adding.addWidget(body_label(self.tr("or drop one here; it is copied."), role="hint"), 1)
        self.top.addLayout(folder_row)
        self.top.addLayout(adding)
        self.top.addWidget(self.progress_line)
        self.top.addWidget(self.notice)

    def _connect(self) -> None:
        library = self.library
        library.listed.connect(self._on_listed)
        library.began.connect(self._on_began)
        library.progressed.connect(self._on_progressed)
        library.ended.connect(self._on_ended)
        library.failed.connect(self._on_failed)
        self.progress_line.cancel_requested.connect(self._cancel)
        self.show_folder.clicked.connect(self.folder_requested)
        self.add_file.clicked.connect(self._open_file_dialog)
        self.add_folder.clicked.connect(self._open_folder_dialog)
        self.move_folder.clicked.connect(self._open_move_dialog)

    def show_used(self, model: Path | None) -> None:
        """Mark the model that edits."""
        self._model_in_use = model
        for row in self.model_rows:
            row.show_use(row.model.card.path == model)

    def allow_moving(self, allowed: bool) -> None:
        """Enable moving the folder; it is disabled while a download writes into it."""
        self._can_move = allowed
        self._show_task()

    def _on_listed(self, listing: LibraryListing) -> None:
        folder = self.tr("Kept in {folder}").format(folder=model_texts.breakable(listing.folder))
        self.folder_label.setText(f"{folder} · {model_texts.free_space_text(listing.free)}")
        kept = {row.model.card.path: row for row in self.model_rows if row.editor is not None}
        listed = [model for model in listing.models if model.problem is None or model.card.path not in kept]
        rows = [kept.get(model.card.path) or self._row(model) for model in listed]
        for row in self.model_rows:
            self.rows.removeWidget(row)
            if row not in rows:
                row.hide()
                row.deleteLater()
        self.model_rows = rows
        for row in rows:
            self.rows.addWidget(row)
            if row.model.card.path == self._described and row.editor is None:
                row.edit.setFocus()
                self._described = None
        self.show_used(self._model_in_use)
        self._show_task()

    def _row(self, model: LibraryModel) -> ModelRow:
        row, card = ModelRow(model, self._result), model.card
        row.use_requested.connect(partial(self.model_chosen.emit, card.path))
        row.edit.clicked.connect(partial(self._reveal, row))
        row.description_requested.connect(partial(self._describe, card))
        row.removal_requested.connect(partial(self._remove, card))
        return row

    def _reveal(self, row: ModelRow) -> None:
        """Scroll to the fields of a row once these are laid out."""

        def reveal() -> None:
            self.area.ensureWidgetVisible(row)
            if row.editor is not None:  # its first field, if there is no room for all
                self.area.ensureWidgetVisible(row.editor.name_box)

        QTimer.singleShot(0, row, reveal)

    def _describe(self, card: ModelCard, description: ModelDescription) -> None:
        if self.library.task is None:
            self._described = card.path
            self.library.describe(card, description)

    def _described_row(self) -> ModelRow | None:
        """The row whose description is being saved."""
        return next((row for row in self.model_rows if row.model.card.path == self._described), None)

    def _remove(self, card: ModelCard) -> None:
        if self.library.task is None:
            self.library.remove(card)

    def add(self, *paths: Path) -> None:
        """Add model folders or files one after the other, as if the user had chosen them in the dialog."""
        if self.library.task is None and paths:
            self._waiting, self._refused = list(paths[1:]), []
            self.library.add(paths[0])

    def move_to(self, folder: Path) -> None:
        """Move the models to another folder, as if the user had chosen it in the dialog."""
        if self.library.task is None:
            self.library.move_to(folder)

    def _on_began(self, task: LibraryTask, name: str) -> None:
        words = {
            LibraryTask.ADDING: self.tr("Adding {name}…"),
            LibraryTask.DESCRIBING: self.tr("Saving {name}…"),
            LibraryTask.REMOVING: self.tr("Removing {name}…"),
            LibraryTask.MOVING: self.tr("Moving all models to {name}…"),
        }
        self._task_text, self._task_name = words[task].format(name=name), name
        if task is not LibraryTask.ADDING:
            self._refused = []
        if not self._refused:
            self.notice.show_report(None)
        self.progress_line.show_wait(self._task_text)
        self.progress_line.cancel.setVisible(task in (LibraryTask.ADDING, LibraryTask.MOVING))
        self.progress_line.cancel.setEnabled(True)
        self._show_task()

    def _on_progressed(self, progress: DownloadProgress) -> None:
        if self.progress_line.cancel.isEnabled():
            self.progress_line.show_progress(self._task_text, progress)

    def _on_failed(self, report: ErrorReport) -> None:
        """Show why a task failed; if several models cannot be added, name them all."""
        row = self._described_row() if self.library.task is LibraryTask.DESCRIBING else None
        if row is not None and row.editor is not None:
            row.editor.show_failure(report)
            self._described = None
            return
        if self.library.task is LibraryTask.ADDING:
            self._refused.append(self._task_name)
        if len(self._refused) > 1:
            report = ModelNotUsable(
                "model.several-not-added",
                "{names} cannot be added.",
                "Add them one by one to see why.",
                names=", ".join(self._refused),
            ).report()
        self.notice.show_report(report)

    def _cancel(self) -> None:
        self._waiting = []
        self.progress_line.cancel.setEnabled(False)
        self.progress_line.show_wait(self.tr("Stopping…"))
        self.library.cancel()

    def _on_ended(self, outcome: object) -> None:
        row = self._described_row()
        if row is not None and isinstance(outcome, ModelCard) and outcome.path == self._described:
            row.close_editor()
        self._show_task()
        if self._waiting:
            self.library.add(self._waiting.pop(0))

    def _show_task(self) -> None:
        is_idle = self.library.task is None
        self.progress_line.setVisible(not is_idle and self.library.task is not LibraryTask.DESCRIBING)
        for button in (self.add_file, self.add_folder):
            button.setEnabled(is_idle)
        self.move_folder.setEnabled(is_idle and self._can_move)
        for row in self.model_rows:
            row.allow_changes(is_idle)

    def _open_file_dialog(self) -> None:
        models = self.tr("Models ({patterns})").format(patterns=patterns((*MODEL_SUFFIXES, PACK_SUFFIX)))
        filters = [models, all_files()]
        choose_file(self, "add_file_dialog", self.tr("Add a model file"), self.add, filters=filters)

    def _open_folder_dialog(self) -> None:
        choose_folder(self, "add_folder_dialog", self.tr("Add a model folder"), self.add)

    def _open_move_dialog(self) -> None:
        choose_folder(self, "move_dialog", self.tr("Where to keep the models"), self.move_to)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.library.task is None and offered_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := offered_files(event.mimeData()):
            event.acceptProposedAction()
            self.add(*paths)
