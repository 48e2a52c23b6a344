"""Saves results: to the file they were saved to last, to another one, or as the export dialog says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint

from engine.errors import ErrorReport
from engine.images.image_saving import SaveOptions
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.photos.file_dialogs import FileDialogs
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.export.export_texts import ExportTexts
from ip2p_desktop.window.export.result_drag import ResultDrag
from ip2p_desktop.window.export.starred_results import SavedResults, StarredResults
from ip2p_desktop.window.history.results_view import ResultsView
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.message_boxes import confirm_replacing_original


class SaveController(QObject):
    """Never replaces a photo that is open without asking."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        files: PhotoFiles,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._tree = window, document, tree
        self._files, self._preferences = files, preferences
        self._dialogs = FileDialogs(preferences, window)
        self._export_options = SaveOptions()
        self._export_sizes = Background(self, workers=1, is_latest_only=True)
        self._starred = StarredResults(self)
        self._drag = ResultDrag(self)
        self._drag.failed.connect(window.notice_bar.show_error)
        self._drag.watch(window.header.drag_button, lambda _: document.result)
        results = window.history_strip.results
        self._drag.watch(results.viewport(), partial(_result_at, results))
        self._connect()
        self._enable_actions()

    def _connect(self) -> None:
        window, actions = self._window, self._window.actions_
        for signal in (window.header.save_requested, actions.save.triggered):
            signal.connect(self.save)
        actions.save_as.triggered.connect(self.save_as)
        actions.export.triggered.connect(self.open_export_dialog)
        actions.save_starred.triggered.connect(self._dialogs.open_starred_dialog)
        window.history_strip.save_requested.connect(self._dialogs.open_save_dialog)
        self._dialogs.output_chosen.connect(self.save_to)
        self._dialogs.export_chosen.connect(self._on_export_chosen)
        self._dialogs.starred_folder_chosen.connect(self._save_starred)
        self._starred.progressed.connect(self._on_starred_progress)
        self._starred.finished.connect(self._on_starred_saved)
        for changed in (self._tree.added, self._tree.removed, self._tree.changed, self._tree.replaced):
            changed.connect(self._enable_actions)

    def save(self) -> None:
        """Save the result on screen to the file it was saved to last; ask for one if there is none."""
        result = self._document.result
        if result is None:
            return
        known = result.saved_file
        if known is not None and known.is_unchanged and not self._is_original(known.path):
            self._files.save(result, known.path)
        else:
            self._dialogs.open_save_dialog(result)

    def save_as(self) -> None:
        """Ask for a file for the result on screen."""
        if self._document.result is not None:
            self._dialogs.open_save_dialog(self._document.result)

    def save_to(self, result: EditedPhoto, path: Path) -> None:
        """Write a result to a file; ask before it replaces an open photo. A notice reports the outcome."""
        again = partial(self._dialogs.open_save_dialog, result)
        self._confirm(path, partial(self._files.save, result, path), again)

    def open_export_dialog(self) -> None:
        """Open the dialog with all options for the result on screen."""
        result = self._document.result
        if result is None:
            return
        # imported here, so that the window starts without the modules of the dialog
        from ip2p_desktop.window.export.export_dialog import ExportDialog

        dialog = ExportDialog(result, self._preferences, self._export_sizes, self._window)
        dialog.export_requested.connect(partial(self._choose_export_file, result))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def shut_down(self) -> None:
        """Wait for the files that are being written, and delete those that were made for dragging."""
        self._starred.shut_down()
        self._drag.shut_down()
        self._export_sizes.cancel()
        self._export_sizes.close()

    def _choose_export_file(self, result: EditedPhoto, suffix: str, options: SaveOptions) -> None:
        self._export_options = options
        self._dialogs.open_export_file_dialog(result, suffix)

    def _on_export_chosen(self, result: EditedPhoto, path: Path) -> None:
        again = partial(self._dialogs.open_export_file_dialog, result, path.suffix.removeprefix("."))
        self._confirm(path, partial(self._files.save, result, path, self._export_options), again)

    def _confirm(self, path: Path, write: Callable[[], None], again: Callable[[], None]) -> None:
        if self._is_original(path):
            confirm_replacing_original(self._window, path.name, write, again)
        else:
            write()

    def _is_original(self, path: Path) -> bool:
        """Whether a file is one of the photos that are open."""
        return any(_is_same_file(path, photo.file) for photo in _photos(self._tree) if photo.file is not None)

    def _save_starred(self, folder: Path) -> None:
        self._starred.save(self._tree.starred, folder)

    def _on_starred_progress(self, done: int, total: int) -> None:
        self._window.notice_bar.show_message(ExportTexts().saving(done, total))

    def _on_starred_saved(self, folder: Path, saved: SavedResults) -> None:
        show = partial(show_in_system, folder, self._window)
        texts, bar = ExportTexts(), self._window.notice_bar
        if saved.failures:
            first: ErrorReport = saved.failures[0]
            bar.show_error(first)
            bar.message.setText(f"{texts.saved(saved.count)} {bar.message.text()}".strip())
        else:
            bar.show_message(texts.saved(saved.count), self.tr("Show folder"), show)

    def _enable_actions(self) -> None:
        self._window.actions_.save_starred.setEnabled(self._tree.has_starred)


def _result_at(view: ResultsView, position: QPoint) -> EditedPhoto | None:
    node = view.results.node(view.indexAt(position))
    return node if isinstance(node, EditedPhoto) else None


def _photos(tree: EditTree) -> Iterable[SourcePhoto]:
    return (node for node in tree.nodes if isinstance(node, SourcePhoto))


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
