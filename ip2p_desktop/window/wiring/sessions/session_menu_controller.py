"""Connects the entries of the File menu for sessions, projects and files opened last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.photos.file_dialogs import FileDialogs
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.store.project_file import PROJECT_SUFFIX
from ip2p_desktop.session.store.session_folder import read_title, session_paths
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.message_boxes import confirm_loss
from ip2p_desktop.window.wiring.sessions.session_controller import SessionController
from ip2p_desktop.window.wiring.sessions.session_recorder import SessionRecorder

if TYPE_CHECKING:
    from ip2p_desktop.window.sessions_dialog import SessionsDialog

MOST_FILES = 10
MOST_SESSIONS = 5


class SessionMenuController(QObject):
    """Opens the dialogs and menus of sessions, and asks before results that are not on disk are lost."""

    def __init__(
        self,
        window: MainWindow,
        tree: EditTree,
        sessions: SessionController,
        recorder: SessionRecorder,
        files: PhotoFiles,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._tree, self._sessions, self._recorder = window, tree, sessions, recorder
        self._files, self._preferences = files, preferences
        self._dialogs = FileDialogs(preferences, window)
        self._dialog: SessionsDialog | None = None
        self._is_loss_confirmed = False
        self._connect()
        self._enable_actions()

    def _connect(self) -> None:
        actions, menu, sessions = self._window.actions_, self._window.recent_menu, self._sessions
        actions.new_session.triggered.connect(sessions.begin)
        actions.open_project.triggered.connect(self._dialogs.open_project_dialog)
        actions.save_project.triggered.connect(self._choose_project_file)
        actions.sessions.triggered.connect(self.open_dialog)
        sessions.disk_space_requested.connect(self.open_dialog)
        sessions.project_saved.connect(self._on_project_saved)
        self._dialogs.project_chosen.connect(self.open_project)
        self._dialogs.project_output_chosen.connect(sessions.save_project)
        self._files.project_offered.connect(self.open_project)
        for read in (self._files.read, self._files.added):
            read.connect(self._on_photo_read)
        menu.about_to_fill.connect(self._fill_menu)
        menu.file_chosen.connect(self._files.open_file)
        menu.session_chosen.connect(sessions.open_session)
        menu.clear_requested.connect(self._clear_recent)
        for signal in (self._tree.grown, self._tree.deleted, self._tree.replaced, sessions.changed):
            signal.connect(self._enable_actions)
        can_close = self._window.can_close
        self._window.can_close = lambda: can_close() and self._can_close()

    def open_project(self, file: Path) -> None:
        """Open a project and put it on top of the list of recent files."""
        self._remember(file)
        self._sessions.open_project(file)

    def open_dialog(self) -> None:
        """Open the dialog of all sessions."""
        if self._dialog is None:
            # imported here, so that the window starts without the modules of the dialog
            from ip2p_desktop.window.sessions_dialog import SessionsDialog

            self._dialog = SessionsDialog(self._sessions.folder, self._preferences, self._window)
            self._dialog.session_chosen.connect(self._sessions.open_session)
            for signal in (self._sessions.changed, self._recorder.closed):
                signal.connect(self._dialog.refresh)
        self._dialog.refresh()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def shut_down(self) -> None:
        """Wait until the threads of the dialog have ended."""
        if self._dialog is not None:
            self._dialog.shut_down()

    def _choose_project_file(self) -> None:
        first = next(iter(self._tree.listed), None)
        stem = Path(first.name).stem[:64] if first is not None else self.tr("Project")
        self._dialogs.open_project_save_dialog(f"{stem}{PROJECT_SUFFIX}")

    def _on_project_saved(self, file: Path) -> None:
        self._remember(file)
        self._files.saved.emit(file)

    def _on_photo_read(self, photo: SourcePhoto) -> None:
        if photo.file is not None:
            self._remember(photo.file)

    def _remember(self, file: Path) -> None:
        file = file.absolute()
        others = [each for each in self._preferences.recent_files if each != file]
        self._preferences.recent_files = (file, *others[: MOST_FILES - 1])

    def _clear_recent(self) -> None:
        self._preferences.recent_files = ()

    def _fill_menu(self) -> None:
        paths = [path for path in session_paths(self._sessions.folder) if path != self._sessions.path]
        sessions = [read_title(path) for path in paths[:MOST_SESSIONS]]
        self._window.recent_menu.fill(self._preferences.recent_files, sessions)

    def _enable_actions(self) -> None:
        self._window.actions_.save_project.setEnabled(not self._tree.is_empty)

    def _can_close(self) -> bool:
        """Whether everything is on disk, or the user knows that it is not."""
        if self._is_loss_confirmed or self._recorder.problem is None or not self._recorder.unwritten:
            return True
        confirm_loss(self._window, len(self._recorder.unwritten), self._quit_anyway)
        return False

    def _quit_anyway(self) -> None:
        self._is_loss_confirmed = True
        self._window.close()
