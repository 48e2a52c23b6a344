"""Which edits of a model depend on the seed: `python tests/benchmarks/seed_effect.py [PHOTO…]`.

Every family of edits that the model knows is made with three seeds, at the recommended settings and with
`--steps` others. Prints the lowest PSNR between two seeds of one photo, family by family, and those that
differ visibly: the value for `seeded_edits` in the model's card. Prints only.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from measuring import machine, psnr  # noqa: E402 (our packages are found through the path above)

from engine.editing.editor import Editor  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.instructions.knowledge import read_knowledge  # noqa: E402
from engine.library import read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402

VISIBLE = 35.0
"""dB below which two pictures can be told apart."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: three sample photos")
    parser.add_argument("--model", type=Path, default=starter_model())
    parser.add_argument("--steps", type=int, help="instead of the recommended number")
    parser.add_argument("--resolution", type=int, default=512)
    arguments = parser.parse_args()
    recommended = read_model_card(arguments.model).recommended
    steps = arguments.steps or recommended.num_inference_steps
    settings = replace(recommended, num_inference_steps=steps, resolution=arguments.resolution)
    photos = [open_photo(photo) for photo in arguments.photos or sample_photos()[:3]]
    editor = Editor(device="cpu", dtype="fp32")
    print(machine())
    print(
        f"{len(photos)} photos with {arguments.model.name} at {settings.resolution} px, {steps} steps, fp32"
    )
    lowest: dict[str, float] = {}
    for edit in read_knowledge(arguments.model).edits:
        likenesses: list[float] = []
        for photo in photos if edit.example else ():
            request = EditRequest(
                source_image=photo,
                instruction=edit.example,
                model=arguments.model,
                settings=settings,
                variations=3,
            )
            first, *others = editor.edit(request).edited_images
            likenesses += [psnr(first, other) for other in others]
        if likenesses:
            lowest[edit.family] = min(likenesses)
    for family, likeness in sorted(lowest.items(), key=lambda item: item[1]):
        print(f"  {likeness:5.1f} dB  {family}")
    print("Visibly different:", [family for family, likeness in lowest.items() if likeness < VISIBLE])


if __name__ == "__main__":
    sys.exit(main())
