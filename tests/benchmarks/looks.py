"""How a trained look comes out at a photo's own size: `looks.py --photos PHOTOS --model FOLDER`.

`PHOTOS` holds `index.csv` (file, split) and `images/`. `FOLDER` is a model that was trained for the edit
"postcard" of `invented_edits.py`, for example by `new_edit.py --edit postcard --work …`. Val photos are
edited at their own size, with and without what the model's card knows of the look, and compared with the
recipe: grain, corners, tone and colour at an eighth of the size, and fine detail. Prints only.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import numpy as np  # noqa: E402 (our packages are found through the path above)
from invented_edits import INVENTED_EDITS, postcard  # noqa: E402
from measuring import machine  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from PIL import Image  # noqa: E402

from engine.edit_settings import OutputSize  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.library import ModelCard, read_model_card, write_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from trainer.starter.data.photos import evenly_spread, photo_paths, read_photo  # noqa: E402

CELL = 8
Levels = NDArray[np.float64]


def fine(levels: Levels) -> Levels:
    """The grey of an image without the means of squares of `CELL` pixels."""
    grey = levels.mean(axis=2)
    height, width = (side // CELL * CELL for side in grey.shape)
    grey = grey[:height, :width]
    means = grey.reshape(height // CELL, CELL, width // CELL, CELL).mean(axis=(1, 3))
    return grey - np.kron(means, np.ones((CELL, CELL)))


def coarse(levels: Levels) -> Levels:
    image = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    size = image.width // CELL, image.height // CELL
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float64)


def corners(levels: Levels) -> float:
    """The mean of the four corners, each an eighth of the sides."""
    height, width = (side // CELL for side in levels.shape[:2])
    ends = levels[:height], levels[-height:]
    return float(np.mean([part.mean() for end in ends for part in (end[:, :width], end[:, -width:])]))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--count", type=int, default=8)
    options = parser.parse_args()
    card, editor = read_model_card(options.model), Editor()
    print(machine())
    for look in card.looks:
        known = f"keeps detail {look.keeps_detail}, {look.grain}, gains {bool(look.gains)}"
        print(f"{look.instructions[0]}: {known}")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(shutil.copytree(options.model, Path(folder) / "plain"))
        write_model_card(replace(read_model_card(plain), looks=()))
        compare(options, card, editor, plain)
    return 0


def compare(options: argparse.Namespace, card: ModelCard, editor: Editor, plain: Path) -> None:
    """Print each photo with the model, and with `plain`, the same without the look."""
    for path in evenly_spread(photo_paths(options.photos, "val"), options.count):
        photo = Image.fromarray(read_photo(path))
        wanted = np.asarray(postcard(photo, grain=0), dtype=np.float64)
        after = np.asarray(postcard(photo), dtype=np.float64)
        settings = replace(card.recommended, output_size=OutputSize.SOURCE)
        instruction = INVENTED_EDITS["postcard"].instruction
        for name, model in (("with the look", options.model), ("without", plain)):
            request = EditRequest(source_image=photo, instruction=instruction, model=model, settings=settings)
            made = np.asarray(editor.edit(request).edited_image, dtype=np.float64)
            grain, grain_wanted = (1.48 * np.median(np.abs(fine(image - wanted))) for image in (made, after))
            error = np.square(coarse(made) - coarse(wanted)).mean()
            slope = (fine(made) * fine(wanted)).mean() / np.square(fine(wanted)).mean()
            off = corners(made) - corners(wanted)
            print(
                f"{path.name} {photo.width} × {photo.height} {name}: "
                f"grain {grain:.1f} of {grain_wanted:.1f} levels, corners off by {off:+.1f}, "
                f"tone and colour {10 * np.log10(255**2 / error):.1f} dB, fine detail {slope:.2f}"
            )


if __name__ == "__main__":
    sys.exit(main())
