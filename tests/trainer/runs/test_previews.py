"""Previews of a run: by steps and by time, of held-back pairs and of photos; they change nothing in it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.trainer_programs import same
from PIL import Image

from ip2p_desktop.base.paths import sample_photos
from trainer.config import read_settings
from trainer.learning.checkpoint import Checkpoints, load_state
from trainer.program import TrainerRun
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream, PreviewMade, parse_event

STEPS = 10


class PreviewedRun:
    """A run of the tiny editor in this process, with its previews."""

    def __init__(self, pairs: Path, model: Path, folder: Path, *words: str) -> None:
        stream = io.StringIO()
        settings = [
            f"data.data_path={pairs}",
            f"model.unet_config.from_pretrained={model}",
            f"exp_manager.exp_dir={folder}",
            "data.replay.pairs=0",
            "data.resolution=64",
            "data.num_workers=0",
            "data.check=False",
            "model.micro_batch_size=2",
            "trainer.precision=32",
            "trainer.threads=1",
            f"trainer.max_steps={STEPS}",
            "trainer.val_check_interval=0",
            "validation.steps=1",
            *words,
        ]
        TrainerRun(EventStream(stream), Commands())(read_settings(settings))
        events = [parse_event(line) for line in stream.getvalue().splitlines()]
        self.previews = [event for event in events if isinstance(event, PreviewMade)]
        self.state: dict[str, Any] = load_state(Checkpoints(folder, keep=2).saved()[-1])


def size_of(file: str) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def test_previews_by_time_are_at_the_start_early_and_at_the_end_and_change_no_bit(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    plain = PreviewedRun(pair_folder, tiny_editor, tmp_path / "plain")
    photo = json.dumps([str(sample_photos()[0])])
    shown = PreviewedRun(
        pair_folder,
        tiny_editor,
        tmp_path / "shown",
        "validation.every_minutes=60",
        "validation.edits=2",
        f"validation.photos={photo}",
        'validation.instructions=["make it night"]',
    )
    assert plain.previews == []
    assert [event.step for event in shown.previews[::3]] == [0, 8, STEPS]
    assert [event.kind for event in shown.previews] == ["pair", "pair", "photo"] * 3
    assert [event.held_back for event in shown.previews[:3]] == [False] * 3, "no pair is held back here"
    assert same(shown.state, plain.state)
    for pair in shown.previews[:2]:
        assert size_of(pair.wanted) == size_of(pair.source) == size_of(pair.edited)
    assert shown.previews[2].wanted == ""
    first, again = (Path(shown.previews[number].edited).read_bytes() for number in (0, 6))
    assert first != again


@pytest.mark.parametrize("minutes", [0, 60])
def test_held_back_pairs_are_shown_with_what_is_wanted(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path, minutes: int
) -> None:
    shown = PreviewedRun(
        pair_folder,
        tiny_editor,
        tmp_path / "run",
        "data.split.val=0.25",
        "validation.edits=2",
        "trainer.val_check_interval=5",
        f"validation.every_minutes={minutes}",
    )
    early = [8] if minutes else []
    assert [event.step for event in shown.previews[::2]] == sorted([0, 5, *early, STEPS])
    assert all(event.held_back and event.kind == "pair" for event in shown.previews)
    with Image.open(shown.previews[0].source) as source, Image.open(shown.previews[0].wanted) as wanted:
        pixel, inverse = source.convert("RGB").getpixel((5, 5)), wanted.convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert isinstance(inverse, tuple)
    assert all(abs(255 - one - other) <= 3 for one, other in zip(pixel, inverse, strict=True))


def test_the_same_weights_make_the_same_previews(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    made = [
        PreviewedRun(
            pair_folder, tiny_editor, tmp_path / name, "validation.every_minutes=60", "validation.edits=1"
        )
        for name in ("one", "other")
    ]
    for one, other in zip(made[0].previews, made[1].previews, strict=True):
        assert Path(one.edited).read_bytes() == Path(other.edited).read_bytes()


def test_numbers_below_zero_are_refused(pair_folder: Path) -> None:
    from trainer.config import ConfigNotValid, read_config

    for word in ("validation.every_minutes=-1", "exp_manager.snapshots=-1"):
        with pytest.raises(ConfigNotValid, match="must be at least 0"):
            read_config([f"data.data_path={pair_folder}", word])
