"""Models are downloaded in the dialog from a hub on this machine, with interruptions and errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fakes.http_faults import Answer, FaultyServer
from fakes.model_hub import (
    EDITOR,
    ICE,
    ICE_WEIGHTS,
    SNOW,
    SNOW_WEIGHTS,
    WEIGHTS,
    download_editor,
    download_with_the_client,
)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.library import ModelLibrary
from engine.library.catalogue import CatalogueEntry, read_catalogue
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.entry_row import EntryRow
from ip2p_desktop.models.dialog.model_downloads import DownloadPhase
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog

LEFT = Qt.MouseButton.LeftButton
TIMEOUT_MS = 20_000


def row_of(dialog: ModelsDialog, entry: CatalogueEntry) -> EntryRow:
    dialog.tabs.buttons()[1].click()
    return dialog.catalogue_page.entry_rows[entry.id]


def wait_for(qtbot: QtBot, row: EntryRow, phase: DownloadPhase) -> None:
    qtbot.waitUntil(lambda: row.state.phase is phase, timeout=TIMEOUT_MS)


def stalled(qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer) -> EntryRow:
    """The row of a download that has stalled."""
    hub.answers[SNOW_WEIGHTS].append(Answer(stall_after=120_000))
    row = row_of(dialog, SNOW)
    qtbot.mouseClick(row.download, LEFT)
    part = (
        ModelLibrary(paths.models_folder()).staging_folder
        / "snow"
        / "snow"
        / "unet"
        / "weights.safetensors.part"
    )
    qtbot.waitUntil(lambda: part.exists() and part.stat().st_size == 120_000, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: row.progress_line.bar.value() > 0, timeout=TIMEOUT_MS)
    return row


def test_the_shipped_catalogue_is_shown_with_size_and_terms(open_dialog: Callable[..., ModelsDialog]) -> None:
    dialog = open_dialog(entries=None)
    assert list(dialog.catalogue_page.entry_rows) == [entry.id for entry in read_catalogue()]
    cosxl = next(entry for entry in read_catalogue() if entry.id == "cosxl-edit")
    row = row_of(dialog, cosxl)
    texts = [label.text() for label in row.findChildren(QLabel) if label.isVisibleTo(row)]
    assert texts == [
        "CosXL Edit",
        "CosXL · 6.9 GB · licence Stability AI CosXL non-commercial · not for commercial use",
        cosxl.description,
        cosxl.note,
    ]


def test_a_model_is_fetched_and_can_be_used(qtbot: QtBot, dialog: ModelsDialog) -> None:
    row = row_of(dialog, SNOW)
    with qtbot.waitSignals([dialog.models.changed, dialog.library.listed], timeout=TIMEOUT_MS):
        qtbot.mouseClick(row.download, LEFT)
    folder = paths.models_folder() / "snow"
    assert (folder / "unet" / "weights.safetensors").read_bytes() == WEIGHTS
    qtbot.waitUntil(lambda: row.state.model == folder, timeout=TIMEOUT_MS)
    assert row.download.text() == "Use"
    with qtbot.waitSignal(dialog.model_chosen) as chosen:
        qtbot.mouseClick(row.download, LEFT)
    assert chosen.args == [folder]
    assert [each.model.card.name for each in dialog.installed_page.model_rows] == [
        "Starter",
        "Postcard",
        "Snow",
    ]


def test_progress_is_shown_and_cancelling_keeps_the_partial_download(
    qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer
) -> None:
    row = stalled(qtbot, dialog, hub)
    line = row.progress_line
    assert line.isVisible()
    assert not row.download.isVisible()
    assert " of 300 kB" in line.amount.text()
    assert 0 < line.bar.value() < line.bar.maximum()
    assert not dialog.installed_page.move_folder.isEnabled()
    qtbot.mouseClick(line.cancel, LEFT)
    assert line.label.text() == "Stopping; the partial download is kept…"
    wait_for(qtbot, row, DownloadPhase.PARTIAL)
    qtbot.waitUntil(
        lambda: row.availability.text() == "Downloaded so far: 120 kB of 300 kB", timeout=TIMEOUT_MS
    )
    assert dialog.installed_page.move_folder.isEnabled()
    assert row.download.text() == "Resume"
    qtbot.mouseClick(row.download, LEFT)
    wait_for(qtbot, row, DownloadPhase.INSTALLED)
    assert hub.ranges(SNOW_WEIGHTS) == [None, "bytes=120000-"]


def test_what_has_arrived_can_be_thrown_away(qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer) -> None:
    row = stalled(qtbot, dialog, hub)
    qtbot.mouseClick(row.progress_line.cancel, LEFT)
    wait_for(qtbot, row, DownloadPhase.PARTIAL)
    qtbot.mouseClick(row.discard, LEFT)
    wait_for(qtbot, row, DownloadPhase.OFFERED)
    assert not (ModelLibrary(paths.models_folder()).staging_folder / "snow").exists()
    assert not row.discard.isVisible()


def test_an_interrupted_download_is_found_by_the_next_start(
    qtbot: QtBot, open_dialog: Callable[..., ModelsDialog], hub: FaultyServer
) -> None:
    first = open_dialog()
    stalled(qtbot, first, hub)
    first.shut_down()
    row = row_of(open_dialog(), SNOW)
    wait_for(qtbot, row, DownloadPhase.PARTIAL)
    assert row.download.text() == "Resume"


def test_errors_are_shown_in_the_row_and_the_download_can_be_repeated(
    qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer
) -> None:
    hub.answers[SNOW_WEIGHTS].append(Answer(status=404))
    row = row_of(dialog, SNOW)
    with qtbot.waitSignal(dialog.downloads.changed, check_params_cb=lambda _: row.state.report is not None):
        qtbot.mouseClick(row.download, LEFT)
    assert row.notice.isVisible()
    assert row.notice.message.text() == (
        "weights.safetensors cannot be downloaded: it is not there (HTTP 404)."
    )
    qtbot.mouseClick(row.download, LEFT)
    assert not row.notice.isVisible()
    wait_for(qtbot, row, DownloadPhase.INSTALLED)


def test_a_gated_model_explains_the_token_and_sends_it(
    qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer
) -> None:
    row = row_of(dialog, ICE)
    assert not row.access.isVisible()
    qtbot.mouseClick(row.download, LEFT)
    assert row.access.isVisible()
    assert hub.requests == []
    hub.answers[ICE_WEIGHTS].append(Answer(status=403))
    qtbot.keyClicks(row.access.field, " hf_wrong ")
    qtbot.keyClick(row.access.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row.notice.isVisible(), timeout=TIMEOUT_MS)
    assert "Enter an access token" in row.notice.advice.text()
    qtbot.mouseClick(row.download, LEFT)
    row.access.field.setText("hf_right")
    qtbot.mouseClick(row.download, LEFT)
    wait_for(qtbot, row, DownloadPhase.INSTALLED)
    assert [head.headers["Authorization"] for head in hub.heads] == ["Bearer hf_wrong", "Bearer hf_right"]
    assert [request.headers["Authorization"] for request in hub.requests] == ["Bearer hf_right"]
    assert row_of(dialog, SNOW).state.phase is DownloadPhase.OFFERED


def test_what_another_program_has_downloaded_is_offered_and_used(
    qtbot: QtBot, open_dialog: Callable[..., ModelsDialog], hub: FaultyServer, tmp_path: Path
) -> None:
    hub.commit = "c" * 40
    download_with_the_client(hub, tmp_path / "hub cache", ICE.repository, [ICE.files[0].path])
    row = row_of(open_dialog(), ICE)
    qtbot.waitUntil(lambda: row.download.text() == "Add", timeout=TIMEOUT_MS)
    assert row.availability.isVisible()
    assert row.availability.text().startswith("Another program has downloaded it to this computer")
    qtbot.mouseClick(row.download, LEFT)
    wait_for(qtbot, row, DownloadPhase.INSTALLED)
    assert not row.access.isVisible()
    assert hub.requests == hub.heads == []
    assert (paths.models_folder() / "ice.safetensors").read_bytes() == WEIGHTS


def test_an_editor_of_another_program_gets_a_row_of_its_own(
    qtbot: QtBot, open_dialog: Callable[..., ModelsDialog], hub: FaultyServer, tmp_path: Path
) -> None:
    hub.commit = "c" * 40
    download_editor(hub, tmp_path / "hub cache", "some.one/fog", EDITOR)
    dialog = open_dialog()
    rows = dialog.catalogue_page.entry_rows
    qtbot.waitUntil(lambda: "some.one-fog" in rows, timeout=TIMEOUT_MS)
    row = row_of(dialog, rows["some.one-fog"].entry)
    assert (row.entry.name, row.download.text()) == ("some.one/fog", "Add")
    qtbot.mouseClick(row.download, LEFT)
    wait_for(qtbot, row, DownloadPhase.INSTALLED)
    qtbot.waitUntil(lambda: "some.one/fog" in [card.name for card in dialog.models.cards])
    assert list(rows) == ["snow", "ice", "some.one-fog"]


def test_the_page_of_a_model_is_on_its_hub(qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer) -> None:
    found: list[str] = []
    dialog.downloads.find_page(ICE, found.append)
    qtbot.waitUntil(lambda: found == [f"{hub.address}/owner/ice"])


def test_a_second_download_waits_for_the_first(qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer) -> None:
    first, second = stalled(qtbot, dialog, hub), row_of(dialog, ICE)
    dialog.downloads.start(ICE)
    assert second.progress_line.label.text() == "Waiting for its turn…"
    assert second.progress_line.bar.is_indeterminate
    qtbot.mouseClick(first.progress_line.cancel, LEFT)
    wait_for(qtbot, second, DownloadPhase.INSTALLED)


def test_a_model_that_arrives_during_another_change_waits_for_its_end(
    qtbot: QtBot, dialog: ModelsDialog
) -> None:
    library = ModelLibrary(paths.models_folder())
    row = row_of(dialog, SNOW)
    with library.change():
        qtbot.mouseClick(row.download, LEFT)
        weights = library.staging_folder / "snow" / "snow" / "unet" / "weights.safetensors"
        qtbot.waitUntil(weights.exists, timeout=TIMEOUT_MS)
        qtbot.waitUntil((weights.parents[1] / "ip2p.json").exists, timeout=TIMEOUT_MS)
        assert row.state.phase is DownloadPhase.RUNNING
    wait_for(qtbot, row, DownloadPhase.INSTALLED)
    assert row.state.report is None


def test_closing_lets_downloads_go_on(qtbot: QtBot, dialog: ModelsDialog, hub: FaultyServer) -> None:
    row = stalled(qtbot, dialog, hub)
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert not dialog.isVisible()
    assert row.state.phase is DownloadPhase.RUNNING
