"""The decoder is trained on the UNet's predictions; the encoder, and other decoded images, stay the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from diffusers import DDIMScheduler

from engine.editing.conditioning import encode_instructions
from engine.models.loading import load_model
from ip2p_desktop.base.paths import starter_model
from trainer.starter.stages.decoder_training import (
    CLEAN_EVERY,
    DecoderTraining,
    decoder_loss,
    latents_to_decode,
    train_decoder,
)
from trainer.starter.stages.generated_examples import GeneratedExamples

CPU = torch.device("cpu")


def test_only_the_decoder_is_trained_and_training_resumes(photo_set: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(starter_model(), folder)
    run = DecoderTraining(photos=photo_set, run=tmp_path / "run", seconds=1e-3, square=32, batch_size=4)
    before = load_model(folder, device=CPU, dtype=torch.float32).vae.state_dict()
    train_decoder(run, folder)
    once = load_model(folder, device=CPU, dtype=torch.float32).vae.state_dict()
    changed = {name for name in before if not torch.equal(before[name], once[name])}
    assert changed
    assert all(name.startswith("decoder.") for name in changed)
    state = torch.load(run.run / "decoder.pt", weights_only=True)
    assert state["step"] == 1
    train_decoder(run, folder)  # its time is spent
    again = load_model(folder, device=CPU, dtype=torch.float32).vae.state_dict()
    assert all(torch.equal(once[name], again[name]) for name in once)


def test_what_is_decoded_is_what_a_single_step_of_the_scheduler_gives(photo_set: Path) -> None:
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    batch = GeneratedExamples(photo_set, size=64, batch_size=12, seed=0).batch(0)
    assert batch.noise is not None
    assert batch.without_image is not None
    latents = latents_to_decode(model, batch)
    scheduler = DDIMScheduler.from_config(model.scheduler_config)
    scheduler.set_timesteps(1)
    with torch.no_grad():
        source = model.vae.encode(batch.original.float()).latents
        velocity = model.unet(
            torch.cat([batch.noise, source], dim=1),
            scheduler.timesteps[0],
            encode_instructions(model, batch.instructions).embeddings,
        ).sample
    stepped = scheduler.step(velocity, scheduler.timesteps[0], batch.noise).prev_sample
    expected = stepped / model.vae.config.scaling_factor
    said = ~batch.without_image & (torch.arange(12) % CLEAN_EVERY != 0)
    assert said.sum() > 3
    error = (latents - expected)[said].abs().mean()
    assert error < 0.03 * expected[said].abs().mean()  # one is computed in bf16


def test_an_error_in_a_flat_area_costs_most() -> None:
    generator = torch.Generator().manual_seed(0)
    target = torch.zeros(1, 3, 16, 32)
    target[..., 16:] = torch.rand(1, 3, 16, 16, generator=generator) - 0.5
    speckle = 0.02 * torch.randn(1, 3, 16, 16, generator=generator)
    in_flat, in_texture = target.clone(), target.clone()
    in_flat[..., :16] += speckle
    in_texture[..., 16:] += speckle
    assert decoder_loss(target, target) == 0
    assert decoder_loss(in_flat, target) > 3 * decoder_loss(in_texture, target)


def test_whiter_than_white_is_no_error() -> None:
    target = torch.ones(1, 3, 16, 16)
    assert decoder_loss(1.2 * target, target) == 0
    assert decoder_loss(0.8 * target, target) > 0
    assert decoder_loss(torch.full_like(target, 1.2), 0.5 * target) > decoder_loss(target, 0.5 * target)
