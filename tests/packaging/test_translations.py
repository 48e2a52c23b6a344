"""The shipped translations hold the texts of the code, no more and no less; Qt's tools find each of them."""

from __future__ import annotations

import ast
import re
import runpy
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from ip2p_desktop.base import paths

TOOLS = runpy.run_path(str(Path(__file__).resolve().parent.parent.parent / "packaging" / "languages.py"))
SHIPPED = sorted(paths.translations_folder().glob("*.ts"))
TRANSLATING = {"tr": 0, "translate": 1, "QT_TRANSLATE_NOOP": 1}
"""Names of calls, and the place of the text among their arguments."""
HELPERS = {
    f"QCoreApplication.translate({names})" for names in ("context, text", "CONTEXT, key", "CONTEXT, value")
} | {"painter.translate(shift)"}
"""Calls with a text that was marked elsewhere, with the code of an error, with a value of one, and of a
painter, which moves."""
COUNT = re.compile(r"%L?n")
PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda file: file.stem)
def test_texts_are_those_of_the_code(shipped: Path, tmp_path: Path) -> None:
    updated = Path(shutil.copy(shipped, tmp_path))
    TOOLS["update"](updated)
    missing = "python packaging/languages.py was not run"
    assert updated.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8"), missing


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda file: file.stem)
def test_compiled_files_are_current(shipped: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.qm"
    TOOLS["release"](shipped, compiled)
    assert compiled.read_bytes() == shipped.with_suffix(".qm").read_bytes()


def test_every_text_in_the_code_is_found() -> None:
    known = {message.findtext("source") for message in messages(paths.translations_folder() / "ip2p_en.ts")}
    calls = [
        (f"{file.name}:{call.lineno}", ast.unparse(call), text)
        for file in TOOLS["sources"]()
        for call, text in translating_calls(file)
    ]
    assert len(calls) > 350
    lost = [(place, code) for place, code, text in calls if text not in known and code not in HELPERS]
    assert not lost


def test_texts_get_the_context_of_their_class() -> None:
    """`tr` alone takes no context, so that its first argument would be the text for Qt's tools."""
    alone = [
        f"{file.name}:{call.lineno}"
        for file in TOOLS["sources"]()
        for call, _ in translating_calls(file)
        if isinstance(call.func, ast.Name) and call.func.id == "tr"
    ]
    assert not alone


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda file: file.stem)
def test_placeholders_and_plurals_are_complete(shipped: Path) -> None:
    for message in messages(shipped):
        source, translation = message.findtext("source"), message.find("translation")
        assert source is not None
        assert translation is not None
        assert "%1" not in source
        english = message.findtext("extracomment") or source
        is_plural = message.get("numerus") == "yes"
        assert is_plural == bool(COUNT.search(source)), source
        forms = translation.findall("numerusform") if is_plural else [translation]
        texts = [form.text for form in forms if form.text]
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english)), text
        if is_plural and shipped.stem == "ip2p_en":
            assert len(texts) == 2, source
            assert not any("(s)" in text for text in texts), source


def messages(file: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(file).iter("message"))


def translating_calls(file: Path) -> Iterator[tuple[ast.Call, str | None]]:
    """Calls whose text is to be translated, and the text where it is written out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in TRANSLATING:
            continue
        text = node.args[TRANSLATING[name]] if len(node.args) > TRANSLATING[name] else None
        is_written_out = isinstance(text, ast.Constant) and isinstance(text.value, str)
        yield node, text.value if is_written_out else None
