"""A mere list of files opens the window; options and commands are for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ip2p_desktop import __main__, app


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Path]]:
    """The files of each window that was opened."""
    opened: list[Sequence[Path]] = []
    monkeypatch.setattr(app, "main", lambda files=(): opened.append(files) or 0)
    return opened


def test_files_are_opened_in_the_window(opened: list[Sequence[Path]], sample: Path, tmp_path: Path) -> None:
    assert __main__.main([str(sample), str(tmp_path), "missing.jpg"]) == 0
    assert __main__.main([]) == 0
    assert opened == [[sample, tmp_path, Path("missing.jpg")], []]


@pytest.mark.parametrize("word", ["edti", "missing.jpg", "x" * 5000])
def test_a_word_that_is_no_file_is_refused(
    opened: list[Sequence[Path]], capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert __main__.main([word]) == 2
    assert capsys.readouterr().err == f"{word} is neither a file nor a command. Try ip2p-desktop --help.\n"
    assert opened == []


def test_options_stay_with_the_command_line(
    opened: list[Sequence[Path]], capsys: pytest.CaptureFixture[str], sample: Path
) -> None:
    assert __main__.main([str(sample), "--edit", "make it snow"]) == 2
    assert __main__.main(["edit", str(sample)]) == 2
    assert __main__.main(["--help"]) == 0
    assert "[FILE ...]" in capsys.readouterr().out
    assert opened == []
