"""How near results at the photo's own size come to the truth, for every family of edits of the starter.

    python tests/benchmarks/fidelity.py --photos FOLDER [--count 12] [--resolution 256] [--scales 1,2,4]
    python tests/benchmarks/fidelity.py --samples [--at-once 2] [--sheet FOLDER]

The truth is what the family's recipe makes of the photo at its own size, with the noise of the edit's seed;
for unknown instructions it is the photo. Instructions are those that no training saw. Recipes measure
blur, strokes and patterns in pixels, and take flakes and grain from noise of the working size: away from
the tones, the truth of a photo larger than that is only indicative. Compared with it are the image that
the model painted, enlarged (`Detail.MODEL`), and the edit transferred to the photo (`Detail.PHOTO`).
- PSNR in dB over RGB, SSIM of luminance.
- Fine detail is luminance minus its mean of 5 × 5 pixels: its correlation with the truth's, and its energy,
  the ratio of the standard deviations.

Scale 2 stands for val photos brought to twice the resolution; photos are never enlarged. The scale "own"
takes them as they are. Prints only, except for the sheets.

`--random-vae` checks the transfer with an autoencoder of Stable Diffusion 1.x's architecture and random
weights, whose reconstruction is nothing like the photo; taken as painted is the recipe's result of that
reconstruction. It shows that an edit that changes nothing gives back the photo whatever the autoencoder
loses, and that a colour map is found from whatever colours the reconstruction has. It does not show how
edits are transferred with trained weights, nor with what a UNet gets wrong.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 (our packages are found through the path above)
import torch  # noqa: E402
from fidelity_random_vae import print_random_vae  # noqa: E402
from fidelity_sheets import crops, shown, write_sheets  # noqa: E402
from measuring import machine, psnr, ssim  # noqa: E402
from PIL import Image  # noqa: E402
from torch.nn.functional import avg_pool2d  # noqa: E402

from engine.denoising.sampling import initial_noise  # noqa: E402
from engine.edit_settings import Detail, EditSettings, OutputSize  # noqa: E402
from engine.editing import edit_run  # noqa: E402
from engine.editing.costs import size_multiple  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.editing.framing import plan_frame  # noqa: E402
from engine.editing.transfer import Transfer, fit_transfer  # noqa: E402
from engine.library import ModelCard, read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402
from trainer.starter.data.edits import FAMILIES, TONE_EDITS, UNCHANGED, Edit  # noqa: E402
from trainer.starter.data.held_out import HELD_OUT, UNKNOWN, Sentence  # noqa: E402
from trainer.starter.data.photos import evenly_spread, photo_paths, read_photo, scaled_to_long_side  # noqa: E402
from trainer.starter.data.recipes import Noise, apply_edits  # noqa: E402
from trainer.starter.data.recipes.randomness import CELL, CHANNELS  # noqa: E402
from trainer.starter.scoring.scorer import NOTHING_TO_SWAP  # noqa: E402

UNKNOWN_INSTRUCTIONS = "unknown instructions"
UNKNOWN_PER_PHOTO = 3
OWN_SIZE = "own"
TONES = (*(family for family in TONE_EDITS if family != "colour swap"), "vignette")
"""Families whose truth is known at every size: each pixel's colour follows from the photo's and its place."""
GREY = ("black and white", "pencil sketch", "embossed")
LUMINANCE = (0.299, 0.587, 0.114)
WORSE = 0.1
"""dB by which a family has to fall behind what was painted to be listed."""
TIMED = 7
LEAST_DEVIATION = 0.1
"""Standard deviation of fine detail in levels below which an image has none to compare with."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A result against the truth."""

    psnr: float
    ssim: float
    correlation: float
    energy: float
    chroma: float

    @classmethod
    def of(cls, result: Image.Image, truth: Image.Image) -> Figures:
        found, wanted = fine_detail(result), fine_detail(truth)
        deviations = (float(found.std()), max(LEAST_DEVIATION, float(wanted.std())))
        shared = float(((found - found.mean()) * (wanted - wanted.mean())).mean())
        return cls(
            psnr=psnr(result, truth),
            ssim=ssim(result, truth),
            correlation=shared / (max(LEAST_DEVIATION, deviations[0]) * deviations[1]),
            energy=deviations[0] / deviations[1],
            chroma=chroma(result),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One photo edited with one instruction."""

    family: str
    photo: str
    painted: Figures
    transferred: Figures
    truth_chroma: float
    instruction: str
    crops: tuple[Image.Image, ...]
    """Of the photo, both results and the truth, where they go to a sheet."""


class PaintingEditor:
    """An editor that also hands out what the model painted: one call of the model for both results."""

    def __init__(self, card: ModelCard, settings: EditSettings) -> None:
        self.card = card
        self.settings = replace(settings, output_size=OutputSize.SOURCE, detail=Detail.PHOTO)
        self.editor = Editor(device="cpu", dtype="fp32")
        self._painted: Image.Image | None = None
        edit_run.fit_transfer = self._fit_transfer

    def _fit_transfer(
        self, source: Image.Image, reconstruction: Image.Image, painted: Image.Image
    ) -> Transfer:
        self._painted = painted
        return fit_transfer(source, reconstruction, painted)

    def edit(self, photo: Image.Image, instruction: str, seed: int) -> tuple[Image.Image, Image.Image]:
        """As `Detail.MODEL` and `Detail.PHOTO` give it."""
        transferred = self.editor.edit(self.request(photo, instruction, seed)).edited_image
        assert self._painted is not None
        return self._painted.resize(photo.size, Image.Resampling.LANCZOS), transferred

    def request(self, photo: Image.Image, instruction: str, seed: int) -> EditRequest:
        settings = replace(self.settings, seed=seed)
        return EditRequest(
            source_image=photo, instruction=instruction, model=self.card.path, settings=settings
        )

    def is_exact(self, photo: Image.Image, instruction: str) -> bool:
        """Whether the public `Detail.MODEL` is the same image."""
        request = self.request(photo, instruction, 0)
        settings = replace(request.settings, detail=Detail.MODEL)
        public = self.editor.edit(replace(request, settings=settings)).edited_image
        return public.tobytes() == self.edit(photo, instruction, 0)[0].tobytes()

    def noise(self, size: tuple[int, int], seed: int) -> Noise:
        """What the denoising of a photo of `size` begins with."""
        multiple = size_multiple(self.card)
        width, height = plan_frame(size, self.settings.fit, self.settings.resolution, multiple).padded
        shape = (CHANNELS, height // CELL, width // CELL)
        return initial_noise(torch.Generator().manual_seed(seed), shape)[0].numpy()


def chroma(image: Image.Image) -> float:
    """Mean of the largest minus the smallest channel, in levels."""
    return float(np.ptp(np.asarray(image), axis=2).mean())


def fine_detail(image: Image.Image) -> torch.Tensor:
    """Luminance minus its mean of 5 × 5 pixels, in levels."""
    luminance = torch.from_numpy(np.array(image)).float() @ torch.tensor(LUMINANCE)
    return luminance - avg_pool2d(luminance[None], 5, 1, 2, count_include_pad=False)[0]


@dataclass(frozen=True, slots=True)
class Job:
    """One photo and the instructions for it; its number is the seed."""

    number: int
    name: str
    photo: Image.Image
    families: Sequence[str]
    is_shown: bool


def outcomes_of(editor: PaintingEditor, job: Job) -> list[Outcome]:
    """The photo with an instruction of each family."""
    started = time.perf_counter()
    noise, made = editor.noise(job.photo.size, job.number), []
    for family in job.families:
        for sentence, truth in sentences(family, job.number, job.photo, noise):
            painted, transferred = editor.edit(job.photo, sentence, job.number)
            images = (job.photo, painted, transferred, truth)
            outcome = Outcome(
                family=family,
                photo=job.name,
                painted=Figures.of(painted, truth),
                transferred=Figures.of(transferred, truth),
                truth_chroma=chroma(truth),
                instruction=sentence,
                crops=crops(images) if job.is_shown else (),
            )
            made.append(outcome)
    print(f"{job.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return made


@cache
def painting_editor(model: Path, settings: EditSettings) -> PaintingEditor:
    """The only one of a process."""
    return PaintingEditor(read_model_card(model), settings)


def outcomes_in_process(model: Path, settings: EditSettings, job: Job) -> list[Outcome]:
    return outcomes_of(painting_editor(model, settings), job)


def all_outcomes(editor: PaintingEditor, jobs: Sequence[Job], at_once: int) -> list[Outcome]:
    """Of all photos, as many in processes of their own `at_once`."""
    if at_once == 1:
        return [outcome for job in jobs for outcome in outcomes_of(editor, job)]
    work = partial(outcomes_in_process, editor.card.path, editor.settings)
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        return [outcome for made in pool.map(work, jobs) for outcome in made]


def sentences(
    family: str, number: int, photo: Image.Image, noise: Noise
) -> Iterator[tuple[str, Image.Image]]:
    """Instructions of a family for a photo, each with the truth; swaps only of colours that it holds."""
    if family == UNKNOWN_INSTRUCTIONS:
        for index in range(UNKNOWN_PER_PHOTO):
            yield UNKNOWN[(number * UNKNOWN_PER_PHOTO + index) % len(UNKNOWN)], photo
        return
    known = [sentence for sentence in HELD_OUT if sentence.edits[0].family == family]
    if family != "colour swap":
        sentence = known[number % len(known)]
        yield sentence.text, truth_of(sentence, photo, noise)
        return
    swaps = [(sentence.text, truth_of(sentence, photo, noise)) for sentence in known]
    most = min(swaps, key=lambda swap: psnr(photo, swap[1]))
    if psnr(photo, most[1]) < NOTHING_TO_SWAP:
        yield most


def truth_of(sentence: Sentence, photo: Image.Image, noise: Noise) -> Image.Image:
    return Image.fromarray(apply_edits(sentence.edits, np.asarray(photo), noise))


def print_table(made: Sequence[Outcome], families: Sequence[str]) -> None:
    print("| edit | results | PSNR painted | transferred | SSIM painted | transferred ", end="")
    print("| correlation painted | transferred | energy painted | transferred |")
    print("|---|---:" + "|---:" * 8 + "|")
    for family in families:
        if own := [outcome for outcome in made if outcome.family == family]:
            print(f"| {family} | {len(own)} | {row(own)} |")


def row(own: Sequence[Outcome]) -> str:
    cells = []
    for name, digits in (("psnr", 2), ("ssim", 3), ("correlation", 3), ("energy", 2)):
        cells += [f"{mean(own, side, name):.{digits}f}" for side in ("painted", "transferred")]
    return " | ".join(cells)


def mean(own: Iterable[Outcome], side: str, name: str) -> float:
    values: list[float] = [getattr(getattr(outcome, side), name) for outcome in own]
    return statistics.mean(values)


def print_summary(made: Sequence[Outcome]) -> None:
    by_family: dict[str, list[Outcome]] = {}
    for outcome in made:
        by_family.setdefault(outcome.family, []).append(outcome)
    if tones := [outcome for family in TONES for outcome in by_family.get(family, [])]:
        print(f"- tone and colour, {len(tones)} results, mean:")
        for name, digits in (("psnr", 2), ("ssim", 3), ("correlation", 3), ("energy", 2)):
            painted, transferred = (mean(tones, side, name) for side in ("painted", "transferred"))
            print(f"  - {name}: painted {painted:.{digits}f}, transferred {transferred:.{digits}f}")
    if unknown := by_family.get(UNKNOWN_INSTRUCTIONS):
        for side in ("painted", "transferred"):
            values = [getattr(outcome, side).psnr for outcome in unknown]
            lowest = unknown[int(np.argmin(values))]
            print(
                f"- {UNKNOWN_INSTRUCTIONS}, {side}: {statistics.mean(values):.2f} dB to the photo, lowest "
                f"{min(values):.2f} (“{lowest.instruction}”, {lowest.photo}), {values.count(100)} equal"
            )
    for family in GREY:
        if own := by_family.get(family):
            painted, transferred = (mean(own, side, "chroma") for side in ("painted", "transferred"))
            truth = statistics.mean(outcome.truth_chroma for outcome in own)
            print(
                f"- chroma of {family} in levels: painted {painted:.2f}, transferred {transferred:.2f}, "
                f"truth {truth:.2f}"
            )
    worse = []
    for family, own in by_family.items():
        behind = mean(own, "painted", "psnr") - mean(own, "transferred", "psnr")
        if behind > WORSE:
            worse.append(f"{family} {-behind:.2f} dB")
    print(f"- worse than painted by more than {WORSE:g} dB: {', '.join(worse) or 'none'}", flush=True)


def print_seconds(editor: PaintingEditor, photo: Image.Image) -> None:
    request = editor.request(photo, "make it brighter", 0)
    ways = {
        "Detail.PHOTO": replace(request.settings, detail=Detail.PHOTO),
        "Detail.MODEL": replace(request.settings, detail=Detail.MODEL),
        "OutputSize.WORKING": replace(request.settings, output_size=OutputSize.WORKING),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(TIMED + 1):
        for way, settings in ways.items():
            started = time.perf_counter()
            editor.editor.edit(replace(request, settings=settings))
            if turn:  # the first warms up
                seconds[way].append(time.perf_counter() - started)
    medians = ", ".join(f"{way} {statistics.median(values):.3f} s" for way, values in seconds.items())
    print(f"- a warm edit of {photo.width} × {photo.height}, median of {TIMED}: {medians}", flush=True)


def chosen_photos(
    paths: Sequence[Path], count: int, long_side: int | None, least: int
) -> list[tuple[str, Image.Image]]:
    """Photos whose longer side has `least` pixels or more, scaled to `long_side` unless it is None."""
    large = [path for path in paths if max(Image.open(path).size) >= least]
    if not large:
        raise SystemExit(f"No photo has {least} pixels on its longer side.")
    photos = [(path.stem, read_photo(path)) for path in evenly_spread(large, min(count, len(large)))]
    if long_side is not None:
        photos = [(name, scaled_to_long_side(photo, long_side)) for name, photo in photos]
    return [(name, Image.fromarray(photo)) for name, photo in photos]


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--photos", type=Path, help="folder with index.csv and images/")
    source.add_argument("--samples", action="store_true", help="the sample photos at their own size")
    parser.add_argument("--count", type=int, default=12, help="photos, evenly spread")
    parser.add_argument("--resolution", type=int, help="default: 256, with --samples 512")
    parser.add_argument("--scales", default=OWN_SIZE, metavar="A,B", help="times the resolution, or own")
    parser.add_argument("--families", metavar="A,B", help=f"these only; “{UNKNOWN_INSTRUCTIONS}” is one")
    parser.add_argument("--model", type=Path, default=starter_model())
    parser.add_argument("--at-once", type=int, default=1, help="photos, each in a process of its own")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="write crops of each family here")
    parser.add_argument(
        "--random-vae", action=argparse.BooleanOptionalAction, help="default: where all families run"
    )
    arguments = parser.parse_args()
    if arguments.resolution is None:
        arguments.resolution = 512 if arguments.samples else 256
    if arguments.random_vae is None:
        arguments.random_vae = arguments.families is None
    return arguments


def main() -> None:
    arguments = parsed_arguments()
    everything = (*FAMILIES, UNKNOWN_INSTRUCTIONS)
    families = tuple(arguments.families.split(",")) if arguments.families else everything
    if missing := set(families) - set(everything):
        raise SystemExit(f"No family of the starter: {', '.join(sorted(missing))}.")
    scales = [None if text == OWN_SIZE else float(text) for text in arguments.scales.split(",")]
    least = round(max(scale or 0 for scale in scales) * arguments.resolution)
    paths = sample_photos() if arguments.samples else photo_paths(arguments.photos, "val")
    card = read_model_card(arguments.model)
    editor = PaintingEditor(card, replace(card.recommended, resolution=arguments.resolution))
    settings = editor.settings
    print(machine())
    print(
        f"{card.path.name} at {settings.resolution} px, fp32, {settings.num_inference_steps} steps of "
        f"{settings.scheduler}, text {settings.text_guidance_scale:g}, "
        f"image {settings.image_guidance_scale:g}"
    )
    for scale in scales:
        long_side = None if scale is None else round(scale * settings.resolution)
        photos = chosen_photos(paths, arguments.count, long_side, least)
        label = OWN_SIZE if scale is None else f"{scale:g}x"
        sides = sorted(max(photo.size) for _, photo in photos)
        print(f"\n## {len(photos)} photos, scale {label}, longer sides {sides[0]} to {sides[-1]} px\n")
        names = shown([name for name, _ in photos]) if arguments.sheet else set()
        jobs = [Job(index, *photo, families, photo[0] in names) for index, photo in enumerate(photos)]
        made = all_outcomes(editor, jobs, arguments.at_once)
        print_table(made, families)
        print()
        print_summary(made)
        print_seconds(editor, photos[0][1])
        exact = "yes" if editor.is_exact(photos[0][1], "make it brighter") else "no"
        print(f"- painted is what Detail.MODEL gives: {exact}", flush=True)
        if arguments.sheet:
            write_sheets(arguments.sheet, label, [outcome for outcome in made if outcome.crops])
    if arguments.random_vae:
        tones = tuple(Edit(family) for family in ("brighter", "more contrast", "sepia", "negative"))
        photos = chosen_photos(paths, 3, None, least)
        print_random_vae(photos, (Edit(UNCHANGED), *tones), Figures.of)


if __name__ == "__main__":
    main()
