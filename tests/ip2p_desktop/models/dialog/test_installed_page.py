"""The models on this computer: shown, added, removed and moved through the dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings, SchedulerName
from engine.library import ModelCard, read_model_card, write_model_card
from engine.progress import CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.model_row import ModelRow
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A single-file model outside of the library."""
    file = tmp_path / "elsewhere" / "fog.safetensors"
    file.parent.mkdir()
    file.write_bytes(b"w" * 2_000_000)
    return file


def rows(dialog: ModelsDialog) -> dict[str, ModelRow]:
    return {row.model.card.name: row for row in dialog.installed_page.model_rows}


def texts(row: ModelRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.isVisibleTo(row)]


def test_every_model_is_described(qtbot: QtBot, open_dialog: Callable[[], ModelsDialog]) -> None:
    folder = paths.models_folder()
    (folder / "night").mkdir()
    (folder / "night" / "model_index.json").write_text("{}")
    Image.new("RGB", (30, 20), "navy").save(folder / "night" / "night.png")
    card = ModelCard(
        path=folder / "night",
        name="Night",
        description="Darkens.",
        family="sdxl",
        licence="MIT",
        size=12_300_000_000,
        preview="night.png",
        recommended=EditSettings(scheduler=SchedulerName.UNIPC, text_guidance_scale=3.0),
    )
    write_model_card(card)
    (folder / "half.ckpt").touch()
    dialog = open_dialog()
    assert list(rows(dialog)) == ["Starter", "Night", "Postcard", "half.ckpt"]
    assert texts(rows(dialog)["Night"]) == [
        "Night",
        "Stable Diffusion XL · 12.3 GB · licence MIT · folder night",
        "Darkens.",
        "Recommended: steps 20, UniPC · text 3 · image 1.5 · 512 pixels",
    ]
    assert rows(dialog)["Night"].model.thumbnail.pixelColor(80, 80).name() == "#000080"
    assert "is empty (0 bytes)" in texts(rows(dialog)["half.ckpt"])[-1]
    assert not rows(dialog)["half.ckpt"].use.isVisible()
    assert "comes with this app" in texts(rows(dialog)["Starter"])[1]
    assert not rows(dialog)["Starter"].remove.isVisible()
    can_change = [name for name, row in rows(dialog).items() if row.edit.isVisibleTo(row)]
    assert can_change == ["Night", "Postcard"]
    place = dialog.installed_page.folder_label.text().replace("\u200b", "")
    assert place.startswith(f"Kept in {folder} · ")
    assert place.endswith(" free on this disk")


def test_use_emits_the_model_and_the_one_in_use_is_marked(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard
) -> None:
    row = rows(dialog)["Postcard"]
    with qtbot.waitSignal(dialog.model_chosen) as chosen:
        qtbot.mouseClick(row.use, LEFT)
    assert chosen.args == [trained_model.path]
    dialog.show_used(trained_model.path)
    assert (row.use.text(), row.use.isEnabled()) == ("In use", False)
    assert rows(dialog)["Starter"].use.isEnabled()


def test_a_chosen_file_is_copied_and_listed(qtbot: QtBot, dialog: ModelsDialog, file: Path) -> None:
    qtbot.mouseClick(dialog.installed_page.add_file, LEFT)
    asking = dialog.findChild(QFileDialog, "add_file_dialog")
    assert asking is not None
    with qtbot.waitSignals([dialog.models.changed, dialog.library.listed]):
        asking.fileSelected.emit(str(file))
    asking.reject()
    assert file.exists()
    card = read_model_card(paths.models_folder() / "fog.safetensors")
    assert (card.family, card.size) == ("sd2", 2_000_000)
    assert texts(rows(dialog)["fog"])[1] == "Stable Diffusion 2 · 2.0 MB · file fog.safetensors"
    assert not dialog.installed_page.progress_line.isVisible()


def test_a_dropped_folder_is_added(qtbot: QtBot, dialog: ModelsDialog, tmp_path: Path) -> None:
    folder = tmp_path / "dew"
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    page = dialog.installed_page
    entering = QDragEnterEvent(QPoint(50, 50), action, data, LEFT, keys)
    QApplication.sendEvent(page, entering)
    assert entering.isAccepted()
    with qtbot.waitSignals([dialog.library.ended, dialog.library.listed]):
        QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), action, data, LEFT, keys))
    assert "dew" in rows(dialog)


def test_several_models_are_added_one_after_the_other(
    qtbot: QtBot, dialog: ModelsDialog, tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.safetensors" for name in ("lora", "dew", "other-lora", "ice")]
    for file in files:
        file.write_bytes(file.stem.encode())
    dialog.installed_page.add(*files)
    qtbot.waitUntil(lambda: {"dew", "ice"} <= set(rows(dialog)))
    assert sorted(rows(dialog)) == ["Postcard", "Starter", "dew", "ice"]
    notice = dialog.installed_page.notice
    assert notice.isVisible()
    assert notice.message.text() == "lora.safetensors, other-lora.safetensors cannot be added."
    with qtbot.waitSignals([dialog.library.ended, dialog.library.listed]):
        dialog.installed_page.add(files[1])
    assert not notice.isVisible()


def test_a_failed_addition_is_reported_on_the_page(
    qtbot: QtBot, dialog: ModelsDialog, tmp_path: Path
) -> None:
    lora = tmp_path / "lora.safetensors"
    lora.write_bytes(b"w")
    with qtbot.waitSignals([dialog.library.failed, dialog.library.listed]):
        dialog.installed_page.add(lora)
    notice = dialog.installed_page.notice
    assert notice.isVisible()
    assert (notice.message.text(), notice.advice.text()) == ("This is a LoRA.", "Choose a model.")
    assert list(rows(dialog)) == ["Starter", "Postcard"]
    assert dialog.installed_page.add_file.isEnabled()


def test_adding_can_be_cancelled_at_any_time(
    qtbot: QtBot, open_dialog: Callable[..., ModelsDialog], file: Path
) -> None:
    def recognise_until_cancelled(model: Path, cancel: CancelToken) -> str:
        while True:
            cancel.raise_if_cancelled()

    dialog = open_dialog(recognise=recognise_until_cancelled)
    page = dialog.installed_page
    page.add(file)
    assert page.progress_line.label.text() == "Adding fog.safetensors…"
    assert not page.add_folder.isEnabled()
    assert not rows(dialog)["Postcard"].remove.isEnabled()
    with qtbot.waitSignals([dialog.library.ended, dialog.library.listed]):
        qtbot.mouseClick(page.progress_line.cancel, LEFT)
    assert list(rows(dialog)) == ["Starter", "Postcard"]
    assert not page.notice.isVisible()
    assert not page.progress_line.isVisible()
    assert page.add_folder.isEnabled()


def test_removing_requires_confirmation(qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard) -> None:
    row = rows(dialog)["Postcard"]
    qtbot.mouseClick(row.remove, LEFT)
    assert texts(row)[-1] == "Its files are deleted from this computer."
    qtbot.mouseClick(row.keep, LEFT)
    assert not row.confirm.isVisible()
    assert trained_model.path.exists()
    qtbot.mouseClick(row.remove, LEFT)
    with qtbot.waitSignals([dialog.models.changed, dialog.library.listed]):
        qtbot.mouseClick(row.confirm, LEFT)
    assert not trained_model.path.exists()
    assert list(rows(dialog)) == ["Starter"]


def test_models_move_to_another_folder(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "letter.txt").write_text("Dear")
    with qtbot.waitSignals([dialog.models.changed, dialog.library.listed]):
        dialog.installed_page.move_to(documents)
    assert paths.models_folder() == documents / "IP2P models"
    assert rows(dialog)["Postcard"].model.card.path == documents / "IP2P models" / "postcard"
    assert not trained_model.path.exists()
    assert sorted(path.name for path in documents.iterdir()) == ["IP2P models", "letter.txt"]


def test_a_place_within_the_old_one_is_refused(qtbot: QtBot, dialog: ModelsDialog) -> None:
    with qtbot.waitSignals([dialog.library.failed, dialog.library.listed]):
        dialog.installed_page.move_to(paths.models_folder() / "below")
    assert "contains the other" in dialog.installed_page.notice.message.text()
    assert "Postcard" in rows(dialog)


def test_an_edit_pack_is_added_like_a_model(
    qtbot: QtBot,
    open_dialog: Callable[[], ModelsDialog],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from fakes.edit_packs import make_pack
    from fakes.shared_folder import shared_folder
    from fakes.tiny_editor import save_tiny_editor

    base = shared_folder(tmp_path_factory, "pack base", save_tiny_editor)
    monkeypatch.setattr(paths, "starter_model", lambda: base)
    pack = make_pack(tmp_path / "stencil.ip2p-edit", base)
    dialog = open_dialog()
    for _ in range(2):
        with qtbot.waitSignal(dialog.library.listed, timeout=60_000):
            dialog.installed_page.add(pack)
    assert list(rows(dialog)).count("Stencil") == 1
    text = "The edit in stencil.ip2p-edit is installed already, as “Stencil”."
    assert dialog.installed_page.notice.message.text() == text
