"""The dialog of preferences, used with mouse and keyboard; changes apply at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from fakes.tiny_editor import save_tiny_editor
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences, ThemeChoice
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.widgets.theme_colours import DARK_COLOURS, LIGHT_COLOURS
from ip2p_desktop.window.preferences_dialog import PreferencesDialog
from ip2p_desktop.window.preferences_pages.preference_row import PreferenceRow

LEFT = Qt.MouseButton.LeftButton
TIMEOUT_MS = 120_000


def stored() -> Preferences:
    return Preferences(paths.preferences_file())


@pytest.fixture
def dialog(program: Program) -> PreferencesDialog:
    program.window.actions_.preferences.trigger()
    dialog = program.window.findChild(PreferencesDialog)
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def choose(dialog: PreferencesDialog, key: str, text: str) -> None:
    menu = dialog.controls[key].findChild(QComboBox)
    menu.setCurrentText(text)
    assert menu.currentText() == text


def edit(qtbot: QtBot, program: Program) -> EditSummary:
    program.document.change(instruction="make it snow")
    with qtbot.waitSignal(program.queue.finished, timeout=TIMEOUT_MS) as finished:
        program.edits.start()
    result = finished.args[1]
    assert isinstance(result, EditSummary)
    return result


def test_all_that_can_be_chosen_is_shown(dialog: PreferencesDialog) -> None:
    assert list(dialog.controls) == [
        *("device", "dtype", "compile", "threads", "image_memory", "live_preview"),
        *("models_folder", "output_folder", "theme", "session_budget"),
    ]
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    for text in (
        "Device",
        "Precision",
        "Compile models",
        "Threads",
        "Memory for photos and results",
        "Live preview",
        "Models folder",
        "Results folder",
        "Disk space for sessions",
        "Theme",
    ):
        assert text in labels


def test_what_edits_compute_with_makes_a_new_editor(
    qtbot: QtBot,
    program: Program,
    editor: FakeEditor,
    open_photo: Callable[[], None],
    dialog: PreferencesDialog,
) -> None:
    open_photo()
    edit(qtbot, program)
    edit(qtbot, program)
    assert editor.options == [EditorOptions()]
    choose(dialog, "device", "Processor")
    choose(dialog, "dtype", "Half (bf16)")
    choose(dialog, "compile", "Never")
    choose(dialog, "threads", "1")
    assert editor.options == [EditorOptions()]
    edit(qtbot, program)
    edit(qtbot, program)
    wanted = EditorOptions(device="cpu", dtype="bf16", compile_unet=False, threads=1)
    assert editor.options == [EditorOptions(), wanted]
    assert editor.unloads == 1
    choose(dialog, "theme", "Dark")
    edit(qtbot, program)
    assert len(editor.options) == 2


def test_an_editor_of_the_engine_follows_the_preferences(
    qtbot: QtBot, real_program: Program, photo: Path
) -> None:
    program, preferences = real_program, stored()
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    preferences.device, preferences.dtype = "cpu", "fp32"
    result = edit(qtbot, program)
    assert (result.device, result.dtype) == ("cpu", "fp32")
    assert result.load_seconds > 0
    assert edit(qtbot, program).load_seconds == 0
    preferences.dtype = "bf16"
    result = edit(qtbot, program)
    assert result.dtype == "bf16"
    assert result.load_seconds > 0
    preferences.device = "mps"
    with qtbot.waitSignal(program.queue.failed, timeout=TIMEOUT_MS) as failed:
        program.edits.start()
    assert failed.args[1].message == "This computer has no usable mps device."
    preferences.device = "cpu"
    assert edit(qtbot, program).device == "cpu"


@pytest.fixture
def real_program(qapp: QApplication, starter: ModelCard, data_folder: Path) -> Iterator[Program]:
    """A window with the engine's editor and a tiny model chosen."""
    model = save_tiny_editor(data_folder / "models" / "tiny")
    stored().model = str(model)
    program = build_program(qapp, stored())
    program.document.change(num_inference_steps=1, resolution=64)
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def test_the_theme_is_the_same_in_the_menu_and_in_the_dialog(
    program: Program, dialog: PreferencesDialog
) -> None:
    choose(dialog, "theme", "Dark")
    assert QApplication.palette().window().color().name() == DARK_COLOURS.window
    assert stored().theme is ThemeChoice.DARK
    checked = [action.data() for action in program.window.actions_._themes.actions() if action.isChecked()]
    assert checked == [ThemeChoice.DARK]
    program.window.actions_.theme_chosen.emit(ThemeChoice.LIGHT)
    assert QApplication.palette().window().color().name() == LIGHT_COLOURS.window
    assert dialog.controls["theme"].value is ThemeChoice.LIGHT
    choose(dialog, "theme", "Like the system")


def choose_folder(qtbot: QtBot, control: FolderControl, folder: Path) -> None:
    """Choose a folder in the system's dialog."""
    qtbot.mouseClick(control.choose, LEFT)
    file_dialog = control.findChild(QFileDialog)
    file_dialog.fileSelected.emit(str(folder))
    file_dialog.reject()


def test_models_of_another_folder_are_offered_at_once(
    qtbot: QtBot, program: Program, dialog: PreferencesDialog, tmp_path: Path
) -> None:
    control, models = dialog.controls["models_folder"], program.installed
    assert isinstance(control, FolderControl)
    assert control.field.placeholderText() == str(paths.default_models_folder())
    assert not control.reset.isEnabled()
    with qtbot.waitSignal(program.installed.changed):
        choose_folder(qtbot, control, tmp_path / "empty")
    assert control.field.text() == str(tmp_path / "empty")
    assert [card.name for card in models.cards] == ["Starter"]
    with qtbot.waitSignal(program.installed.changed):
        qtbot.mouseClick(control.reset, LEFT)
    assert [card.name for card in models.cards] == ["Starter", "Postcard"]
    assert stored().models_folder is None


def test_results_are_saved_in_the_preferred_folder(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    dialog: PreferencesDialog,
    tmp_path: Path,
) -> None:
    control = dialog.controls["output_folder"]
    assert isinstance(control, FolderControl)
    results = tmp_path / "results"
    results.mkdir()
    choose_folder(qtbot, control, results)
    open_photo()
    edit(qtbot, program)
    program.window.actions_.save.trigger()
    file_dialog = program.window.findChild(QFileDialog, "save_dialog")
    assert Path(file_dialog.directory().absolutePath()) == results
    file_dialog.reject()


def test_a_model_folder_that_was_moved_elsewhere_is_shown(
    program: Program, dialog: PreferencesDialog, tmp_path: Path
) -> None:
    dialog.close()
    paths.remember_models_folder(tmp_path / "moved")
    program.window.actions_.preferences.trigger()
    assert dialog.controls["models_folder"].value == tmp_path / "moved"


def test_defaults_are_restored(qtbot: QtBot, dialog: PreferencesDialog, tmp_path: Path) -> None:
    for key in ("models_folder", "output_folder"):
        control = dialog.controls[key]
        assert isinstance(control, FolderControl)
        choose_folder(qtbot, control, tmp_path / key)
    choose(dialog, "dtype", "Full (fp32)")
    choose(dialog, "theme", "Dark")
    assert (stored().dtype, stored().theme) == ("fp32", ThemeChoice.DARK)
    qtbot.mouseClick(dialog.reset_button, LEFT)
    assert (stored().dtype, stored().theme) == ("auto", ThemeChoice.SYSTEM)
    assert dialog.controls["dtype"].value == "auto"
    assert stored().models_folder == tmp_path / "models_folder", "the models would not be found any more"
    assert stored().output_folder == tmp_path / "output_folder"
    assert "folders" in dialog.reset_button.toolTip()


def test_one_preference_is_reset(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    row = dialog.findChild(PreferenceRow, "row_dtype")
    assert not row.reset.isVisible()
    choose(dialog, "dtype", "Full (fp32)")
    choose(dialog, "device", "Processor")
    assert row.reset.isVisible()
    qtbot.mouseClick(row.reset, LEFT)
    assert (stored().dtype, stored().device) == ("auto", "cpu")
    assert not row.reset.isVisible()


def test_the_list_chooses_a_page(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    titles = [dialog.page_list.item(row).text() for row in range(dialog.page_list.count())]
    assert titles == ["Editing", "Preview", "Folders", "Appearance", "Storage"]
    shown = [page.title for page in dialog.pages if page.isVisible()]
    assert shown == ["Editing"]
    dialog.page_list.setFocus()
    for _ in range(3):
        qtbot.keyClick(dialog.page_list, Qt.Key.Key_Down)
    assert [page.title for page in dialog.pages if page.isVisible()] == ["Appearance"]
    assert dialog.controls["theme"].isVisible()
    assert not dialog.controls["device"].isVisible()


def test_a_search_shows_what_it_finds_on_all_pages(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    qtbot.keyClicks(dialog.search, "Memory")
    assert {key for key, control in dialog.controls.items() if control.isVisible()} == {
        "dtype",
        "image_memory",
    }
    dialog.search.setText("folder results")
    assert {key for key, control in dialog.controls.items() if control.isVisible()} == {"output_folder"}
    dialog.search.setText("graphics CARD")
    assert dialog.controls["device"].isVisible(), "the entries of menus are searched too"
    dialog.search.setText("xyz")
    assert not any(control.isVisible() for control in dialog.controls.values())
    assert dialog._nothing.isVisible()
    dialog.search.clear()
    assert [page.title for page in dialog.pages if page.isVisible()] == ["Editing"]


def test_live_preview_is_switched_off(dialog: PreferencesDialog) -> None:
    assert stored().live_preview
    choose(dialog, "live_preview", "Off")
    assert not stored().live_preview


def test_memory_for_images_changes_at_once(program: Program, dialog: PreferencesDialog) -> None:
    memory = program.tree._memory
    assert memory.byte_limit == 512 * 1024**2
    choose(dialog, "image_memory", "1 GB")
    assert memory.byte_limit == 1024**3


def test_the_storage_page_says_what_sessions_use(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], dialog: PreferencesDialog
) -> None:
    dialog.page_list.setCurrentRow(4)
    qtbot.waitUntil(lambda: "Your sessions take" in dialog.storage.used.text())
    with qtbot.waitSignal(dialog.sessions_requested):
        qtbot.mouseClick(dialog.storage.sessions_button, LEFT)


@contextmanager
def started_program(qtbot: QtBot, application: QApplication) -> Iterator[Program]:
    """A window that has chosen its model."""
    program = build_program(application, stored(), maker=lambda *_: FakeEditor())
    try:
        program.window.show()
        qtbot.waitUntil(lambda: program.document.model is not None)
        yield program
    finally:
        program.window.close()
        program.shut_down()
        program.window.deleteLater()


def test_a_newer_version_s_preferences_stay_and_a_notice_says_so(
    qtbot: QtBot, qapp: QApplication, starter: ModelCard, data_folder: Path
) -> None:
    content = '{"version": 2, "device": "npu"}'
    data_folder.mkdir(exist_ok=True)
    paths.preferences_file().write_text(content)
    with started_program(qtbot, qapp) as program:
        notice = program.window.notice_bar
        assert notice.isVisible()
        assert "newer version" in notice.message.text()
    assert paths.preferences_file().read_text() == content


def test_the_model_used_last_is_not_written_again(
    qtbot: QtBot, qapp: QApplication, starter: ModelCard, data_folder: Path
) -> None:
    stored().model = str(starter.path)
    before = paths.preferences_file().stat()
    with started_program(qtbot, qapp):
        assert paths.preferences_file().stat().st_ino == before.st_ino
        assert paths.preferences_file().stat().st_mtime_ns == before.st_mtime_ns


def test_a_language_is_offered_only_where_there_are_several(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "languages", lambda: ["en", "de"])
    dialog = PreferencesDialog(stored())
    qtbot.addWidget(dialog)
    menu = dialog.controls["language"].findChild(QComboBox)
    texts = [menu.itemText(row) for row in range(menu.count())]
    assert texts[0] == "Like the system"
    assert texts[2] == "Deutsch"
    menu.setCurrentIndex(2)
    assert stored().language == "de"


def test_a_value_written_by_hand_is_shown_and_kept(qtbot: QtBot, qapp: QApplication) -> None:
    stored().threads = 1000
    dialog = PreferencesDialog(stored())
    qtbot.addWidget(dialog)
    assert dialog.controls["threads"].findChild(QComboBox).currentText() == "1000"
    assert stored().threads == 1000


@pytest.mark.parametrize("page", range(5))
@pytest.mark.parametrize("size", [(720, 560), (1024, 640), (800, 500), (480, 360)])
def test_no_text_of_the_dialog_is_cut(dialog: PreferencesDialog, size: tuple[int, int], page: int) -> None:
    dialog.resize(*size)
    dialog.page_list.setCurrentRow(page)
    QApplication.processEvents()
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, (QAbstractButton, QLabel)):
            assert widget.width() >= widget.minimumSizeHint().width(), widget.objectName()
            if isinstance(widget, QLabel) and widget.wordWrap():
                assert widget.height() >= widget.heightForWidth(widget.width()) - 1, widget.text()
            corner = widget.mapTo(widget.parentWidget(), QPoint(widget.width() - 1, widget.height() - 1))
            assert widget.parentWidget().rect().contains(corner), widget.objectName()


def test_escape_clears_the_search_and_the_next_opening_begins_without_one(
    qtbot: QtBot, program: Program, dialog: PreferencesDialog
) -> None:
    qtbot.keyClicks(dialog.search, "theme")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.search.text() == ""
    qtbot.keyClicks(dialog.search, "theme")
    dialog.close_button.click()
    program.window.actions_.preferences.trigger()
    assert dialog.search.text() == ""
    assert dialog.page_list.isEnabled()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
