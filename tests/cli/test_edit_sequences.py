"""Several edits in one instruction, on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from engine.images.edit_record import read_edit_record

RunEdit = Callable[..., subprocess.CompletedProcess[str]]
SMALL = ("--resolution", "96", "--seed", "5", "--dtype", "fp32", "--device", "cpu")
INSTRUCTION = "make it foggy, then black and white"


def test_each_edit_starts_with_the_result_before_it(run_edit: RunEdit, sample: Path, tmp_path: Path) -> None:
    whole, first, second = (tmp_path / f"{name}.png" for name in ("whole", "first", "second"))
    process = run_edit("--input", sample, "--output", whole, "--edit", INSTRUCTION, *SMALL, "--json")
    assert process.returncode == 0
    assert "2 edits, one after the other." in process.stderr
    described = json.loads(process.stdout)
    assert described["instruction"] == INSTRUCTION
    steps = [step["typed"] for step in described["reading"]["steps"]]
    assert steps == ["make it foggy", "make it black and white"]
    run_edit("--input", sample, "--output", first, "--edit", steps[0], *SMALL)
    run_edit("--input", first, "--output", second, "--edit", steps[1], *SMALL)
    with Image.open(whole) as made, Image.open(second) as expected:
        assert made.convert("RGB").tobytes() == expected.convert("RGB").tobytes()
    record = read_edit_record(whole)
    assert record is not None
    assert record.instruction == INSTRUCTION
    again = tmp_path / "again.png"
    run_edit("--input", sample, "--output", again, "--from-file", whole, *SMALL[-4:])
    with Image.open(whole) as made, Image.open(again) as repeated:
        assert made.convert("RGB").tobytes() == repeated.convert("RGB").tobytes()


def test_each_variation_goes_through_all_edits_with_its_seed(
    run_edit: RunEdit, sample: Path, tmp_path: Path
) -> None:
    process = run_edit(
        *("--input", sample, "--output", tmp_path / "all.png", "--edit", INSTRUCTION),
        *SMALL,
        *("--variations", "2", "--json"),
    )
    assert [json.loads(line)["seed"] for line in process.stdout.splitlines()] == [5, 6]
    alone = tmp_path / "alone.png"
    seed = ("--resolution", "96", "--seed", "6", "--dtype", "fp32", "--device", "cpu")
    run_edit("--input", sample, "--output", alone, "--edit", INSTRUCTION, *seed)
    with Image.open(tmp_path / "all-2.png") as made, Image.open(alone) as expected:
        assert made.convert("RGB").tobytes() == expected.convert("RGB").tobytes()
