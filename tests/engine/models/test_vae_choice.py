"""A VAE in a file of its own, of whatever form, takes the place of the model's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import AutoencoderTiny
from fakes.loaded_models import assert_same, load, pickled, reference, refusal, save
from torch import Tensor


def without(tensors: dict[str, Tensor], beginning: str) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(beginning)}


def test_a_file_without_a_vae_takes_the_one_that_is_chosen(sd1: Any) -> None:
    path = sd1.save("model.safetensors", without(sd1.original(), "first_stage_model."))
    assert "(missing: VAE)" in refusal(path)
    assert_same(load(path, vae=sd1.folder / "vae"), reference(sd1.folder))


@pytest.mark.parametrize("form", ["prefixed", "plain", "diffusers", "component", "model", "pickle"])
def test_a_vae_of_any_form_takes_the_place_of_the_models_own(
    sd1: Any, make_small_model: Any, scratch: Path, form: str
) -> None:
    other = make_small_model("sd2")
    vae = other.networks["vae"].state_dict()
    original = {name: value for name, value in other.original().items() if name.startswith("first_stage")}
    plain = {name.removeprefix("first_stage_model."): tensor for name, tensor in original.items()}
    path = {
        "prefixed": lambda: save(original, scratch / "vae.safetensors"),
        "plain": lambda: save(plain, scratch / "vae.safetensors"),
        "diffusers": lambda: save(vae, scratch / "vae.safetensors"),
        "component": lambda: other.folder / "vae",
        "model": lambda: other.folder,
        "pickle": lambda: pickled({"state_dict": plain}, scratch / "vae.pt"),
    }[form]()
    for place in (sd1.folder, sd1.save("model.ckpt", sd1.original())):
        model = load(place, vae=path)
        assert all(torch.equal(model.vae.state_dict()[name], tensor) for name, tensor in vae.items())


@pytest.mark.parametrize("prefix", ["", "vae."])
@pytest.mark.parametrize(
    "shape", [{}, {"num_encoder_blocks": (1, 1, 2, 3), "decoder_block_out_channels": (8, 8, 8, 8)}]
)
def test_a_tiny_vae_in_a_file_takes_the_place_of_the_models_own(
    sd1: Any, scratch: Path, prefix: str, shape: dict[str, Any]
) -> None:
    tiny = AutoencoderTiny(**shape)
    path = save(
        {prefix + name: value for name, value in tiny.state_dict().items()}, scratch / "a.safetensors"
    )
    vae = load(sd1.folder, vae=path).vae
    assert isinstance(vae, AutoencoderTiny)
    latents = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        found, wanted = vae.decode(latents).sample, tiny.decode(latents).sample
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-5)


def test_a_file_that_is_no_vae_is_refused_as_one(sd1: Any, scratch: Path) -> None:
    path = save(sd1.original_unet(), scratch / "unet.safetensors")
    assert refusal(sd1.folder, vae=path) == (
        "unet.safetensors is a Stable Diffusion 1 model that edits pictures, not a VAE. Choose another VAE."
    )
