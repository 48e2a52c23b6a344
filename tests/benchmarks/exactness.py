"""A checkpoint of the original layout at full size: our edit against the original's formulas.

    python tests/benchmarks/exactness.py [--steps 4] [--resolution 512]

Makes random networks as large as Stable Diffusion 1.5's from a seed, stores them with averaged weights
that differ from the live ones (7.7 GB, in a temporary folder), edits a photo in fp32 with the formulas
and with our engine, and prints how alike the pictures are. Takes 12 GB of memory.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path += [str(Path(__file__).parent), str(ROOT / "tests")]

import numpy as np  # noqa: E402 (our packages are found through the path above)
import torch  # noqa: E402
from diffusers.models import AutoencoderKL, UNet2DConditionModel  # noqa: E402
from fakes.original_code import Levels, original_edit, psnr  # noqa: E402
from measuring import machine  # noqa: E402
from PIL import Image  # noqa: E402
from transformers import CLIPTextConfig, CLIPTextModel  # noqa: E402

from engine.edit_settings import EditSettings, Fit, SchedulerName  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.model_options import ModelOptions, WeightSet  # noqa: E402
from engine.models.families import find_family  # noqa: E402
from engine.models.original_layout import TensorLayout, ema_name, to_original  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import sample_photos  # noqa: E402

INSTRUCTION = "turn him into a cyborg"
AVERAGE_DISTANCE = 0.02
"""How far averaged weights are from the live ones, as a standard deviation."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--resolution", type=int, default=512)
    options = parser.parse_args()
    settings = EditSettings(
        num_inference_steps=options.steps,
        text_guidance_scale=7.5,
        image_guidance_scale=1.5,
        seed=1,
        scheduler=SchedulerName.EULER_ANCESTRAL,
        resolution=options.resolution,
        fit=Fit.ORIGINAL,
    )
    photo = open_photo(sample_photos()[0])
    print(f"{machine()}; fp32, {options.resolution} px, {options.steps} steps")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random.ckpt"
        pictures = {}
        for weight_set, networks in write_checkpoint(path):
            started = time.perf_counter()
            pictures[weight_set] = original_edit(networks, photo, INSTRUCTION, settings)
            print(f"the original's formulas, {weight_set}: {time.perf_counter() - started:.0f} s", flush=True)
        del networks
        gc.collect()
        apart = psnr(*pictures.values())
        print(f"{path.stat().st_size / 1e9:.1f} GB; the two sets of weights are {apart:.1f} dB apart")
        for weight_set, wanted in pictures.items():
            made = our_edit(path, photo, settings, weight_set)
            print(f"our engine, {weight_set}: {psnr(made, wanted):.1f} dB to the original's", flush=True)


def write_checkpoint(path: Path) -> list[tuple[WeightSet, dict[str, Any]]]:
    """Writes the file; returns the networks of both its sets of weights."""
    torch.manual_seed(0)
    config = find_family("sd1").config
    live = {
        "unet": UNet2DConditionModel.from_config(config("unet")),
        "vae": AutoencoderKL.from_config(config("vae")),
        "text_encoder": CLIPTextModel(CLIPTextConfig.from_dict(config("text_encoder"))),
    }
    for network in live.values():
        network.eval().requires_grad_(False)
    averaged = {**live, "unet": deepcopy(live["unet"])}
    for parameter in averaged["unet"].parameters():
        parameter.add_(torch.randn_like(parameter), alpha=AVERAGE_DISTANCE)
    text = live["text_encoder"].state_dict()
    ema = to_original(TensorLayout.UNET, averaged["unet"].state_dict())
    tensors = {
        **to_original(TensorLayout.UNET, live["unet"].state_dict(), "model.diffusion_model."),
        **{f"model_ema.{ema_name(name)}": tensor for name, tensor in ema.items()},
        **to_original(TensorLayout.VAE, live["vae"].state_dict(), "first_stage_model."),
        **{f"cond_stage_model.transformer.text_model.{name}": text[name] for name in text},
    }
    torch.save({"state_dict": tensors}, path)
    return [(WeightSet.EMA, averaged), (WeightSet.LIVE, live)]


def our_edit(path: Path, photo: Image.Image, settings: EditSettings, weight_set: WeightSet) -> Levels:
    request = EditRequest(
        source_image=photo,
        instruction=INSTRUCTION,
        model=path,
        settings=settings,
        model_options=ModelOptions(weight_set=weight_set),
    )
    return np.asarray(Editor(device="cpu", dtype="fp32").edit(request).edited_image, dtype=np.float64)


if __name__ == "__main__":
    main()
