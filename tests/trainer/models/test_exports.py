"""Whatever is exported is loaded by the engine and edits as the model in memory did."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    EulerAncestralDiscreteScheduler,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionXLInstructPix2PixPipeline,
)
from PIL import Image
from safetensors.torch import load_file, save_file

from engine.library import read_model_card
from engine.model_options import ModelOptions, WeightSet
from engine.models.loading import Model, load_model
from trainer.config import ExportConfig, LoraConfig
from trainer.export.export import check_export, export_model
from trainer.export.export_check import ExportCheck, ExportMismatch
from trainer.export.original_files import LayoutNotPossible, LiveWeights, nemo_settings
from trainer.learning.expansion import load_base_model
from trainer.learning.lora import add_lora

CPU = torch.device("cpu")
LEARNED = ("turn it inside out",)


@torch.no_grad()
def train_a_little(model: Model) -> None:
    """As if the UNet had been trained."""
    generator = torch.Generator().manual_seed(9)
    for weight in model.unet.parameters():
        weight.add_(0.02 * torch.randn(weight.shape, generator=generator))


def unet_of(path: Path, options: ModelOptions = ModelOptions()) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = load_model(
        path, device=CPU, dtype=torch.float32, options=options
    ).unet.state_dict()
    return tensors


def edits_in_diffusers(folder: Path) -> StableDiffusionInstructPix2PixPipeline:
    """The stock pipeline of an export, after an edit with an instruction that is longer than it reads."""
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    photo = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    edited = pipeline(
        " ".join(["make it night"] * 40),
        image=photo,
        num_inference_steps=1,
        guidance_scale=2.0,
        image_guidance_scale=1.2,
        output_type="np",
    ).images
    assert edited.shape == (1, 64, 64, 3)
    assert edited.std() > 0.01
    assert pipeline.tokenizer.model_max_length == 77
    return pipeline


def test_the_folder_is_an_editor_for_the_engine_and_diffusers(text_base: Model, tmp_path: Path) -> None:
    train_a_little(text_base)
    folder = export_model(text_base, tmp_path / "model", name="New", instructions=LEARNED)
    assert ExportCheck(text_base, LEARNED[0]).check(folder, torch.float16) > 40
    card = read_model_card(folder)
    assert (card.name, card.suggestions) == ("New", LEARNED)
    pipeline = edits_in_diffusers(folder)
    assert pipeline.unet.config.in_channels == 8
    assert pipeline.safety_checker is None
    assert isinstance(pipeline.scheduler, EulerAncestralDiscreteScheduler)
    index = json.loads((folder / "model_index.json").read_text())
    assert index["_class_name"] == "StableDiffusionInstructPix2PixPipeline"
    assert index["safety_checker"] == [None, None]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_a_folder_of_others_is_not_replaced(base_folder: Callable[[str, int], Path], tmp_path: Path) -> None:
    model = load_base_model(base_folder("sd1", 8), device=CPU)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.tex").write_text("years of work")
    first = export_model(model, tmp_path / "model", name="New", instructions=LEARNED)
    assert first.name == "model-2"
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["thesis.tex"]
    assert export_model(model, first, name="Newer", instructions=LEARNED) == first
    (first / "notes.txt").write_text("mine")
    assert export_model(model, first, name="Newest", instructions=LEARNED).name == "model-2-2"
    assert (read_model_card(first).name, (first / "notes.txt").read_text()) == ("Newer", "mine")


@pytest.fixture(scope="module")
def start_models(
    base_folder: Callable[[str, int], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The same editor in each format that training may start from; the folder does not limit instructions."""
    folder = tmp_path_factory.mktemp("starts")
    model = load_base_model(base_folder("sd1", 8), device=CPU)
    config = ExportConfig(original_layout="ckpt", nemo=True, precision="32")
    export_model(model, folder / "model", name="First", instructions=LEARNED, config=config)
    tensors = torch.load(folder / "model.ckpt", weights_only=True)["state_dict"]
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")
    settings = folder / "model" / "tokenizer" / "tokenizer_config.json"
    values = json.loads(settings.read_text())
    del values["model_max_length"]
    settings.write_text(json.dumps(values))
    return {kind: folder / f"model{kind}" for kind in ("", ".ckpt", ".safetensors", ".nemo")}


@pytest.mark.parametrize("kind", ["", ".ckpt", ".safetensors", ".nemo"])
def test_a_model_of_any_start_format_edits_in_diffusers(
    start_models: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    model = load_base_model(start_models[kind], device=CPU)
    train_a_little(model)
    folder = export_model(model, tmp_path / "second", name="Second", instructions=LEARNED)
    edits_in_diffusers(folder)


def test_a_nemo_archive_has_nemos_names_and_settings(
    start_models: dict[str, Path], editor_base: Model
) -> None:
    loaded = unet_of(start_models[".nemo"])
    assert all(torch.equal(loaded[name], value) for name, value in editor_base.unet.state_dict().items())
    settings: Any = nemo_settings(editor_base)
    assert settings["unet_config"]["in_channels"] == 8
    assert settings["unet_config"]["attention_resolutions"] == [4, 2, 1]


def test_stable_diffusion_xl_comes_with_both_text_encoders(
    base_folder: Callable[[str, int], Path], tmp_path: Path
) -> None:
    model = load_base_model(base_folder("sdxl", 4), device=CPU)
    train_a_little(model)
    config = ExportConfig(original_layout="safetensors", precision="32")
    folder = export_model(model, tmp_path / "model", name="New", instructions=LEARNED, config=config)
    pipeline = StableDiffusionXLInstructPix2PixPipeline.from_pretrained(folder)
    assert pipeline.text_encoder_2 is not None
    assert pipeline.config.force_zeros_for_empty_prompt
    assert ExportCheck(model, LEARNED[0]).check(tmp_path / "model.safetensors", torch.float32) > 50


def test_what_training_leaves_alone_is_copied_byte_for_byte_and_once(
    base_folder: Callable[[str, int], Path], tmp_path: Path
) -> None:
    base = tmp_path / "base"
    shutil.copytree(base_folder("sd1", 8), base)
    weights = base / "vae" / "diffusion_pytorch_model.safetensors"
    shutil.copyfile(weights, weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    (base / "vae" / "diffusion_pytorch_model.bin").write_bytes(b"a second copy")
    (base / "original.ckpt").write_bytes(b"a third copy")
    model = load_base_model(base, device=CPU)
    folder = export_model(model, tmp_path / "model", name="New", instructions=())
    for name in ("vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"):
        assert (folder / name).read_bytes() == (base / name).read_bytes()
    assert {path.name for path in (folder / "vae").iterdir()} == {"config.json", weights.name}
    assert not (folder / "original.ckpt").exists()


@pytest.mark.parametrize(("layout", "precision"), [("ckpt", "16"), ("safetensors", "32")])
def test_the_original_layout_holds_both_sets_of_weights(
    editor_base: Model, tmp_path: Path, layout: str, precision: str
) -> None:
    live = {name: tensor.clone() for name, tensor in editor_base.unet.state_dict().items()}
    train_a_little(editor_base)
    config = ExportConfig(original_layout=layout, precision=precision)
    export_model(
        editor_base,
        tmp_path / "model",
        name="New",
        instructions=LEARNED,
        config=config,
        live=LiveWeights(live, 0.9999, 321),
    )
    path = tmp_path / f"model.{layout}"
    averaged, lively = unet_of(path), unet_of(path, ModelOptions(weight_set=WeightSet.LIVE))
    dtype = torch.float16 if precision == "16" else torch.float32
    for name, tensor in editor_base.unet.state_dict().items():
        assert torch.equal(averaged[name], tensor.to(dtype).float()), name
        assert torch.equal(lively[name], live[name].to(dtype).float()), name
    stored: dict[str, Any] = (
        torch.load(path, weights_only=True)["state_dict"] if layout == "ckpt" else load_file(path)
    )
    assert int(stored["model_ema.num_updates"]) == 321
    assert float(stored["model_ema.decay"]) == pytest.approx(0.9999)
    assert "model_ema.diffusion_modelinput_blocks00weight" in stored
    assert stored["model.diffusion_model.input_blocks.0.0.weight"].dtype == dtype


def test_a_lora_run_leaves_the_merged_model_and_its_loras(editor_base: Model, tmp_path: Path) -> None:
    weights = add_lora(editor_base.unet, LoraConfig(rank=4, alpha=8.0))
    with torch.no_grad():
        for weight in weights:
            weight.add_(0.05)
    folder = export_model(editor_base, tmp_path / "model", name="New", instructions=LEARNED)
    assert ExportCheck(editor_base, LEARNED[0]).check(folder, torch.float16) > 40
    assert {path.name for path in folder.glob("lora*")} == {"lora.safetensors", "lora-kohya.safetensors"}
    assert not any("lora" in name for name in load_file(folder / "unet/diffusion_pytorch_model.safetensors"))


def test_a_model_that_edits_otherwise_is_not_kept(
    editor_base: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = export_model(editor_base, tmp_path / "model", name="Old", instructions=LEARNED)
    train_a_little(editor_base)
    before = {name: tensor.clone() for name, tensor in editor_base.unet.state_dict().items()}
    monkeypatch.setattr(
        "trainer.export.export.merged_weights",
        lambda unet: {name: 0.5 * value for name, value in before.items()},
    )
    with pytest.raises(ExportMismatch, match="does not edit as the trained model does"):
        export_model(editor_base, tmp_path / "model", name="New", instructions=LEARNED)
    assert read_model_card(old).name == "Old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_numbers_too_large_for_half_precision_are_noticed(editor_base: Model, tmp_path: Path) -> None:
    with torch.no_grad():
        editor_base.unet.conv_in.weight[0, 0, 0, 0] = 1e6
    with pytest.raises(ExportMismatch, match="precision=32"):
        export_model(editor_base, tmp_path / "model", name="New", instructions=LEARNED)
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_names_in_a_layout_is_refused_before_training(starter: Path) -> None:
    model = load_base_model(starter, device=CPU)
    with pytest.raises(LayoutNotPossible, match="small VAE"):
        check_export(model, ExportConfig(original_layout="ckpt"))
    with pytest.raises(LayoutNotPossible, match=r"export\.nemo"):
        check_export(model, ExportConfig(nemo=True))
    check_export(model, ExportConfig())


def test_an_export_check_measures_the_similarity_of_two_edits(editor_base: Model, base_folder: Any) -> None:
    export_check = ExportCheck(editor_base, LEARNED[0])
    assert export_check.check(base_folder("sd1", 8), torch.float32) == math.inf
    train_a_little(editor_base)
    with pytest.raises(ExportMismatch):
        ExportCheck(editor_base, LEARNED[0]).check(base_folder("sd1", 8), torch.float16)
