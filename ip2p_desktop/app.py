"""Creates every object of the window once and runs the event loop."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.editing.cost_history import CostHistory
from ip2p_desktop.base import paths
from ip2p_desktop.base.crashes import crash
from ip2p_desktop.base.crashes.hard_crash import HardCrashWatch
from ip2p_desktop.base.desktop_application import DesktopApplication
from ip2p_desktop.base.garbage_collection import GarbageCollection
from ip2p_desktop.base.languages import install_translators
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.base.single_instance import SingleInstance
from ip2p_desktop.base.window_settings_migration import migrate_window_settings
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.edit_worker import EditorMaker, make_editor
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.editing.estimates import EstimateController
from ip2p_desktop.editing.previews.preview_queue import PreviewQueue
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.image_memory import MEGABYTE, ImageMemory
from ip2p_desktop.widgets.icons import application_icon
from ip2p_desktop.widgets.theme import Theme
from ip2p_desktop.window.batch.batch_controller import BatchController
from ip2p_desktop.window.export.save_controller import SaveController
from ip2p_desktop.window.finer.finer_controller import FinerController
from ip2p_desktop.window.guidance.edit_submission import EditSubmission
from ip2p_desktop.window.guidance.guidance_controller import GuidanceController
from ip2p_desktop.window.guidance.sweep_controller import SweepController
from ip2p_desktop.window.help.crash_report_controller import CrashReportController
from ip2p_desktop.window.help.help_controller import HelpController
from ip2p_desktop.window.ideas.ideas_controller import IdeasController
from ip2p_desktop.window.live.live_preview_controller import LivePreviewController
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.masks.mask_controller import MaskController
from ip2p_desktop.window.masks.subject_finding import find_subject
from ip2p_desktop.window.preferences_action import PreferencesAction
from ip2p_desktop.window.queue.queue_controller import QueueController
from ip2p_desktop.window.updates.updates_controller import UpdatesController
from ip2p_desktop.window.wiring.compare_controller import CompareController
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.history_controller import HistoryController
from ip2p_desktop.window.wiring.models.edit_pack_controller import EditPackController
from ip2p_desktop.window.wiring.models.models_controller import ModelsController
from ip2p_desktop.window.wiring.notices import NoticeController
from ip2p_desktop.window.wiring.photo_controller import PhotoController
from ip2p_desktop.window.wiring.restore_controller import RestoreController
from ip2p_desktop.window.wiring.result_settings_controller import ResultSettingsController
from ip2p_desktop.window.wiring.sessions.session_controller import SessionController
from ip2p_desktop.window.wiring.sessions.session_menu_controller import SessionMenuController
from ip2p_desktop.window.wiring.sessions.session_recorder import SessionRecorder
from ip2p_desktop.window.wiring.sessions.session_restoration import SessionRestoration
from ip2p_desktop.window.wiring.settings_controller import SettingsController
from ip2p_desktop.window.wiring.training_controller import TrainingController
from ip2p_desktop.window.wiring.undo_controller import UndoController
from ip2p_desktop.window.wiring.window_controller import WindowController

WARM_UP_DELAY_MS = 600
"""By then the window is painted, so loading the libraries does not delay it."""

FIND_RUNS_DELAY_MS = 1500
"""Runs of training that go on are found after the window is painted and has loaded its libraries."""

CHECK_UPDATES_DELAY_MS = 5000
"""If the user has allowed it, updates are asked for when all else has started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """The objects of a running window. Call `shut_down` before the last reference goes."""

    garbage: GarbageCollection
    window: MainWindow
    document: EditDocument
    preferences: Preferences
    client: EditClient
    queue: EditQueue
    previews: PreviewQueue
    tree: EditTree
    files: PhotoFiles
    installed: InstalledModels
    estimates: EstimateController
    edits: EditController
    finer: FinerController
    live: LivePreviewController
    ideas: IdeasController
    history: HistoryController
    undo: UndoController
    models: ModelsController
    photos: PhotoController
    masks: MaskController
    compare: CompareController
    guidance: GuidanceController
    sweeps: SweepController
    preferences_action: PreferencesAction
    sessions: SessionController
    session_menu: SessionMenuController
    help: HelpController
    updates: UpdatesController
    crash_reports: CrashReportController
    batches: BatchController
    saving: SaveController
    edit_packs: EditPackController

    def shut_down(self) -> None:
        """Stop edits and downloads, and wait for their threads and processes; training goes on."""
        self.models.shut_down()
        self.edit_packs.shut_down()
        self.batches.shut_down()
        self.previews.shut_down()
        self.ideas.shut_down()
        self.queue.shut_down()
        self.client.shut_down()
        self.batches.release()
        self.estimates.shut_down()
        self.finer.shut_down()
        self.sweeps.shut_down()
        self.preferences_action.shut_down()
        self.saving.shut_down()
        self.files.shut_down()
        self.masks.shut_down()
        self.compare.shut_down()
        self.installed.close()
        self.session_menu.shut_down()
        self.help.shut_down()
        self.updates.shut_down()
        self.crash_reports.shut_down()
        self.sessions.shut_down()
        self.garbage.shut_down()


def build_program(
    application: QApplication, preferences: Preferences, maker: EditorMaker = make_editor
) -> Program:
    """Create all objects except the event loop; `maker` creates the editor on the worker's thread."""
    garbage = GarbageCollection()  # before any other thread starts
    installed = InstalledModels()
    installed.reload()  # in the background, while the window is created
    theme = Theme(application, preferences.theme)
    samples = paths.sample_photos()
    window = MainWindow(samples)
    document = EditDocument(window)
    client = EditClient(maker, options=partial(EditorOptions.preferred, preferences))
    queue = EditQueue(client, window)
    memory = ImageMemory(preferences.image_memory * MEGABYTE)
    tree = EditTree(memory, window)
    files = PhotoFiles()
    costs = CostHistory(paths.edit_costs_file())
    previews = PreviewQueue(client, queue, costs, partial(EditorOptions.preferred, preferences), window)
    estimates = EstimateController(document, queue, costs, window)
    edits = EditController(window, document, queue, tree, installed)
    live = LivePreviewController(window, document, queue, previews, preferences)
    ideas = IdeasController(window, document, tree, edits, previews, preferences, samples)
    undo = UndoController(window, document, queue, tree, edits, installed)
    history = HistoryController(window, document, tree, edits, undo)
    SettingsController(window, document)
    QueueController(window, document, queue, estimates)
    finer = FinerController(window, document, queue, edits, installed, costs)
    ResultSettingsController(window, document, queue, edits, installed)
    submission = EditSubmission(window, document, queue, edits)
    guidance = GuidanceController(window, document, tree, submission, history, undo)
    sweeps = SweepController(window, document, queue, tree, submission, guidance, history, installed, costs)
    NoticeController(window, document, queue, edits, files, tree)
    restore_controller = RestoreController(document, window.notice_bar, installed, window)
    photos = PhotoController(window, document, files, preferences, edits, restore_controller)
    masks = MaskController(window, document, preferences, find_subject)
    compare = CompareController(window, document, tree, edits, undo)
    saving = SaveController(window, document, tree, files, preferences)
    models = ModelsController(window, document, client, preferences, installed)
    edit_packs = EditPackController(window, document, files, installed, models.selection)
    models.training_action.tree = tree
    window.history_strip.use_as_pair_requested.connect(models.training_action.use_as_pair)
    TrainingController(window, models.training_action)
    WindowController(window, document, queue, preferences, models.training_action)
    preferences_action = PreferencesAction(preferences, theme, window)
    preferences_action.models_folder_changed.connect(installed.reload)
    preferences_action.live_preview_changed.connect(live.switch)
    live.chosen.connect(preferences_action.refresh)
    preferences_action.image_memory_changed.connect(
        lambda megabytes: setattr(memory, "byte_limit", megabytes * MEGABYTE)
    )
    recorder = SessionRecorder(window, document, tree, undo.histories)
    recorder.waiting_states = lambda: [job.edit_state for job in queue.jobs if not job.state.is_end]
    restoration = SessionRestoration(window, document, tree, edits, undo, installed)
    sessions = SessionController(
        *(window, document, tree, recorder, restoration, edits, undo),
        preferences,
        paths.sessions_folder(),
    )
    session_menu = SessionMenuController(window, tree, sessions, recorder, files, preferences)
    preferences_action.sessions_requested.connect(session_menu.open_dialog)
    batches = BatchController(*(window, document, client, queue, tree), preferences, paths.batches_folder())
    sessions.restore_last()
    batches.find_interrupted()
    files.read_thumbnails(samples, window.canvas.welcome.thumbnail_side)
    return Program(
        garbage=garbage,
        window=window,
        document=document,
        preferences=preferences,
        client=client,
        queue=queue,
        previews=previews,
        tree=tree,
        files=files,
        installed=installed,
        estimates=estimates,
        edits=edits,
        finer=finer,
        live=live,
        ideas=ideas,
        history=history,
        undo=undo,
        models=models,
        photos=photos,
        masks=masks,
        compare=compare,
        guidance=guidance,
        sweeps=sweeps,
        preferences_action=preferences_action,
        sessions=sessions,
        session_menu=session_menu,
        help=HelpController(window, document, preferences_action),
        updates=UpdatesController(window, preferences),
        crash_reports=CrashReportController(window),
        batches=batches,
        saving=saving,
        edit_packs=edit_packs,
    )


def main(files: Sequence[Path] = ()) -> int:
    """Show the window with photos from these files, run the event loop and return the exit code.

    If the program runs already, it shows them instead.
    """
    if not has_display():
        sys.stderr.write(
            "There is no display to show a window on. "
            "To edit from the command line, see: ip2p-desktop edit --help\n"
        )
        return 1
    # Python's own handler would only run at the next Qt event, so Ctrl-C would have no effect until then
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    application = DesktopApplication(sys.argv[:1])
    instance = SingleInstance(paths.data_folder(), application)
    if instance.hand_over_or_listen(files):
        return 0
    reports = paths.crash_reports_folder()
    crash.start_logging(paths.log_file(), reports)
    watch = HardCrashWatch(reports)
    crash_report = watch.report_crashes()
    watch.start()
    application.setApplicationName(paths.APP_NAME)
    application.setDesktopFileName("ip2p-desktop")
    application.setWindowIcon(application_icon())
    preferences = Preferences(paths.preferences_file())
    migrate_window_settings(paths.data_folder() / "window.ini", preferences)
    install_translators(application, preferences.language)
    program = build_program(application, preferences)
    reporter = crash.CrashReporter(application)
    reporter.reported.connect(program.window.notice_bar.show_error)
    reporter.install()
    instance.files_received.connect(program.photos.open_from_outside)
    application.files_requested.connect(program.photos.open_from_outside)
    program.window.show()
    program.files.open_files(files)
    program.crash_reports.offer(crash_report)
    QTimer.singleShot(WARM_UP_DELAY_MS, program.client.warm_up)
    QTimer.singleShot(CHECK_UPDATES_DELAY_MS, program.updates.check_if_allowed)
    QTimer.singleShot(FIND_RUNS_DELAY_MS, program.models.training_action.find_runs)
    exit_code = application.exec()
    instance.close()
    program.window.hide()
    program.shut_down()
    watch.stop()
    return exit_code


def has_display() -> bool:
    """Whether Qt can open a window here. Without a display Qt would abort the process."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
