"""Edits on the command line: successful ones, and ones that are cancelled."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.images.edit_record import read_edit_record

INSTRUCTION = "make it “black” and white"


@pytest.fixture(scope="module")
def done(
    run_edit: Callable[..., subprocess.CompletedProcess[str]],
    sample: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A successful edit, and the path of its result."""
    output = tmp_path_factory.mktemp("done") / "edited.png"
    small = ("--resolution", "96", "--steps", "3", "--seed", "5", "--dtype", "fp32", "--device", "cpu")
    scales = ("--cfg-text", "2.5", "--cfg-image", "1.25", "--scheduler", "euler-ancestral")
    given = ("--input", sample, "--output", output, "--edit", INSTRUCTION)
    return run_edit(*given, *small, *scales, "--json"), output


def test_an_edit_ends_well_with_nothing_but_the_progress_bar_on_standard_error(
    done: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    process, output = done
    assert process.returncode == 0
    assert [path.name for path in output.parent.iterdir()] == ["edited.png"]
    shown = [line for line in process.stderr.replace("\r", "\n").splitlines() if line.strip()]
    assert shown
    assert all("/3 [" in line for line in shown)


def test_the_json_describes_each_result(
    done: tuple[subprocess.CompletedProcess[str], Path], starter: Path
) -> None:
    process, output = done
    described: dict[str, Any] = json.loads(process.stdout)
    seconds = described.pop("seconds")
    assert described.pop("reading")["verdict"] == "known"
    assert described == {
        "output": str(output),
        "instruction": INSTRUCTION,
        "negative_instruction": "",
        "seed": 5,
        "steps": 3,
        "scheduler": "euler-ancestral",
        "guidance": {"text": 2.5, "image": 1.25},
        "size": [1365, 768],
        "turbo": False,
        "area": "automatic",
        "device": "cpu",
        "dtype": "fp32",
        "model": str(starter),
        "fallbacks": [],
        "warnings": [],
    }
    assert seconds.keys() == {"load", "edit"}
    assert min(seconds.values()) > 0
    assert process.stdout.isascii()
    assert process.stdout.count("\n") == 1


def test_the_result_has_the_size_of_the_photo_and_contains_its_request(
    done: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    with Image.open(done[1]) as edited:
        assert (edited.format, edited.mode, edited.size) == ("PNG", "RGB", (1365, 768))
        assert np.ptp(np.asarray(edited)) > 0
    record = read_edit_record(done[1])
    assert record is not None
    settings = record.settings
    assert (record.instruction, record.model, settings.seed) == (INSTRUCTION, "starter", 5)
    assert (settings.num_inference_steps, settings.resolution) == (3, 96)


OBSERVED = """
import sys
from ip2p_desktop.__main__ import main
code = main(sys.argv[1:])
print(sorted({name.split(".")[0] for name in sys.modules} & {"torch", "PySide6", "trainer"}))
sys.exit(code)
"""


def observe(surroundings: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the program and prints at its end which heavy packages it imported."""
    return subprocess.run(
        [sys.executable, "-c", OBSERVED, "edit", *map(str, arguments)],
        env=surroundings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_an_edit_never_loads_the_window(surroundings: dict[str, str], sample: Path, tmp_path: Path) -> None:
    output = tmp_path / "edited.jpg"
    small = ("--resolution", "64", "--steps", "1", "--scheduler", "ddim", "--fit", "original")
    process = observe(surroundings, "--input", sample, "--output", output, "--edit", "make it snow", *small)
    assert (process.returncode, process.stdout) == (0, "['torch']\n")
    with Image.open(output) as edited:
        assert (edited.format, edited.size) == ("JPEG", (64, 64))


@pytest.mark.parametrize(
    "refused",
    [("--steps", "0"), ("--input", "missing.jpg"), ("--device", "gpu"), ("--dtype", "int8"), ("--edit", " ")],
)
def test_what_is_refused_is_refused_before_torch_is_loaded(
    surroundings: dict[str, str], sample: Path, tmp_path: Path, refused: tuple[str, str]
) -> None:
    given = ("--input", sample, "--output", tmp_path / "edited.png", "--edit", "make it snow")
    process = observe(surroundings, *given, *refused)
    assert (process.returncode, process.stdout) == (2, "[]\n")


class _WithTerminal:
    """The program with a terminal as its standard error."""

    def __init__(self, command: list[str], surroundings: dict[str, str]) -> None:
        self._screen, stderr = pty.openpty()
        termios.tcsetwinsize(stderr, (24, 80))
        self.process = subprocess.Popen(
            command, env=surroundings, stderr=stderr, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        os.close(stderr)
        self.shown = ""

    def __enter__(self) -> _WithTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._screen)

    def wait_for(self, text: str) -> None:
        while text not in self.shown:
            seen = self._read()
            assert seen, f"ended without “{text}”: {self.shown}"

    def wait_for_end(self) -> int:
        while self._read():
            pass
        return self.process.wait()

    def _read(self) -> str:
        try:
            seen = os.read(self._screen, 4096).decode("utf-8", errors="replace")
        except OSError:  # how Linux says that nobody writes any more
            return ""
        self.shown += seen
        return seen


@pytest.mark.parametrize("stage", ["loading libraries", "editing"])
def test_ctrl_c_stops_the_edit_and_nothing_is_written(
    program: list[str], surroundings: dict[str, str], sample: Path, tmp_path: Path, stage: str
) -> None:
    given = [
        "--input",
        str(sample),
        "--output",
        str(tmp_path / "edited.png"),
        "--edit",
        "make it snow",
    ]
    command = [*program, "edit", *given, "--resolution", "64", "--steps", "1000"]
    with _WithTerminal(command, surroundings) as watched:
        watched.wait_for(stage)
        watched.process.send_signal(signal.SIGINT)
        assert watched.wait_for_end() == 130
    assert "Traceback" not in watched.shown
    assert watched.shown.replace("\r", "\n").rstrip().splitlines()[-1] == "Cancelled; nothing was written."
    assert list(tmp_path.iterdir()) == []


def test_a_transparent_photo_keeps_its_alpha_and_a_jpeg_says_that_it_cannot(
    edit_here: Callable[..., subprocess.CompletedProcess[str]], sample: Path, tmp_path: Path
) -> None:
    with Image.open(sample) as photo:
        logo = photo.convert("RGBA").resize((90, 60))
    logo.putalpha(Image.linear_gradient("L").resize(logo.size))
    logo.save(tmp_path / "logo.png")
    small = ("--resolution", "96", "--steps", "1", "--dtype", "fp32", "--device", "cpu")
    given = ("--input", tmp_path / "logo.png", "--edit", "make it black and white", *small)
    process = edit_here(*given, "--output", tmp_path / "edited.png", "--output-size", "source")
    assert process.returncode == 0
    with Image.open(tmp_path / "edited.png") as edited:
        assert edited.getchannel("A").tobytes() == logo.getchannel("A").tobytes()
    process = edit_here(*given, "--output", tmp_path / "edited.jpg")
    assert process.returncode == 0
    assert "edited.jpg is on white" in process.stderr
