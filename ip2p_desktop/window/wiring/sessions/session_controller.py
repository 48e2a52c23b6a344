"""Controls the session: the last one comes back at the start, others are opened, new ones begun."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError, ErrorReport
from engine.files.disk_space import size_text
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.session_loading import LoadedSession, load_session
from ip2p_desktop.session.session_store import SessionStore
from ip2p_desktop.session.store.project_file import read_project
from ip2p_desktop.session.store.session_folder import (
    SessionFolder,
    disk_usage,
    is_complete,
    is_locked,
    session_paths,
)
from ip2p_desktop.session.store.session_record import SessionRecord
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.sessions.session_recorder import SessionRecorder
from ip2p_desktop.window.wiring.sessions.session_restoration import SessionRestoration
from ip2p_desktop.window.wiring.undo_controller import UndoController

log = logging.getLogger(__name__)

BUDGET_DELAY_MS = 5000
"""Time from a new image to the check of the disk space, so that it is not checked for each of several."""
GIGABYTE = 1000**3
NAMES_SHOWN = 5
"""The number of damaged parts that a notice names."""

Opened = tuple[SessionFolder, LoadedSession]


class SessionController(QObject):
    """Opens, saves and changes the session of the window."""

    restored = Signal()
    """The session that is opened at the start has been read, or there is none."""
    changed = Signal()
    """Another session is in the window."""
    project_saved = Signal(object)
    """`Path`."""
    disk_space_requested = Signal()
    """Show the sessions and their sizes."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        recorder: SessionRecorder,
        restoration: SessionRestoration,
        edits: EditController,
        undo: UndoController,
        preferences: Preferences,
        folder: Path,
    ) -> None:
        """`folder` is that of all sessions."""
        super().__init__(window)
        self._window, self._document, self._tree = window, document, tree
        self.recorder = self._recorder = recorder
        self._restoration = restoration
        self._edits, self._undo, self._preferences = edits, undo, preferences
        self.folder = folder
        self.is_restored = False
        """Whether the session that is opened at the start has been read."""
        self._background = Background(self, workers=1)
        self._wanted: Callable[[], None] | None = None
        """Opens what was to be opened before the session of the start has been read."""
        self._opening: Path | None = None
        """The session that is being opened, which a second click must not open again."""
        self._has_warned = False
        self._budget_delay = QTimer(self, singleShot=True, interval=BUDGET_DELAY_MS)
        self._budget_delay.timeout.connect(self.check_disk_space)
        self._store = SessionStore(folder)
        recorder.adjust = restoration.adjusted
        recorder.problem_changed.connect(self._on_problem_changed)
        recorder.stored.connect(self._budget_delay.start)
        edits.store = self._store
        recorder.start(self._store, SessionRecord())

    @property
    def path(self) -> Path | None:
        """The folder of the session; None as long as nothing was written."""
        return self._store.path

    def restore_last(self) -> None:
        """Open the session changed last, in the background; a new one if another program has any open."""
        self._recorder.pause()
        store = self._store
        self._background.submit(
            partial(_open_last, self.folder, store), self._on_restored, self._on_not_restored
        )

    def begin(self) -> None:
        """Begin a new session; the one before stays on disk."""
        if not self.is_restored:
            self._wanted = self.begin
        else:
            self._leave(self._begin)

    def open_session(self, path: Path) -> None:
        """Open another session in the background; a notice reports if it cannot be opened."""
        if path in (self.path, self._opening):
            return
        self._opening = path
        self._open(partial(_open, path), path.name)

    def open_project(self, file: Path) -> None:
        """Open a copy of the session in a project; a notice reports if it cannot be read."""
        self._open(partial(_open_project, file, self.folder), file.name)

    def save_project(self, file: Path) -> None:
        """Write the session to one file, in the background; a notice reports success or failure."""
        store, record, nodes = self._store, self._recorder.complete(), self._tree.nodes
        work = partial(store.save_project, record, store.take_turn(), nodes, file)
        self._recorder.submit(work, lambda _: self.project_saved.emit(file), self._edits.refused.emit)

    def check_disk_space(self) -> None:
        """Report once if all sessions need more disk space than the user has chosen for them."""
        budget = self._preferences.session_budget * GIGABYTE
        if budget and not self._has_warned:
            self._background.submit(
                partial(disk_usage, self.folder), partial(self._on_usage_known, budget), _log_failure
            )

    def shut_down(self) -> None:
        """Write all that is left, and wait for it."""
        self._budget_delay.stop()
        self._background.close()
        self._recorder.shut_down()
        self._edits.shut_down()

    def _open(self, work: Callable[[], Opened], name: str) -> None:
        if not self.is_restored:
            self._wanted = partial(self._open, work, name)
        else:
            self._leave(partial(self._start_opening, work, name))

    def _start_opening(self, work: Callable[[], Opened], name: str) -> None:
        self._window.canvas.show_busy(self.tr("Opening {name}…").format(name=name))
        # after the session before was closed, which may be the one to open
        self._recorder.submit(work, self._on_opened, self._on_not_opened)

    def _begin(self) -> None:
        store = SessionStore(self.folder)
        store.decide(None)
        self._replace(store, SessionRecord())
        self._document.change(instruction="")

    def _leave(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` as soon as everything is on disk; a notice reports if it cannot be written."""
        if self._recorder.unwritten and self._recorder.problem is None:  # it is being written
            self._recorder.submit(
                lambda: None, lambda _: self._leave_if_written(go_on), self._edits.refused.emit
            )
        else:
            self._leave_if_written(go_on)

    def _leave_if_written(self, go_on: Callable[[], None]) -> None:
        problem = self._recorder.problem
        if problem is not None and self._recorder.unwritten:
            self._opening = None
            self._edits.refused.emit(problem)
        else:
            go_on()

    def _replace(self, store: SessionStore, record: SessionRecord) -> None:
        """Leave the session and use another store, with an empty window."""
        self._edits.cancel_all()
        self._edits.loader.cancel()
        self._restoration.cancel()
        self._recorder.finish()
        self._undo.histories.clear()
        self._document.show_nothing()
        self._tree.replace()
        self._window.notice_bar.clear()
        self._store = self._edits.store = store
        self._recorder.start(store, record)
        self.changed.emit()

    def _on_restored(self, session: LoadedSession | None) -> None:
        if session is not None:
            self._adopt(session)
        self._recorder.resume()
        self.is_restored = True
        self._budget_delay.start()
        self.restored.emit()
        if self._wanted is not None:
            self._wanted()

    def _on_not_restored(self, report: ErrorReport) -> None:
        self._on_restored(None)
        self._edits.refused.emit(report)

    def _on_opened(self, opened: Opened) -> None:
        self._opening = None
        folder, session = opened
        self._window.canvas.hide_busy()
        store = SessionStore(self.folder)
        store.decide(folder)
        self._replace(store, session.record)
        self._document.change(instruction="")
        self._adopt(session)
        self._recorder.write_all()  # so that it is the session changed last, also after a crash

    def _on_not_opened(self, report: ErrorReport) -> None:
        self._opening = None
        self._window.canvas.hide_busy()
        self._edits.refused.emit(report)

    def _adopt(self, session: LoadedSession) -> None:
        self._store.mark_stored(session.stored)
        self._recorder.start(self._store, session.record)
        self._restoration.start(session)
        if session.damaged:
            self._report_damage(session)

    def _report_damage(self, session: LoadedSession) -> None:
        names = ", ".join(session.damaged[:NAMES_SHOWN])
        if len(session.damaged) > NAMES_SHOWN:
            more = self.tr("{names} and {count} more")
            names = more.format(names=names, count=len(session.damaged) - NAMES_SHOWN)
        text = self.tr("Parts of the session are damaged: {names}.").format(names=names)
        advice = self.tr("They were set aside in {folder}. Everything else is here.")
        self._window.notice_bar.show_advice(text, advice.format(folder=session.damaged_folder))

    def _on_problem_changed(self, report: ErrorReport | None) -> None:
        if report is None:
            self._window.notice_bar.show_message(self.tr("Everything is stored on disk again."))
        else:
            self._edits.refused.emit(report)

    def _on_usage_known(self, budget: int, usage: int) -> None:
        if usage > budget and not self._has_warned:
            self._has_warned = True
            text = self.tr("Your sessions take {used} of disk space, more than {budget}.")
            self._window.notice_bar.show_offer(
                text.format(used=size_text(usage), budget=size_text(budget)),
                self.tr("Free disk space…"),
                self.disk_space_requested.emit,
                advice=self.tr("Nothing is deleted by itself. Delete sessions that you no longer need."),
            )


def _open(path: Path) -> Opened:
    folder = SessionFolder.open(path)
    try:
        return folder, load_session(folder.path)
    except BaseException:
        folder.close()
        raise


def _open_project(file: Path, parent: Path) -> Opened:
    folder = read_project(file, parent)
    try:
        return folder, load_session(folder.path)
    except BaseException:
        folder.delete()
        raise


def _open_last(parent: Path, store: SessionStore) -> LoadedSession | None:
    """The session changed last, whose folder is set in `store`; None if another program has one open."""
    folder = None
    try:
        paths = [path for path in session_paths(parent) if is_complete(path)]
        if not paths or any(is_locked(path) for path in paths):
            return None
        folder, session = _open(paths[0])
        return session
    finally:
        store.decide(folder)


def _log_failure(report: ErrorReport | EngineError) -> None:
    log.warning("The disk space of sessions is not known: %s", report)
