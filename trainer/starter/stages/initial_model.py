"""The starter model before training on images: shapes, vocabulary, scheduler, and a trained text encoder."""

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

from engine.files.atomic import atomic_folder
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.stages.language_training import LanguageStage, random_edits, train_language
from trainer.starter.stages.widening import widen

VOCABULARY_SIZE = 3200
TOKEN_LENGTH = 48
TEXT_WIDTH = 160
START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"


def make_tokenizer(folder: Path, sentences: int) -> CLIPTokenizer:
    """Returns a CLIP tokenizer whose byte-level vocabulary is learned from sentences of the grammar.

    Every byte has a token, alone and at the end of a word, so every text can be encoded.
    """
    rng = np.random.default_rng(0)
    learner = CLIPTokenizer().backend_tokenizer
    learner.train_from_iterator(
        (draw_instruction(random_edits(rng), rng) for _ in range(sentences)),
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
    """Returns a small CLIP text transformer with random weights."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=TEXT_WIDTH,
            intermediate_size=4 * TEXT_WIDTH,
            projection_dim=TEXT_WIDTH,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=TOKEN_LENGTH,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def make_unet(latent_channels: int) -> UNet2DConditionModel:
    """Returns a small UNet with random weights, whose top level has one latent per 4 x 4 pixels.

    The instruction enters twice: through cross-attention at the two lowest levels, and, as one vector beside
    the timestep, as scale and shift of every residual block, since most edits concern the whole image. Eight
    groups leave eight channels a group at the top; with fewer, normalisation would remove brightness and
    contrast.
    """
    return UNet2DConditionModel(
        in_channels=2 * latent_channels,
        out_channels=latent_channels,
        block_out_channels=(64, 96, 128, 192),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=8,
        cross_attention_dim=TEXT_WIDTH,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
    )


def make_scheduler() -> DDIMScheduler:
    """Returns a scheduler with v-prediction, zero terminal SNR and trailing spacing.

    These allow few steps and the full range of brightness.
    """
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


def make_initial_model(
    folder: Path,
    vae_folder: Path,
    seed: int = 0,
    *,
    grown_from: Path | None = None,
    language: LanguageStage | None = None,
) -> None:
    """Writes a complete model folder with a trained text encoder and an untrained UNet.

    Its autoencoder is trained already, its text encoder is trained here, and its UNet has random weights.
    With `grown_from`, the folder of an earlier starter, it gets that one's text encoder and its UNet, which
    may have fewer channels.
    """
    language = language or LanguageStage()
    torch.manual_seed(seed)
    vae = AutoencoderTiny.from_pretrained(vae_folder)
    unet = make_unet(vae.config.latent_channels)
    with atomic_folder(folder) as temporary:
        if grown_from:
            widen(UNet2DConditionModel.from_pretrained(grown_from / "unet"), unet, seed=seed)
            shutil.copytree(grown_from / "tokenizer", temporary / "tokenizer")
            tokenizer = CLIPTokenizer.from_pretrained(temporary / "tokenizer")
            text_encoder = CLIPTextModel.from_pretrained(grown_from / "text_encoder")
        else:
            tokenizer = make_tokenizer(temporary / "tokenizer", language.vocabulary_sentences)
            text_encoder = make_text_encoder(tokenizer)
            train_language(tokenizer, text_encoder, language, seed=seed)
        pipeline = StableDiffusionInstructPix2PixPipeline(
            vae=vae,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            unet=unet,
            scheduler=make_scheduler(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipeline.save_pretrained(temporary)
