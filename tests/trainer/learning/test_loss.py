"""The loss is the original's, the target the scheduler's own, and the nulls of training those of editing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.editing.conditioning import TextConditioning, encode_instructions
from engine.models.loading import Model, load_model
from trainer.batches.batch import Batch
from trainer.batches.noise import Noise
from trainer.config import ConfigNotValid, ModelConfig
from trainer.learning.loss import LAST_SHARE, DenoisingLoss, use_zero_terminal_snr

COUNT, SEED = 8, 5
SCALE = 0.18215


class RecordingUNet:
    """Returns zeros and records its inputs."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        self.inputs = self.timesteps = self.embeddings = torch.empty(0)

    def __call__(self, inputs: Tensor, timesteps: Tensor, embeddings: Tensor, **_: Any) -> tuple[Tensor]:
        self.inputs, self.timesteps, self.embeddings = inputs, timesteps, embeddings
        return (torch.zeros_like(inputs[:, : inputs.shape[1] // 2]),)


@pytest.fixture
def model(tiny_editor: Path) -> Model:
    return load_model(tiny_editor, device=torch.device("cpu"), dtype=torch.float32)


def predicting(model: Model, prediction: str, **more: Any) -> Model:
    model.scheduler_config = {**model.scheduler_config, "prediction_type": prediction, **more}
    return model


def pictures() -> Batch:
    """Pixels, so that the VAE is part of what is tested."""
    generator = torch.Generator().manual_seed(3)
    original, edited = (torch.rand(COUNT, 3, 16, 16, generator=generator) * 2 - 1 for _ in range(2))
    return Batch(original, edited, [f"make it {number}" for number in range(COUNT)])


def latents() -> Batch:
    generator = torch.Generator().manual_seed(3)
    original, edited = (torch.randn(COUNT, 4, 8, 8, generator=generator) for _ in range(2))
    return Batch(original, edited, ["make it night"] * COUNT, is_latents=True)


def recorded(
    model: Model, config: ModelConfig, batch: Batch | None = None
) -> tuple[float, RecordingUNet, Noise]:
    unet = RecordingUNet()
    model.unet = unet
    loss = DenoisingLoss(model, config)
    batch = batch or latents()
    noise = loss.noise_of(batch, SEED, 0)
    with torch.no_grad():
        return loss(batch, noise).item(), unet, noise


def original_loss(model: Model, batch: Batch, noise: Noise, *, predicts: str, dropped: float) -> Tensor:
    """Written from the formulas of `ddpm_edit.py`: forward diffusion by betas that rise as squares."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    kept = torch.cumprod(1 - betas, dim=0)
    timesteps = (noise.time * 1000).long()
    signal = kept[timesteps].sqrt().float()[:, None, None, None]
    spread = (1 - kept[timesteps]).sqrt().float()[:, None, None, None]
    with torch.no_grad():
        moments = model.vae.encode(batch.edited).latent_dist
        clean = SCALE * (moments.mean + moments.std * noise.target)
        photo = model.vae.encode(batch.original).latent_dist.mean
        without_text = noise.dropout < 2 * dropped
        without_photo = (noise.dropout >= dropped) & (noise.dropout < 3 * dropped)
        texts = [
            "" if lost else text for text, lost in zip(batch.instructions, without_text.tolist(), strict=True)
        ]
        embeddings = encode_instructions(model, texts).embeddings
    photo = torch.where(without_photo[:, None, None, None], torch.zeros_like(photo), photo)
    noisy = signal * clean + spread * noise.noise
    wanted = noise.noise if predicts == "epsilon" else signal * noise.noise - spread * clean
    prediction = model.unet(torch.cat([noisy, photo], dim=1), timesteps, embeddings, return_dict=False)[0]
    per_example: Tensor = (wanted - prediction).square().mean(dim=[1, 2, 3])
    return per_example.mean()


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("dropped", [0.05, 0.3])
def test_loss_and_gradient_are_the_originals(model: Model, predicts: str, dropped: float) -> None:
    predicting(model, predicts).vae.register_to_config(scaling_factor=SCALE)
    model.unet.requires_grad_(True)
    batch, loss = pictures(), DenoisingLoss(model, ModelConfig(conditioning_dropout_prob=dropped))
    noise = loss.noise_of(batch, SEED, 0)
    ours, theirs = loss(batch, noise), original_loss(model, batch, noise, predicts=predicts, dropped=dropped)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)
    weights = list(model.unet.parameters())
    for mine, wanted in zip(
        torch.autograd.grad(ours, weights), torch.autograd.grad(theirs, weights), strict=True
    ):
        assert (mine - wanted).abs().max() <= 1e-6 * max(1, float(wanted.abs().max()))


def test_the_target_is_the_schedulers_own(model: Model) -> None:
    epsilon, _, noise = recorded(predicting(model, "epsilon"), ModelConfig())
    assert epsilon == pytest.approx(noise.noise.square().mean().item(), rel=1e-6)
    sample, _, _ = recorded(predicting(model, "sample"), ModelConfig())
    scaled = latents().edited * model.vae.config.scaling_factor
    assert sample == pytest.approx(scaled.square().mean().item(), rel=1e-5)


def test_the_source_latents_are_unscaled_and_follow_the_noisy_ones(model: Model) -> None:
    _, unet, _ = recorded(model, ModelConfig(conditioning_dropout_prob=0.0))
    assert torch.equal(unet.inputs[:, 4:], latents().original)
    model.image_latent_scale = 0.5
    _, unet, _ = recorded(model, ModelConfig(conditioning_dropout_prob=0.0))
    assert torch.equal(unet.inputs[:, 4:], 0.5 * latents().original)


def test_dropped_conditions_are_zero_latents_and_the_empty_instruction(model: Model) -> None:
    _, unet, _ = recorded(model, ModelConfig(conditioning_dropout_prob=1 / 3))
    null = encode_instructions(model, [""]).embeddings[0]
    is_null = [torch.equal(row, null) for row in unet.embeddings]
    is_zero = [not source.any() for source in unet.inputs[:, 4:]]
    assert any(is_null)
    assert any(is_zero)
    assert all(text or image for text, image in zip(is_null, is_zero, strict=True)), (
        "all lose something at 3 x 1/3"
    )


def test_five_percent_each_lose_the_instruction_the_image_and_both(model: Model) -> None:
    from trainer.batches.conditioning_dropout import dropped_conditions
    from trainer.batches.noise import noise_for

    count = 20_000
    draws = noise_for(SEED, 0, count, (1, 1, 1)).dropout
    text, image = dropped_conditions(draws, ModelConfig().conditioning_dropout_prob)
    shares = [(text & ~image), (text & image), (~text & image), ~(text | image)]
    expected = [0.05, 0.05, 0.05, 0.85]
    for share, wanted in zip(shares, expected, strict=True):
        deviation = (wanted * (1 - wanted) / count) ** 0.5
        assert share.float().mean().item() == pytest.approx(wanted, abs=4 * deviation)


def test_cached_latents_and_embeddings_give_the_same_loss(model: Model) -> None:
    loss = DenoisingLoss(model, ModelConfig(conditioning_dropout_prob=0.2))
    batch = pictures()
    noise = loss.noise_of(batch, SEED, 0)
    with torch.no_grad():
        moments = model.vae.encode(batch.edited).latent_dist
        cached = Batch(
            model.vae.encode(batch.original).latent_dist.mean,
            moments.mean,
            batch.instructions,
            is_latents=True,
            edited_std=moments.std,
            embeddings=encode_instructions(model, batch.instructions).embeddings,
        )
        assert torch.equal(loss.noise_of(cached, SEED, 0).noise, noise.noise)
        assert loss(cached, noise).item() == pytest.approx(loss(batch, noise).item(), rel=1e-5)


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction", "sample"])
def test_min_snr_weighs_as_its_paper_says(model: Model, predicts: str) -> None:
    """In terms of the error of the clean picture every weight is min(SNR, γ)."""
    gamma = 5.0
    loss = DenoisingLoss(predicting(model, predicts), ModelConfig(min_snr_gamma=gamma))
    timesteps = torch.tensor([0, 1, 100, 300, 500, 999])
    kept = loss.noise_scheduler.alphas_cumprod[timesteps]
    ratio = kept / (1 - kept)
    in_pictures = {"epsilon": ratio, "v_prediction": ratio + 1, "sample": torch.ones_like(ratio)}[predicts]
    assert torch.allclose(loss._weights(timesteps) * in_pictures, ratio.clamp(max=gamma), rtol=1e-5)


@pytest.mark.parametrize("predicts", ["v_prediction", "sample"])
def test_the_timestep_at_which_the_starter_edits_has_a_weight(model: Model, predicts: str) -> None:
    """Nothing is left of the picture there; the paper's formula would make the weight 0."""
    use_zero_terminal_snr(predicting(model, predicts))
    loss = DenoisingLoss(model, ModelConfig(min_snr_gamma=5.0))
    assert loss.noise_scheduler.alphas_cumprod[999] == 0
    assert loss._weights(torch.tensor([999])).item() == 1
    assert 0 < loss._weights(torch.tensor([998])).item() < 1e-3
    value, unet, _ = recorded(model, ModelConfig(min_snr_gamma=5.0))
    assert value > 0
    assert torch.isfinite(unet.inputs).all()


def test_only_a_model_that_predicts_v_can_end_in_noise(model: Model) -> None:
    with pytest.raises(ConfigNotValid, match="predicts the noise"):
        use_zero_terminal_snr(model)


def test_a_noise_offset_moves_whole_channels(model: Model) -> None:
    _, plain, noise = recorded(model, ModelConfig())
    _, moved, _ = recorded(model, ModelConfig(noise_offset=0.1))
    kept = DenoisingLoss(model, ModelConfig()).noise_scheduler.alphas_cumprod[plain.timesteps]
    spread = (1 - kept).sqrt()[:, None, None, None]
    expected = (0.1 * spread * noise.offset).expand(-1, -1, 8, 8)
    assert torch.allclose((moved.inputs - plain.inputs)[:, :4], expected, atol=1e-6)


def test_high_noise_is_as_dense_as_it_is_high(model: Model) -> None:
    loss = DenoisingLoss(model, ModelConfig(timestep_sampling="high_noise"))
    timesteps = loss._timesteps(torch.linspace(0, 1, 100_001)[:-1])
    assert timesteps.min() >= 0
    assert timesteps.max() == 999
    # the density 2t has half of its mass above the root of a half
    assert (timesteps >= 707).float().mean().item() == pytest.approx(0.5, abs=0.01)


def test_for_few_steps_most_timesteps_are_the_last(model: Model) -> None:
    loss = DenoisingLoss(model, ModelConfig(timestep_sampling="few_steps"))
    timesteps = loss._timesteps(torch.linspace(0, 1, 100_001)[:-1])
    last = timesteps == 999
    assert last.float().mean().item() == pytest.approx(LAST_SHARE, abs=0.01)
    assert timesteps.min() < 50
    # the density of the others is proportional to the timestep
    assert (timesteps[~last] >= 707).float().mean().item() == pytest.approx(0.5, abs=0.01)


def test_an_example_may_come_without_its_photo(model: Model) -> None:
    withheld = torch.arange(COUNT) % 2 == 0
    _, plain, _ = recorded(model, ModelConfig())
    _, brought, _ = recorded(model, ModelConfig(), replace(latents(), without_image=withheld))
    assert not brought.inputs[withheld, 4:].any()
    assert torch.equal(brought.inputs[~withheld], plain.inputs[~withheld])
    assert torch.equal(replace(latents(), without_image=withheld)[slice(2, 4)].without_image, withheld[2:4])


def test_an_example_may_bring_the_noise_it_belongs_to(model: Model) -> None:
    own = torch.randn(COUNT, 4, 8, 8, generator=torch.Generator().manual_seed(5))
    _, plain, noise = recorded(model, ModelConfig())
    _, brought, _ = recorded(model, ModelConfig(), replace(latents(), noise=own))
    kept = DenoisingLoss(model, ModelConfig()).noise_scheduler.alphas_cumprod[plain.timesteps]
    spread = (1 - kept).sqrt()[:, None, None, None]
    assert torch.allclose((brought.inputs - plain.inputs)[:, :4], spread * (own - noise.noise), atol=1e-5)
    assert torch.equal(replace(latents(), noise=own)[slice(2, 4)].noise, own[2:4])


def test_an_example_draws_the_same_whatever_batch_it_is_in(model: Model) -> None:
    loss = DenoisingLoss(model, ModelConfig())
    whole = replace(latents(), edited_std=torch.ones(COUNT, 4, 8, 8))
    together, half = loss.noise_of(whole, SEED, 40), loss.noise_of(whole[slice(4, 8)], SEED, 44)
    for field in ("dropout", "time", "noise", "offset", "target"):
        assert torch.equal(getattr(together, field)[4:], getattr(half, field))
    other = loss.noise_of(whole, SEED + 1, 40)
    assert not torch.equal(other.noise, together.noise)


def test_a_trained_text_encoder_gets_a_gradient_and_a_frozen_one_none(model: Model) -> None:
    batch = replace(latents())
    for trained in (True, False):
        encoder = model.text_encoders.networks[0].requires_grad_(trained)
        config = ModelConfig(cond_stage_trainable=trained)
        text = DenoisingLoss(model, config)._text(batch, torch.zeros(COUNT, dtype=torch.bool))
        assert isinstance(text, TextConditioning)
        assert text.embeddings.requires_grad is trained
        assert any(weight.requires_grad for weight in encoder.parameters()) is trained
