"""Help, shortcuts, licences, the log, and the details of an error to copy."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, ImageUnreadable, UnexpectedError
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.crashes import crash
from ip2p_desktop.base.licences import licenced_parts
from ip2p_desktop.widgets.surfaces import Notice
from ip2p_desktop.window.help.about_dialog import AboutDialog
from ip2p_desktop.window.help.help_dialog import HelpDialog, HelpPage
from ip2p_desktop.window.help.log_dialog import LogDialog


def help_dialog(program: Program) -> HelpDialog:
    dialog = program.window.findChild(HelpDialog)
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def test_f1_shows_all_shortcuts(program: Program) -> None:
    QTest.keyClick(program.window.composer.instruction_box, Qt.Key.Key_F1)
    dialog = help_dialog(program)
    assert dialog.page is HelpPage.KEYS
    text = dialog.text.toPlainText()
    for action in program.window.actions_.findChildren(type(program.window.actions_.undo)):
        keys = [each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()]
        assert not keys or keys[0] in text, action.objectName()


def test_a_question_mark_shows_them_outside_of_text_only(qtbot: QtBot, program: Program) -> None:
    box = program.window.composer.instruction_box
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    QTest.keyClicks(box, "what if?")
    assert program.document.state.instruction == "what if?"
    assert program.window.findChild(HelpDialog) is None
    program.window.composer.edit_button.setFocus()
    QTest.keyClick(program.window.composer.edit_button, Qt.Key.Key_Question)
    assert help_dialog(program).page is HelpPage.KEYS


@pytest.mark.parametrize("page", list(HelpPage))
def test_each_page_has_text_and_only_pictures_that_exist(program: Program, page: HelpPage) -> None:
    program.help.open_help(page)
    dialog = help_dialog(program)
    assert dialog.page is page
    assert len(dialog.text.toPlainText()) > 100
    html = dialog.text.toHtml()
    pictures = [part.split('"')[0] for part in html.split('<img src="')[1:]]
    assert all(Path(QUrl(picture).toLocalFile()).is_file() for picture in pictures)
    assert len(pictures) == (9 if page is HelpPage.SCALES else 0)


def test_an_instruction_of_the_model_is_used_by_a_click(program: Program) -> None:
    program.help.open_help(HelpPage.MODEL)
    dialog = help_dialog(program)
    assert "make it black and white" in dialog.text.toPlainText()
    dialog.text.anchorClicked.emit(QUrl("edit:make%20it%20snowy"))
    assert program.document.state.instruction == "make it snowy"
    assert not dialog.isVisible()


def test_the_page_of_the_model_follows_the_model(program: Program) -> None:
    menu = program.window.settings_panel.model_menu.menu
    program.help.open_help(HelpPage.MODEL)
    menu.setCurrentIndex(menu.findText("Postcard"))
    program.help.open_help(HelpPage.MODEL)
    assert "make it a postcard" in help_dialog(program).text.toPlainText()


def test_about_names_all_parts_with_their_licences(qtbot: QtBot, program: Program) -> None:
    program.window.actions_.about.trigger()
    dialog = program.window.findChild(AboutDialog)
    assert dialog is not None
    assert dialog.text.placeholderText() == "Reading the licences…"
    qtbot.waitUntil(lambda: dialog.parts.count() > 0)
    assert "Apache License" in dialog.text.toPlainText()
    names = [dialog.parts.item(row).text().split(" ")[0] for row in range(dialog.parts.count())]
    assert {"IP2P", "Starter", "torch", "diffusers", "pillow", "PySide6_Essentials"} <= set(names)


def test_every_part_has_a_licence() -> None:
    parts = licenced_parts()
    assert len(parts) > 20
    assert [part.name for part in parts if not (part.licence or part.text)] == []
    assert [part.name for part in parts if "pytest" in part.name] == []


def test_the_log_opens_inside_the_program(
    qtbot: QtBot, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: not opened.append(url))
    root = logging.getLogger()
    before = list(root.handlers)
    crash.start_logging(paths.log_file(), paths.crash_reports_folder())
    logging.getLogger("test").warning("something happened")
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    program.window.actions_.show_log.trigger()
    dialog = program.window.findChild(LogDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: "something happened" in dialog.text.toPlainText())
    dialog.copy.click()
    assert "something happened" in QApplication.clipboard().text()
    dialog.show_folder.click()
    assert opened == [QUrl.fromLocalFile(str(paths.log_file().parent))]


def test_a_log_that_is_missing_is_said(qtbot: QtBot, program: Program) -> None:
    paths.log_file().unlink(missing_ok=True)
    program.window.notice_bar.log_requested.emit()
    dialog = program.window.findChild(LogDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.text.toPlainText() == "The log is empty.")


def test_details_of_every_error_can_be_copied(program: Program) -> None:
    bar = program.window.notice_bar
    report = ImageUnreadable("image.damaged", "{file} is damaged.", "Try another.", file="a.jpg").report()
    bar.show_error(report)
    assert bar.copy_button.isVisible()
    bar.copy_button.click()
    text = QApplication.clipboard().text()
    assert "a.jpg is damaged. Try another." in text
    assert "image.damaged" in text
    assert "torch 2" in text
    bar.show_message("Saved.")
    assert not bar.copy_button.isVisible()


def test_an_unexpected_error_offers_both_the_details_and_the_log(program: Program) -> None:
    bar = program.window.notice_bar
    bar.show_error(ErrorReport(UnexpectedError.kind, "Something went wrong."))
    names = {button.objectName() for button in bar.findChildren(QPushButton) if button.isVisible()}
    assert names == {"notice_copy", "notice_action"}


def test_a_notice_in_a_dialog_has_them_too(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_report(ErrorReport("model", "It is damaged.", "Install it again.", "model.damaged"))
    notice.copy_button.click()
    assert "It is damaged. Install it again." in QApplication.clipboard().text()


def test_the_description_of_a_model_is_text(program: Program) -> None:
    model = program.document.model
    assert model is not None
    program.document.model = replace(model, description="<img src='file:///etc/x.png'> <b>bold</b>")
    program.help.open_help(HelpPage.MODEL)
    dialog = help_dialog(program)
    assert "<b>bold</b>" in dialog.text.toPlainText()
    assert "<img" not in dialog.text.toHtml()


def test_licences_name_what_others_have_made() -> None:
    parts = {part.name: part for part in licenced_parts()}
    network = parts["U²-Net (network that finds subjects)"]
    assert network.licence == "Apache-2.0"
    assert "Xuebin Qin" in network.text
    assert "Apache License" in network.text
    assert "OpenAI" in parts["CLIP (vocabulary)"].text
    assert "Kevin Atkinson" in parts["SCOWL (English words)"].text
    assert not [name for name in parts if name.startswith("resources/")], "a licence file without a name"
