"""Makes the inputs: well-formed seeds, and for each number one of them mutated."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from fakes.tiny_editor import save_tiny_editor
from PIL import Image
from safetensors.torch import save_file

from engine.models.loading import load_model
from fuzzing.mutations import TEXTS, mutated, mutated_json, mutated_png, mutated_safetensors, mutated_text
from ip2p_desktop.base.paths import sample_photos, starter_model
from trainer.export.original_files import original_tensors, write_nemo, write_original

TESTS = Path(__file__).resolve().parents[2]
CASES = TESTS.parent.parent / "shared" / "cases"
SIZE = (64, 48)
PAIRS = 4
LARGE = 2**24
MODULE = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
TEXT_SUFFIXES = (".json", ".jsonl", ".csv", ".txt")
NAMES = (
    "a\nb.png",
    "ä.png",
    "a\u0308.png",
    "CON.png",
    ".hidden",
    "-rf.png",
    "x" * 200 + ".png",
    "p0.PNG.txt",
)

Make = Callable[[Path, random.Random], Path]
"""Writes one input into a folder and returns its path."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """Well-formed files and folders by kind."""

    images: tuple[Path, ...]
    checkpoints: tuple[Path, ...]
    loras: tuple[Path, ...]
    model: Path
    datasets: tuple[Path, ...]


def make_seeds(folder: Path) -> Seeds:
    """Writes all seeds below a folder; the cases beside the checkout are taken too, if they are there."""
    model = save_tiny_editor(folder / "model")
    datasets = folder / "datasets"
    for arrange in (_with_lines, _with_table, _with_folders, _with_endings):
        arrange(datasets / arrange.__name__)
    given = sorted((CASES / "datasets").glob("*")) if CASES.is_dir() else []
    return Seeds(
        tuple(_images(folder / "images")),
        tuple(_checkpoints(folder / "checkpoints", model)),
        tuple(_loras(folder / "loras")),
        model,
        (*sorted(datasets.iterdir()), *given),
    )


def _images(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    with Image.open(sample_photos()[0]) as opened:
        photo = opened.convert("RGB").resize(SIZE)
    grey, clear = photo.convert("L"), photo.convert("RGBA")
    clear.putalpha(grey)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a photo", 6
    photo.save(folder / "exif.jpg", exif=exif, xmp=b"<x:xmpmeta/>", comment="words")
    photo.save(folder / "progressive.jpg", progressive=True)
    photo.convert("CMYK").save(folder / "cmyk.jpg")
    for suffix in ("png", "webp", "bmp", "gif", "tif", "jp2", "ppm", "tga", "avif"):
        photo.save(folder / f"plain.{suffix}")
    for suffix in ("png", "webp", "tga", "tif"):
        clear.save(folder / f"clear.{suffix}")
    photo.save(folder / "exif.png", exif=exif, dpi=(300, 300))
    photo.save(folder / "packed.tif", compression="tiff_adobe_deflate", exif=exif)
    photo.save(folder / "pages.tif", save_all=True, append_images=[grey, clear])
    photo.save(folder / "frames.gif", save_all=True, append_images=[photo.rotate(90)])
    photo.quantize(16).save(folder / "palette.png")
    Image.fromarray(np.asarray(grey, dtype=np.float32) / 255).save(folder / "float.tif")
    Image.fromarray(np.asarray(grey, dtype=np.uint16) * 257).save(folder / "sixteen.png")
    given = sorted((CASES / "images").glob("*")) if CASES.is_dir() else []
    return [*sorted(folder.iterdir()), *given]


def _checkpoints(folder: Path, model_folder: Path) -> list[Path]:
    folder.mkdir()
    model = load_model(model_folder, device=torch.device("cpu"), dtype=torch.float32)
    tensors = original_tensors(model, model.unet.state_dict())
    for suffix in (".safetensors", ".ckpt"):
        write_original(folder / f"model{suffix}", model, tensors, dtype=torch.float16, step=3)
    write_nemo(folder / "model.nemo", model, tensors, dtype=torch.float16)
    legacy = {"state_dict": dict(tensors)}
    torch.save(legacy, folder / "legacy.ckpt", _use_new_zipfile_serialization=False)
    return sorted(path for path in folder.iterdir() if path.suffix in (".safetensors", ".ckpt", ".nemo"))


def _loras(folder: Path) -> list[Path]:
    folder.mkdir()
    down, up = torch.randn(2, 16), torch.randn(16, 2)
    flat = f"lora_unet_{MODULE.replace('.', '_')}"
    kohya = {
        f"{flat}.lora_down.weight": down,
        f"{flat}.lora_up.weight": up,
        f"{flat}.alpha": torch.tensor(1.0),
    }
    save_file(kohya, folder / "kohya.safetensors")
    peft = {f"unet.{MODULE}.lora_A.weight": down, f"unet.{MODULE}.lora_B.weight": up}
    save_file(peft, folder / "peft.safetensors")
    torch.save(peft, folder / "lora.bin")
    return sorted(folder.iterdir())


def _sides() -> list[tuple[Image.Image, Image.Image]]:
    photos = []
    for path in sample_photos()[:PAIRS]:
        with Image.open(path) as opened:
            photos.append(opened.convert("RGB").resize(SIZE))
    return [(photo, photo.convert("L").convert("RGB")) for photo in photos]


def _with_lines(folder: Path) -> None:
    folder.mkdir(parents=True)
    lines = []
    for number, (before, after) in enumerate(_sides()):
        before.save(folder / f"{number}-before.png")
        after.save(folder / f"{number}-after.jpg")
        names = {"original_image": f"{number}-before.png", "edited_image": f"{number}-after.jpg"}
        lines.append(json.dumps({**names, "edit_instruction": "make it grey"}))
    (folder / "metadata.jsonl").write_text("\n".join(lines))


def _with_table(folder: Path) -> None:
    _with_lines(folder)
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    (folder / "metadata.jsonl").unlink()
    text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    (folder / "metadata.csv").write_text(text)


def _with_folders(folder: Path) -> None:
    for side in ("before", "after"):
        (folder / side).mkdir(parents=True)
    for number, (before, after) in enumerate(_sides()):
        before.save(folder / "before" / f"p{number}.png")
        after.save(folder / "after" / f"p{number}.png")
    (folder / "instruction.txt").write_text("make it grey")


def _with_endings(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, (before, after) in enumerate(_sides()):
        before.save(folder / f"p{number}_before.png")
        after.save(folder / f"p{number}_after.png")
        (folder / f"p{number}.txt").write_text("make it grey")


def image_input(seeds: Seeds) -> Make:
    """Mutates an image file."""

    def make(folder: Path, rng: random.Random) -> Path:
        seed = rng.choice(seeds.images)
        data = seed.read_bytes()
        is_png = data.startswith(b"\x89PNG")
        changed = mutated_png(data, rng) if is_png and rng.random() < 0.5 else mutated(data, rng)
        path = folder / f"photo{seed.suffix}"
        path.write_bytes(changed)
        return path

    return make


def weights_input(seeds: tuple[Path, ...]) -> Make:
    """Mutates a file of weights."""

    def make(folder: Path, rng: random.Random) -> Path:
        seed = rng.choice(seeds)
        data = seed.read_bytes()
        is_header = seed.suffix == ".safetensors" and rng.random() < 0.6
        path = folder / f"weights{seed.suffix}"
        path.write_bytes(mutated_safetensors(data, rng) if is_header else mutated(data, rng))
        return path

    return make


def model_folder_input(seeds: Seeds) -> Make:
    """Mutates one file of a model folder: its card, a configuration, the tokenizer, or weights."""

    def make(folder: Path, rng: random.Random) -> Path:
        model = folder / "model"
        shutil.copytree(rng.choice((seeds.model, starter_model())), model)
        files = sorted(path for path in model.rglob("*") if path.is_file())
        cards = [path for path in files if path.name in ("ip2p.json", "model_index.json", "config.json")]
        chosen = rng.choice(cards if rng.random() < 0.6 else files)
        if rng.random() < 0.05:
            chosen.unlink()
            return model
        change = mutated_text if chosen.suffix in TEXT_SUFFIXES else mutated
        chosen.write_bytes(change(chosen.read_bytes(), rng))
        return model

    return make


def dataset_input(seeds: Seeds) -> Make:
    """Mutates a dataset: names, texts, images, links, or its bytes as a zip."""

    def make(folder: Path, rng: random.Random) -> Path:
        data = folder / "data"
        seed = rng.choice(seeds.datasets)
        if seed.is_file():
            path = folder / seed.name
            path.write_bytes(mutated(seed.read_bytes(), rng))
            return path
        shutil.copytree(seed, data)
        for _ in range(rng.randint(1, 3)):
            _change_folder(data, rng)
        if rng.random() < 0.7:
            return data
        packed = _zipped(data, rng)
        path = folder / "data.zip"
        path.write_bytes(mutated(packed, rng) if rng.random() < 0.7 else packed)
        shutil.rmtree(data)
        return path

    return make


def _change_folder(data: Path, rng: random.Random) -> None:
    files = sorted(path for path in data.rglob("*") if path.is_file() and path.stat().st_size < LARGE)
    if not files:
        return
    chosen, how = rng.choice(files), rng.randrange(10)
    texts = [path for path in files if path.suffix.lower() in TEXT_SUFFIXES]
    if how < 4 and texts:
        text = rng.choice(texts)
        text.write_bytes(mutated_text(text.read_bytes(), rng))
    elif how == 4:
        chosen.rename(chosen.with_name(rng.choice(NAMES)))
    elif how == 5:
        chosen.write_bytes(mutated(chosen.read_bytes(), rng))
    elif how == 6:
        chosen.unlink()
        rng.choice((chosen.mkdir, lambda: os.mkfifo(chosen), lambda: chosen.symlink_to("nowhere")))()
    elif how == 7:
        (chosen.parent / f"loop{rng.random()}").symlink_to(data, target_is_directory=True)
    elif how == 8:
        chosen.write_bytes(rng.choice((b"", b"words", b"\xff" * 100)))
    else:
        with chosen.open("ab") as file:
            file.truncate(rng.choice((1, 2**33)))  # a sparse file of 8 GiB takes no room


def _zipped(data: Path, rng: random.Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for path in sorted(data.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LARGE:
                name = path.relative_to(data.parent).as_posix()
                name = name.replace("/", "\\") if rng.random() < 0.05 else name
                archive.writestr(rng.choice(TEXTS) + name if rng.random() < 0.05 else name, path.read_bytes())
    return packed.getvalue()


def card_text(seeds: Seeds, rng: random.Random) -> bytes:
    """Returns a model card with several nodes mutated."""
    value = json.loads((seeds.model / "ip2p.json").read_text(encoding="utf-8"))
    for _ in range(rng.randint(1, 3)):
        value = mutated_json(value, rng)
    return json.dumps(value).encode()
