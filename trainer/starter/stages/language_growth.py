"""`python -m trainer.starter.stages.language_growth --model DIR --target DIR`: trains a starter in words.

The target becomes a copy of the starter whose text encoder was trained on sentences for painted styles and
edits at places. For sentences for one edit that it knew before, its states are kept near the earlier ones,
since the UNet was trained with those. What a starter knows must be fitted again then
(`stages/knowledge_fit.py`).
"""

from __future__ import annotations

import argparse
import copy
import logging
import math
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from engine.console import run_program
from engine.files.atomic import atomic_folder
from engine.instructions.knowledge import KNOWLEDGE_FOLDER
from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.edits import Edits
from trainer.starter.data.growth_draws import draw_new, is_old
from trainer.starter.stages.language_training import (
    ALL_MEANINGS,
    LanguageScores,
    accuracy_report,
    random_edits,
    sentence_batches,
    summary_of_states,
    targets_of,
)

log = logging.getLogger(__name__)

STEPS = 2000
LEARNING_RATE = 7e-4
OLD_SHARE = 0.55
"""Share of sentences for the edits that the starter knew before."""
PAIRS = 0.45
"""Share of sentences for two edits; with fewer, one of two was often missed."""
KEEPING_WEIGHT = 20.0
"""Weight of the mean squared change of the states of sentences that the starter knew before. Those for two
edits may change, since it often missed one of them."""
REPORTED_EVERY = 100
TEXT_ENCODER = "text_encoder"


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageGrowth:
    """How the text encoder is trained further."""

    steps: int = STEPS
    batch_size: int = 64
    seed: int = 0


def any_edits(rng: np.random.Generator) -> Edits:
    """Returns the edits of a random sentence, old or new ones."""
    return random_edits(rng, PAIRS) if rng.random() < OLD_SHARE else draw_new(rng, PAIRS)


def grow_language(tokenizer: CLIPTokenizer, encoder: CLIPTextModel, growth: LanguageGrowth) -> LanguageScores:
    """Trains the encoder in place, and returns the heads, which predict all meanings."""
    torch.manual_seed(growth.seed)
    earlier = copy.deepcopy(encoder).requires_grad_(False).eval()
    heads = LanguageScores(encoder.config.hidden_size, ALL_MEANINGS)
    weights = [*encoder.requires_grad_(True).parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.02)
    batches = sentence_batches(
        tokenizer, growth.batch_size, np.random.default_rng(growth.seed), draw=any_edits
    )
    started = time.monotonic()
    for step in range(1, growth.steps + 1):
        rate = min(1.0, step / 100) * 0.5 * (1 + math.cos(math.pi * step / (growth.steps + 1)))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate
        tokens, edits = next(batches)
        kept, meant = growth_losses(encoder, earlier, heads, tokens, edits)
        optimizer.zero_grad()
        torch.autograd.backward(meant + KEEPING_WEIGHT * kept)
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        if step % REPORTED_EVERY == 0:
            seconds = time.monotonic() - started
            log.info(
                "Language: step %d, loss %.3f, states changed by %.4f, %.0f s",
                step,
                meant.item(),
                kept.item(),
                seconds,
            )
    encoder.eval()
    return heads


def growth_losses(
    encoder: CLIPTextModel,
    earlier: CLIPTextModel,
    heads: LanguageScores,
    tokens: Tensor,
    edits: list[Edits],
) -> tuple[Tensor, Tensor]:
    """Returns the mean squared change of the states of old sentences, and the loss of the heads."""
    with autocast_on_cpu():
        states = encoder(input_ids=tokens).last_hidden_state.float()
        with torch.no_grad():
            before = earlier(input_ids=tokens).last_hidden_state.float()
    old = torch.tensor([is_old(each) and len(each) == 1 for each in edits])
    change = (states - before).square().mean(dim=(1, 2))
    kept = (change * old).sum() / len(edits)
    return kept, heads.loss(summary_of_states(states, tokens, encoder), targets_of(edits, ALL_MEANINGS))


def main() -> int:
    """Writes the model; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.stages.language_growth", description=__doc__
    )
    parser.add_argument("--model", type=Path, required=True, help="the starter's folder")
    parser.add_argument("--target", type=Path, required=True, help="folder for the new one")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    tokenizer = CLIPTokenizer.from_pretrained(arguments.model / "tokenizer", local_files_only=True)
    encoder = CLIPTextModel.from_pretrained(arguments.model / "text_encoder", local_files_only=True)
    heads = grow_language(tokenizer, encoder, LanguageGrowth(steps=arguments.steps))
    with atomic_folder(arguments.target) as temporary:
        ignored = shutil.ignore_patterns(TEXT_ENCODER, KNOWLEDGE_FOLDER)
        shutil.copytree(arguments.model, temporary, dirs_exist_ok=True, ignore=ignored)
        encoder.save_pretrained(temporary / TEXT_ENCODER)
    sys.stdout.write(accuracy_report(tokenizer, encoder, heads) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
