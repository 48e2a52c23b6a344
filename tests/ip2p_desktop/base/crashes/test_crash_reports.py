"""Crashes leave a report on this computer, which says enough and not too much."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.window_process import WindowProcess
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop import __version__
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.crashes import crash
from ip2p_desktop.base.crashes.crash_reports import (
    KEPT_REPORTS,
    MOST_IN_A_RUN,
    CrashReportHandler,
    report_of,
    reports_in,
    write_report,
)
from ip2p_desktop.base.crashes.hard_crash import HardCrashWatch
from ip2p_desktop.base.hidden_names import without_names
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.window.help.text_file_dialog import TextFileDialog


@pytest.fixture
def reports(data_folder: Path) -> Iterator[Path]:
    """The folder of reports of a program that logs."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    crash.start_logging(paths.log_file(), paths.crash_reports_folder())
    yield paths.crash_reports_folder()
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def fail(error: Exception) -> None:
    """What the program does with an exception that nothing catches."""
    try:
        raise error
    except Exception as raised:
        crash.CrashReporter().report(type(raised), raised, raised.__traceback__)


def test_a_report_says_what_happened_where_and_with_what(reports: Path) -> None:
    preferences = Preferences(paths.preferences_file())
    preferences.device = "cpu"
    logging.getLogger("test").info("something was done before")
    fail(ZeroDivisionError("division by zero"))
    (file,) = reports_in(reports)
    text = file.read_text(encoding="utf-8")
    for part in (
        *(f"IP2P Desktop {__version__}", "torch ", "Qt ", " processors, ", "Processor: "),
        *('device: "cpu"', "ZeroDivisionError: division by zero", "test_crash_reports.py", "in fail"),
        *("something was done before", "Uncaught exception", "nothing was sent"),
    ):
        assert part in text, part


def test_names_of_photos_and_folders_are_left_out(reports: Path, tmp_path: Path) -> None:
    secret = tmp_path / "Ünser Urlaub"
    preferences = Preferences(paths.preferences_file())
    preferences.recent_files = (secret / "Anna am Strand.jpg",)
    preferences.output_folder = tmp_path / "Privates"
    preferences.recent_instructions = (("model", "make Anna younger"),)
    log = logging.getLogger("test")
    log.warning("Anna am Strand cannot be read, nor %s", secret / "Zweites Bild.HEIC")
    log.warning("wrote %s", tmp_path / "Privates" / "result one.png")
    fail(FileNotFoundError(2, "No such file", str(secret / "Drittes Bild (1).tif")))
    text = reports_in(reports)[0].read_text(encoding="utf-8")
    for word in ("Anna", "Strand", "Bild", "Urlaub", "Privates", "result one", "younger"):
        assert word not in text, word
    assert "FileNotFoundError: [Errno 2] No such file" in text
    assert str(Path.home()) not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("cannot open 'my dog.jpg': no", "cannot open 'photo.jpg': no"),
        ("read C:\\Users\\Ann\\My dog.JPEG today", "read photo.JPEG today"),
        ("read /home/ann/my dog/é 🐶.png, then b.png", "read photo.png, then photo.png"),
        ("name=dog.tiff", "name=photo.tiff"),
        ("torch 2.13 in /opt/ip2p/app.py", "torch 2.13 in /opt/ip2p/app.py"),
        ("a jpg of 3 MB", "a jpg of 3 MB"),
    ],
)
def test_which_names_are_hidden(text: str, hidden: str) -> None:
    assert without_names(text) == hidden


def test_each_place_gets_one_report_and_a_run_few(reports: Path) -> None:
    def fail_at(place: int) -> None:
        exec(compile("\n" * place + "raise ValueError('x')", "lines", "exec"))

    for place in [0, 0, 0, *range(20)]:
        try:
            fail_at(place)
        except ValueError:
            logging.getLogger("test").exception("It failed")
    assert len(reports_in(reports)) == MOST_IN_A_RUN


def test_old_reports_are_deleted(tmp_path: Path) -> None:
    written = [write_report(tmp_path, f"Crash {number}", "") for number in range(KEPT_REPORTS + 3)]
    assert reports_in(tmp_path) == sorted(written, reverse=True)[:KEPT_REPORTS]


def test_ctrl_c_and_handled_errors_leave_none(reports: Path) -> None:
    logging.getLogger("test").error("refused")
    with pytest.raises(SystemExit):
        crash.CrashReporter().report(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert reports_in(reports) == []


def test_a_folder_that_cannot_be_written_hides_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    handler = CrashReportHandler(tmp_path / "file" / "reports")
    try:
        raise ValueError("x")
    except ValueError:
        record = logging.LogRecord("test", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    handler.handle(record)
    assert handler.report_of("ValueError") is None


def test_the_notice_of_an_exception_shows_its_report(
    qtbot: QtBot, program: Program, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter = crash.CrashReporter()
    reporter.reported.connect(program.window.notice_bar.show_error)
    monkeypatch.setattr(threading, "excepthook", reporter._report_from_thread)

    def work() -> None:
        raise LookupError("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    bar = program.window.notice_bar
    qtbot.waitUntil(bar.isVisible)
    assert bar.action_button.text() == "Show the report"
    bar.action_button.click()
    dialog = program.window.findChild(TextFileDialog, "crash_report_dialog")
    assert dialog is not None
    qtbot.waitUntil(lambda: "LookupError: in a thread" in dialog.text.toPlainText())
    dialog.copy.click()
    assert QApplication.clipboard().text() == reports_in(reports)[0].read_text(encoding="utf-8")


def test_an_error_of_another_kind_does_not_show_that_report(reports: Path) -> None:
    fail(ZeroDivisionError())
    shown: list[Callable[[], None]] = []
    reporter = crash.CrashReporter()
    reporter.reported.connect(shown.append)
    reporter.report(OSError, OSError(), None)
    assert report_of(shown[0]) in reports_in(reports)  # type: ignore[arg-type]
    assert len(reports_in(reports)) == 2


def test_a_hard_crash_is_reported_at_the_next_start(tmp_path: Path, data_folder: Path) -> None:
    crashed = WindowProcess("import ctypes; report('up'); ctypes.string_at(8)", folder=tmp_path)
    assert crashed.end() == -11
    again = WindowProcess(
        """
        wait_until(bar.isVisible)
        report(bar.message.text(), bar.action_button.text())
        bar.action_button.click()
        from ip2p_desktop.window.help.text_file_dialog import TextFileDialog
        dialog = program.window.findChild(TextFileDialog, "crash_report_dialog")
        wait_until(lambda: dialog.text.toPlainText())
        report(dialog.text.toPlainText())
        program.window.close()
        """,
        folder=tmp_path,
    )
    assert again.end() == 0
    notice, text = again.reported
    assert notice == ["IP2P Desktop ended unexpectedly the last time.", "Show the report"]
    assert "Fatal Python error: Segmentation fault" in text
    assert "in string_at" in text
    assert __version__ in text
    assert len(reports_in(paths.crash_reports_folder())) == 1
    assert list(paths.crash_reports_folder().glob("*.trace")) == []


def test_a_killed_or_running_program_is_no_crash(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    running = HardCrashWatch(folder)
    running.start()
    (folder / "running-999999999-1.trace").touch()
    assert running.report_crashes() is None
    assert len(list(folder.glob("*.trace"))) == 1
    running.stop()
    assert list(folder.iterdir()) == []
