"""The starter model before its training: shapes, vocabulary, scheduler, and random weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline
from diffusers.models import AutoencoderTiny, UNet2DConditionModel
from tokenizers import trainers
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from trainer.starter.instructions import WORDINGS, draw_instruction
from trainer.starter.recipes import WITH_STRENGTH

VOCABULARY_SIZE = 1600
TOKEN_LENGTH = 48
TEXT_WIDTH = 160
START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"


def strengths_of(edit: str) -> tuple[float, ...]:
    """The strengths an edit can be asked for in words."""
    return (0.5, 1.0, 1.5) if edit in WITH_STRENGTH else (1.0,)


def make_tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer whose byte-level vocabulary is learned from the wordings of the grammar.

    Every byte has its token, alone and at the end of a word, so that no text is unknown.
    """
    rng = np.random.default_rng(0)
    sentences = [
        draw_instruction(edit, strength, rng)
        for edit in WORDINGS
        for strength in strengths_of(edit)
        for _ in range(300)
    ]
    learner = CLIPTokenizer().backend_tokenizer
    learner.train_from_iterator(
        sentences,
        trainers.BpeTrainer(vocab_size=VOCABULARY_SIZE, end_of_word_suffix=WORD_END, show_progress=False),
    )
    merges = [tuple(merge) for merge in json.loads(learner.to_str())["model"]["merges"]]
    alphabet = sorted(ByteLevel.alphabet())
    tokens = [*alphabet, *(letter + WORD_END for letter in alphabet), *("".join(merge) for merge in merges)]
    tokens = [*dict.fromkeys(tokens), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: number for number, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(merge) for merge in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=TOKEN_LENGTH)


def make_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A small CLIP text transformer with random weights."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=TEXT_WIDTH,
            intermediate_size=4 * TEXT_WIDTH,
            projection_dim=TEXT_WIDTH,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=TOKEN_LENGTH,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def make_unet(latent_channels: int) -> UNet2DConditionModel:
    """A thin UNet with random weights: its top level sees four pixels a latent and must be quick.

    Eight groups leave four channels a group at the top: with fewer, normalisation would take
    brightness and contrast away.
    """
    return UNet2DConditionModel(
        in_channels=2 * latent_channels,
        out_channels=latent_channels,
        block_out_channels=(32, 64, 128, 192),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=8,
        cross_attention_dim=TEXT_WIDTH,
    )


def make_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal SNR and trailing spacing: few steps, full range of brightness."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


def make_blank_starter(folder: Path, vae_folder: Path, seed: int = 0) -> None:
    """Write a complete model folder whose autoencoder is trained and whose rest is not."""
    torch.manual_seed(seed)
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    vae = AutoencoderTiny.from_pretrained(vae_folder)
    tokenizer = make_tokenizer(aside / "tokenizer")
    pipeline = StableDiffusionInstructPix2PixPipeline(
        vae=vae,
        text_encoder=make_text_encoder(tokenizer),
        tokenizer=tokenizer,
        unet=make_unet(vae.config.latent_channels),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(aside)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
