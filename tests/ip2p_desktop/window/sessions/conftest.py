"""A program that is quit and started again, and a photo of one colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from fakes.session_steps import COLOUR, Start, quit_program
from PIL import Image, PngImagePlugin
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def start(
    qtbot: QtBot, qapp: QApplication, starter: ModelCard, trained_model: ModelCard, editor: FakeEditor
) -> Iterator[Start]:
    """Starts the program, again if need be; waits until the models are known and the session is read."""
    programs: list[Program] = []

    def start_program(wait: bool = True) -> Program:
        program = build_program(qapp, Preferences(paths.preferences_file()), editor.make)
        programs.append(program)
        program.window.show()
        if wait:
            qtbot.waitUntil(lambda: program.installed.is_known and program.sessions.is_restored)
        return program

    yield start_program
    for program in programs:
        quit_program(program)
        program.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """A photo of one colour with what a camera and a person wrote into it."""
    file = tmp_path / "harbour & sea.png"
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "A. Painter", "no rights"
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP)
    Image.new("RGB", (90, 60), COLOUR).save(file, exif=exif, dpi=(300, 300), pnginfo=texts)
    return file
