"""Which language the window speaks, and what it says where a translation has gaps."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from ip2p_desktop.base import languages, paths

TOOLS = runpy.run_path(str(Path(__file__).resolve().parents[3] / "packaging" / "languages.py"))
GERMAN = """<?xml version="1.0" encoding="utf-8"?>
<TS version="2.1" language="de" sourcelanguage="en"><context><name>Durations</name>
<message><source>less than a minute</source><translation>weniger als eine Minute</translation></message>
</context></TS>
"""
SPEAK = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QLocale
from ip2p_desktop.base import languages, paths
from ip2p_desktop.base.durations import Durations

paths.translations_folder = lambda: Path(sys.argv[1])
application = QCoreApplication([])
print(languages.install_translators(application, sys.argv[2] or None))
print(Durations().duration(5))
print(Durations().duration(120))
print(QCoreApplication.translate("QPlatformTheme", "Cancel"))
"""


@pytest.fixture
def translations(tmp_path: Path) -> Path:
    """English, and a German that knows one text."""
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / "ip2p_de.ts").write_text(GERMAN, encoding="utf-8")
    TOOLS["release"](folder / "ip2p_de.ts", folder / "ip2p_de.qm")
    TOOLS["release"](paths.translations_folder() / "ip2p_en.ts", folder / "ip2p_en.qm")
    return folder


def spoken(translations: Path, language: str) -> list[str]:
    command = [sys.executable, "-c", SPEAK, str(translations), language]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def test_a_chosen_language_is_spoken_and_english_fills_its_gaps(translations: Path) -> None:
    assert spoken(translations, "de") == ["de", "weniger als eine Minute", "about 2 minutes", "Abbrechen"]


def test_a_language_without_a_file_is_the_systems(
    translations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "fr:de_AT:en")
    assert spoken(translations, "xx")[:2] == ["de", "weniger als eine Minute"]
    assert spoken(translations, "")[0] == "de"
    monkeypatch.setenv("LANGUAGE", "fr")
    assert spoken(translations, "") == ["en", "less than a minute", "about 2 minutes", "Cancel"]


def test_english_is_first_and_once(translations: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.languages() == ["en"]
    monkeypatch.setattr(paths, "translations_folder", lambda: translations)
    assert paths.languages() == ["en", "de"]
    assert languages.SOURCE_LANGUAGE == "en"
