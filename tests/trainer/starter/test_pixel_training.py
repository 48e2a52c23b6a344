"""The UNet is trained on the pixels of its single step; everything else stays the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import load_file
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.models.loading import Model, load_model
from ip2p_desktop.base.paths import starter_model
from trainer.starter.data.edits import Edit
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.pixel_training import (
    OTHER_TIMESTEP_EVERY,
    PixelLoss,
    PixelTraining,
    deviation_loss,
    train_on_pixels,
)

CPU = torch.device("cpu")


@pytest.fixture
def model() -> Model:
    return load_model(starter_model(), device=CPU, dtype=torch.float32)


def weights_of(folder: Path) -> dict[str, Tensor]:
    return {
        f"{path.parent.name}.{name}": value
        for path in folder.glob("*/*.safetensors")
        for name, value in load_file(path).items()
    }


def test_only_the_unet_is_trained_and_training_resumes(photo_set: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(starter_model(), folder)
    run = PixelTraining(
        photos=photo_set, run=tmp_path / "run", seconds=1e-3, square=64, decoded=32, learning_rate=1e-2
    )
    before = weights_of(folder)
    train_on_pixels(run, folder)
    once = weights_of(folder)
    assert all(once[name].dtype == value.dtype for name, value in before.items())
    changed = {name for name in before if not torch.equal(before[name], once[name])}
    assert changed
    assert all(name.startswith("unet.") for name in changed)
    state = torch.load(run.run / "unet.pt", weights_only=True)
    assert state["step"] == 1
    train_on_pixels(run, folder)  # its time is spent
    again = weights_of(folder)
    assert all(torch.equal(once[name], again[name]) for name in once)


def test_what_is_decoded_is_what_a_single_step_of_the_scheduler_gives(photo_set: Path, model: Model) -> None:
    examples = GeneratedExamples(photo_set, size=64, batch_size=15, seed=0)
    batch = examples.batch(0)
    assert batch.noise is not None
    assert batch.without_image is not None
    decoded: list[Tensor] = []
    model.vae.decoder.register_forward_pre_hook(lambda _, given: decoded.append(given[0].detach().float()))
    PixelLoss(model, decoded=64)(batch, examples.edits, 0)
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
    shown = ~batch.without_image & (torch.arange(15) % OTHER_TIMESTEP_EVERY != OTHER_TIMESTEP_EVERY - 1)
    expected = (stepped / model.vae.config.scaling_factor)[shown]
    assert len(expected) > 8
    error = (decoded[0] - expected).abs().mean()
    assert error < 0.03 * expected.abs().mean()  # one is computed in bf16


def test_the_decoded_part_is_compared_with_the_same_part(photo_set: Path, model: Model) -> None:
    """The loss of parts that do not match would be far larger than that of the whole square."""
    examples = GeneratedExamples(photo_set, size=64, batch_size=10, seed=0)
    batch, edits = examples.batch(0), examples.edits
    with torch.no_grad():
        whole = PixelLoss(model, decoded=64)(batch, edits, 0)
        parts = torch.stack([PixelLoss(model, decoded=32)(batch, edits, step) for step in range(12)])
    assert len({round(float(part), 4) for part in parts}) > 4
    assert parts.mean() == pytest.approx(float(whole), rel=0.25)


def test_the_loss_falls_and_reaches_the_unet_alone(photo_set: Path, model: Model) -> None:
    examples = GeneratedExamples(photo_set, size=64, batch_size=5, seed=3)
    batch, edits = examples.batch(0), examples.edits
    loss_of = PixelLoss(model, decoded=64)
    optimizer = torch.optim.AdamW(model.unet.requires_grad_(True).parameters(), lr=2e-4)
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = loss_of(batch, edits, 0)
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert all(weight.grad is None for weight in model.vae.parameters())


def test_only_edits_independent_of_noise_are_made_from_other_noise(photo_set: Path, model: Model) -> None:
    batch = GeneratedExamples(photo_set, size=64, batch_size=5, seed=0).batch(0)
    batch = replace(batch, without_image=torch.zeros(5, dtype=torch.bool))
    rows: list[int] = []
    model.unet.register_forward_pre_hook(lambda _, given: rows.append(len(given[0])))
    loss_of = PixelLoss(model, decoded=64)
    sepia, snowy = (Edit("sepia"),), (Edit("night"), Edit("snowy"))
    with torch.no_grad():
        even = loss_of(batch, [sepia] * 5, 0)
        plain = loss_of(batch, [snowy] * 5, 0)
        loss_of(batch, [snowy, snowy, sepia, snowy, sepia], 0)
    assert rows == [7, 5, 6]  # the last example of each batch is at another timestep
    assert even > plain


def test_being_soft_or_rough_costs_even_where_details_lie_elsewhere() -> None:
    target = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 0.2
    elsewhere = target.flip(-1).reshape(2, 3, 4, 8, 4, 8).flip(4).reshape(target.shape)
    assert deviation_loss(elsewhere, target) < 1e-6
    for factor in (0.5, 1.5):
        assert deviation_loss(factor * target, target) == pytest.approx(0.1, rel=0.1)


def test_the_deviation_of_a_flat_area_has_a_slope() -> None:
    flat = torch.zeros(1, 3, 8, 8, requires_grad=True)
    torch.autograd.backward(deviation_loss(flat + 0, torch.zeros(1, 3, 8, 8)))
    assert flat.grad is not None
    assert flat.grad.isfinite().all()
