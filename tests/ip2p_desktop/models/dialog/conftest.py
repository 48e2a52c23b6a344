"""The dialog of models over a real library, with a hub on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.http_faults import FaultyServer
from fakes.model_hub import ICE, SNOW, serve_models
from pytestqt.qtbot import QtBot

from engine.errors import ModelNotUsable
from engine.library import ModelCard
from engine.progress import CancelToken
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.models.installed_models import InstalledModels


def recognise(model: Path, cancel: CancelToken) -> str:
    """The family, without loading the heavy libraries."""
    if "lora" in model.name:
        raise ModelNotUsable("model.wrong-kind", "This is a LoRA.", "Choose a model.")
    return "sd2"


@pytest.fixture
def hub(server: FaultyServer) -> FaultyServer:
    serve_models(server)
    return server


@pytest.fixture
def open_dialog(
    qtbot: QtBot, hub: FaultyServer, starter: ModelCard, trained_model: ModelCard
) -> Iterator[Callable[..., ModelsDialog]]:
    """Opens the dialog and waits until it lists the library."""
    opened: list[ModelsDialog] = []
    models = InstalledModels()

    def open_it(**options: object) -> ModelsDialog:
        settings = {"entries": (SNOW, ICE), "recognise": recognise, "endpoint": hub.address, **options}
        dialog = ModelsDialog(models, **settings)  # type: ignore[arg-type]
        qtbot.addWidget(dialog)
        opened.append(dialog)
        dialog.show()
        with qtbot.waitSignal(dialog.library.listed):
            dialog.refresh()
        return dialog

    yield open_it
    for dialog in opened:
        dialog.shut_down()
    models.close()


@pytest.fixture
def dialog(open_dialog: Callable[..., ModelsDialog]) -> ModelsDialog:
    return open_dialog()
