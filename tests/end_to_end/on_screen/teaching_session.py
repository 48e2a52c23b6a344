"""A training that is disturbed, in the window, with the mouse of the screen: teaching_session.py PART FOLDER.

PART is `begun`, whose window is killed while it trains; `found`, the next start, in which the trainer is
killed, the pairs are moved away, and training is resumed; `judged`, in which the window is killed while the
result is judged; or `kept`, the end: the model is kept and used. FOLDER holds `pairs/` and gets pictures of
the screen, and `steps.json`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from driver import Condition, Driver, Steps, button, drive, ready

from ip2p_desktop.app import Program
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun

SMALL = [
    "trainer.threads=1",
    "data.num_workers=0",
    "data.resolution=64",
    "exp_manager.checkpoint_callback_params.every_n_train_steps=10",
]
"""For fast steps, and a checkpoint soon."""
STEPS = 5000
FOLDER = Path(sys.argv[2])
PAIRS, MOVED = FOLDER / "pairs", FOLDER / "pairs moved away"
NOTES = FOLDER / "steps.json"


def opened(program: Program, driver: Driver) -> Steps:
    """Open the dialog with its button."""
    yield program.window.isActiveWindow
    yield lambda: program.installed.is_known
    driver.click(button(program.window, "training_button"))
    yield lambda: program.window.findChild(TrainingDialog) is not None
    yield _dialog(program).isVisible
    yield driver.after(1.0)


def reached(dialog: TrainingDialog, step: int) -> Condition:
    """Whether a step was taken, and the page shows it."""
    return lambda: dialog.session.progress.step >= step and dialog.session.phase is TrainingPhase.TRAINING


def begun(program: Program, driver: Driver) -> Steps:
    """From the folder to the first steps; then the window is killed."""
    yield from opened(program, driver)
    dialog = _dialog(program)
    driver.picture("nothing chosen yet")
    dialog.choose_folder(PAIRS)
    yield ready(dialog, "next")
    driver.click(button(dialog, "next"))
    yield ready(dialog, "start")
    dialog.plan_page.form.keep_choice.only_button.click()  # nothing to prepare first
    dialog.plan_page.length.steps = STEPS
    yield driver.after(1.0)
    driver.picture("plan")
    driver.click(button(dialog, "start"))
    yield reached(dialog, 5)
    driver.picture("trains")
    _note(begun=dialog.session.progress.step)
    os.kill(os.getpid(), signal.SIGKILL)


def found(program: Program, driver: Driver) -> Steps:
    """The next start finds the run at work; its trainer is killed, and its pairs are moved away."""
    session = program.models.training_action.session
    yield lambda: session.phase is TrainingPhase.TRAINING
    yield lambda: session.progress.step > _notes()["begun"]
    yield driver.after(1.0)
    driver.picture("found again, in the window")
    yield from opened(program, driver)
    dialog = _dialog(program)
    yield lambda: session.run is not None and session.run.step > 0
    driver.picture("found again")
    saved = session.run.step if session.run else 0
    PAIRS.rename(MOVED)
    _kill_trainer()
    yield lambda: session.phase is TrainingPhase.FAILED
    yield driver.after(1.0)
    driver.picture("trainer killed")
    assert "ended unexpectedly" in dialog.progress_page.notice.message.text()
    yield ready(dialog, "resume")
    driver.click(button(dialog, "resume"))
    yield lambda: session.phase is not TrainingPhase.FAILED
    yield lambda: session.phase is TrainingPhase.FAILED
    yield driver.after(1.0)
    driver.picture("resumed without its pairs")
    assert "pairs is not there" in dialog.progress_page.notice.message.text()
    MOVED.rename(PAIRS)
    yield ready(dialog, "resume")
    driver.click(button(dialog, "resume"))
    yield reached(dialog, saved + 1)
    driver.picture("trains again")
    yield ready(dialog, "stop")
    driver.click(button(dialog, "stop"))
    yield lambda: session.phase is TrainingPhase.DONE
    yield driver.after(1.0)
    driver.picture("stopped early")
    result = session.result
    assert result is not None
    assert result.step > saved
    _note(begun=_notes()["begun"], stopped=result.step)
    driver.press("Escape")
    yield lambda: not dialog.isVisible()
    driver.press("ctrl+q")


def judged(program: Program, driver: Driver) -> Steps:
    """The stopped run is found; the window is killed while its result is judged."""
    yield from opened(program, driver)
    dialog = _dialog(program)
    session = dialog.session
    yield from _stopped_run_opened(dialog, driver)
    assert session.result is not None
    assert session.result.step == _notes()["stopped"]
    yield ready(dialog, "show_result")
    driver.click(button(dialog, "show_result"))
    judging = dialog.result_page.state.judging
    yield lambda: judging.is_running and len(judging.pairs) >= 1
    driver.picture("judging")
    os.kill(os.getpid(), signal.SIGKILL)


def kept(program: Program, driver: Driver) -> Steps:
    """The model is kept, and its words stand in the box."""
    yield from opened(program, driver)
    dialog = _dialog(program)
    yield from _stopped_run_opened(dialog, driver)
    yield ready(dialog, "show_result")
    driver.click(button(dialog, "show_result"))
    yield lambda: len(dialog.result_page.state.judging.pairs) >= 1
    driver.picture("judged again")
    yield ready(dialog, "keep_model")
    driver.click(button(dialog, "keep_model"))
    yield lambda: dialog.session.model is not None
    yield driver.after(1.0)
    driver.picture("kept")
    yield ready(dialog, "use")
    driver.click(button(dialog, "use"))
    yield lambda: program.document.state.instruction == "turn it inside out"
    yield driver.after(1.0)
    driver.picture("in use")
    driver.press("ctrl+q")


def _stopped_run_opened(dialog: TrainingDialog, driver: Driver) -> Steps:
    """Open the run, which was seen stopped, from the list."""
    yield ready(dialog, "show_runs")
    driver.picture("beside a run")
    driver.click(button(dialog, "show_runs"))
    yield ready(dialog, "open_run")
    yield driver.after(1.0)
    driver.picture("list of runs")
    driver.click(button(dialog, "open_run"))
    yield lambda: dialog.session.result is not None


def _dialog(program: Program) -> TrainingDialog:
    found = program.window.findChild(TrainingDialog)
    assert isinstance(found, TrainingDialog)
    return found


def _kill_trainer() -> None:
    """End the trainer at once; it belongs to no window that is still there."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "--trainer" in words and any(str(FOLDER) in word for word in words):
            process.kill()


def _notes() -> dict[str, int]:
    return dict(json.loads(NOTES.read_text()))


def _note(**steps: int) -> None:
    NOTES.write_text(json.dumps(steps))


def main() -> int:
    settings = TrainingRun.settings
    TrainingRun.settings = lambda run: [*settings(run), *SMALL]  # type: ignore[method-assign]
    return drive({"begun": begun, "found": found, "judged": judged, "kept": kept}[sys.argv[1]], FOLDER)


if __name__ == "__main__":
    sys.exit(main())
