"""NeMo's other settings: those with one possible value here, and those without meaning here.

The keys are those of `sd_finetune.yaml` of NeMo's InstructPix2Pix, of its experiment manager and of
Lightning's trainer. "*" at the end of a key stands for all settings below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from trainer.protocol.events import WarningRaised, make_warning


class UnusedReason(Enum):
    """Why a setting is passed over."""

    START_WEIGHTS = auto()
    OWN_WAY = auto()


ALWAYS: dict[str, tuple[Any, ...]] = {
    "exp_manager.checkpoint_callback_params.mode": ("min",),
    "exp_manager.checkpoint_callback_params.monitor": ("val/loss", "val_loss"),
    "exp_manager.create_checkpoint_callback": (True,),
    "exp_manager.ema.validate_original_weights": (False,),
    "exp_manager.resume_ignore_no_checkpoint": (True,),
    "data.dataloader_type": ("cyclic",),
    "model.concat_mode": (True,),
    "model.conditioning_key": ("hybrid",),
    "model.l_simple_weight": (1,),
    "model.learn_logvar": (False,),
    "model.loss_type": ("l2",),
    "model.original_elbo_weight": (0,),
    "model.scale_by_std": (False,),
    "model.text_embedding_dropout_rate": (0,),
    "trainer.gradient_clip_algorithm": ("norm",),
}
"""Settings that have one possible value here: the accepted names of that value."""

_START_WEIGHTS = """
model.beta_schedule model.channels model.cond_stage_config.* model.cosine_s model.first_stage_config.*
model.given_betas model.linear_end model.linear_start model.logvar_init model.noise_scheduler.*
model.scale_factor model.timesteps model.use_positional_encodings model.v_posterior
model.unet_config._target_ model.unet_config.attention_resolutions model.unet_config.channel_mult
model.unet_config.context_dim model.unet_config.image_size model.unet_config.legacy
model.unet_config.model_channels model.unet_config.num_head_channels model.unet_config.num_heads
model.unet_config.num_res_blocks model.unet_config.out_channels model.unet_config.transformer_depth
model.unet_config.use_linear_in_transformer model.unet_config.use_spatial_transformer
"""
_OWN_WAY = """
name defaults hydra.* run.* restore_from_path nemo_version
data.augmentations.* data.train.* data.validation_drop_last data.webdataset.*
exp_manager.checkpoint_callback_params.* exp_manager.create_* exp_manager.*_logger_kwargs.*
exp_manager.dllogger_logger_kwargs.* exp_manager.files_to_copy exp_manager.log_* exp_manager.max_time_per_run
exp_manager.mlflow_logger_kwargs.* exp_manager.resume_past_end exp_manager.seconds_to_sleep
exp_manager.step_timing_kwargs.* exp_manager.use_datetime_version exp_manager.version
exp_manager.wandb_logger_kwargs.* exp_manager.early_stopping_callback_params.*
exp_manager.summary_writer_kwargs.*
model.apex_transformer_log_level model.capture_cudagraph_iters model.clip_denoised model.cond_stage_forward
model.ddp_overlap model.fused_opt model.hidden_size model.ignore_keys model.image_size model.load_only_unet
model.log_every_t model.megatron_amp_O2 model.monitor model.nsys_profile.* model.num_timesteps_cond
model.pipeline_model_parallel_size model.precision model.target model.tensor_model_parallel_size
model.use_ema model.use_fp8 model.resume_from_checkpoint_path
model.optim.bucket_cap_mb model.optim.capturable model.optim.contiguous_grad_buffer
model.optim.master_weights model.optim.overlap_* model.optim.sched.last_epoch model.optim.sched.max_steps
model.optim.sched.monitor model.optim.sched.reduce_on_plateau model.optim.sched.*_ratio
model.unet_config.enable_amp_o2_fp16 model.unet_config.from_NeMo model.unet_config.from_nemo
model.unet_config.lora_network_alpha model.unet_config.resblock_gn_groups model.unet_config.unet_precision
model.unet_config.use_te_fp8
trainer.barebones trainer.callbacks trainer.check_val_every_n_epoch trainer.default_root_dir
trainer.detect_anomaly trainer.deterministic trainer.enable_* trainer.fast_dev_run trainer.inference_mode
trainer.limit_predict_batches trainer.limit_test_batches trainer.limit_train_batches trainer.logger
trainer.max_epochs trainer.min_epochs trainer.min_steps trainer.num_sanity_val_steps
trainer.overfit_batches trainer.plugins trainer.profiler trainer.reload_dataloaders_every_n_epochs
trainer.replace_sampler_ddp trainer.strategy trainer.sync_batchnorm trainer.use_distributed_sampler
"""


def _pattern(keys: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(key).replace(r"\*", ".*") for key in keys.split()))


_PATTERNS = {UnusedReason.START_WEIGHTS: _pattern(_START_WEIGHTS), UnusedReason.OWN_WAY: _pattern(_OWN_WAY)}


def reason_for(key: str) -> UnusedReason | None:
    """Returns why a setting of NeMo's is ignored; None if NeMo has no such setting."""
    return next((reason for reason, keys in _PATTERNS.items() if keys.fullmatch(key)), None)


def notes_on(keys: Iterable[str]) -> tuple[WarningRaised, ...]:
    """Returns one warning for each reason why some of the settings are ignored."""
    by_reason: dict[UnusedReason, list[str]] = {}
    for key in keys:
        reason = reason_for(key)
        if reason is not None:
            by_reason.setdefault(reason, []).append(key)
    return tuple(
        _note(reason, ", ".join(by_reason[reason])) for reason in UnusedReason if reason in by_reason
    )


def _note(reason: UnusedReason, settings: str) -> WarningRaised:
    match reason:
        case UnusedReason.START_WEIGHTS:
            return make_warning(
                "settings.of-start-weights",
                "These settings follow from the start weights and were not read: {settings}.",
                settings=settings,
            )
        case UnusedReason.OWN_WAY:
            return make_warning(
                "settings.without-meaning",
                "These settings of NeMo's have no meaning here and were not read: {settings}.",
                settings=settings,
            )
