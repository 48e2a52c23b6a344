"""Settings of the model: its start weights, the trained weights, and the loss."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.config.checks import Checks, ConfigNotValid, at_least, one_of, positive
from trainer.config.optimizer import OptimizerConfig, optimizer_checks

TIMESTEP_SAMPLINGS = ("uniform", "high_noise", "few_steps")
LORA_TARGETS = ("attention", "feed-forward", "all")
PARAMETERIZATIONS = {
    "auto": "",
    "eps": "epsilon",
    "epsilon": "epsilon",
    "v": "v_prediction",
    "v_prediction": "v_prediction",
    "x0": "sample",
    "sample": "sample",
}
"""diffusers' name for each of the original's names of what the UNet predicts; "auto" is what the start
weights predict."""


@dataclass
class UNetConfig:
    """The UNet."""

    from_pretrained: str = ""
    """Model to start from, a folder or a file; empty takes the starter that ships."""
    in_channels: int = 0
    """Expected input channels of the UNet, the noisy latents first, then the photo's; 0 expects nothing.
    If the start weights have another number, a warning is sent and theirs is used."""
    use_checkpoint: bool = False
    """Activation checkpointing: less memory, more time."""
    use_flash_attention: bool = False
    """Force the flash kernel of scaled-dot-product attention instead of torch's own choice."""


@dataclass
class LoraConfig:
    """Low-rank adaptation of the UNet."""

    enable: bool = False
    """Train small matrices beside the UNet's weights instead of the weights: far less memory."""
    rank: int = 16
    """Inner width of the matrices; a larger rank can change more."""
    alpha: float = 16.0
    """The matrices are scaled by alpha / rank."""
    target: str = "attention"
    """Which layers get matrices: "attention", "feed-forward" (and attention), or "all" with the
    convolutions."""
    conv_in: bool = False
    """Also the first convolution, which takes the photo; a text-to-image base always trains it."""


@dataclass
class ModelConfig:
    """The model and its training."""

    name: str = ""
    """Name of the new model; empty takes the dataset folder's."""
    first_stage_key: str = "edited"
    """Column of the edited images; "edited" is the usual one of the dataset."""
    cond_stage_key: str = "edit"
    """Column of the instructions; "edit" is the usual one of the dataset."""
    unet_config: UNetConfig = field(default_factory=UNetConfig)
    ckpt_path: str = ""
    """Another name for `unet_config.from_pretrained`, which takes precedence."""
    lora: LoraConfig = field(default_factory=LoraConfig)
    micro_batch_size: int = 4
    """Examples in one pass of one process."""
    global_batch_size: int | None = None
    """Examples in one optimiser step: micro-batch × processes × accumulated micro-batches."""
    seed: int = 0
    """Number that all random draws follow from."""
    channels_last: bool | None = None
    """Store channels innermost in memory. None does so on a GPU, whose convolutions are fastest with it; on a
    CPU it saves 1 or 2 % of the time and takes up to 4 % more memory."""
    inductor: bool = False
    """Compile the UNet with TorchInductor. That takes minutes before the first step, so that it pays only
    for long runs. The first step is also computed without, and the run continues without if the gradients
    differ."""
    inductor_cudagraphs: bool = False
    """Launch the compiled UNet as CUDA graphs."""
    gradient_as_bucket_view: bool = True
    """With several processes: store gradients in the buffers that are exchanged, which saves memory."""
    cond_stage_trainable: bool = False
    """Train the text encoder too."""
    parameterization: str = "auto"
    """What the UNet is expected to predict: "eps", "v", "x0". If the start weights predict something else, a
    warning is sent and theirs is used."""
    zero_terminal_snr: bool = False
    """Make the last timestep pure noise (Lin et al. 2024); for models that predict v."""
    min_snr_gamma: float = 0.0
    """Weight timesteps by the smaller of their signal-to-noise ratio and this (Hang et al. 2023): 5 is
    usual, 0 weights all alike. Noisy timesteps get little weight, so it does not suit models that edit in few
    steps."""
    noise_offset: float = 0.0
    """Standard deviation of a constant added to the noise of each channel, for darker and lighter images."""
    conditioning_dropout_prob: float = 0.05
    """Share of examples without the instruction, without the image, and without both, each."""
    timestep_sampling: str = "uniform"
    """"uniform", "high_noise" to sample noisy timesteps more often, or "few_steps" to sample the last one, at
    which editing begins, most of the time."""
    resume_from_checkpoint: str = ""
    """Another name for `exp_manager.resume_from_checkpoint`, which takes precedence."""
    optim: OptimizerConfig = field(default_factory=OptimizerConfig)


def model_checks(model: ModelConfig) -> Checks:
    """Yields the checks of the model settings."""
    yield from at_least(1, model__micro_batch_size=model.micro_batch_size, model__lora__rank=model.lora.rank)
    yield from at_least(
        0, model__seed=model.seed, model__unet_config__in_channels=model.unet_config.in_channels
    )
    yield from at_least(0, model__min_snr_gamma=model.min_snr_gamma, model__noise_offset=model.noise_offset)
    yield (
        0 <= model.conditioning_dropout_prob <= 1 / 3,
        ConfigNotValid(
            "configuration.dropout-out-of-range", "model.conditioning_dropout_prob must be from 0 to 0.33."
        ),
    )
    yield one_of("model.timestep_sampling", model.timestep_sampling, TIMESTEP_SAMPLINGS)
    yield one_of("model.parameterization", model.parameterization, PARAMETERIZATIONS)
    yield (
        model.inductor or not model.inductor_cudagraphs,
        ConfigNotValid(
            "configuration.cudagraphs-without-inductor",
            "model.inductor_cudagraphs launches what model.inductor compiles.",
            "Set both, or neither.",
        ),
    )
    yield positive("model.lora.alpha", model.lora.alpha)
    yield one_of("model.lora.target", model.lora.target, LORA_TARGETS)
    yield (
        not (model.lora.enable and model.cond_stage_trainable),
        ConfigNotValid(
            "configuration.lora-with-text-encoder",
            "model.cond_stage_trainable trains the whole text encoder, which a LoRA cannot contain.",
            "Leave out one of the two.",
        ),
    )
    yield from optimizer_checks(model.optim)
