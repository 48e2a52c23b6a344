"""The command line reports how the instruction is read, and edits in any case."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from engine.edit_settings import EditArea
from engine.images.edit_record import read_edit_record

RunEdit = Callable[..., "subprocess.CompletedProcess[str]"]
SMALL = (
    "--resolution",
    "96",
    "--output-size",
    "working",
    "--seed",
    "5",
    "--device",
    "cpu",
    "--dtype",
    "fp32",
)


def test_a_misspelt_instruction_is_corrected(edit_here: RunEdit, sample: Path, tmp_path: Path) -> None:
    output = tmp_path / "edited.png"
    given = ("--input", sample, "--output", output, "--edit", "make it blakc and whte", "--json")
    done = edit_here(*given, *SMALL)
    assert done.returncode == 0
    assert "The instruction is read as “make it black and white”." in done.stderr.splitlines()
    described = json.loads(done.stdout)
    assert described["instruction"] == "make it black and white"
    assert described["reading"] == {
        "typed": "make it blakc and whte",
        "verdict": "known",
        "nearest": [],
        "unread": "",
    }
    record = read_edit_record(output)
    assert record is not None
    assert record.instruction == "make it black and white"


def test_a_place_is_edited_only_unless_the_area_is_given(
    edit_here: RunEdit, sample: Path, tmp_path: Path
) -> None:
    output = tmp_path / "edited.png"
    given = ("--input", sample, "--output", output, "--edit", "make the background sepia", "--json")
    done = edit_here(*given, *SMALL)
    assert done.returncode == 0
    assert "Only the background is edited (--area everything edits all of it)." in done.stderr.splitlines()
    described = json.loads(done.stdout)
    assert (described["instruction"], described["area"]) == ("make it sepia", "background")
    record = read_edit_record(output)
    assert record is not None
    assert record.settings.area is EditArea.BACKGROUND
    done = edit_here(*given, "--area", "everything", *SMALL)
    assert "is edited" not in done.stderr
    assert json.loads(done.stdout)["area"] == "everything"


def test_an_unknown_instruction_is_edited_and_reported_as_unknown(
    edit_here: RunEdit, sample: Path, tmp_path: Path
) -> None:
    output = tmp_path / "edited.png"
    done = edit_here("--input", sample, "--output", output, "--edit", "remove the car", *SMALL)
    assert done.returncode == 0
    assert output.is_file()
    lines = [line for line in done.stderr.splitlines() if line.startswith("Starter does not know this edit")]
    assert len(lines) == 1
