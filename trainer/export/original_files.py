"""Writes models as single files: in the layout of the original code, and as NeMo's `.nemo` archives."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from diffusers.models import AutoencoderKL
from torch import Tensor

from engine.errors import EngineError
from engine.files.disk_space import not_written
from engine.models.loading import Model
from engine.models.nemo_names import WRAPPER, nemo_name
from engine.models.original_layout import TensorLayout, ema_name, to_original
from engine.tensors.nemo_files import CONFIG, WEIGHTS
from engine.tensors.tensor_files import ORIGINAL_UNET
from engine.tensors.tensor_writer import TensorSpec, TensorWriter

PREDICT_KEYS = {"epsilon": "epsilon", "v_prediction": "v"}
"""Values of `modelspec.predict_key`, which names what the UNet predicts."""
TEXT_PREFIXES = {
    "sd1": (("cond_stage_model.transformer.text_model.", TensorLayout.DIFFUSERS),),
    "sd2": (("cond_stage_model.model.", TensorLayout.OPEN_CLIP),),
    "sdxl": (
        ("conditioner.embedders.0.transformer.text_model.", TensorLayout.DIFFUSERS),
        ("conditioner.embedders.1.model.", TensorLayout.OPEN_CLIP),
    ),
}
"""Prefix and naming scheme of each family's text encoders."""


LAYOUT_ADVICE = "Leave {setting} out; the model folder is written in any case."


class LayoutNotPossible(EngineError):
    """A model has parts that the layout cannot hold."""

    kind = "configuration"
    is_wrong_input = True


@dataclass(frozen=True, slots=True)
class LiveWeights:
    """The UNet's weights before averaging, while the model in memory holds the average."""

    tensors: Mapping[str, Tensor]
    """The weights by diffusers' names."""
    decay: float
    updates: int


def check_layout(model: Model, *, nemo: bool) -> None:
    """Checks that the original layout, or NeMo's, can hold the model. Raises `LayoutNotPossible`."""
    families = ("sd1",) if nemo else tuple(TEXT_PREFIXES)
    layout, setting = (".nemo", "export.nemo") if nemo else ("original", "export.original_layout")
    if model.family.name not in families:
        raise LayoutNotPossible(
            "configuration.layout-of-family",
            "{family} cannot be exported in the {layout} layout.",
            LAYOUT_ADVICE,
            family=model.family.title,
            layout=layout,
            setting=setting,
        )
    if not isinstance(model.vae, AutoencoderKL):
        raise LayoutNotPossible(
            "configuration.layout-of-small-vae",
            "The {layout} layout has no names for this model's small VAE.",
            LAYOUT_ADVICE,
            layout=layout,
            setting=setting,
        )
    if model.scheduler_config.get("prediction_type", "epsilon") not in PREDICT_KEYS:
        raise LayoutNotPossible(
            "configuration.layout-of-prediction",
            "The {layout} layout has no word for a UNet that predicts the image itself.",
            LAYOUT_ADVICE,
            layout=layout,
            setting=setting,
        )


def original_tensors(
    model: Model, unet: Mapping[str, Tensor], live: LiveWeights | None = None
) -> dict[str, Tensor]:
    """Returns all tensors of a model by their original names; `unet` is averaged, by diffusers' names.

    With live weights, those have the UNet's own names, and `unet` has names under `model_ema.`, as in the
    original's `LitEma`.
    """
    averaged = to_original(TensorLayout.UNET, unet)
    main = averaged if live is None else to_original(TensorLayout.UNET, live.tensors)
    tensors = {ORIGINAL_UNET + name: tensor for name, tensor in main.items()}
    tensors |= to_original(TensorLayout.VAE, model.vae.state_dict(), "first_stage_model.")
    for (prefix, layout), encoder in zip(
        TEXT_PREFIXES[model.family.name], model.text_encoders.networks, strict=True
    ):
        own = {name.removeprefix("text_model."): value for name, value in encoder.state_dict().items()}
        tensors |= to_original(layout, own, prefix)
    if live is not None:
        tensors |= {f"model_ema.{ema_name(name)}": tensor for name, tensor in averaged.items()}
        tensors["model_ema.decay"] = torch.tensor(live.decay)
        tensors["model_ema.num_updates"] = torch.tensor(live.updates, dtype=torch.int32)
    return tensors


def write_original(
    path: Path, model: Model, tensors: Mapping[str, Tensor], *, dtype: torch.dtype, step: int
) -> None:
    """Writes a `.safetensors` or `.ckpt` file, depending on the suffix. Raises `OutputNotWritable`."""
    tensors = dict(tensors) | _markers(model)
    notes = {"modelspec.predict_key": PREDICT_KEYS[model.scheduler_config.get("prediction_type", "epsilon")]}
    if path.suffix == ".safetensors":
        forms = {
            name: TensorSpec(_stored(name, value, dtype), tuple(value.shape))
            for name, value in tensors.items()
        }
        with TensorWriter(path, forms, notes) as writer:
            for name in writer.names:
                writer.write(tensors[name].to(forms[name].dtype))
        return
    try:
        _save({"state_dict": _converted(tensors, dtype), "global_step": step, **notes}, path)
    except OSError as error:
        raise not_written(path, error) from error


def write_nemo(path: Path, model: Model, tensors: Mapping[str, Tensor], *, dtype: torch.dtype) -> None:
    """Writes a `.nemo` archive of original tensors and NeMo's settings. Raises `OutputNotWritable`."""
    named = {WRAPPER + nemo_name(name): tensor for name, tensor in tensors.items()}
    weights, settings = path.with_name(WEIGHTS), path.with_name(CONFIG)
    try:
        _save(_converted(named, dtype), weights)
        settings.write_text(yaml.safe_dump(nemo_settings(model), sort_keys=False), encoding="utf-8")
        with tarfile.open(path, "w:") as archive:
            for file in (settings, weights):
                archive.add(file, arcname=f"./{file.name}")
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        weights.unlink(missing_ok=True)
        settings.unlink(missing_ok=True)


def nemo_settings(model: Model) -> dict[str, object]:
    """Returns the model's settings with the names of `sd_finetune.yaml` of NeMo's InstructPix2Pix."""
    unet, vae, schedule = model.unet.config, model.vae.config, model.scheduler_config
    channels = list(unet.block_out_channels)
    modules = "nemo.collections.multimodal.modules.stable_diffusion"
    models = "nemo.collections.multimodal.models.text_to_image"
    return {
        "target": f"{models}.instruct_pix2pix.ldm.ddpm_edit.MegatronLatentDiffusionEdit",
        "linear_start": schedule.get("beta_start", 0.00085),
        "linear_end": schedule.get("beta_end", 0.012),
        "timesteps": schedule.get("num_train_timesteps", 1000),
        "first_stage_key": "edited",
        "cond_stage_key": "edit",
        "channels": model.latent_channels,
        "conditioning_key": "hybrid",
        "scale_factor": float(vae.scaling_factor),
        "use_ema": False,
        "parameterization": "eps" if schedule.get("prediction_type", "epsilon") == "epsilon" else "v",
        "unet_config": {
            "_target_": f"{modules}.diffusionmodules.openaimodel.UNetModel",
            "from_pretrained": None,
            "in_channels": int(unet.in_channels),
            "out_channels": int(unet.out_channels),
            "model_channels": channels[0],
            "attention_resolutions": [
                2**level for level, kind in enumerate(unet.down_block_types) if "CrossAttn" in kind
            ][::-1],
            "num_res_blocks": int(unet.layers_per_block),
            "channel_mult": [width // channels[0] for width in channels],
            "num_heads": int(unet.attention_head_dim),
            "use_spatial_transformer": True,
            "transformer_depth": 1,
            "context_dim": int(unet.cross_attention_dim),
            "legacy": False,
        },
        "first_stage_config": {
            "_target_": f"{models}.stable_diffusion.ldm.autoencoder.AutoencoderKL",
            "embed_dim": model.latent_channels,
            "ddconfig": {
                "double_z": True,
                "z_channels": model.latent_channels,
                "resolution": 256,
                "in_channels": 3,
                "out_ch": 3,
                "ch": int(vae.block_out_channels[0]),
                "ch_mult": [width // vae.block_out_channels[0] for width in vae.block_out_channels],
                "num_res_blocks": int(vae.layers_per_block),
                "attn_resolutions": [],
                "dropout": 0.0,
            },
        },
        "cond_stage_config": {
            "_target_": f"{modules}.encoders.modules.FrozenCLIPEmbedder",
            "version": "openai/clip-vit-large-patch14",
            "max_length": 77,
        },
    }


def _markers(model: Model) -> dict[str, Tensor]:
    """Returns empty tensors by whose names other programs recognise the noise schedule."""
    markers = {}
    if model.scheduler_config.get("prediction_type") == "v_prediction":
        markers["v_pred"] = torch.zeros(0)
    if model.scheduler_config.get("rescale_betas_zero_snr"):
        markers["ztsnr"] = torch.zeros(0)
    return markers


def _stored(name: str, tensor: Tensor, dtype: torch.dtype) -> torch.dtype:
    """Returns the dtype of a stored tensor: `dtype` for weights, its own for the average's counters."""
    is_weight = tensor.is_floating_point() and name != "model_ema.decay"
    return dtype if is_weight else tensor.dtype


def _converted(tensors: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    return {
        name: tensor.detach().to("cpu", _stored(name, tensor, dtype)).contiguous()
        for name, tensor in tensors.items()
    }


def _save(value: dict[str, object] | dict[str, Tensor], path: Path) -> None:
    """Writes a file with torch. Raises `OSError`."""
    try:
        with path.open("wb") as file:
            torch.save(value, file)
    except RuntimeError as error:  # torch raises this for a full disk
        raise OSError(None, str(error)) from error
