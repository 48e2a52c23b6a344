"""How training starts with many pairs on disk: `python tests/benchmarks/scale.py --pairs 100000`.

Writes tiny JPEGs as a folder with `metadata.jsonl` and as parquet files into a temporary folder, and trains a
tiny model on each: the first start, then a resumption. Prints the machine, the settings, the seconds to the
first step, the largest resident memory of the trainer and of one of its other processes, and how often each
process reads a row group of the images in an epoch. Words with "=" are settings of the trainer, for example
`data.cache.enable=True`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import psutil  # noqa: E402
from PIL import Image  # noqa: E402

SIDE = 64
INSTRUCTIONS = 1000
FOLDER_PAIRS, FILE_PAIRS, GROUP_PAIRS = 1000, 10_000, 100
"""Pairs in a subfolder, in a parquet file and in a row group."""
EPOCH_PAIRS, EPOCH_BATCH, EPOCH_WORKERS = 4000, 20, 4
READS_VARIABLE = "IP2P_SCALE_READS"
STEPS = 2


def jpegs(number: int) -> tuple[bytes, bytes]:
    """The files of a pair: smooth noise that follows from the number, and its negative."""
    colours = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    image = Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return encoded(image), encoded(Image.eval(image, lambda value: 255 - value))


def encoded(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG")
    return data.getvalue()


def instruction(number: int) -> str:
    return f"make it number {number % INSTRUCTIONS}"


def write_subfolder(folder: Path, first: int, end: int) -> list[str]:
    """Writes some pairs; returns their lines of `metadata.jsonl`."""
    place = folder / f"{first:07d}"
    place.mkdir()
    lines = []
    for number in range(first, end):
        row = {"edit_instruction": instruction(number)}
        for column, name, data in zip(("original_image", "edited_image"), "ab", jpegs(number), strict=True):
            (place / f"{number}{name}.jpg").write_bytes(data)
            row[column] = f"{place.name}/{number}{name}.jpg"
        lines.append(json.dumps(row))
    return lines


def write_table(path: Path, first: int, end: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    images = [[{"bytes": data, "path": None} for data in jpegs(number)] for number in range(first, end)]
    columns = {
        "original_image": [before for before, _ in images],
        "edited_image": [after for _, after in images],
        "edit_prompt": [instruction(number) for number in range(first, end)],
    }
    pq.write_table(pa.table(columns), path, row_group_size=GROUP_PAIRS)


def write_folder(folder: Path, pairs: int) -> None:
    folder.mkdir()
    ranges = list(parts(pairs, FOLDER_PAIRS))
    with ProcessPoolExecutor() as pool:
        lines = pool.map(write_subfolder, *zip(*((folder, *part) for part in ranges), strict=True))
        (folder / "metadata.jsonl").write_text("\n".join(line for some in lines for line in some))


def write_tables(folder: Path, pairs: int) -> None:
    folder.mkdir()
    ranges = list(parts(pairs, FILE_PAIRS))
    paths = [folder / f"train-{number:05d}-of-{len(ranges):05d}.parquet" for number in range(len(ranges))]
    with ProcessPoolExecutor() as pool:
        list(pool.map(write_table, paths, *zip(*ranges, strict=True)))


def parts(count: int, size: int) -> Iterator[tuple[int, int]]:
    return ((first, min(count, first + size)) for first in range(0, count, size))


@dataclass
class Start:
    """One start of the trainer, watched until it ends."""

    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Until the first event of each type or stage."""
    own_peak: int = 0
    other_peak: int = 0
    """Largest resident memory in bytes, of the trainer and of one of the processes that it starts."""
    processor: float = 0.0
    """Seconds of processor time of all processes until the end; other programs disturb them least."""

    def __post_init__(self) -> None:
        command = [sys.executable, __file__, "--train", *self.arguments]
        started, before = time.perf_counter(), os.times()
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        ) as process:
            errors: list[str] = []
            assert process.stdout is not None
            assert process.stderr is not None
            reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
            reader.start()
            threading.Thread(target=self._watch, args=(process.pid,), daemon=True).start()
            event: dict[str, Any] = {}
            for line in process.stdout:
                event = json.loads(line)
                name = event.get("stage", event["type"])
                self.seconds.setdefault(name, time.perf_counter() - started)
        after = os.times()
        self.processor = after.children_user + after.children_system
        self.processor -= before.children_user + before.children_system
        if event.get("type") != "finished":
            raise SystemExit(f"The trainer did not finish: {event}\n{''.join(errors[-20:])}")

    def _watch(self, pid: int) -> None:
        while psutil.pid_exists(pid):
            try:
                trainer = psutil.Process(pid)
                self.own_peak = max(self.own_peak, trainer.memory_info().rss)
                others = [child.memory_info().rss for child in trainer.children(recursive=True)]
                self.other_peak = max(self.other_peak, *others, 0)
            except psutil.Error:
                continue
            time.sleep(0.1)

    def __str__(self) -> str:
        named = {name: seconds for name, seconds in self.seconds.items() if name not in ("step", "finished")}
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in named.items())
        own, other = self.own_peak / 2**20, self.other_peak / 2**20
        return (
            f"{self.seconds['step']:6.1f} s to the first step ({stages}); "
            f"{self.processor:.1f} s of processor time in all; "
            f"memory {own:.0f} MiB, of another process at most {other:.0f} MiB"
        )


def settings(data: Path, model: Path, run: Path, more: Sequence[str]) -> list[str]:
    return [
        f"data.data_path={data}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        f"data.cache.folder={run.parent / 'cache'}",
        "data.resolution=32",
        "data.num_workers=2",
        "data.replay.pairs=0",
        "model.micro_batch_size=4",
        "validation.edits=0",
        "trainer.val_check_interval=0",
        "trainer.limit_val_batches=0",
        *more,
    ]


def reads_of_an_epoch(table: Path, model: Path, folder: Path, more: Sequence[str]) -> str:
    """How many row groups of images each process reads in an epoch of one file's first pairs."""
    import pyarrow.parquet as pq

    few = folder / "train-few.parquet"
    pq.write_table(pq.read_table(table).slice(0, EPOCH_PAIRS), few, row_group_size=GROUP_PAIRS)
    log = folder / "reads"
    more = [
        *more,
        "data.check=False",
        f"data.num_workers={EPOCH_WORKERS}",
        f"model.micro_batch_size={EPOCH_BATCH}",
        f"trainer.max_steps={EPOCH_PAIRS // EPOCH_BATCH}",
    ]
    Start(settings(few, model, folder / "reads-run", more), environment={READS_VARIABLE: str(log)})
    reads = [tuple(line.split()) for line in log.read_text().splitlines()] if log.exists() else []
    counts = Counter(process for process, *_ in reads)
    groups = -(-EPOCH_PAIRS // GROUP_PAIRS)
    by_group: dict[str, set[str]] = {}
    for process, _, group in reads:
        by_group.setdefault(group, set()).add(process)
    several = sum(len(processes) > 1 for processes in by_group.values())
    return (
        f"an epoch of {groups} row groups with {EPOCH_WORKERS} workers: column chunks read by each process "
        f"{sorted(counts.values(), reverse=True)} of {2 * groups}; groups read by several: {several}"
    )


def train(arguments: list[str]) -> int:
    """Runs the trainer; notes each read of a row group's images where the environment says so."""
    log = os.environ.get(READS_VARIABLE)
    if log:
        import pyarrow.parquet as pq

        read = pq.ParquetFile.read_row_group

        def noted(file: Any, group: int, columns: list[str] | None = None, **options: Any) -> Any:
            for column in columns or ():
                if "image" in column:
                    with Path(log).open("a") as lines:
                        lines.write(f"{os.getpid()} {column} {group}\n")
            return read(file, group, columns=columns, **options)

        pq.ParquetFile.read_row_group = noted
    from trainer.program import main as train_main

    return train_main(arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--layouts", nargs="*", choices=("folder", "parquet"), default=["folder", "parquet"])
    parser.add_argument("more", nargs="*", help="settings of the trainer")
    options = parser.parse_args()
    from fakes.tiny_editor import save_tiny_editor
    from measuring import machine

    print(machine(), f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    print(f"{options.pairs} pairs of {SIDE} × {SIDE} pixels", *options.more, flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = save_tiny_editor(folder / "model")
        for layout in options.layouts:
            data, run = folder / layout, folder / f"{layout}-run"
            started = time.perf_counter()
            (write_folder if layout == "folder" else write_tables)(data, options.pairs)
            print(f"{layout}: written in {time.perf_counter() - started:.1f} s", flush=True)
            for start in (1, 2):
                words = settings(data, model, run, [*options.more, f"trainer.max_steps={start * STEPS}"])
                print(f" {'first start' if start == 1 else 'resumption':11} {Start(words)}", flush=True)
        if "parquet" in options.layouts:
            table = next((folder / "parquet").glob("*.parquet"))
            print(f" {reads_of_an_epoch(table, model, folder, options.more)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--train"]:
        sys.exit(train(sys.argv[2:]))
    main()
