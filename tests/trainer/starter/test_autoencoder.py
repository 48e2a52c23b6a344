"""The autoencoder trains for its time, goes on where it was, and ends with its latents measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from ip2p_desktop.paths import sample_photos
from trainer.starter.autoencoder import FACTOR, LATENT_CHANNELS, AutoencoderRun, train_autoencoder


def test_it_trains_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    lines = ["file,split"]
    for number, path in enumerate(sample_photos()[:3]):
        with Image.open(path) as photo:
            photo.resize((96, 72)).save(tmp_path / "images" / f"{path.stem}.png")
        lines.append(f"{path.stem}.png,{'val' if number == 0 else 'train'}")
    (tmp_path / "index.csv").write_text("\n".join(lines))
    run = AutoencoderRun(photos=tmp_path, run=tmp_path / "run", seconds=1e-3, batch_size=2)
    vae = train_autoencoder(run)
    assert vae.config.scaling_factor > 0
    latents = vae.encode(torch.zeros(1, 3, 64, 32)).latents
    assert latents.shape == (1, LATENT_CHANNELS, 64 // FACTOR, 32 // FACTOR)
    first = torch.load(run.run / "state.pt", weights_only=True)
    train_autoencoder(replace(run, seconds=first["spent"] + 1e-3))
    second = torch.load(run.run / "state.pt", weights_only=True)
    assert (first["step"], second["step"]) == (1, 2)
    assert second["spent"] > first["spent"]
