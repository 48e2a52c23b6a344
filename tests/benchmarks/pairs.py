"""The folder of pairs that benchmarks of training share."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image, ImageOps

from ip2p_desktop.base.paths import sample_photos

PAIRS, PAIR_SIDE = 24, 512


def write_pairs(folder: Path) -> None:
    """Squares of the sample photos and their negatives, as the README describes a folder of pairs."""
    folder.mkdir()
    photos, lines = sample_photos(), []
    for number in range(PAIRS):
        with Image.open(photos[number % len(photos)]) as photo:
            place = number // len(photos) / 2
            square = ImageOps.fit(photo.convert("RGB"), (PAIR_SIDE, PAIR_SIDE), centering=(place, place))
        before, after = f"{number}-before.png", f"{number}-after.png"
        square.save(folder / before)
        ImageOps.invert(square).save(folder / after)
        row = {"original_image": before, "edited_image": after, "edit_instruction": "turn it inside out"}
        lines.append(json.dumps(row))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
