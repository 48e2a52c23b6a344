"""A file of the original layout loads to the weights of the folder, and says what is wrong with it."""

from __future__ import annotations

import gc
import json
import math
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.loaded_models import CPU, assert_same, averaged, load, pickled, predict, reference, refusal, save
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.model_options import Lora, WeightSet
from engine.models.loading import load_model
from engine.progress import Cancelled, CancelToken, Progress


@pytest.mark.parametrize("name", ["model.ckpt", "model.safetensors"])
def test_a_file_in_the_original_layout_is_the_model_of_the_folder(small_model: Any, name: str) -> None:
    path = small_model.save(name, small_model.original())
    assert_same(load(path), reference(small_model.folder))


def test_the_averaged_weights_of_a_checkpoint_edit_unless_the_live_are_asked_for(small_model: Any) -> None:
    path = small_model.save("both.ckpt", small_model.original(ema=True))
    assert_same(load(path), averaged(small_model))
    assert_same(load(path, weight_set=WeightSet.LIVE), reference(small_model.folder))


def test_a_file_with_one_set_of_weights_has_it_under_both_names(sd1: Any) -> None:
    path = sd1.save("model.safetensors", sd1.original())
    assert_same(load(path, weight_set=WeightSet.LIVE), load(path, weight_set=WeightSet.EMA))


@pytest.mark.parametrize("prefix", ["diffusion_model.", ""])
def test_a_unet_alone_is_completed_by_the_model_beside_it(small_model: Any, prefix: str) -> None:
    tensors = small_model.original_unet(prefix)
    if small_model.family == "cosxl":
        tensors["edm_vpred.sigma_max"] = torch.tensor(120.0)
    path = small_model.save("place/unet.safetensors", tensors)
    shutil.copytree(small_model.folder, path.parent / "complete")
    assert_same(load(path), reference(small_model.folder))


@pytest.mark.parametrize("prefix", ["", "unet."])
def test_a_unet_with_the_names_of_diffusers_is_completed_too(sd1: Any, prefix: str) -> None:
    tensors = {prefix + name: tensor for name, tensor in sd1.networks["unet"].state_dict().items()}
    path = sd1.save("place/unet.safetensors", tensors)
    sd1.save("place/complete.ckpt", sd1.original())
    assert_same(load(path), reference(sd1.folder))


def test_the_unet_folder_of_a_model_is_completed_by_the_model_it_lies_in(sd1: Any, scratch: Path) -> None:
    folder = scratch / "model"
    shutil.copytree(sd1.folder, folder)
    assert_same(load(folder / "unet"), reference(sd1.folder))
    assert_same(load(folder / "unet" / "diffusion_pytorch_model.safetensors"), reference(sd1.folder))


def test_a_unet_alone_says_what_it_lacks(sd1: Any) -> None:
    path = sd1.save("unet.safetensors", sd1.original_unet())
    assert refusal(path) == (
        "unet.safetensors contains only a part of a Stable Diffusion 1 editor (missing: text encoder, VAE). "
        "Put a complete Stable Diffusion 1 model into the same folder."
    )


def test_a_model_of_another_family_completes_nothing(sd1: Any, make_small_model: Any) -> None:
    path = sd1.save("unet.safetensors", sd1.original_unet())
    shutil.copytree(make_small_model("sd2").folder, path.parent / "other")
    assert "(missing: text encoder, VAE)" in refusal(path)


def test_checkpoints_of_nemo_load_with_and_without_compiling(sd1: Any, scratch: Path) -> None:
    tensors = sd1.original()
    del tensors["betas"]
    for wrapping in ("diffusion_model.", "diffusion_model._orig_mod."):
        wrapped = {
            f"model.{name}".replace("diffusion_model.", wrapping): tensor for name, tensor in tensors.items()
        }
        inside = pickled(wrapped, scratch / "model_weights.ckpt")
        path = scratch / "ip2p.nemo"
        with tarfile.open(path, "w") as archive:
            archive.add(inside, "./model_weights.ckpt")
        assert_same(load(path), reference(sd1.folder))


def test_a_merge_without_the_text_models_own_name_loads(sd1: Any) -> None:
    tensors = {name.replace(".text_model.", "."): tensor for name, tensor in sd1.original().items()}
    assert_same(load(sd1.save("merge.safetensors", tensors)), reference(sd1.folder))


def test_a_vae_with_linear_attention_in_a_merge_loads(sd1: Any) -> None:
    tensors = {
        name: tensor[:, :, 0, 0] if "mid.attn_1" in name and tensor.ndim == 4 else tensor
        for name, tensor in sd1.original().items()
    }
    assert_same(load(sd1.save("merge.safetensors", tensors)), reference(sd1.folder))


@pytest.mark.parametrize("part", ["model.diffusion_model.", "first_stage_model.", "cond_stage_model."])
def test_a_missing_tensor_is_named(sd1: Any, part: str) -> None:
    tensors = sd1.original()
    lost = [name for name in tensors if name.startswith(part) and name.endswith("bias")][7]
    del tensors[lost]
    assert " lacks the tensor " in refusal(sd1.save("model.ckpt", tensors))


def test_a_tensor_of_another_shape_is_named(sd1: Any) -> None:
    tensors = sd1.original()
    name = "model.diffusion_model.output_blocks.4.0.in_layers.2.weight"
    tensors[name] = tensors[name][:-1]
    assert refusal(sd1.save("model.ckpt", tensors)) == (
        "The model's unet does not fit its configuration: up_blocks.1.resnets.1.conv1.weight has the shape "
        "95 × 192 × 3 × 3 instead of 96 × 192 × 3 × 3. Install the model again."
    )


def test_loading_stops_between_tensors(sd1: Any) -> None:
    cancel = CancelToken()
    heard: list[int] = []

    def on_progress(progress: Progress) -> None:
        heard.append(progress.done)
        if progress.done >= 50:
            cancel.cancel()

    with pytest.raises(Cancelled):
        load_model(sd1.folder, device=CPU, dtype=torch.float32, on_progress=on_progress, cancel=cancel)
    assert 50 <= heard[-1] < 100


def test_loading_keeps_no_hold_of_the_file(sd1: Any) -> None:
    path = sd1.save("model.safetensors", sd1.original())
    model = load(path)
    before = predict(model)
    path.write_bytes(b"\0" * path.stat().st_size)
    assert torch.equal(predict(model), before)


def test_nothing_is_left_on_the_meta_device(small_model: Any) -> None:
    model = load(small_model.folder, torch.bfloat16)
    for network in (model.unet, model.vae, *model.text_encoders.networks):
        assert not any(tensor.is_meta for tensor in (*network.parameters(), *network.buffers()))
        assert not network.training
    assert {parameter.dtype for parameter in model.unet.parameters()} == {torch.bfloat16}


def test_what_failed_to_load_gives_its_memory_back(sd1: Any, scratch: Path) -> None:
    last = "lora_te_text_model_encoder_layers_2_self_attn_q_proj"
    halves = {f"{last}.lora_down.weight": torch.zeros(4, 9), f"{last}.lora_up.weight": torch.zeros(32, 4)}
    lora = Lora(path=save(halves, scratch / "lora.safetensors"))
    gc.collect()
    before = {id(tensor) for tensor in tensors_in_memory()}
    with pytest.raises(ModelNotUsable) as refused:
        load(sd1.folder, loras=(lora,))
    assert refused.tb is not None
    held = sum(tensor.nbytes for tensor in tensors_in_memory() if id(tensor) not in before)
    assert held < 100_000


def tensors_in_memory() -> list[Tensor]:
    found = (thing for thing in gc.get_objects() if type(thing) in (Tensor, torch.nn.Parameter))
    return [tensor for tensor in found if not tensor.is_meta]


@pytest.mark.parametrize(
    ("part", "file", "tensor", "value"),
    [
        ("unet", "diffusion_pytorch_model", "mid_block.resnets.0.conv1.weight", math.nan),
        ("vae", "diffusion_pytorch_model", "decoder.conv_out.bias", math.inf),
        ("text_encoder", "model", "encoder.layers.0.mlp.fc1.weight", -math.inf),
    ],
)
def test_a_number_that_is_not_finite_is_named_with_model_and_tensor(
    sd1: Any, scratch: Path, part: str, file: str, tensor: str, value: float
) -> None:
    shutil.copytree(sd1.folder, scratch / "model")
    path = scratch / "model" / part / f"{file}.safetensors"
    tensors = load_file(path)
    name = next(name for name in tensors if name.endswith(tensor))
    tensors[name].view(-1)[-1] = value
    save(tensors, path)
    for dtype in (torch.float32, torch.bfloat16):
        with pytest.raises(ModelNotUsable) as refused:
            load(scratch / "model", dtype)
        message = refused.value.message
        assert message.startswith(f"The model model is damaged: its tensor {part}."), message
        assert message.endswith(f"{tensor} contains numbers that are not finite (NaN).")


def test_a_number_too_large_for_fp16_is_told_from_damage(sd1: Any, scratch: Path) -> None:
    shutil.copytree(sd1.folder, scratch / "model")
    path = scratch / "model" / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(path)
    tensors["conv_in.bias"][0] = 70_000
    save(tensors, path)
    assert load(scratch / "model").unet.conv_in.bias[0] == 70_000
    with pytest.raises(ModelNotUsable, match=r"unet\.conv_in\.bias .* too large for float16") as refused:
        load(scratch / "model", torch.float16)
    assert refused.value.advice == "Choose another number type, fp32 or bf16."


@pytest.mark.parametrize("part", ["unet", "vae"])
def test_a_tensor_too_many_within_a_network_is_named(sd1: Any, scratch: Path, part: str) -> None:
    shutil.copytree(sd1.folder, scratch / "model")
    extra = {"unet": "mid_block.attentions.1.norm.weight", "vae": "decoder.mid_block.attentions.1.bias"}[part]
    path = scratch / "model" / part / "diffusion_pytorch_model.safetensors"
    save({**load_file(path), extra: torch.zeros(3)}, path)
    assert refusal(scratch / "model") == (
        f"The model's {part} has the tensor {extra}, which does not belong there. Choose another model."
    )


def test_a_folder_without_a_unet_is_refused_by_what_it_is(scratch: Path) -> None:
    index = {"_class_name": "StableDiffusion3Pipeline", "transformer": ["diffusers", "SD3Transformer2DModel"]}
    (scratch / "model_index.json").write_text(json.dumps(index))
    assert "is a StableDiffusion3Pipeline with a transformer instead of a UNet" in refusal(scratch)
