"""Errors are shown in the language of the window where there is a translation of their code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, ModelNotUsable, Phrase
from ip2p_desktop.app import Program
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome
from ip2p_desktop.training.training_texts import warning
from ip2p_desktop.widgets.surfaces import Notice
from trainer.protocol.events import TrainingFailed, make_warning

Translate = Callable[[Mapping[str, str]], None]


class Translations(QTranslator):
    """A few texts of errors."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        return self._texts.get(source) if context == "Error" else None


@pytest.fixture
def translate(qtbot: QtBot) -> Iterator[Translate]:
    installed: list[Translations] = []

    def install(texts: Mapping[str, str]) -> None:
        installed.append(Translations(texts))
        QCoreApplication.installTranslator(installed[-1])

    yield install
    for translations in installed:
        QCoreApplication.removeTranslator(translations)


def test_the_notice_bar_shows_an_error_in_the_windows_language(
    qtbot: QtBot, program: Program, translate: Translate, tmp_path: Path
) -> None:
    translate(
        {
            "image.unknown-format": "{file} ist kein Foto in einem bekannten Format.",
            "image.unknown-format.advice": "Wählen Sie ein Foto.",
        }
    )
    path = tmp_path / "notes.txt"
    path.write_text("just words")
    with qtbot.waitSignal(program.files.failed):
        program.files.open_file(path)
    notice = program.window.notice_bar
    assert notice.message.text() == "notes.txt ist kein Foto in einem bekannten Format."
    assert notice.advice.text() == "Wählen Sie ein Foto."
    assert "Foto" in notice.accessibleName()


def test_what_is_not_translated_stays_english(
    qtbot: QtBot, program: Program, translate: Translate, tmp_path: Path
) -> None:
    translate({"image.unknown-format": "{datei} ist kein Foto."})
    (tmp_path / "notes.txt").write_text("just words")
    for name, message in (
        ("notes.txt", "notes.txt is not a photo in a supported format."),
        ("gone.png", f"{tmp_path / 'gone.png'} does not exist."),
    ):
        with qtbot.waitSignal(program.files.failed):
            program.files.open_file(tmp_path / name)
        assert program.window.notice_bar.message.text() == message


def test_words_among_the_values_are_translated_too(translate: Translate) -> None:
    translate({"model.damaged": "{file} ist beschädigt: {reason}.", "its header is invalid": "Kopf ungültig"})
    error = ModelNotUsable(
        "model.damaged", "{file} is damaged: {reason}.", file="a.ckpt", reason="its header is invalid"
    )
    assert error_text(error.report()) == ("a.ckpt ist beschädigt: Kopf ungültig.", "")


def test_a_phrase_with_values_is_translated_and_filled(translate: Translate) -> None:
    translate({"model.wrong-kind": "Das ist {description}.", "a {family} model": "ein Modell von {family}"})
    for template, german in (
        ("a {family} model", "ein Modell von SD {1}"),
        ("an old {family} model", "an old SD {1} model"),
    ):
        phrase = Phrase(template, family="SD {1}")
        error = ModelNotUsable("model.wrong-kind", "This is {description}.", description=phrase)
        assert error_text(error.report()).message == f"Das ist {german}."


def test_what_the_trainer_reports_is_translated(qtbot: QtBot, translate: Translate) -> None:
    translate(
        {
            "memory.smaller-passes": "Wenig Speicher: {size} auf einmal.",
            "diverged.loss-nan": "Der Verlust wurde im Schritt {step} zu NaN.",
        }
    )
    assert warning(make_warning("memory.smaller-passes", "{size} at once.", size=2)) == (
        "Wenig Speicher: 2 auf einmal."
    )
    failed = TrainingFailed(
        kind="diverged",
        message="The loss became NaN.",
        advice="Wait.",
        code="diverged.loss-nan",
        values={"step": 6},
    )
    outcome = TrainingOutcome(failure=failed.report())
    assert outcome.sentence() == "Der Verlust wurde im Schritt 6 zu NaN. Wait."
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_report(failed.report())
    assert notice.message.text() == "Der Verlust wurde im Schritt 6 zu NaN."
    notice.show_report(ErrorReport("crash", "It ended.", "Try again."))
    assert (notice.message.text(), notice.advice.text()) == ("It ended.", "Try again.")
