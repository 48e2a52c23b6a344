"""Whatever form a model lies in, it loads to the same weights."""

from __future__ import annotations

import gc
import json
import shutil
import tarfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import AutoencoderTiny
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.editing.conditioning import added_conditions, encode_instructions
from engine.errors import ModelNotUsable
from engine.models.loading import Model, load_model
from engine.progress import Cancelled, CancelToken, Progress
from engine.request import Lora, ModelOptions, WeightSet

CPU = torch.device("cpu")
INSTRUCTIONS = ["make it snow", "turn the sky into a painting by Turner, please", ""]


def load(path: Path, dtype: torch.dtype = torch.float32, **options: Any) -> Model:
    return load_model(path, device=CPU, dtype=dtype, options=ModelOptions(**options))


@cache
def reference(folder: Path) -> Model:
    """The model of a folder that no test changes."""
    return load(folder)


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ModelNotUsable) as refused:
        load(path, **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def weights(model: Model) -> dict[str, dict[str, Tensor]]:
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
        "unet.safetensors holds only a part of a Stable Diffusion 1 editor: its text encoder and VAE are "
        "missing. Put a complete Stable Diffusion 1 model into the same folder."
    )


def test_a_model_of_another_family_completes_nothing(sd1: Any, make_small_model: Any) -> None:
    path = sd1.save("unet.safetensors", sd1.original_unet())
    shutil.copytree(make_small_model("sd2").folder, path.parent / "other")
    assert "its text encoder and VAE are missing" in refusal(path)


def without(tensors: dict[str, Tensor], beginning: str) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(beginning)}


def test_a_file_without_a_vae_takes_the_one_that_is_chosen(sd1: Any) -> None:
    path = sd1.save("model.safetensors", without(sd1.original(), "first_stage_model."))
    assert "its VAE is missing" in refusal(path)
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


def save(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata=metadata)
    return path


def pickled(values: Any, path: Path) -> Path:
    torch.save(values, path)
    return path


def test_a_file_that_is_no_vae_is_refused_as_one(sd1: Any, scratch: Path) -> None:
    path = save(sd1.original_unet(), scratch / "unet.safetensors")
    assert refusal(sd1.folder, vae=path) == (
        "unet.safetensors is a Stable Diffusion 1 model that edits pictures, not a VAE. Choose another VAE."
    )


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


def rewrite(folder: Path, part: str, stem: str, write: Callable[[dict[str, Tensor], Path], None]) -> None:
    path = folder / part / f"{stem}.safetensors"
    tensors = load_file(path)
    path.unlink()
    write(tensors, folder / part)


@pytest.fixture
def copied(small_model: Any, scratch: Path) -> tuple[Path, Path]:
    """A folder that a test may rewrite, and the one it is a copy of."""
    shutil.copytree(small_model.folder, scratch / "copy")
    return scratch / "copy", small_model.folder


def parts_of(folder: Path) -> list[tuple[str, str]]:
    known = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}
    known |= {"text_encoder": "model", "text_encoder_2": "model"}
    return [(part, stem) for part, stem in known.items() if (folder / part).is_dir()]


def test_a_folder_of_pickles_loads_through_the_safe_reader(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied
    for part, stem in parts_of(folder):
        name = "pytorch_model.bin" if stem == "model" else f"{stem}.bin"
        rewrite(folder, part, stem, lambda tensors, place, name=name: torch.save(tensors, place / name))
    assert_same(load(folder), reference(wanted))


def test_a_folder_of_half_precision_variants_loads(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied
    for part, stem in parts_of(folder):
        rewrite(
            folder,
            part,
            stem,
            lambda tensors, place, stem=stem: save_file(
                {name: tensor.half() for name, tensor in tensors.items()}, place / f"{stem}.fp16.safetensors"
            ),
        )
    model, whole = load(folder, torch.float16), load(wanted, torch.float16)
    assert all(
        torch.equal(tensor, whole.unet.state_dict()[name]) for name, tensor in model.unet.state_dict().items()
    )
    assert {parameter.dtype for parameter in model.vae.parameters()} == {torch.float32}


def test_a_folder_of_shards_loads(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied

    def write(tensors: dict[str, Tensor], place: Path) -> None:
        shards: dict[str, dict[str, Tensor]] = {"one.safetensors": {}, "two.safetensors": {}}
        for number, (name, tensor) in enumerate(tensors.items()):
            shards[list(shards)[number % 2]][name] = tensor
        for name, part in shards.items():
            save_file(part, place / name)
        index = {"weight_map": {key: name for name, part in shards.items() for key in part}}
        (place / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))

    rewrite(folder, "unet", "diffusion_pytorch_model", write)
    assert_same(load(folder), reference(wanted))


def test_the_vae_names_of_the_first_released_folders_load(sd1: Any, scratch: Path) -> None:
    shutil.copytree(sd1.folder, scratch / "old")
    old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
    changed = 0

    def write(tensors: dict[str, Tensor], place: Path) -> None:
        nonlocal changed
        renamed = {}
        for name, tensor in tensors.items():
            past = name
            for new, before in old.items():
                past = past.replace(new, before)
            changed += past != name
            renamed[past] = tensor
        save_file(renamed, place / "diffusion_pytorch_model.safetensors")

    rewrite(scratch / "old", "vae", "diffusion_pytorch_model", write)
    assert changed == 16
    assert_same(load(scratch / "old"), reference(sd1.folder))


def test_the_text_encoder_names_of_older_transformers_load(sd1: Any, scratch: Path) -> None:
    shutil.copytree(sd1.folder, scratch / "old")
    rewrite(
        scratch / "old",
        "text_encoder",
        "model",
        lambda tensors, place: save_file(
            {
                **{f"text_model.{name}": tensor for name, tensor in tensors.items()},
                "text_model.embeddings.position_ids": torch.arange(77)[None],
            },
            place / "model.safetensors",
        ),
    )
    assert_same(load(scratch / "old"), reference(sd1.folder))


def test_a_merge_without_the_text_models_own_name_loads(sd1: Any) -> None:
    tensors = {name.replace(".text_model.", "."): tensor for name, tensor in sd1.original().items()}
    assert_same(load(sd1.save("merge.safetensors", tensors)), reference(sd1.folder))


def test_a_vae_with_linear_attention_in_a_merge_loads(sd1: Any) -> None:
    tensors = {
        name: tensor[:, :, 0, 0] if "mid.attn_1" in name and tensor.ndim == 4 else tensor
        for name, tensor in sd1.original().items()
    }
    assert_same(load(sd1.save("merge.safetensors", tensors)), reference(sd1.folder))


@pytest.mark.parametrize(
    ("family", "extra", "metadata", "prediction"),
    [
        ("sd1", {}, None, "epsilon"),
        ("sd2", {}, None, "v_prediction"),
        ("sd2", {}, {"modelspec.predict_key": "epsilon"}, "epsilon"),
        ("sdxl", {}, None, "epsilon"),
        ("sdxl", {"v_pred": torch.zeros(0)}, None, "v_prediction"),
        ("sdxl", {}, {"modelspec.predict_key": "v"}, "v_prediction"),
        ("cosxl", {}, None, "v_prediction"),
    ],
)
def test_what_a_unet_predicts_is_told_by_its_file(
    make_small_model: Any,
    scratch: Path,
    family: str,
    extra: dict[str, Tensor],
    metadata: dict[str, str] | None,
    prediction: str,
) -> None:
    model = make_small_model(family)
    tensors = model.original() | extra
    name = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
    if family == "sd2":
        tensors[name] = torch.randn(tensors[name].shape)
    path = save(tensors, scratch / "model.safetensors", metadata)
    assert load(path).scheduler_config["prediction_type"] == prediction


def test_stable_diffusion_2_with_narrow_biases_predicts_the_noise(
    make_small_model: Any, scratch: Path
) -> None:
    tensors = make_small_model("sd2").original()
    path = save(tensors, scratch / "model.safetensors")
    assert (
        0 < tensors["model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"].std() < 0.05
    )
    assert load(path).scheduler_config["prediction_type"] == "epsilon"


def test_cosxl_has_its_own_noise_levels_and_scales_image_latents(
    make_small_model: Any, scratch: Path
) -> None:
    tensors = make_small_model("cosxl").original() | {"edm_vpred.sigma_max": torch.tensor(80.0)}
    model = load(save(tensors, scratch / "model.safetensors"))
    assert model.scheduler_config["_class_name"] == "EDMEulerScheduler"
    assert model.scheduler_config["sigma_max"] == 80
    assert model.scheduler_config["sigma_min"] == pytest.approx(0.002)
    assert model.scheduler_config["sigma_data"] == 1
    assert model.image_latent_scale == model.vae.config.scaling_factor == 0.13025
    del tensors["edm_vpred.sigma_max"]
    assert load(save(tensors, scratch / "plain.safetensors")).image_latent_scale == 1


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
