"""In a language that puts every text between ⟦ and ⟧, the whole window shows which texts are not translated,
and which sentences are glued together from pieces."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from engine.edit_settings import SCHEDULER_LABELS
from engine.library import read_model_card
from engine.library.catalogue import read_catalogue
from engine.models.families import find_family
from ip2p_desktop.base import paths
from ip2p_desktop.training.dialog.pictures.sources.folder_example import EXAMPLE_FILES, EXAMPLE_LINE

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent.parent
TOOLS = runpy.run_path(str(TESTS.parent / "packaging" / "languages.py"))
LANGUAGE = "en_GB"
LIMIT_S = 300
WHOLE = re.compile(r"⟦[^⟦⟧]*⟧")
NAMED = re.compile(r"⟦(?:&?Undo |&?Redo |Recommended: )(⟦[^⟦⟧]*⟧)⟧")
"""Texts in which the name of a setting or of a step stands, as it is called elsewhere."""
QUANTITY = r"⟦(?:(?:about )?\d[\d.,]* (?:min|minutes?|hours?|days?|s|seconds?)|[Ss]tep \d+ of \d+)⟧"
WITH_QUANTITY = re.compile(rf"⟦(?:[^⟦⟧]|{QUANTITY})*⟧")
"""A text in which times and counts of steps stand as they stand alone."""
KEYS = re.compile(r" \((Ctrl\+|Alt\+|Shift\+)*[\w+-]+\)$")
BETWEEN = re.compile(r"\n| · |; ")
NUMBERS = re.compile(r"[\d.,:×% ]+( ?(bytes|kB|MB|GB|TB))?")
NOT_TRANSLATED = {
    *("IP2P Desktop", "OK", "&OK", "Cancel"),  # the program's name; Qt translates its own buttons
    "Apache-2.0",
    *("dog.jpg", "snow.png", "pairs", "metadata.jsonl"),
    *("Postcard", "Changes colours.", "Pairs"),
    *("make it snow", "make it warmer", "Memory was short."),
    *("make it a photographic negative", "Make it a photographic negative"),
    *("English", "American english", "British english"),  # languages call themselves so
    *(EXAMPLE_FILES, EXAMPLE_LINE),
    *SCHEDULER_LABELS.values(),
}


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with English, and with the language that wraps every text."""
    folder = tmp_path_factory.mktemp("translations")
    source = paths.translations_folder() / "ip2p_en.ts"
    tree = ElementTree.parse(source)
    tree.getroot().set("language", LANGUAGE)
    for message in tree.iter("message"):
        # errors are known by their codes; their English sentences are comments
        text = message.findtext("extracomment") or message.findtext("source")
        translation = message.find("translation")
        assert text
        assert translation is not None
        translation.attrib.pop("type", None)
        forms = translation.findall("numerusform")
        for form in forms:
            form.text = f"⟦{form.text}⟧"
        if not forms:
            translation.text = f"⟦{text}⟧"
    tree.write(folder / f"ip2p_{LANGUAGE}.ts", encoding="utf-8", xml_declaration=True)
    TOOLS["release"](folder / f"ip2p_{LANGUAGE}.ts", folder / f"ip2p_{LANGUAGE}.qm")
    TOOLS["release"](source, folder / "ip2p_en.qm")
    return folder


@pytest.fixture
def shown(translations: Path, tmp_path: Path) -> list[tuple[str, str, str]]:
    """Place, widget and text of all that a tour through the window has in sight."""
    script = HERE / "window_tour.py"
    path = os.pathsep.join([str(TESTS.parent), str(TESTS), str(HERE)])
    # nothing is asked of a hub
    environment = {**os.environ, "PYTHONPATH": path, "HF_ENDPOINT": "http://127.0.0.1:9", "LANGUAGE": "en"}
    command = [sys.executable, str(script), str(translations), LANGUAGE, str(tmp_path)]
    ended = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", timeout=LIMIT_S, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return [(place, widget, text) for place, widget, text in json.loads(ended.stdout.splitlines()[-1])]


def names_of_models() -> set[str]:
    """What cards, the catalogue and the sample photos call things, and say of them."""
    starter, entries = read_model_card(paths.starter_model()), read_catalogue()
    families = {entry.family for entry in entries} | {starter.family}
    return {
        *(starter.name, starter.description, *starter.suggestions),
        *(text for entry in entries for text in (entry.name, entry.description, entry.note)),
        *(find_family(name).title for name in families if name),
        *(photo.stem.replace("-", " ").capitalize() for photo in paths.sample_photos()),
    }


def untranslated_parts(text: str) -> list[str]:
    """What is left of a text without its translated sentences and its shortcut."""
    bare = WITH_QUANTITY.sub("", NAMED.sub(r"\1", KEYS.sub("", text)))
    return BETWEEN.split(WHOLE.sub("", bare))


def test_every_text_is_translated_as_a_whole(shown: list[tuple[str, str, str]], tmp_path: Path) -> None:
    known = NOT_TRANSLATED | names_of_models()

    def is_data(text: str) -> bool:
        bare = text.strip()
        is_name = bare in known or bare.startswith((str(tmp_path), str(TESTS), str(paths.starter_model())))
        return not bare or is_name or NUMBERS.fullmatch(bare) is not None

    wrong = [
        f"{place}: {widget}: {text}"
        for place, widget, text in shown
        if not is_data(text) and not all(map(is_data, untranslated_parts(text)))
    ]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert len({place for place, _, _ in shown}) > 20
    assert len({text for _, _, text in shown if "⟦" in text}) > 300
