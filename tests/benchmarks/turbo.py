"""What turbo gains, and what it costs: `python tests/benchmarks/turbo.py [PHOTO…]`.

Every photo is edited exactly and with turbo, in turn and warm, with the same seed; compared are the
seconds of the whole edit and the pictures. Prints only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from measuring import machine, psnr, ssim  # noqa: E402 (our packages are found through the path above)

from engine.denoising.turbo import GUIDANCE_INTERVAL  # noqa: E402
from engine.denoising.turbo_interval import depth_interval  # noqa: E402
from engine.edit_settings import EditSettings, SchedulerName  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402

INSTRUCTIONS = (
    "make it black and white",
    "make it night",
    "turn it into a pencil sketch",
    "make it snow",
    "make it warmer",
    "make it blurry",
)
SCALES = ((1.5, 1.2), (7.5, 1.5))
"""Text and image guidance scales: the starter's, with all three branches, and the paper's."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One photo, edited exactly and with turbo."""

    exact_seconds: float
    turbo_seconds: float
    psnr: float
    ssim: float

    def __str__(self) -> str:
        return (
            f"exact {self.exact_seconds:6.2f} s   turbo {self.turbo_seconds:6.2f} s   "
            f"{self.exact_seconds / self.turbo_seconds:.2f} ×   {self.psnr:5.1f} dB   SSIM {self.ssim:.4f}"
        )


def compare(editor: Editor, request: EditRequest) -> Comparison:
    exact = editor.edit(request)
    turbo = editor.edit(replace(request, settings=replace(request.settings, turbo=True)))
    pictures = exact.edited_image, turbo.edited_image
    return Comparison(exact.edit_seconds, turbo.edit_seconds, psnr(*pictures), ssim(*pictures))


def measure(editor: Editor, model: Path, photos: list[Path], settings: EditSettings) -> None:
    """Prints each photo, then the median speed-up and the mean and worst likeness."""
    print(
        f"{settings.num_inference_steps} steps of {settings.scheduler}, {settings.resolution} px, "
        f"text {settings.text_guidance_scale:g}, image {settings.image_guidance_scale:g}, "
        f"depth computed once in {depth_interval(settings.num_inference_steps)} steps, all branches once in "
        f"{GUIDANCE_INTERVAL}"
    )
    made = []
    for number, photo in enumerate(photos):
        instruction = INSTRUCTIONS[number % len(INSTRUCTIONS)]
        request = EditRequest(
            source_image=open_photo(photo), instruction=instruction, model=model, settings=settings
        )
        if not made:
            editor.edit(replace(request, settings=replace(settings, num_inference_steps=1)))
        made.append(compare(editor, request))
        print(f"  {photo.name:24} {made[-1]}   “{instruction}”", flush=True)
    speed = statistics.median(each.exact_seconds / each.turbo_seconds for each in made)
    likeness, structure = [each.psnr for each in made], [each.ssim for each in made]
    print(
        f"  median {speed:.2f} ×; {statistics.mean(likeness):.1f} dB, at worst {min(likeness):.1f}; "
        f"SSIM {statistics.mean(structure):.4f}, at worst {min(structure):.4f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: six sample photos")
    parser.add_argument("--model", type=Path, default=starter_model())
    parser.add_argument("--resolution", type=int, default=512)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--scheduler", type=SchedulerName, default=SchedulerName.EULER_ANCESTRAL)
    parser.add_argument("--dtype", default="fp32")
    arguments = parser.parse_args()
    photos = arguments.photos or sample_photos()[: len(INSTRUCTIONS)]
    editor = Editor(device="cpu", dtype=arguments.dtype)
    print(f"{machine()}; {arguments.dtype}")
    for text, image in SCALES:
        settings = EditSettings(
            num_inference_steps=arguments.steps,
            text_guidance_scale=text,
            image_guidance_scale=image,
            seed=1,
            scheduler=arguments.scheduler,
            resolution=arguments.resolution,
        )
        measure(editor, arguments.model, photos, settings)


if __name__ == "__main__":
    main()
