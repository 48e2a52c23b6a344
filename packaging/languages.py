"""Collects the texts of the window and compiles their translations.

    .venv/bin/python packaging/languages.py [codes of new languages, for example: de pt_BR]

Every `resources/translations/ip2p_*.ts` gets the texts that are new and loses those that are gone. The window
reads the `.qm` files beside them. `ip2p_desktop/base/languages.py` says how texts are written. Into English,
only plurals are translated.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / "tests")]

from fakes.source_errors import SourceErrors  # noqa: E402

from ip2p_desktop.base.error_texts import ADVICE, CONTEXT  # noqa: E402

TRANSLATIONS = ROOT / "resources" / "translations"
MARK = 'QT_TRANSLATE_NOOP("'
"""The engine marks labels and help of settings with it."""


def update(translations: Path) -> None:
    """Bring a `.ts` file, which need not exist, in line with the texts in the code."""
    code = translations.stem.removeprefix("ip2p_")
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder, "errors.py")
        errors.write_text("\n".join(error_lines()), encoding="utf-8")
        run_tool(
            "lupdate",
            *(*sources(), errors),
            *("-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", code),
            *("-ts", translations),
        )


def error_lines() -> Iterable[str]:
    """Errors are translated by their codes; lupdate notes the English sentences as comments.

    Phrases within errors are translated by themselves.
    """
    source = SourceErrors()
    sentences = {made.texts[0]: made.texts[1:] for made in source}
    for code, texts in sorted(sentences.items()):
        for ending, text in zip(("", ADVICE), texts, strict=False):
            yield f"#: {text}"
            yield f'QT_TRANSLATE_NOOP("{CONTEXT}", "{code}{ending}")'
    for phrase in source.phrases:
        yield f'QT_TRANSLATE_NOOP("{CONTEXT}", {json.dumps(phrase, ensure_ascii=False)})'


def release(translations: Path, compiled: Path) -> None:
    """Compile a `.ts` file; texts that are not translated are left out."""
    run_tool("lrelease", translations, "-qm", compiled)


def sources() -> list[Path]:
    """Every file with texts of the window."""
    engine = sorted((ROOT / "engine").rglob("*.py"))
    marked = [file for file in engine if MARK in file.read_text(encoding="utf-8")]
    return [*sorted((ROOT / "ip2p_desktop").rglob("*.py")), *marked]


def run_tool(name: str, *arguments: str | Path) -> None:
    """Run one of Qt's tools, as PySide brings them. Raises `CalledProcessError`."""
    suffix = ".exe" if sys.platform == "win32" else ""
    tool = Path(PySide6.__path__[0], f"{name}{suffix}")
    subprocess.run([tool, *arguments, "-silent"], check=True)


def main(new_languages: Iterable[str]) -> None:
    TRANSLATIONS.mkdir(exist_ok=True)
    files = {
        *TRANSLATIONS.glob("ip2p_*.ts"),
        *(TRANSLATIONS / f"ip2p_{code}.ts" for code in new_languages),
    }
    for translations in sorted(files):
        update(translations)
        release(translations, translations.with_suffix(".qm"))


if __name__ == "__main__":
    main(sys.argv[1:])
