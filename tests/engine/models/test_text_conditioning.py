"""Instructions become what diffusers' own pipelines make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionInstructPix2PixPipeline, StableDiffusionXLInstructPix2PixPipeline

from engine.editing.conditioning import added_conditions, encode_instructions
from engine.models.loading import Model, load_model

INSTRUCTIONS = ["make it snow", "turn the sky into a painting by Turner, please"]


def load(path: Path) -> Model:
    return load_model(path, device=torch.device("cpu"), dtype=torch.float32)


@pytest.mark.parametrize("family", ["sd1", "sd2"])
@torch.inference_mode()
def test_embeddings_are_those_of_the_stock_pipeline(make_small_model: Any, family: str) -> None:
    folder = make_small_model(family).folder
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(folder, safety_checker=None)
    theirs = pipeline._encode_prompt(INSTRUCTIONS, "cpu", 1, do_classifier_free_guidance=True)
    model = load(folder)
    ours = encode_instructions(model, [*INSTRUCTIONS, ""])
    assert ours.pooled is None
    assert added_conditions(model, ours, (64, 64)) is None
    torch.testing.assert_close(ours.embeddings, theirs[:3])


@torch.inference_mode()
def test_xl_reads_both_encoders_as_the_stock_pipeline_does(make_small_model: Any) -> None:
    folder = make_small_model("sdxl").folder
    pipeline = StableDiffusionXLInstructPix2PixPipeline.from_pretrained(folder, add_watermarker=False)
    theirs, null, pooled, pooled_null = pipeline.encode_prompt(INSTRUCTIONS, do_classifier_free_guidance=True)
    model = load(folder)
    ours = encode_instructions(model, [*INSTRUCTIONS, ""])
    torch.testing.assert_close(ours.embeddings, torch.cat([theirs, null[:1]]))
    torch.testing.assert_close(ours.pooled, torch.cat([pooled, pooled_null[:1]]))
    assert not null.any()
    added = added_conditions(model, ours, (64, 96))
    assert added is not None
    wanted = pipeline._get_add_time_ids((64, 96), (0, 0), (64, 96), torch.float32, ours.pooled.shape[1])
    assert torch.equal(added["time_ids"], wanted.repeat(3, 1))
    assert torch.equal(added["text_embeds"], ours.pooled)


@torch.inference_mode()
def test_the_empty_instruction_of_xl_is_encoded_if_the_model_says_so(
    make_small_model: Any, scratch: Path
) -> None:
    import json
    import shutil

    shutil.copytree(make_small_model("sdxl").folder, scratch / "model")
    index = scratch / "model" / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "force_zeros_for_empty_prompt": False}))
    text = encode_instructions(load(scratch / "model"), ["make it snow", ""])
    assert text.embeddings[1].any()
    assert text.pooled is not None
    assert text.pooled[1].any()


@torch.inference_mode()
def test_sentences_are_tokenized_as_the_original_does(sd1: Any) -> None:
    encoder = load(sd1.save("model.ckpt", sd1.original())).text_encoders.encoders[0]
    start, end = 49406, 49407
    ids = encoder.tokenize(["a photo of a cat!", "snow " * 100])
    # the ids that openai/CLIP gives
    assert ids[0, :8].tolist() == [start, 320, 1125, 539, 320, 2368, 256, end]
    assert set(ids[0, 8:].tolist()) == {end}
    assert ids.shape == (2, 77)
    assert (ids[1, 0], ids[1, -1]) == (start, end)


@torch.inference_mode()
def test_stable_diffusion_2_pads_with_zeros_and_keeps_exclamation_marks(
    make_small_model: Any, scratch: Path
) -> None:
    model = make_small_model("sd2")
    torch.save({"state_dict": model.original()}, scratch / "model.ckpt")
    encoder = load(scratch / "model.ckpt").text_encoders.encoders[0]
    ids = encoder.tokenize(["a cat!"])
    assert ids[0, :5].tolist() == [49406, 320, 2368, 256, 49407]
    assert not ids[0, 5:].any()
