"""What others wrote is shown as it is: no mark of a shortcut is swallowed, and nothing is read as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListWidget, QMenu, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.instructions.reading import InstructionReading, Verdict
from engine.library import ModelCard, write_model_card
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.history.results_view import ResultsView

ODD = "<b>A & B</b>"
ODD_NAME = "<b>A & B<img src=x.png>"
"""The same without a slash, as the name of a file."""


def tooltip(text: str) -> str:
    """A tooltip as it is seen."""
    return QTextDocumentFragment.fromHtml(text).toPlainText() if GuiQt.mightBeRichText(text) else text


def label(widget: QLabel) -> str:
    is_plain = widget.textFormat() is Qt.TextFormat.PlainText
    return widget.text() if is_plain else QTextDocumentFragment.fromHtml(widget.text()).toPlainText()


def marked(text: str) -> str:
    """A text of a button or menu as it is seen."""
    return re.sub("&(.?)", r"\1", text)


def seen() -> Iterator[str]:
    """All texts of visible widgets, and of menus, as they are seen."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QMenu):
            yield from (marked(action.text()) for action in widget.actions())
        if not widget.isVisible():
            continue
        yield tooltip(widget.toolTip())
        yield from seen_in(widget)


def seen_in(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel):
        yield label(widget)
    if isinstance(widget, QAbstractButton):
        yield marked(widget.text())
    if isinstance(widget, QListWidget):
        yield from (tooltip(widget.item(row).toolTip()) for row in range(widget.count()))
    if isinstance(widget, ResultsView):
        model = widget.results
        nodes = (model.index_of(node) for row in model.layout_.rows for node in row.nodes)
        yield from (tooltip(index.data(Qt.ItemDataRole.ToolTipRole)) for index in nodes)
    if isinstance(widget, QComboBox):
        for row in range(widget.count()):
            yield widget.itemText(row)
            yield tooltip(widget.itemData(row, Qt.ItemDataRole.ToolTipRole) or "")


def all_seen() -> str:
    QApplication.processEvents()
    return "\n".join(seen()).replace("\u200b", "").replace("\xa0", " ")


@pytest.fixture
def odd_model(data_folder: Path) -> ModelCard:
    folder = data_folder / "models" / ODD_NAME
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    card = ModelCard(
        path=folder, name=f"{ODD} model", description=f"{ODD} described.", suggestions=(f"{ODD} suggested",)
    )
    write_model_card(card)
    return card


@pytest.fixture
def odd_window(qtbot: QtBot, odd_model: ModelCard, program: Program) -> Program:
    menu = program.window.settings_panel.model_menu.menu
    menu.setCurrentIndex(menu.findText(odd_model.name))
    menu.activated.emit(menu.currentIndex())
    program.window.resize(1900, 900)
    return program


def test_the_model_and_its_suggestions(odd_window: Program) -> None:
    texts = all_seen()
    for part in ("model", "described.", "suggested"):
        assert f"{ODD} {part}" in texts
    assert odd_window.window.settings_panel.model_menu.menu.toolTip() != str(paths.models_folder() / ODD_NAME)
    assert str(paths.models_folder() / ODD_NAME) in texts
    chips = odd_window.window.composer.chips
    assert chips.shown == [f"{ODD} suggested"]
    assert all(chip.shortcut().isEmpty() for chip in chips.findChildren(QAbstractButton))
    chips.setFixedWidth(60)
    QApplication.processEvents()
    chips.more.click()
    assert marked(chips.menu.actions()[0].text()) == f"{ODD} suggested"
    chips.menu.close()


def test_photos_results_and_hints(
    qtbot: QtBot, odd_window: Program, tmp_path: Path, editor: FakeEditor
) -> None:
    program = odd_window
    photo = tmp_path / f"{ODD_NAME}.png"
    Image.new("RGB", (96, 64), "teal").save(photo)
    with qtbot.waitSignal(program.files.reading_ended):
        program.files.open_files([photo, photo.with_name(f"{ODD_NAME} missing.png")])
    texts = all_seen()
    assert f"Photo: {ODD_NAME}.png" in texts
    assert f"{ODD_NAME}.png" in texts.splitlines()
    assert f"{ODD_NAME} missing.png does not exist." in texts
    program.document.change(instruction=f"{ODD} instruction")
    editor.fallbacks = (f"{ODD} fell back.",)
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    program.document.change(instruction=f"{ODD} unknown", seed=7)
    program.document.reading = InstructionReading(
        typed=f"{ODD} unknown",
        instruction=f"{ODD} unknown",
        verdict=Verdict.UNKNOWN,
        nearest=(f"{ODD} nearest",),
        read_length=len(f"{ODD} unknown"),
    )
    texts = all_seen()
    for part in ("fell back.", "instruction\nModel", "model\nText guidance", "nearest"):
        assert f"{ODD} {part}" in texts, part


def test_errors_and_messages(program: Program) -> None:
    program.window.notice_bar.show_error(ErrorReport("memory", f"{ODD} failed.", f"{ODD} advice."))
    program.window.canvas.show_busy(f"Opening {ODD}…")
    program.window.canvas._busy_delay.timeout.emit()
    show_in_system(Path("/nowhere") / ODD, program.window)
    texts = all_seen()
    for text in (f"{ODD} failed.", f"{ODD} advice.", f"Opening {ODD}…", f"/nowhere/{ODD}"):
        assert text in texts
    QApplication.activeModalWidget().close()


def test_the_dialogs(qtbot: QtBot, odd_window: Program, tmp_path: Path) -> None:
    window = odd_window.window
    window.actions_.models.trigger()
    dialog = window.findChild(ModelsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.installed_page.model_rows) > 1)
    texts = all_seen()
    for text in (f"{ODD} model", f"{ODD} described.", str(paths.models_folder() / ODD_NAME)):
        assert text in texts
    dialog.close()
    pairs = tmp_path / ODD_NAME
    pairs.mkdir()
    window.actions_.training.trigger()
    training = window.findChild(TrainingDialog)
    assert training is not None
    training.choose_folder(pairs)
    qtbot.waitUntil(lambda: not training.session.dataset.is_searching())
    assert ODD_NAME in all_seen().splitlines()
    training.close()
