"""Our trainer against a plain loop: `python tests/benchmarks/trainer.py --size starter --switches`.

Same weights, pairs, batch size, precision and number of threads; the plain loop is in `plain_loop.py`.
The sides take turns, and only steps after a warm-up count. Processor time is what is disturbed least.
Random weights make the model of full size: speed and memory do not depend on them. With `--switches` each
of NeMo's is then turned the other way. Prints only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import torch  # noqa: E402 (our packages are found through the path above)
from measuring import machine  # noqa: E402
from pairs import write_pairs  # noqa: E402
from training_side import CACHED, PLAIN, RESOLUTION, UNCACHED, Setup  # noqa: E402
from turns import Named, Result, measure, ratios  # noqa: E402

from engine.devices.device import choose_device, default_dtype  # noqa: E402
from ip2p_desktop.base.paths import starter_model  # noqa: E402

STARTER, FULL = "starter", "sd15"
BATCH = {STARTER: 4, FULL: 1}
BARS = {UNCACHED: 1.0, CACHED: 1.5}
"""Samples a second on a processor at the starter's size, in those of the plain loop."""
CACHES = "data.cache.enable=True"
SWITCHES = {
    "use_checkpoint": "model.unet_config.use_checkpoint=True",
    "use_flash_attention": "model.unet_config.use_flash_attention=True",
    "channels_last": "model.channels_last=True",
    "precision": "trainer.precision=32",
    "inductor": "model.inductor=True",
}
"""Each as it is not left alone on a processor, with bf16 where that is quick."""


def compare(setup: Setup, repeats: int, *, judged: bool) -> None:
    """The plain loop and our trainer, without and with caches."""
    sides: list[Named] = [(PLAIN, []), (UNCACHED, []), (CACHED, [CACHES])]
    plain, *ours = measure(setup, sides, repeats)
    ema = "with" if setup.ema else "without"
    print(f" precision {setup.precision}, {ema} EMA")
    print(plain)
    for own in ours:
        print(f"{own}   {ratios(own, plain)}{verdict(own, plain) if judged else ''}")
        tell(own)
    print(f"  making the caches took {ours[-1].last.cached_seconds:.1f} s, before the first step", flush=True)


def verdict(own: Result, plain: Result) -> str:
    is_reached = own.speed >= BARS[own.name] * plain.speed and own.peak <= plain.peak
    bar = f"{BARS[own.name]:g}× the speed and no more memory"
    return f": {'reached' if is_reached else 'MISSED'} {bar}"


def compare_switches(setup: Setup, names: Sequence[str], repeats: int) -> None:
    """The settings of the comparison with caches, and each switch by itself the other way."""
    switched: list[Named] = [(SWITCHES[name], [CACHES, SWITCHES[name]]) for name in names]
    usual, *others = measure(setup, [(CACHED, [CACHES]), *switched], repeats)
    print(f" switches, beside precision {setup.precision}\n{usual}")
    for other in others:
        print(f"{other}   {ratios(other, usual)}", flush=True)
        tell(other)


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
    for setup in made if not options.only_switches else ():
        compare(setup, options.repeats, judged=judged)
    if options.switches:
        compare_switches(last, options.switches, options.repeats)


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
            write_full_size_apart(folder / "model")
            measure_size(
                "Stable Diffusion 1.5's size, random weights", FULL, folder / "model", options, folder
            )


def write_full_size_apart(folder: Path) -> None:
    """By a process of its own: who starts another lends it its peak of memory."""
    subprocess.run([sys.executable, __file__, "--write", str(folder)], check=True)


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
        help="also measure these switches the other way; all of them if none is named",
    )
    parser.add_argument("--only-switches", action="store_true", help="leave out the plain loop")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        from full_size import write_full_size

        write_full_size(options.write)
        return
    if options.switches == [] or (options.only_switches and options.switches is None):
        options.switches = list(SWITCHES)
    report(options)


if __name__ == "__main__":
    main()
