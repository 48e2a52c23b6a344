"""A queue around the fake editor, and jobs for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.widgets.display_images import DisplayImage


@pytest.fixture
def client(qtbot: QtBot, editor: FakeEditor) -> Iterator[EditClient]:
    client = EditClient(editor.make)
    yield client
    client.shut_down()


@pytest.fixture
def queue(client: EditClient) -> EditQueue:
    return EditQueue(client)


@pytest.fixture
def make_job(starter: ModelCard) -> Callable[[str], EditJob]:
    image = Image.linear_gradient("L").convert("RGB")
    photo = SourcePhoto.of(image, DisplayImage.of(image), "dog.jpg")

    def make(instruction: str) -> EditJob:
        return EditJob(EditState(instruction=instruction), photo, starter)

    return make
