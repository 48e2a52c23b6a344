"""What is shown of an alignment before it is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat
from PySide6.QtGui import QImage

from ip2p_desktop.base.paths import sample_photos
from ip2p_desktop.training.pictures.alignment_trial import try_alignment
from ip2p_desktop.widgets.display_images import to_pillow
from trainer.datasets import Pair, Source, find_pairs


def contrast(image: QImage) -> float:
    return ImageStat.Stat(to_pillow(image).convert("L")).stddev[0]


@pytest.mark.parametrize("edit", [ImageOps.invert, ImageOps.posterize])
def test_the_photo_is_recognised_in_what_is_laid_over_it(
    tmp_path: Path, edit: Callable[..., Image.Image]
) -> None:
    with Image.open(sample_photos()[1]) as opened:
        photo = opened.convert("RGB").reduce(4)
    photo.save(tmp_path / "dog_before.png")
    changed = edit(photo, 3) if edit is ImageOps.posterize else edit(photo)
    ImageChops.offset(changed, 5, 3).save(tmp_path / "dog_after.png")
    (tmp_path / "instruction.txt").write_text("change it")
    pair = find_pairs([Source(tmp_path)]).pairs[0]
    assert isinstance(pair, Pair)
    trial = try_alignment(pair)
    plain = ImageStat.Stat(photo.convert("L")).stddev[0]
    assert trial.agreement_after > trial.agreement_before
    assert contrast(trial.after) > 0.8 * plain
    assert contrast(trial.after) > contrast(trial.before)
