"""Our trainer against a plain loop: `python tests/benchmarks/trainer.py --size starter --switches`.

The plain loop does what diffusers' example for InstructPix2Pix does: at every step the VAE encodes both
pictures and the text encoder the instructions. Same weights, pairs, batch size, precision and number of
threads. Each side is a process of its own, for its memory's sake; they take turns, so that what else the
machine does disturbs all, and only steps after a warm-up count. Processor time is what is disturbed least.
Random weights make the model of full size: speed and memory do not depend on them. With `--switches` each
of NeMo's is then turned off and on. Prints only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import numpy as np  # noqa: E402 (our packages are found through the path above)
import torch  # noqa: E402
from measuring import machine  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402
from torch import Tensor  # noqa: E402

from engine.device import choose_device, default_dtype  # noqa: E402
from engine.memory import peak_memory  # noqa: E402
from ip2p_desktop.paths import sample_photos, starter_model  # noqa: E402
from trainer.commands import Commands  # noqa: E402
from trainer.config import read_settings  # noqa: E402
from trainer.events import Caching, Event, EventStream, Warned  # noqa: E402

STARTER, FULL = "starter", "sd15"
PAIRS, PAIR_SIDE = 24, 512
RESOLUTION = 256
BATCH = {STARTER: 4, FULL: 1}
WARM_UP = 2
"""Steps before the clock starts; kernels are prepared in them, and compiled."""
LEARNING_RATE, DROPOUT, LONGEST = 1e-4, 0.05, 1.0
PLAIN, UNCACHED, CACHED = "plain loop", "our trainer", "our trainer, caches"
BARS = {UNCACHED: 1.0, CACHED: 1.5}
"""Samples a second on a processor at the starter's size, in those of the plain loop."""
SWITCHES = {
    "use_checkpoint": ("model.unet_config.use_checkpoint=False", "model.unet_config.use_checkpoint=True"),
    "precision": ("trainer.precision=32", "trainer.precision=bf16"),
    "use_flash_attention": (
        "model.unet_config.use_flash_attention=False",
        "model.unet_config.use_flash_attention=True",
    ),
    "channels_last": ("model.channels_last=False", "model.channels_last=True"),
    "inductor": ("model.inductor=False", "model.inductor=True"),
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What all sides of a comparison have in common."""

    model: Path
    pairs: Path
    folder: Path
    """For what the trainer writes."""
    batch: int
    precision: str
    """"32" or "bf16"."""
    ema: bool
    steps: int
    """In a turn."""
    together: bool
    """Whether the memory of this machine holds several sides at a time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one turn took."""

    samples_per_second: float
    samples_per_processor_second: float
    peak_bytes: int
    """Most since the process began."""
    prepared_seconds: float = 0.0
    """From the start to the first step, without loading libraries."""
    cached_seconds: float = 0.0
    """Of those, for making latents and embeddings."""
    warnings: tuple[str, ...] = ()


class Ours:
    """Our trainer's own steps, from settings as a person gives them."""

    def __init__(self, setup: Setup, name: str, words: Sequence[str]) -> None:
        from trainer.preparation import prepare

        self._heard = Heard()
        settings = [
            f"data.data_path={setup.pairs}",
            f"data.resolution={RESOLUTION}",
            "data.split.val=0",
            "data.split.test=0",
            f"data.cache.folder={setup.folder / 'cache'}",
            f"model.unet_config.from_pretrained={setup.model}",
            f"model.micro_batch_size={setup.batch}",
            f"model.optim.lr={LEARNING_RATE}",
            f"model.conditioning_dropout_prob={DROPOUT}",
            f"trainer.precision={setup.precision}",
            f"trainer.gradient_clip_val={LONGEST}",
            f"trainer.threads={torch.get_num_threads()}",
            "trainer.max_steps=1000000",
            "trainer.val_check_interval=0",
            f"exp_manager.exp_dir={setup.folder / name}",
            f"exp_manager.ema.enable={setup.ema}",
            "exp_manager.checkpoint_callback_params.save_top_k=1",
            *words,
        ]
        self._training = prepare(read_settings(settings), self._heard, Commands())
        self._training.begin()

    def step(self) -> None:
        self._training.learner.take_step(self._training.resumption.next_batches())

    @property
    def cached_seconds(self) -> float:
        return self._heard.cached_seconds

    @property
    def warnings(self) -> tuple[str, ...]:
        told = [sentence for _, sentence in self._training.learner.warnings if sentence]
        return (*self._heard.warnings, *told)


class Heard(EventStream):
    """What a run tells before its first step."""

    def __init__(self) -> None:
        super().__init__(is_silent=True)
        self.warnings: list[str] = []
        self._caching: list[float] = []

    def send(self, event: Event) -> None:
        if isinstance(event, Warned):
            self.warnings.append(event.message)
        if isinstance(event, Caching):
            self._caching.append(time.perf_counter())

    @property
    def cached_seconds(self) -> float:
        return self._caching[-1] - self._caching[0] if self._caching else 0.0


class Plain:
    """Everything at every step, as in diffusers' `train_instruct_pix2pix.py`, by the same libraries."""

    cached_seconds = 0.0
    warnings = ()

    def __init__(self, setup: Setup) -> None:
        from diffusers import DDPMScheduler, UNet2DConditionModel
        from diffusers.training_utils import EMAModel
        from torch.utils.data import DataLoader
        from transformers import CLIPTextModel, CLIPTokenizer

        self._device = choose_device("auto")
        self._dtype = torch.bfloat16 if setup.precision == "bf16" else torch.float32
        path = setup.model
        self._tokenizer = CLIPTokenizer.from_pretrained(path, subfolder="tokenizer")
        self._scheduler = DDPMScheduler.from_pretrained(path, subfolder="scheduler")
        self._unet = UNet2DConditionModel.from_pretrained(path, subfolder="unet").float()
        self._unet.to(self._device).train()
        self._vae = self._frozen(_vae(path))
        self._text_encoder = self._frozen(CLIPTextModel.from_pretrained(path, subfolder="text_encoder"))
        self._optimizer = torch.optim.AdamW(self._unet.parameters(), lr=LEARNING_RATE)
        self._ema = EMAModel(self._unet.parameters()) if setup.ema else None
        self._loader = DataLoader(
            PlainPairs(setup.pairs, self._tokens),
            batch_size=setup.batch,
            shuffle=True,
            num_workers=1,
            drop_last=True,
        )
        self._batches = self._endless()

    def _frozen(self, network: Any) -> Any:
        return network.requires_grad_(False).eval().to(self._device, self._dtype)

    def _tokens(self, instruction: str) -> Tensor:
        length = self._text_encoder.config.max_position_embeddings
        tokenized = self._tokenizer(
            [instruction], max_length=length, padding="max_length", truncation=True, return_tensors="pt"
        )
        ids: Tensor = tokenized.input_ids
        return ids

    def _endless(self) -> Iterator[tuple[Tensor, ...]]:
        for _ in count():
            yield from self._loader

    def step(self) -> None:
        original, edited, ids = (tensor.to(self._device) for tensor in next(self._batches))
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            loss = self._loss(original, edited, ids[:, 0])
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._unet.parameters(), LONGEST)
        self._optimizer.step()
        self._optimizer.zero_grad()
        if self._ema is not None:
            self._ema.step(self._unet.parameters())
        loss.item()

    def _loss(self, original: Tensor, edited: Tensor, ids: Tensor) -> Tensor:
        latents = self._latents(edited, drawn=True) * self._vae.config.scaling_factor
        noise = torch.randn_like(latents)
        steps = self._scheduler.config.num_train_timesteps
        timesteps = torch.randint(0, steps, (len(latents),), device=self._device)
        noisy = self._scheduler.add_noise(latents, noise, timesteps)
        text = self._text_encoder(ids)[0]
        image = self._latents(original, drawn=False)
        null = self._text_encoder(self._tokens("").to(self._device))[0]
        draws = torch.rand(len(latents), device=self._device)
        text = torch.where((draws < 2 * DROPOUT)[:, None, None], null, text)
        kept = ~((draws >= DROPOUT) & (draws < 3 * DROPOUT))
        noisy_and_image = torch.cat([noisy, kept[:, None, None, None] * image], dim=1)
        predicted = self._unet(noisy_and_image, timesteps, text, return_dict=False)[0]
        wanted = noise
        if self._scheduler.config.prediction_type == "v_prediction":
            wanted = self._scheduler.get_velocity(latents, noise, timesteps)
        return torch.nn.functional.mse_loss(predicted.float(), wanted.float())

    def _latents(self, pixels: Tensor, *, drawn: bool) -> Tensor:
        encoded = self._vae.encode(pixels.to(self._dtype))
        if not hasattr(encoded, "latent_dist"):
            latents: Tensor = encoded.latents
            return latents
        distribution = encoded.latent_dist
        chosen: Tensor = distribution.sample() if drawn else distribution.mode()
        return chosen


def _vae(path: Path) -> Any:
    import diffusers

    name = json.loads((path / "vae" / "config.json").read_text())["_class_name"]
    return getattr(diffusers, name).from_pretrained(path, subfolder="vae")


class PlainPairs(torch.utils.data.Dataset[tuple[Tensor, ...]]):
    """Pictures that are read, scaled and mirrored half of the time whenever they are asked for."""

    def __init__(self, folder: Path, tokens: Any) -> None:
        lines = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
        self._folder, self._rows = folder, [json.loads(line) for line in lines]
        self._ids = [tokens(row["edit_instruction"]) for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        row, mirrored = self._rows[number], bool(torch.rand(()) < 0.5)
        pictures = [self._pixels(row[key], mirrored) for key in ("original_image", "edited_image")]
        return *pictures, self._ids[number]

    def _pixels(self, name: str, mirrored: bool) -> Tensor:
        with Image.open(self._folder / name) as picture:
            scaled = picture.convert("RGB").resize((RESOLUTION, RESOLUTION), Image.Resampling.BILINEAR)
        pixels = np.asarray(ImageOps.mirror(scaled) if mirrored else scaled)
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 127.5 - 1


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


def serve(name: str, setup: Setup, words: Sequence[str]) -> None:
    """One side: a turn for every line read."""
    started = time.perf_counter()
    side = Plain(setup) if name == PLAIN else Ours(setup, name, words)
    prepared = time.perf_counter() - started
    for _ in range(WARM_UP):
        side.step()
    for _ in sys.stdin:
        started, cpu_started = time.perf_counter(), time.process_time()
        for _ in range(setup.steps):
            side.step()
        samples = setup.steps * setup.batch
        taken = Taken(
            samples_per_second=samples / (time.perf_counter() - started),
            samples_per_processor_second=samples / (time.process_time() - cpu_started),
            peak_bytes=peak_memory(choose_device("auto")) or 0,
            prepared_seconds=prepared,
            cached_seconds=side.cached_seconds,
            warnings=side.warnings,
        )
        print(json.dumps(asdict(taken)), flush=True)


class Side:
    """The process of one side."""

    def __init__(self, name: str, setup: Setup, words: Sequence[str] = ()) -> None:
        self.name = name
        arguments = json.dumps(asdict(setup), default=str)
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", name, "--setup", arguments, "--words", json.dumps(words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def turn(self) -> Taken:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with exit code {self._process.wait()}.")
        return Taken(**json.loads(line))

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@dataclass(frozen=True, slots=True)
class Result:
    """All turns of a side: medians, and the highest peak."""

    name: str
    speed: float
    processor_speed: float
    peak: int
    last: Taken

    def __str__(self) -> str:
        return (
            f"  {self.name:30} {self.speed:8.2f} samples/s   {self.processor_speed:8.2f} samples a second "
            f"of processor time   peak {self.peak / 2**20:6.0f} MiB"
        )


def result(name: str, turns: Sequence[Taken]) -> Result:
    return Result(
        name,
        statistics.median(turn.samples_per_second for turn in turns),
        statistics.median(turn.samples_per_processor_second for turn in turns),
        max(turn.peak_bytes for turn in turns),
        turns[-1],
    )


def measure(setup: Setup, sides: Sequence[tuple[str, Sequence[str]]], repeats: int) -> list[Result]:
    """The sides, each with its settings; in turn, or one after the other where memory is too small."""
    if not setup.together:
        return [_alone(setup, name, words, repeats) for name, words in sides]
    with ExitStack() as stack:
        running = [stack.enter_context(Side(name, setup, words)) for name, words in sides]
        rounds = [[side.turn() for side in running] for _ in range(repeats)]
    return [
        result(side.name, list(turns)) for side, turns in zip(running, zip(*rounds, strict=True), strict=True)
    ]


def _alone(setup: Setup, name: str, words: Sequence[str], repeats: int) -> Result:
    with Side(name, setup, words) as side:
        return result(name, [side.turn() for _ in range(repeats)])


def ratios(fast: Result, slow: Result) -> str:
    return (
        f"{fast.speed / slow.speed:.2f}× the speed ({fast.processor_speed / slow.processor_speed:.2f}× by "
        f"processor time), {fast.peak / slow.peak:.2f}× the memory"
    )


def compare(setup: Setup, repeats: int, *, judged: bool) -> None:
    """The plain loop and our trainer, without and with caches."""
    cached = ["data.cache.enable=True"]
    plain, *ours = measure(setup, [(PLAIN, []), (UNCACHED, []), (CACHED, cached)], repeats)
    ema = "with" if setup.ema else "without"
    print(f" precision {setup.precision}, {ema} EMA")
    print(plain)
    for own in ours:
        print(f"{own}   {ratios(own, plain)}{verdict(own, plain) if judged else ''}")
        tell(own)
    print(f"  making the caches took {ours[-1].last.cached_seconds:.1f} s, before the first step")


def verdict(own: Result, plain: Result) -> str:
    is_reached = own.speed >= BARS[own.name] * plain.speed and own.peak <= plain.peak
    bar = f"{BARS[own.name]:g}× the speed and no more memory"
    return f": {'reached' if is_reached else 'MISSED'} {bar}"


def compare_switches(setup: Setup, names: Sequence[str], repeats: int) -> None:
    """Each switch off and on; everything else as in the comparison with caches."""
    for name in names:
        sides = [(word, ["data.cache.enable=True", word]) for word in SWITCHES[name]]
        off, on = measure(setup, sides, repeats)
        print(f" {name}")
        print(off)
        print(f"{on}   {ratios(on, off)}")
        tell(on)


def tell(own: Result) -> None:
    for sentence in own.last.warnings:
        print(f"  {sentence}")


def setups(options: argparse.Namespace, size: str, model: Path, folder: Path) -> list[Setup]:
    """One for each precision that the device is quick in."""
    device = choose_device("auto")
    native = "bf16" if default_dtype(device) == torch.bfloat16 else "32"
    return [
        Setup(
            model=model,
            pairs=folder / "pairs",
            folder=folder / f"{size}-{precision}",
            batch=options.batch or BATCH[size],
            precision=precision,
            ema=not options.no_ema,
            steps=options.steps,
            together=size == STARTER or device.type == "cuda",
        )
        for precision in dict.fromkeys(options.precision or ("32", native))
    ]


def measure_size(title: str, size: str, model: Path, options: argparse.Namespace, folder: Path) -> None:
    device = choose_device("auto")
    print(f"{title}, {RESOLUTION} × {RESOLUTION}, {options.batch or BATCH[size]} pairs a step, {device.type}")
    judged = size == STARTER and device.type == "cpu"
    *_, last = made = setups(options, size, model, folder)
    if not last.together:
        print(" one side after the other, since memory does not hold two")
    for setup in made:
        compare(setup, options.repeats, judged=judged)
    compare_switches(last, options.switches or [], options.repeats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", choices=(STARTER, FULL, "both"), default="both")
    parser.add_argument("--steps", type=int, default=8, help="steps in a turn")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each side")
    parser.add_argument("--batch", type=int, default=0, help="pairs a step; 0 takes what suits the size")
    parser.add_argument("--no-ema", action="store_true", help="no side keeps an average of the weights")
    parser.add_argument("--precision", nargs="*", choices=("32", "bf16"), help="32 and bf16, if left out")
    parser.add_argument(
        "--switches",
        nargs="*",
        choices=list(SWITCHES),
        help="also measure these switches off and on; all of them if none is named",
    )
    for name in ("--serve", "--setup", "--words", "--write"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        values = json.loads(options.setup)
        paths = {key: Path(values[key]) for key in ("model", "pairs", "folder")}
        serve(options.serve, Setup(**{**values, **paths}), json.loads(options.words))
        return
    if options.write:
        from full_size import write_full_size

        write_full_size(Path(options.write))
        return
    if options.switches == []:
        options.switches = list(SWITCHES)
    report(options)


def report(options: argparse.Namespace) -> None:
    print(machine())
    if choose_device("auto").type == "cpu":
        print("There is no GPU that torch can use here: these are the numbers of a processor.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pairs(folder / "pairs")
        if options.size in (STARTER, "both"):
            measure_size("The starter", STARTER, starter_model(), options, folder)
        if options.size in (FULL, "both"):
            # by a process of its own: who starts another lends it its peak of memory
            subprocess.run([sys.executable, __file__, "--write", str(folder / "model")], check=True)
            measure_size(
                "Stable Diffusion 1.5's size, random weights", FULL, folder / "model", options, folder
            )


if __name__ == "__main__":
    main()
