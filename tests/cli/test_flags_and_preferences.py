"""The command line computes as the window's preferences say, unless its arguments say otherwise."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image

from engine.errors import DeviceNotUsable
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.cli.edit_command import main

Run = Callable[..., int]


@pytest.fixture
def made_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What editors were made with; Ctrl-C goes back to the tests at the end."""
    asked: list[dict[str, Any]] = []

    def make(**options: Any) -> FakeEditor:
        asked.append(options)
        return FakeEditor()

    monkeypatch.setitem(sys.modules, "engine.editing.editor", SimpleNamespace(Editor=make))
    handler = signal.getsignal(signal.SIGINT)
    yield asked
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Edits a photo with further arguments, and returns the exit code."""
    photo = tmp_path / "photo.png"
    Image.new("RGB", (60, 40)).save(photo)
    files = ("--input", str(photo), "--output", str(tmp_path / "edited.png"))

    def run_it(*arguments: str) -> int:
        return main(["edit", *files, "--edit", "make it snow", *arguments])

    return run_it


@pytest.fixture
def preferences(data_folder: Path) -> Preferences:
    return Preferences(paths.preferences_file())


def test_what_is_left_out_is_as_preferred(
    run: Run, made_with: list[dict[str, Any]], preferences: Preferences
) -> None:
    preferences.device, preferences.dtype, preferences.threads = "cpu", "bf16", 3
    preferences.compile_unet = True
    assert run() == 0
    (options,) = made_with
    assert (options["device"], options["dtype"], options["threads"]) == ("cpu", "bf16", 3)
    assert options["compile_unet"] is True
    assert options["compiled_folder"] == paths.compiled_folder()


def test_arguments_go_first_for_one_call(
    run: Run, made_with: list[dict[str, Any]], preferences: Preferences
) -> None:
    preferences.device, preferences.dtype, preferences.threads = "cuda", "bf16", 3
    preferences.compile_unet = True
    assert run("--device", "cpu", "--dtype", "fp32", "--no-compile", "--threads", "2") == 0
    (options,) = made_with
    assert (options["device"], options["dtype"], options["threads"]) == ("cpu", "fp32", 2)
    assert options["compile_unet"] is False
    assert (preferences.device, preferences.threads) == ("cuda", 3)


def test_without_either_everything_is_automatic(
    run: Run, made_with: list[dict[str, Any]], preferences: Preferences
) -> None:
    assert run() == 0
    (options,) = made_with
    assert (options["device"], options["dtype"], options["threads"]) == ("auto", "auto", None)
    assert options["compile_unet"] is None


@pytest.mark.usefixtures("made_with")
@pytest.mark.parametrize("is_preferred", [True, False])
def test_a_missing_device_is_told_with_its_cause(
    run: Run,
    preferences: Preferences,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_preferred: bool,
) -> None:
    def refuse(**options: Any) -> FakeEditor:
        raise DeviceNotUsable("device.not-available", "No usable {device} device.", device=options["device"])

    monkeypatch.setattr(sys.modules["engine.editing.editor"], "Editor", refuse)
    if is_preferred:
        preferences.device = "cuda"
    assert run(*([] if is_preferred else ["--device", "cuda"])) == 2
    assert capsys.readouterr().err == (
        "The device chosen in Preferences, cuda, is not usable on this computer. Set --device, or choose "
        "another device in Preferences.\n"
        if is_preferred
        else "No usable cuda device.\n"
    )


@pytest.mark.parametrize("threads", ["0", "5000"])
def test_an_impossible_number_of_threads_is_refused(
    run: Run, made_with: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], threads: str
) -> None:
    assert run("--threads", threads) == 2
    assert capsys.readouterr().err == f"The number of threads must be from 1 to 1024, not {threads}.\n"
    assert made_with == []


def test_the_packaged_program_compiles_only_if_asked_and_then_says_that_it_cannot(
    run: Run, made_with: list[dict[str, Any]], preferences: Preferences, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("editing.editor_options", "cli.edit_requests"):
        monkeypatch.setattr(f"ip2p_desktop.{module}.is_frozen", lambda: True)
    preferences.compile_unet = True
    assert run() == 0
    assert made_with[0]["compile_unet"] is False
    assert run("--compile") == 2
