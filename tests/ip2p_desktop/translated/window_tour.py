"""A program for tests: shows the real window and its dialogs, and prints every text that is in sight.

Arguments: a folder with a compiled translation, its language, and a folder of the test's own. Edits come from
the fake editor, training from the scripted trainer; all else is what a person starts.
"""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shown_texts import ShownText, shown_texts

from engine.edit_settings import EditSettings
from engine.instructions.reading import InstructionReading, Verdict
from engine.library import ModelCard, write_model_card
from ip2p_desktop import app
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.models.dialog.model_row import ModelRow
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs import training_session
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.window.preferences_dialog import PreferencesDialog
from ip2p_desktop.window.sessions_dialog import SessionsDialog

TESTS = Path(__file__).resolve().parent.parent.parent
TIMEOUT_MS = 60_000


class Tour:
    """Goes through the window place by place."""

    def __init__(self, program: Program, editor: FakeEditor, folder: Path) -> None:
        self.program, self.window, self.editor, self.folder = program, program.window, editor, folder
        self.texts: list[ShownText] = []

    def take(self) -> None:
        """Go everywhere."""
        self.wait(lambda: self.program.installed.is_known)
        self.look("welcome")
        self.photo()
        self.edits()
        self.notices()
        self.hints()
        self.models()
        self.training()
        self.preferences()
        self.sessions()
        self.window.actions_.about.trigger()
        self.look("about")

    def look(self, place: str) -> None:
        """Note all that is in sight."""
        QApplication.processEvents()
        self.texts += shown_texts(place)

    def photo(self) -> None:
        photo = self.folder / "dog.jpg"
        shutil.copy(paths.sample_photos()[1], photo)
        self.program.files.open_file(photo)
        self.wait(lambda: self.program.document.source is not None)
        self.window.settings_panel.more.click()
        self.look("photo")

    def edits(self) -> None:
        gate = self.editor.step_gates[1] = Gate()
        self.edit("make it snow", lambda: gate.is_reached)
        self.edit("make it warmer", lambda: bool(self.program.queue.waiting))
        self.look("running edit")
        gate.open()
        self.wait(lambda: not self.program.queue.is_busy)
        self.look("result")
        self.program.document.change(seed=4)
        self.look("settings of the result")

    def edit(self, instruction: str, until: Callable[[], bool]) -> None:
        self.window.composer.instruction_box.value = instruction
        self.window.composer.instruction_box.submitted.emit()
        self.wait(until)

    def notices(self) -> None:
        self.window.actions_.copy.trigger()
        self.look("copied")
        self.editor.is_unchanged, self.editor.fallbacks = (True,), ("Memory was short.",)
        self.window.notice_bar.clear()
        self.edit(
            "make it snow", lambda: not self.program.queue.is_busy and self.window.notice_bar.isVisible()
        )
        self.look("unchanged")
        saved = self.folder / "snow.png"
        result = self.program.document.result
        assert result is not None
        self.program.files.save(result, saved)
        self.wait(saved.is_file)
        self.wait(lambda: "snow.png" in self.window.notice_bar.message.text())
        self.look("saved")
        self.window.notice_bar.clear()
        self.program.files.open_file(saved)
        self.wait(lambda: "make it snow" in self.window.notice_bar.message.text())
        self.look("picture with settings")
        self.window.notice_bar.action_button.click()
        self.look("settings applied")

    def hints(self) -> None:
        self.program.document.reading = InstructionReading(
            typed="make it snwo now",
            instruction="make it snow now",
            verdict=Verdict.UNKNOWN,
            nearest=("make it snow", "make it warmer"),
            read_length=12,
        )
        self.window.resize(1900, 900)
        self.look("hints")

    def models(self) -> None:
        self.window.actions_.models.trigger()
        dialog = self.window.findChild(ModelsDialog)
        self.wait(lambda: len(dialog.installed_page.model_rows) > 1)
        self.look("models")
        next(row for row in dialog.findChildren(ModelRow) if row.model.is_own).remove.click()
        self.look("removing a model")
        dialog.show_catalogue()
        self.look("catalogue")
        gated = [row for row in dialog.catalogue_page.entry_rows.values() if row.entry.is_gated]
        for row in gated[:1]:
            row.download.click()
        self.look("gated model")
        dialog.close()

    def training(self) -> None:
        self.window.actions_.training.trigger()
        dialog = self.window.findChild(TrainingDialog)
        self.look("pairs wanted")
        dialog.choose_folder(TESTS / "assets" / "pairs")
        self.wait(lambda: dialog.session.dataset.findings is not None)
        self.look("pairs found")
        dialog.examples_page.next_button.click()
        self.wait(lambda: dialog.session.probe.estimate is not None)
        self.look("plan")
        dialog.plan_page.form.keep_choice.only_button.click()
        self.look("other plan")
        dialog.plan_page.start_button.click()
        self.wait(lambda: dialog.session.progress.step == 3)
        self.look("training")
        self.window.actions_.quit.trigger()
        self.look("question before quitting")
        QApplication.activeModalWidget().close()
        dialog.progress_page.stop_button.click()
        self.wait(lambda: dialog.session.phase in (TrainingPhase.DONE, TrainingPhase.FAILED))
        self.look("trained")
        dialog.progress_page.result_button.click()
        self.look("result")
        dialog.show_runs()
        self.wait(lambda: bool(dialog.runs_page.rows))
        self.look("runs")
        dialog.runs_page.rows[0].ask(True)
        self.look("deleting a run")
        dialog.close()

    def preferences(self) -> None:
        self.window.actions_.preferences.trigger()
        self.look("preferences")
        self.window.findChild(PreferencesDialog).close()

    def sessions(self) -> None:
        self.window.recent_menu.about_to_fill.emit()
        self.window.recent_menu.popup(self.window.pos())
        self.look("recent files")
        self.window.recent_menu.hide()
        self.window.actions_.sessions.trigger()
        dialog = self.window.findChild(SessionsDialog)
        self.wait(lambda: bool(dialog.rows))
        self.look("sessions")
        dialog.close()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Run the program until something is so."""
        loop, check, limit = QEventLoop(), QTimer(interval=10), QTimer(interval=TIMEOUT_MS, singleShot=True)
        check.timeout.connect(lambda: loop.quit() if condition() else None)
        limit.timeout.connect(loop.quit)
        check.start()
        limit.start()
        loop.exec()
        assert condition(), "it did not come to pass"


def main(translations: Path, language: str, folder: Path) -> None:
    paths.translations_folder = lambda: translations
    training_session.trainer_program = lambda: [
        sys.executable,
        str(TESTS / "ip2p_desktop" / "training" / "scripted_trainer.py"),
        "linger",
    ]
    Preferences(paths.preferences_file()).language = language
    own = paths.models_folder() / "postcard"
    own.mkdir(parents=True)
    (own / "model_index.json").write_text("{}")
    write_model_card(
        ModelCard(path=own, name="Postcard", description="Changes colours.", recommended=EditSettings())
    )
    editor = FakeEditor()
    tours: list[Tour] = []

    def build(application: QApplication, preferences: Preferences) -> Program:
        assert not application.allWidgets(), "the translator comes before the widgets"
        program = build_program(application, preferences, editor.make)
        tours.append(Tour(program, editor, folder))
        QTimer.singleShot(0, lambda: take(tours[0], application))
        return program

    app.build_program = build
    app.WARM_UP_DELAY_MS = 2**30
    app.main()
    print(json.dumps([list(text) for text in tours[0].texts]))


def take(tour: Tour, application: QApplication) -> None:
    try:
        tour.take()
    except BaseException:
        traceback.print_exc()
        application.exit(1)
        sys.exit(1)
    for window in application.topLevelWidgets():
        if isinstance(window, QWidget):
            window.hide()
    application.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
