"""The target is the scheduler's own, and the nulls of training are those of editing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.weights import Model, load_model
from trainer.examples import Batch
from trainer.loss import DenoisingLoss


class RecordingUNet:
    """Answers with zeros and remembers what it was asked."""

    def __init__(self) -> None:
        self.inputs = torch.empty(0)
        self.embeddings = torch.empty(0)

    def __call__(
        self, inputs: torch.Tensor, timesteps: Any, embeddings: Any, **_: Any
    ) -> tuple[torch.Tensor]:
        self.inputs, self.embeddings = inputs, embeddings
        return (torch.zeros_like(inputs[:, : inputs.shape[1] // 2]),)


@pytest.fixture
def model(starter: Path) -> Model:
    return load_model(starter, device=torch.device("cpu"), dtype=torch.float32)


def batch(count: int = 6) -> Batch:
    generator = torch.Generator().manual_seed(3)
    latents = [torch.randn(count, 8, 8, 8, generator=generator) for _ in range(2)]
    return Batch(latents[0], latents[1], ["make it night"] * count, is_latents=True)


def run(model: Model, dropout: float) -> tuple[float, RecordingUNet]:
    unet = RecordingUNet()
    model.unet = unet
    loss = DenoisingLoss(model, dropout_probability=dropout, timestep_sampling="uniform")
    with torch.no_grad():
        return loss(batch(), torch.Generator().manual_seed(5)).item(), unet


def test_epsilon_and_v_targets_differ_as_their_definitions_do(model: Model) -> None:
    model.scheduler_config = {
        **model.scheduler_config,
        "prediction_type": "epsilon",
        "rescale_betas_zero_snr": False,
    }
    epsilon, _ = run(model, 0.0)
    assert epsilon == pytest.approx(1.0, abs=0.1), "pure noise has unit power"
    model.scheduler_config = {**model.scheduler_config, "prediction_type": "sample"}
    sample, _ = run(model, 0.0)
    scaled = batch().edited * model.vae.config.scaling_factor
    assert sample == pytest.approx(scaled.square().mean().item(), rel=1e-4)


def test_the_source_latents_are_unscaled_and_follow_the_noisy_ones(model: Model) -> None:
    _, unet = run(model, 0.0)
    assert torch.equal(unet.inputs[:, 8:], batch().original)


def test_dropped_conditions_are_zero_latents_and_the_empty_instruction(model: Model) -> None:
    _, unet = run(model, 1 / 3)
    from engine.conditioning import encode_instructions

    null = encode_instructions(model, [""])[0]
    is_null = [torch.equal(row, null) for row in unet.embeddings]
    is_zero = [not source.any() for source in unet.inputs[:, 8:]]
    assert any(is_null)
    assert any(is_zero)
    assert all(text or image for text, image in zip(is_null, is_zero, strict=True)), (
        "all lose something at 3 x 1/3"
    )
