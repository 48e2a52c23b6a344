"""The paper's measurement: its formulas by hand, its defect if chosen, its curve."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPModel

from engine.errors import InvalidRequest, ModelNotUsable
from engine.models.families import clip_vocabulary
from engine.models.loading import load_model
from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs
from trainer.evaluation import (
    IMAGE_SCALES,
    EvaluationSettings,
    Mode,
    evaluate,
    for_clip,
    main,
    text_scale_of,
    to_json,
)
from trainer.validation.clip_similarity import DEVIATION, MEAN, ClipSimilarity

CPU = torch.device("cpu")
FEW = EvaluationSettings(resolution=64, steps=1, count=3, image_scales=(1.0, 1.6))


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small CLIP model with random weights, and the tokenizer of all."""
    folder = tmp_path_factory.mktemp("clip")
    shutil.copytree(clip_vocabulary(), folder, dirs_exist_ok=True)
    torch.manual_seed(0)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={**small, "eos_token_id": 49407, "bos_token_id": 49406},
        vision_config={**small, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    CLIPModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three folders in the layout of the original release, with captions; one calls the first "caption"."""
    folder = tmp_path_factory.mktemp("release")
    rng = np.random.default_rng(0)
    listed = []
    for number, key in enumerate(("input", "caption", "input")):
        part = folder / f"{number:07d}"
        part.mkdir()
        words = {
            key: f"a photo of tree {number}",
            "edit": "make it night",
            "output": f"tree {number} at night",
        }
        (part / "prompt.json").write_text(json.dumps(words))
        for side in (0, 1):
            noise = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
            Image.fromarray(noise).save(part / f"7_{side}.jpg")
        listed.append([part.name, ["7"]])
    (folder / "seeds.json").write_text(json.dumps(listed))
    return folder


@pytest.fixture
def pairs(release: Path) -> PairSet:
    return find_pairs([Source(release)])


def test_captions_come_from_the_release_and_from_columns(
    pairs: PairSet, pair_folder: Path, tmp_path: Path
) -> None:
    assert [pair.captions for pair in pairs.pairs] == [
        (f"a photo of tree {number}", f"tree {number} at night") for number in range(3)
    ]
    assert all(pair.captions is None for pair in find_pairs([Source(pair_folder)]).pairs)
    shutil.copytree(pair_folder, tmp_path / "captioned")
    metadata = tmp_path / "captioned" / "metadata.jsonl"
    lines = [json.loads(line) for line in metadata.read_text().splitlines()]
    captioned = [
        json.dumps(line | {"original_prompt": "a day", "edited_prompt": "a night"}) for line in lines
    ]
    metadata.write_text("\n".join(captioned))
    assert {pair.captions for pair in find_pairs([Source(tmp_path / "captioned")]).pairs} == {
        ("a day", "a night")
    }


def test_the_formulas_agree_with_a_computation_by_hand(clip_folder: Path) -> None:
    generator = torch.Generator().manual_seed(2)
    source, edited = (torch.rand((1, 3, 40, 40), generator=generator) for _ in range(2))
    captions = ("a photo of a tree", "a tree at night, in heavy snow")
    found = ClipSimilarity(clip_folder, CPU)(source, edited, captions)

    model = CLIPModel.from_pretrained(clip_folder).eval()
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(clip_folder)
    mean, deviation = np.array(MEAN)[:, None, None], np.array(DEVIATION)[:, None, None]

    @torch.no_grad()
    def seen(picture: torch.Tensor) -> np.ndarray:
        scaled = torch.nn.functional.interpolate(picture, (32, 32), mode="bicubic", align_corners=False)
        pixels = torch.from_numpy((scaled[0].numpy() - mean) / deviation)[None].float()
        features = model.visual_projection(model.vision_model(pixels).pooler_output)[0].double().numpy()
        return features / np.sqrt((features**2).sum())

    @torch.no_grad()
    def read(text: str) -> np.ndarray:
        ids = torch.tensor([tokenizer(text).input_ids])
        features = model.text_projection(model.text_model(ids).pooler_output)[0].double().numpy()
        return features / np.sqrt((features**2).sum())

    def cosine(one: np.ndarray, other: np.ndarray) -> float:
        return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))

    before, after, said, asked = seen(source), seen(edited), read(captions[0]), read(captions[1])
    assert found.image == pytest.approx(cosine(before, after), abs=1e-5)
    assert found.direction == pytest.approx(cosine(after - before, asked - said), abs=1e-5)
    assert found.source_to_caption == pytest.approx(cosine(before, said), abs=1e-5)
    assert found.edited_to_caption == pytest.approx(cosine(after, asked), abs=1e-5)


def test_only_the_repositorys_mode_leaves_the_range_as_it_is() -> None:
    pixels = torch.tensor([[[[-1.2, -1.0, 0.0, 1.0, 1.5]]]])
    assert torch.equal(for_clip(pixels, Mode.REPOSITORY), pixels)
    wanted = torch.tensor([[[[0.0, 0.0, 0.5, 1.0, 1.0]]]])
    assert torch.allclose(for_clip(pixels, Mode.CORRECTED), wanted)


def test_every_scale_edits_the_same_pairs_from_the_same_noise(
    starter: Path, clip_folder: Path, pairs: PairSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trainer.evaluation

    asked: list[tuple[float, int]] = []
    original = trainer.evaluation.edited_latents

    def listening(model: object, pixels: object, instruction: str, settings: object) -> torch.Tensor:
        asked.append((settings.image_guidance_scale, settings.seed))  # type: ignore[attr-defined]
        return original(model, pixels, instruction, settings)  # type: ignore[arg-type]

    monkeypatch.setattr(trainer.evaluation, "edited_latents", listening)
    model, clip = load_model(starter, device=CPU, dtype=torch.float32), ClipSimilarity(clip_folder, CPU)
    points = evaluate(model, clip, pairs.pairs, FEW)
    seeds = {scale: [seed for own, seed in asked if own == scale] for scale in FEW.image_scales}
    assert seeds[1.0] == seeds[1.6]
    assert len(set(seeds[1.0])) == 3
    assert [(point.scale, point.pairs) for point in points] == [(1.0, 3), (1.6, 3)]
    again = evaluate(model, clip, pairs.pairs, FEW)
    assert to_json(again, FEW) == to_json(points, FEW)


def test_the_text_scale_is_the_models_own_unless_another_is_named(
    starter: Path, base_folder: Callable[[str, int], Path]
) -> None:
    without_card = base_folder("sd1", 8)
    assert [text_scale_of(model, None) for model in (starter, without_card)] == [1.0, 7.5]
    assert text_scale_of(starter, 3.0) == 3.0
    with pytest.raises(InvalidRequest, match="from 0 to 50"):
        text_scale_of(starter, 51.0)


def test_pairs_without_captions_are_refused_in_a_sentence(
    starter: Path, clip_folder: Path, pair_folder: Path
) -> None:
    model, clip = load_model(starter, device=CPU, dtype=torch.float32), ClipSimilarity(clip_folder, CPU)
    with pytest.raises(DatasetNotUsable, match="No pair has captions"):
        evaluate(model, clip, find_pairs([Source(pair_folder)]).pairs, FEW)


def test_a_missing_clip_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelNotUsable, match="clip-vit-large-patch14"):
        ClipSimilarity(tmp_path, CPU)


def test_the_command_writes_numbers_and_curve(
    starter: Path, clip_folder: Path, release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--model", str(starter), "--data", str(release), "--clip", str(clip_folder), "--count", "1"]
    options += ["--steps", "1", "--resolution", "64", "--json", str(tmp_path / "f.json")]
    options += ["--plot", str(tmp_path / "f.svg"), "--split", "all", "--mode", "repository"]
    assert main(options) == 0
    written = json.loads((tmp_path / "f.json").read_text())
    assert [point["image_guidance_scale"] for point in written["points"]] == list(IMAGE_SCALES)
    assert (written["settings"]["mode"], written["settings"]["text_scale"]) == ("repository", 1.0)
    assert {"sim_0", "sim_1", "sim_direction", "sim_image"} < written["points"][0].keys()
    ElementTree.parse(tmp_path / "f.svg")
    assert capsys.readouterr().out.count("direction") == len(IMAGE_SCALES)
    assert main([*options, "--text-scale", "60"]) == 2
    assert "--text-scale must be from 0 to 50" in capsys.readouterr().err
    assert main([*options[:5], str(tmp_path)]) == 2
    errors = capsys.readouterr().err
    assert "contains no CLIP model" in errors
    assert "Traceback" not in errors
