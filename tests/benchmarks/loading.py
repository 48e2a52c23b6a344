"""How long a model of the original layout takes to load, and how much memory.

    python tests/benchmarks/loading.py [--width 1.0] [--dtype bf16] [--format ckpt] [--folder DIR]
    python tests/benchmarks/loading.py --model resources/starter

Writes a random checkpoint with distinct averaged and live weights (7.7 GB at full width), loads it in a
process of its own, and compares with reading the needed bytes off the disk as they are. `--width 0.25`
makes every network a quarter as wide. With `--model` a model that is there already is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # before this folder, where a script is called like a package

import torch  # noqa: E402 (our packages are found through the path above)
from diffusers.models import AutoencoderKL, UNet2DConditionModel  # noqa: E402
from transformers import CLIPTextConfig, CLIPTextModel  # noqa: E402

from engine.devices.device import DTYPES  # noqa: E402
from engine.models.families import find_family  # noqa: E402
from engine.models.loading import load_model  # noqa: E402
from engine.models.original_layout import TensorLayout, ema_name, to_original  # noqa: E402
from engine.tensors.tensor_files import open_tensors  # noqa: E402
from engine.tensors.tensor_writer import TensorSpec, TensorWriter  # noqa: E402

GROUPS = 32
SAMPLE_SECONDS = 0.005
MEGABYTE = 1_000_000
ZIP_HEADER = struct.Struct("<4s5H3I2H")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--dtype", choices=DTYPES, default="bf16")
    parser.add_argument("--format", choices=("ckpt", "safetensors"), default="ckpt")
    parser.add_argument("--model", type=Path, help="a file or folder to load instead")
    parser.add_argument("--folder", type=Path, help="where to write the checkpoint; a temporary folder")
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.load:
        print(json.dumps(measure(arguments.load, getattr(torch, DTYPES[arguments.dtype]))))
        return
    if arguments.model:
        print_loading(timed(arguments.model, arguments.dtype), arguments.dtype)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / f"random.{arguments.format}"
        (write_checkpoint if arguments.format == "ckpt" else write_safetensors)(path, arguments.width)
        report(path, arguments.dtype)


def write_safetensors(path: Path, width: float) -> None:
    """The same tensors, one at a time likewise."""
    forms = {name: TensorSpec(torch.float32, tuple(shape)) for name, shape in shapes(width)}
    torch.manual_seed(0)
    with TensorWriter(path, forms) as writer:
        for name in writer.names:
            writer.write(torch.empty(forms[name].shape).uniform_(-0.05, 0.05))


def write_checkpoint(path: Path, width: float) -> None:
    """As torch.save writes it, but filled tensor by tensor: it may be larger than memory."""
    tensors = {name: torch.empty(shape) for name, shape in shapes(width)}
    with torch.serialization.skip_data():
        torch.save({"state_dict": tensors}, path)
    torch.manual_seed(0)
    with zipfile.ZipFile(path) as archive:
        records = [entry for entry in archive.infolist() if "/data/" in entry.filename]
    with path.open("r+b") as file:
        for record in records:
            file.seek(data_offset(file, record))
            file.write(torch.empty(record.file_size // 4).uniform_(-0.05, 0.05).numpy().data)


def data_offset(file: BinaryIO, record: zipfile.ZipInfo) -> int:
    """Where the bytes of a record begin, behind its own header."""
    file.seek(record.header_offset)
    header = file.read(ZIP_HEADER.size)
    name_length, extra_length = ZIP_HEADER.unpack(header)[-2:]
    return record.header_offset + ZIP_HEADER.size + int(name_length) + int(extra_length)


def shapes(width: float) -> Iterator[tuple[str, torch.Size]]:
    """Names and shapes of a checkpoint with averaged and live weights."""
    for layout, prefix, network in networks(width):
        tensors = to_original(layout, network.state_dict(), prefix)
        yield from ((name, empty.shape) for name, empty in tensors.items())
        if layout is TensorLayout.UNET:
            for name, empty in tensors.items():
                yield f"model_ema.{ema_name(name.removeprefix(prefix))}", empty.shape


def networks(width: float) -> list[tuple[TensorLayout, str, Any]]:
    """The three networks without memory, each side of every layer `width` times as wide."""
    family = find_family("sd1")
    unet, vae, text = (family.config(part) for part in ("unet", "vae", "text_encoder"))
    for config in (unet, vae):
        config["block_out_channels"] = [scaled(side, width) for side in config["block_out_channels"]]
    heads = max(1, round(text["num_attention_heads"] * width))
    text |= {"num_attention_heads": heads, "hidden_size": 64 * heads, "intermediate_size": 256 * heads}
    text["projection_dim"] = unet["cross_attention_dim"] = 64 * heads
    with torch.device("meta"):
        return [
            (TensorLayout.UNET, "model.diffusion_model.", UNet2DConditionModel.from_config(unet)),
            (TensorLayout.VAE, "first_stage_model.", AutoencoderKL.from_config(vae)),
            (
                TensorLayout.DIFFUSERS,
                "cond_stage_model.transformer.text_model.",
                CLIPTextModel(CLIPTextConfig.from_dict(text)),
            ),
        ]


def scaled(side: int, width: float) -> int:
    return max(1, round(side * width / GROUPS)) * GROUPS


def measure(path: Path, dtype: torch.dtype) -> dict[str, float]:
    """In a process of its own: what loading takes, beyond what the libraries take."""
    before = anonymous_bytes()
    peak = Peak()
    started, worked = time.perf_counter(), time.process_time()
    with peak:
        model = load_model(path, device=torch.device("cpu"), dtype=dtype)
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    networks = (model.unet, model.vae, *model.text_encoders.networks)
    held = sum(tensor.nbytes for network in networks for tensor in network.parameters())
    return {
        "seconds": seconds,
        "work": work,
        "weights": held,
        "peak": peak.highest - before,
        "kept": anonymous_bytes() - before,
    }


class Peak:
    """Watches this process's anonymous memory from a thread."""

    def __init__(self) -> None:
        self.highest = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.highest = max(self.highest, anonymous_bytes())


def anonymous_bytes() -> int:
    """RssAnon of this process: memory that is backed by no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def timed(path: Path, dtype: str) -> dict[str, float]:
    """What a process of its own measures."""
    command = [sys.executable, str(Path(__file__).resolve()), "--load", str(path), "--dtype", dtype]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def report(path: Path, dtype: str) -> None:
    print(f"checkpoint  {path.stat().st_size / MEGABYTE:9.0f} MB")
    for state in ("from disk", "from the page cache"):
        if state == "from disk":
            forget(path)
        found = timed(path, dtype)
        if state == "from disk":
            forget(path)
        print(f"{state}: {seconds_to_read(path):.1f} s to read the needed bytes alone")
        print_loading(found, dtype)


def print_loading(found: dict[str, float], dtype: str) -> None:
    held, highest = found["weights"], found["peak"]
    print(f"weights     {held / MEGABYTE:9.0f} MB in {dtype}, the VAE in fp32")
    print(f"peak        {highest / MEGABYTE:9.0f} MB anonymous, {highest / held:.2f} times the weights")
    print(f"loading     {found['seconds']:9.1f} s, {found['work']:.1f} s of them on processors")


def forget(path: Path) -> None:
    """Have the system drop its copy of the file, so that it is read off the disk again."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def seconds_to_read(path: Path) -> float:
    """The needed share of the file (all but the live set of the UNet) in one go, into nothing."""
    size = path.stat().st_size
    source_bytes = needed_bytes(path)
    started = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        buffer = bytearray(8 * MEGABYTE)
        read = 0
        while read < min(source_bytes, size):
            read += file.readinto(buffer) or size
    return time.perf_counter() - started


def needed_bytes(path: Path) -> int:
    source = open_tensors(path)
    names = [name for name in source.names() if not name.startswith("model.diffusion_model.")]
    return sum(4 * torch.Size(source.shape(name)).numel() for name in names)


if __name__ == "__main__":
    main()
