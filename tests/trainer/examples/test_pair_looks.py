"""What is measured of pairs at their own size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.looks import blurred, detailed_photo, grainy, outlined, warmed
from PIL import Image

from trainer.datasets import Source, find_pairs
from trainer.examples.pair_looks import measure_looks, measure_pair

Look = Callable[[Image.Image], Image.Image]


def write_pairs(folder: Path, look: Look, count: int = 4, instruction: str = "make it a postcard") -> Path:
    folder.mkdir(exist_ok=True)
    lines = []
    for number in range(count):
        photo = detailed_photo(seed=number)
        photo.save(folder / f"{number}.png")
        look(photo).save(folder / f"{number}-after.png")
        names = {"original_image": f"{number}.png", "edited_image": f"{number}-after.png"}
        lines.append(json.dumps(names | {"edit_instruction": instruction}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize("look", [lambda photo: photo, warmed])
def test_tone_and_colour_keep_the_detail(look: Look) -> None:
    photo = detailed_photo()
    measured = measure_pair(photo, look(photo))
    assert measured.keeps_detail
    assert measured.strength == 0


@pytest.mark.parametrize("look", [blurred, outlined])
def test_what_changes_the_detail_is_painted(look: Look) -> None:
    photo = detailed_photo()
    assert not measure_pair(photo, look(photo)).keeps_detail


@pytest.mark.parametrize("strength", [5.0, 12.0])
def test_grain_is_measured_with_its_strength(strength: float) -> None:
    photo = detailed_photo()
    measured = measure_pair(photo, grainy(warmed(photo), strength))
    assert measured.keeps_detail
    assert measured.strength == pytest.approx(strength, rel=0.12)
    assert measured.size * 480 < 0.5
    assert measured.correlation > 0.9
    assert measure_pair(photo, grainy(warmed(photo), strength, channels=3)).correlation < 0.3


def test_the_looks_of_a_dataset(tmp_path: Path) -> None:
    pairs = find_pairs(
        [Source(write_pairs(tmp_path / "pairs", lambda photo: grainy(warmed(photo), 8)))]
    ).pairs
    (look,) = measure_looks(pairs)
    assert look.instructions == ("make it a postcard",)
    assert look.keeps_detail
    assert look.grain is not None
    assert look.grain.strength == pytest.approx(8, rel=0.12)
    assert look.grain.is_grey
    assert measure_looks(pairs[:2]) == ()


def test_a_painted_edit_has_no_look(tmp_path: Path) -> None:
    assert measure_looks(find_pairs([Source(write_pairs(tmp_path / "pairs", outlined))]).pairs) == ()
