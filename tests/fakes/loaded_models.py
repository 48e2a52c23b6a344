"""Models loaded from whatever form they lie in, compared with the folder they were made from."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.editing.conditioning import added_conditions, encode_instructions
from engine.errors import ModelNotUsable
from engine.model_options import ModelOptions
from engine.models.loading import Model, load_model

CPU = torch.device("cpu")
INSTRUCTIONS = ["make it snow", "turn the sky into a painting by Turner, please", ""]


def load(path: Path, dtype: torch.dtype = torch.float32, **options: Any) -> Model:
    """The model on the processor."""
    return load_model(path, device=CPU, dtype=dtype, options=ModelOptions(**options))


@cache
def reference(folder: Path) -> Model:
    """The model of a folder that no test changes."""
    return load(folder)


def refusal(path: Path, **options: Any) -> str:
    """The one line that is said of a model that does not load."""
    with pytest.raises(ModelNotUsable) as refused:
        load(path, **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def weights(model: Model) -> dict[str, dict[str, Tensor]]:
    """The tensors of each network."""
    networks = {"unet": model.unet, "vae": model.vae}
    networks |= {f"text {number}": network for number, network in enumerate(model.text_encoders.networks)}
    return {name: network.state_dict() for name, network in networks.items()}


def assert_same(found: Model, wanted: Model) -> None:
    """Bit-equal weights, and the same predictions from them."""
    for part, tensors in weights(wanted).items():
        loaded = weights(found)[part]
        assert loaded.keys() == tensors.keys()
        different = [name for name in tensors if not torch.equal(loaded[name], tensors[name])]
        assert not different, (part, different)
    assert found.family.name == wanted.family.name
    assert found.image_latent_scale == wanted.image_latent_scale
    assert torch.equal(predict(found), predict(wanted))


@torch.inference_mode()
def predict(model: Model) -> Tensor:
    """What the UNet sees in the same noise and instructions: everything the configuration says counts."""
    text = encode_instructions(model, INSTRUCTIONS)
    rows = torch.randn(3, 8, 8, 8, generator=torch.Generator().manual_seed(1))
    added = added_conditions(model, text, (64, 64))
    prediction: Tensor = model.unet(rows, 500, text.embeddings, added_cond_kwargs=added, return_dict=False)[0]
    return prediction


def averaged(model: Any) -> Model:
    """The model of the folder with the averaged UNet."""
    live = reference(model.folder)
    unet = deepcopy(live.unet)
    unet.load_state_dict(model.ema_unet)
    return replace(live, unet=unet)


def save(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> Path:
    """A safetensors file of them."""
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata=metadata)
    return path


def pickled(values: Any, path: Path) -> Path:
    """A zip checkpoint of them."""
    torch.save(values, path)
    return path
