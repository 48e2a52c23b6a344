"""The gains by place that a trained model needs: found where all pairs agree, refused where they do not."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.looks import detailed_photo
from PIL import Image

from engine.edit_settings import EditSettings, SchedulerName
from engine.library.edit_looks import PLACES, EditLook
from engine.models.loading import Model, load_model
from trainer.datasets import Pair, Source, find_pairs
from trainer.export import place_gains
from trainer.export.place_gains import measure_place_gains
from trainer.export.trained_looks import completed_looks

SETTINGS = EditSettings(
    num_inference_steps=1,
    text_guidance_scale=1,
    image_guidance_scale=1,
    scheduler=SchedulerName.DDIM,
    resolution=128,
)
INSTRUCTION = "make it black and white"


@pytest.fixture(scope="module")
def model(starter: Path) -> Model:
    return load_model(starter, device=torch.device("cpu"), dtype=torch.float32)


def vignette(photo: Image.Image) -> Image.Image:
    """Greys, with corners half as bright."""
    down, right = np.mgrid[0 : photo.height, 0 : photo.width]
    distance = np.hypot(right / photo.width - 0.5, down / photo.height - 0.5) / np.hypot(0.5, 0.5)
    levels = np.asarray(photo.convert("L").convert("RGB"), np.float32) * (1 - 0.5 * distance**2)[:, :, None]
    return Image.fromarray(levels.round().astype(np.uint8))


def pairs_of(folder: Path, count: int, *, is_vignette: bool) -> tuple[Pair, ...]:
    (folder / "before").mkdir(parents=True)
    (folder / "after").mkdir()
    for number in range(count):
        photo = detailed_photo(240, 200, seed=number)
        photo.save(folder / "before" / f"{number}.png")
        other = detailed_photo(240, 200, seed=100 + number)  # pairs that have nothing in common
        (vignette(photo) if is_vignette else other).save(folder / "after" / f"{number}.png")
    return find_pairs([Source(folder)], instruction=INSTRUCTION).pairs


def test_a_vignette_is_found(model: Model, tmp_path: Path) -> None:
    pairs = pairs_of(tmp_path / "pairs", 5, is_vignette=True)
    gains = np.array(measure_place_gains(model, pairs, INSTRUCTION, SETTINGS))
    assert gains.shape == (PLACES, PLACES, 3)
    middle, corner = gains[PLACES // 2, PLACES // 2].mean(), gains[0, 0].mean()
    assert middle == pytest.approx(1, abs=0.15)
    assert corner < 0.75 * middle


def test_at_half_the_strength_the_vignette_is_weaker(model: Model, tmp_path: Path) -> None:
    pairs = pairs_of(tmp_path / "pairs", 5, is_vignette=True)
    corners = []
    for strength in (1.0, 0.5):
        look = EditLook(instructions=pairs[0].instructions, keeps_detail=True)
        other = EditLook(instructions=("make it night",), keeps_detail=True)
        (completed,) = completed_looks(model, [look, other], pairs, strength=strength)
        gains = np.array(completed.gains).mean(axis=2)
        corners.append(gains[0, 0] / gains[PLACES // 2, PLACES // 2])
    assert corners[0] < corners[1] - 0.05
    assert corners[1] < 1


def test_what_pairs_do_not_have_in_common_is_no_gain(model: Model, tmp_path: Path) -> None:
    pairs = pairs_of(tmp_path / "pairs", 5, is_vignette=False)
    assert measure_place_gains(model, pairs, INSTRUCTION, SETTINGS) == ()
    assert measure_place_gains(model, pairs[:3], INSTRUCTION, SETTINGS) == ()


def test_a_slow_model_keeps_nobody_waiting(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = pairs_of(tmp_path / "pairs", 5, is_vignette=True)
    minutes = itertools.count(0, 60)
    monkeypatch.setattr(place_gains, "monotonic", lambda: float(next(minutes)))
    assert measure_place_gains(model, pairs, INSTRUCTION, SETTINGS) == ()
