"""Model folders load whole or are refused in a sentence; nothing in them can run code."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

from engine.errors import ModelNotUsable
from engine.models.loading import Model, load_model
from engine.progress import Cancelled, CancelToken, Progress, Stage

CPU = torch.device("cpu")
WEIGHT_FILES = {
    "unet": "diffusion_pytorch_model.safetensors",
    "vae": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
}


def load(folder: Path, **options: Any) -> Model:
    return load_model(folder, device=CPU, dtype=torch.float32, **options)


def refusal(folder: Path) -> str:
    with pytest.raises(ModelNotUsable) as refused:
        load(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def change_json(path: Path, **changes: Any) -> None:
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, **changes}))


def test_the_starter_loads_in_evaluation_mode_with_progress(starter: Path) -> None:
    heard: list[Progress] = []
    model = load(starter, on_progress=heard.append)
    assert heard[0] == Progress(Stage.LOADING_MODEL, 0, 100)
    assert heard[-1] == Progress(Stage.LOADING_MODEL, 100, 100)
    assert all(before.done < after.done for before, after in pairwise(heard))
    for network in (model.unet, model.vae, *model.text_encoders.networks):
        assert not network.training
        for parameter in network.parameters():
            assert not parameter.requires_grad
            assert (parameter.device, parameter.dtype) == (CPU, torch.float32)
    assert model.unet.config.in_channels == 2 * model.latent_channels
    assert model.size_multiple == model.vae_scale_factor * 8


def test_the_weights_are_those_of_the_files(starter: Path) -> None:
    model = load(starter)
    for part, network in (("unet", model.unet), ("vae", model.vae)):
        stored = load_file(starter / part / WEIGHT_FILES[part])
        loaded = network.state_dict()
        assert loaded.keys() == stored.keys()
        assert all(torch.equal(loaded[name], tensor) for name, tensor in stored.items())


@pytest.mark.parametrize("part", WEIGHT_FILES)
def test_a_missing_weight_file_is_named(model_folder: Path, part: str) -> None:
    (model_folder / part / WEIGHT_FILES[part]).unlink()
    sentence = f"The model lacks {part}/{WEIGHT_FILES[part]}. Install the model again."
    assert refusal(model_folder) == sentence


@pytest.mark.parametrize("part", WEIGHT_FILES)
@pytest.mark.parametrize("kept", [0, 4, 1000, -1000])
def test_a_truncated_weight_file_is_named(model_folder: Path, part: str, kept: int) -> None:
    path = model_folder / part / WEIGHT_FILES[part]
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:kept])
    assert f"{part}/{WEIGHT_FILES[part]} is " in refusal(model_folder)


@pytest.mark.parametrize("part", WEIGHT_FILES)
def test_weights_of_another_shape_are_refused(model_folder: Path, part: str) -> None:
    path = model_folder / part / WEIGHT_FILES[part]
    tensors = load_file(path)
    path.unlink()
    name = next(name for name, tensor in tensors.items() if tensor.ndim > 1)
    save_file({**tensors, name: tensors[name][:-1].contiguous()}, path, metadata={"format": "pt"})
    assert part.replace("_", " ") in refusal(model_folder).replace("_", " ")


@pytest.mark.parametrize("part", WEIGHT_FILES)
def test_weights_that_lack_a_tensor_are_refused(model_folder: Path, part: str) -> None:
    path = model_folder / part / WEIGHT_FILES[part]
    tensors = load_file(path)
    path.unlink()
    tensors.pop(next(name for name, tensor in tensors.items() if tensor.ndim > 1))
    save_file(tensors, path, metadata={"format": "pt"})
    assert part.replace("_", " ") in refusal(model_folder).replace("_", " ")


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("scheduler/scheduler_config.json", "The model lacks scheduler/scheduler_config.json."),
        ("scheduler", "The model lacks scheduler/scheduler_config.json."),
        ("unet/config.json", "The model lacks unet/config.json."),
        ("vae", "The model lacks vae/config.json."),
        ("text_encoder/config.json", "The model lacks text_encoder/config.json."),
        ("tokenizer", "The model lacks tokenizer/vocab.json."),
        ("model_index.json", "is not a model folder: it has no model_index.json."),
    ],
)
def test_a_missing_part_is_named(model_folder: Path, missing: str, sentence: str) -> None:
    path = model_folder / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert sentence in refusal(model_folder)


def test_an_older_tokenizer_without_one_of_its_two_files_is_refused(model_folder: Path) -> None:
    for name in ("tokenizer.json", "merges.txt"):
        (model_folder / "tokenizer" / name).unlink()
    assert refusal(model_folder) == "The model lacks tokenizer/merges.txt. Install the model again."


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"#version: 0.2\nno such merge\n"])
def test_an_older_tokenizer_whose_merges_make_no_sense_is_refused(model_folder: Path, content: bytes) -> None:
    (model_folder / "tokenizer" / "tokenizer.json").unlink()
    (model_folder / "tokenizer" / "merges.txt").write_bytes(content)
    assert refusal(model_folder) == "The model's tokenizer is damaged. Install the model again."


@pytest.mark.parametrize(
    "damaged",
    ["model_index.json", "scheduler/scheduler_config.json", "unet/config.json", "vae/config.json"],
)
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_configuration_is_named(model_folder: Path, damaged: str, content: bytes) -> None:
    (model_folder / damaged).write_bytes(content)
    assert f"{Path(damaged).name} is damaged. Install the model again." in refusal(model_folder)


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("unet/config.json", {"down_block_types": ["NoSuchBlock"] * 4}),
        ("unet/config.json", {"block_out_channels": [32, 64]}),
        ("unet/config.json", {"block_out_channels": "wide"}),
        ("vae/config.json", {"latent_channels": 4}),
        ("vae/config.json", {"scaling_factor": [1.0]}),
        ("vae/config.json", {"scaling_factor": 0}),
        ("text_encoder/config.json", {"hidden_size": 96}),
        ("text_encoder/config.json", {"hidden_size": "wide"}),
        ("text_encoder/config.json", {"hidden_size": float("inf")}),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    model_folder: Path, path: str, changes: dict[str, Any]
) -> None:
    change_json(model_folder / path, **changes)
    part = path.split("/")[0]
    assert part.replace("_", " ") in refusal(model_folder).replace("_", " ")


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("unet/config.json", {"freq_shift": "x"}),
        ("unet/config.json", {"downsample_padding": 3}),
        ("unet/config.json", {"attention_head_dim": -1}),
        ("unet/config.json", {"addition_embed_type_num_heads": 3}),
        ("vae/config.json", {"upsample_fn": "none"}),
        ("vae/config.json", {"upsampling_scaling_factor": 3}),
        ("text_encoder/config.json", {"layer_norm_eps": None}),
        ("text_encoder/config.json", {"eos_token_id": [1]}),
        ("text_encoder/config.json", {"num_attention_heads": -1}),
    ],
)
def test_a_network_that_takes_the_weights_but_cannot_compute_is_refused(
    model_folder: Path, path: str, changes: dict[str, Any]
) -> None:
    change_json(model_folder / path, **changes)
    part = path.split("/")[0]
    assert refusal(model_folder) == (f"The model's {part} configuration is invalid. Install the model again.")


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe\x00"])
def test_a_damaged_tokenizer_is_refused_or_does_without_that_file(
    model_folder: Path, name: str, content: bytes
) -> None:
    (model_folder / "tokenizer" / name).write_bytes(content)
    with suppress(ModelNotUsable):
        assert load(model_folder).text_encoders.encoders[0].tokenize(["make it snow"]).any()


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("unet", ["diffusers", "SD3Transformer2DModel"]),
        ("vae", ["diffusers", "AutoencoderKLWan"]),
        ("text_encoder", ["transformers", "T5EncoderModel"]),
        ("tokenizer", ["os", "system"]),
        ("unet", None),
    ],
)
def test_a_model_of_another_family_is_refused_by_name(
    model_folder: Path, part: str, found: list[str] | None
) -> None:
    change_json(model_folder / "model_index.json", **{part: found})
    assert refusal(model_folder) == (
        "model is not a supported InstructPix2Pix model "
        f"(its {part} is {found[1] if found else 'missing'}). "
        "Choose a model of the InstructPix2Pix family."
    )


def test_a_unet_that_sees_no_photo_is_refused_by_its_channels(model_folder: Path) -> None:
    config = json.loads((model_folder / "unet" / "config.json").read_text())
    unet = UNet2DConditionModel.from_config({**config, "in_channels": 8})
    shutil.rmtree(model_folder / "unet")
    unet.save_pretrained(model_folder / "unet")
    assert refusal(model_folder) == (
        "This is a Stable Diffusion 1 model that makes pictures from text; it cannot edit. "
        "Merge it into an editor, or choose an InstructPix2Pix model."
    )


def test_a_text_encoder_of_another_width_is_refused(model_folder: Path) -> None:
    config = json.loads((model_folder / "unet" / "config.json").read_text())
    shutil.rmtree(model_folder / "unet")
    UNet2DConditionModel.from_config({**config, "cross_attention_dim": 96}).save_pretrained(
        model_folder / "unet"
    )
    assert "text encoder does not fit its UNet" in refusal(model_folder)


class _Trap:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._trace,)


def set_traps(folder: Path, trace: Path) -> None:
    for part in WEIGHT_FILES:
        for name in ("diffusion_pytorch_model.bin", "pytorch_model.bin", "model.ckpt"):
            torch.save(_Trap(trace), folder / part / name)


def test_a_pickle_beside_the_weights_is_never_opened(model_folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "opened"
    set_traps(model_folder, trace)
    load(model_folder)
    assert not trace.exists()


@pytest.mark.parametrize("part", WEIGHT_FILES)
def test_a_pickle_in_place_of_a_weight_file_is_opened_without_running_it(
    model_folder: Path, tmp_path: Path, part: str
) -> None:
    trace = tmp_path / "opened"
    set_traps(model_folder, trace)
    (model_folder / part / WEIGHT_FILES[part]).unlink()
    assert refusal(model_folder)
    assert not trace.exists()


@pytest.mark.parametrize("hundredths", [0, 1, 50, 99])
def test_loading_stops_between_tensors(starter: Path, hundredths: int) -> None:
    cancel = CancelToken()
    heard: list[int] = []

    def on_progress(progress: Progress) -> None:
        heard.append(progress.done)
        if progress.done >= hundredths:
            cancel.cancel()

    with pytest.raises(Cancelled):
        load(starter, on_progress=on_progress, cancel=cancel)
    assert heard[-1] == next(done for done in heard if done >= hundredths)


def test_a_model_without_its_own_token_limit_is_cut_to_the_text_encoders(model_folder: Path) -> None:
    from engine.editing.conditioning import encode_instructions

    path = model_folder / "tokenizer" / "tokenizer_config.json"
    values = json.loads(path.read_text())
    del values["model_max_length"]
    path.write_text(json.dumps(values))
    model = load(model_folder)
    embeddings = encode_instructions(model, ["make it snow " * 100, ""]).embeddings
    length = model.text_encoders.networks[0].config.max_position_embeddings
    assert embeddings.shape[:2] == (2, length)
