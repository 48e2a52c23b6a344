"""Several edits in one instruction, on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from engine.edit_settings import EditSettings
from engine.images.edit_record import read_edit_record
from engine.instructions import InstructionReading
from engine.instructions.sequence import split_sequence
from engine.request import EditRequest, EditResult
from ip2p_desktop.cli.edit_sequence import run_sequence

INSTRUCTION = "make it foggy, then black and white"
PHOTO = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
REQUEST = EditRequest(
    source_image=PHOTO,
    instruction="fog, then snow",
    model=Path("model"),
    settings=EditSettings(seed=5),
    variations=2,
    mask=Image.new("L", PHOTO.size, 255),
)
FOG, SNOW = (InstructionReading(typed=text, instruction=text) for text in ("fog", "snow"))


class Runs:
    """Inverts photos at half their size."""

    def __init__(self) -> None:
        self.requests: list[EditRequest] = []

    def __call__(self, request: EditRequest) -> EditResult:
        self.requests.append(request)
        made = ImageOps.invert(request.source_image).reduce(2)
        seconds = {"load_seconds": 1.0, "edit_seconds": 2.0}
        images = (made,) * request.variations
        return EditResult(
            edited_images=images,
            request=request,
            device="cpu",
            dtype="fp32",
            fallbacks=("Memory was short.",),
            **seconds,
        )


def test_each_variation_goes_through_all_edits_with_its_seed() -> None:
    run = Runs()
    results = list(run_sequence(REQUEST, (FOG, SNOW), run))
    asked = [(each.instruction, each.settings.seed, each.variations) for each in run.requests]
    assert asked == [("fog", 5, 2), ("snow", 5, 1), ("snow", 6, 1)]
    assert run.requests[1].source_image.tobytes() == ImageOps.invert(PHOTO).reduce(2).tobytes()
    assert run.requests[1].mask is not None
    assert run.requests[1].mask.size == (48, 32)
    assert [result.request.settings.seed for result in results] == [5, 6]
    first = results[0]
    assert first.request == replace(REQUEST, variations=1)
    assert first.edited_image.size == (24, 16)
    assert (first.load_seconds, first.edit_seconds) == (2.0, 4.0)
    assert first.fallbacks == ("Memory was short.",)


def test_one_edit_has_all_variations_in_one_result() -> None:
    run = Runs()
    (result,) = run_sequence(REQUEST, (FOG,), run)
    assert len(result.edited_images) == 2
    assert run.requests == [replace(REQUEST, instruction="fog")]


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        (INSTRUCTION, INSTRUCTION),
        # the record is read for any model, and so names both edits
        ("make it foggy and make it sepia", "make it foggy, then make it sepia"),
    ],
)
def test_a_sequence_is_run_recorded_and_repeated(
    edit_here: Callable[..., subprocess.CompletedProcess[str]],
    sample: Path,
    tmp_path: Path,
    typed: str,
    recorded: str,
) -> None:
    numeric = ("--dtype", "fp32", "--device", "cpu")
    whole, again = tmp_path / "whole.png", tmp_path / "again.png"
    given = ("--input", sample, "--output", whole, "--edit", typed, "--resolution", "96", "--seed", "5")
    process = edit_here(*given, *numeric, "--json")
    assert process.returncode == 0
    assert "2 edits, one after the other." in process.stderr
    described = json.loads(process.stdout)
    assert described["instruction"] == recorded
    steps = [step["typed"] for step in described["reading"]["steps"]]
    assert steps == list(split_sequence(recorded))
    record = read_edit_record(whole)
    assert record is not None
    assert record.instruction == recorded
    edit_here("--input", sample, "--output", again, "--from-file", whole, *numeric)
    with Image.open(whole) as made, Image.open(again) as repeated:
        assert made.convert("RGB").tobytes() == repeated.convert("RGB").tobytes()
