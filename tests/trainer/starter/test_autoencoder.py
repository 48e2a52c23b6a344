"""The autoencoder is trained for its time, resumes, and ends with its scaling factor set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from trainer.starter.stages.autoencoder import FACTOR, LATENT_CHANNELS, AutoencoderRun, train_autoencoder


def test_it_trains_and_resumes(photo_set: Path, tmp_path: Path) -> None:
    run = AutoencoderRun(photos=photo_set, run=tmp_path / "run", seconds=1e-3, batch_size=2)
    vae = train_autoencoder(run)
    assert vae.config.scaling_factor > 0
    latents = vae.encode(torch.zeros(1, 3, 64, 32)).latents
    assert latents.shape == (1, LATENT_CHANNELS, 64 // FACTOR, 32 // FACTOR)
    first = torch.load(run.run / "state.pt", weights_only=True)
    train_autoencoder(replace(run, seconds=first["spent"] + 1e-3))
    second = torch.load(run.run / "state.pt", weights_only=True)
    assert (first["step"], second["step"]) == (1, 2)
    assert second["spent"] > first["spent"]
