"""Teaching the text encoder what sentences ask for, before it sees any picture.

Linear heads on what the UNet will look at say which families a sentence names, how strong, and which
colours. They are thrown away afterwards; the encoder that served them stays.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.edits import (
    COLOURS,
    FAMILIES,
    STRENGTHS,
    SWAPPABLE,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
    Edits,
)
from trainer.starter.data.held_out import HELD_OUT, HELD_OUT_PAIRS, UNKNOWN, Sentence
from trainer.starter.data.instructions import draw_instruction

MEANINGS = (*FAMILIES, UNCHANGED)
COLOURED = ("tint", "duotone", "colour swap")
"""Families that turn to a colour."""
_COLOUR_NAMES = tuple(COLOURS)
_UNASKED = -100
"""The class of what a sentence says nothing about; it costs no loss."""

SHARE_UNCHANGED = 0.12
SHARE_OF_PAIRS = 0.27
SHARE_PLAIN = 0.5
MORE_OFTEN = {"tint": 3.0, "duotone": 2.0, "colour swap": 4.0}
"""Families of many colours are drawn more often than the others."""
_WEIGHTS = np.array([MORE_OFTEN.get(family, 1.0) for family in FAMILIES])
_WEIGHTS /= _WEIGHTS.sum()

LEARNING_RATE = 1.2e-3
SORTED_BATCHES = 8
FULL_LENGTH_EVERY = 12
MEASURED_EVERY = 600
NOISE_SHARE = 0.2
"""How many sentences have a token replaced or put in by chance, so that unseen words do little harm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageStage:
    """How long the encoder learns from sentences alone."""

    vocabulary_sentences: int = 40_000
    """How many sentences the tokenizer's vocabulary is learned from."""
    steps: int = 3000
    batch_size: int = 64


@dataclass(frozen=True, slots=True)
class InstructionTargets:
    """What a batch of sentences asks for, as classes."""

    families: Tensor
    """(B, families) float, 1 where the family is asked for; the last is UNCHANGED."""
    strengths: Tensor
    """(B, families) index into STRENGTHS, or unasked."""
    colours: Tensor
    """(B, 3) index into COLOURS for each of COLOURED, or unasked."""
    swapped: Tensor
    """(B,) index into SWAPPABLE, or unasked."""


class LanguageScores(nn.Module):
    """The heads: from the encoder's hidden states to a meaning."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.families = nn.Linear(width, len(MEANINGS))
        self.strengths = nn.Linear(width, len(MEANINGS) * len(STRENGTHS))
        self.colours = nn.Linear(width, len(COLOURED) * len(COLOURS))
        self.swapped = nn.Linear(width, len(SWAPPABLE))

    def loss(self, summary: Tensor, meaning: InstructionTargets) -> Tensor:
        """Of summaries (B, width); the strengths, colours and things nobody spoke of cost nothing."""
        families = functional.binary_cross_entropy_with_logits(self.families(summary), meaning.families)
        strengths = self.strengths(summary).unflatten(-1, (len(MEANINGS), -1))
        colours = self.colours(summary).unflatten(-1, (len(COLOURED), -1))
        return (
            10.0 * families
            + 0.3 * _class_loss(strengths, meaning.strengths)
            + _class_loss(colours, meaning.colours)
            + _class_loss(self.swapped(summary), meaning.swapped)
        )

    def edits(self, summary: Tensor) -> list[Edits]:
        """The edits each summary (B, width) asks for, in the order of FAMILIES."""
        named = (self.families(summary) > 0).tolist()
        strengths = self.strengths(summary).unflatten(-1, (len(MEANINGS), -1)).argmax(-1).tolist()
        colours = self.colours(summary).unflatten(-1, (len(COLOURED), -1)).argmax(-1).tolist()
        swapped = self.swapped(summary).argmax(-1).tolist()
        return [_as_edits(*each) for each in zip(named, strengths, colours, swapped, strict=True)]


def _class_loss(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy summed over what was asked, per sentence: logits (B, ..., C), classes (B, ...)."""
    flat = functional.cross_entropy(
        logits.flatten(0, -2), classes.flatten(), ignore_index=_UNASKED, reduction="sum"
    )
    return flat / len(classes)


def _as_edits(named: list[bool], strengths: list[int], colours: list[int], swapped: int) -> Edits:
    edits = []
    for number, family in enumerate(MEANINGS):
        if not named[number]:
            continue
        strength = STRENGTHS[strengths[number]] if family in WITH_STRENGTH else 1.0
        colour = _COLOUR_NAMES[colours[COLOURED.index(family)]] if family in COLOURED else None
        edits.append(Edit(family, strength, colour, SWAPPABLE[swapped] if family == "colour swap" else None))
    return tuple(edits)


def meaning_of(asked: Sequence[Edits]) -> InstructionTargets:
    """The classes of some sentences' edits."""
    families = torch.zeros(len(asked), len(MEANINGS))
    strengths = torch.full((len(asked), len(MEANINGS)), _UNASKED)
    colours = torch.full((len(asked), len(COLOURED)), _UNASKED)
    swapped = torch.full((len(asked),), _UNASKED)
    for row, edits in enumerate(asked):
        for edit in edits:
            number = MEANINGS.index(edit.family)
            families[row, number] = 1.0
            if edit.family in WITH_STRENGTH:
                strengths[row, number] = STRENGTHS.index(edit.strength)
            if edit.colour:
                colours[row, COLOURED.index(edit.family)] = _COLOUR_NAMES.index(edit.colour)
            if edit.swapped:
                swapped[row] = SWAPPABLE.index(edit.swapped)
    return InstructionTargets(families, strengths, colours, swapped)


def random_edit(family: str, rng: np.random.Generator) -> Edit:
    """Any edit of the family: half of them plain, the colours by chance."""
    strength = 1.0
    if family in WITH_STRENGTH and rng.random() >= SHARE_PLAIN:
        strength = STRENGTHS[0] if rng.random() < 0.5 else STRENGTHS[2]
    if family == "colour swap":
        swapped, colour = rng.choice(SWAPPABLE, size=2, replace=False)
        return Edit(family, strength, str(colour), str(swapped))
    return Edit(family, strength, str(rng.choice(_COLOUR_NAMES)) if family in COLOURED else None)


def random_edits(rng: np.random.Generator) -> Edits:
    """Something to ask for: one edit, two, or none that is known."""
    if rng.random() < SHARE_UNCHANGED:
        return (Edit(UNCHANGED),)
    if rng.random() >= SHARE_OF_PAIRS:
        return (random_edit(str(rng.choice(FAMILIES, p=_WEIGHTS)), rng),)
    first, second = rng.choice(FAMILIES, size=2, replace=False, p=_WEIGHTS)
    return (random_edit(str(first), rng), random_edit(str(second), rng))


def summary_of(encoder: CLIPTextModel, tokens: Tensor) -> Tensor:
    """(B, width) float32: the mean hidden state from the end token on, padding with it (B, T) included.

    The UNet's attention sees those positions too, and most of them are padding.
    """
    hidden = encoder(input_ids=tokens).last_hidden_state.float()
    ending = (tokens == encoder.config.eos_token_id).float().unsqueeze(-1)
    return torch.as_tensor((hidden * ending).sum(1) / ending.sum(1))


def tokens_of(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """(B, model length) token ids, padded as for the UNet."""
    rows = tokenizer(list(texts), padding="max_length", truncation=True, return_tensors="pt")
    return torch.as_tensor(rows.input_ids)


def train_language(
    tokenizer: CLIPTokenizer,
    encoder: CLIPTextModel,
    stage: LanguageStage,
    *,
    seed: int = 0,
) -> LanguageScores:
    """Train the encoder in place and return the heads it was trained with; progress goes to stderr."""
    torch.manual_seed(seed)
    heads = LanguageScores(encoder.config.hidden_size)
    weights = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, stage.steps))
    batches = _batches(tokenizer, stage.batch_size, np.random.default_rng(seed))
    started, seen = time.monotonic(), 0.0
    encoder.train()
    encoder.set_attn_implementation("eager")  # for sentences this short the fused kernel is slower
    for step in range(1, stage.steps + 1):
        tokens, meaning = next(batches)
        with autocast_on_cpu():
            summary = summary_of(encoder, tokens)
        loss = heads.loss(summary, meaning)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        seen += loss.item()
        if step % 100 == 0:
            _report(
                f"step {step} of {stage.steps}, loss {seen / 100:.3f}, {time.monotonic() - started:.0f} s"
            )
            seen = 0.0
        if step % MEASURED_EVERY == 0:
            _report(understanding_report(tokenizer, encoder, heads))
            encoder.train()
    encoder.set_attn_implementation("sdpa")
    encoder.eval()
    return heads


def _rate(step: int, steps: int) -> float:
    """Share of the learning rate: a short warm-up, then half a cosine."""
    return min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))


def _batches(
    tokenizer: CLIPTokenizer, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[Tensor, InstructionTargets]]:
    """Endless batches of sentences alike in length.

    The encoder is causal, so cutting padding off leaves the states before the cut as they are; now and
    then nothing is cut, for the positions at the far end to learn too.
    """
    end = tokenizer.eos_token_id
    number = 0
    while True:
        asked = [random_edits(rng) for _ in range(batch_size * SORTED_BATCHES)]
        tokens = tokens_of(tokenizer, [draw_instruction(edits, rng) for edits in asked])
        tokens = _with_noise(tokens, end, len(tokenizer), rng)
        lengths = (tokens != end).sum(1) + 1
        for rows in torch.split(torch.argsort(lengths), batch_size):
            number += 1
            longest = int(lengths[rows].max()) + 2
            width = tokens.shape[1] if number % FULL_LENGTH_EVERY == 0 else longest
            yield tokens[rows, :width], meaning_of([asked[row] for row in rows.tolist()])


def _with_noise(tokens: Tensor, end: int, vocabulary: int, rng: np.random.Generator) -> Tensor:
    """Some rows with one token replaced by a random one, or with a random one put in."""
    tokens = tokens.clone()
    for row in np.flatnonzero(rng.random(len(tokens)) < NOISE_SHARE).tolist():
        length = int((tokens[row] != end).sum())
        if not 4 <= length < tokens.shape[1] - 1:
            continue
        place = int(rng.integers(1, length))
        if rng.random() < 0.7:
            tokens[row, place + 1 :] = tokens[row, place:-1].clone()
        tokens[row, place] = int(rng.integers(vocabulary - 2))
    return tokens


def _report(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@torch.no_grad()
def understood(
    tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores, texts: Sequence[str]
) -> list[Edits]:
    """What the encoder takes each sentence to ask for."""
    encoder.set_attn_implementation("sdpa")
    encoder.eval()
    return heads.edits(summary_of(encoder, tokens_of(tokenizer, texts)))


def misread(
    tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores, sentences: Sequence[Sentence]
) -> list[tuple[Sentence, Edits]]:
    """The sentences whose families or colours are not understood, with what they were taken for."""
    readings = understood(tokenizer, encoder, heads, [sentence.text for sentence in sentences])
    return [
        (sentence, reading)
        for sentence, reading in zip(sentences, readings, strict=True)
        if _asks(sentence.edits) != _asks(reading)
    ]


def _asks(edits: Edits) -> set[tuple[str, str | None, str | None]]:
    """Edits without order and strength."""
    return {(edit.family, edit.colour, edit.swapped) for edit in edits}


def understanding_report(tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores) -> str:
    """How many of the sentences kept for measuring are understood, and those that are not."""
    unknown = tuple(Sentence(text, (Edit(UNCHANGED),)) for text in UNKNOWN)
    lines = []
    for name, sentences in (("held out", HELD_OUT), ("pairs", HELD_OUT_PAIRS), ("unknown", unknown)):
        wrong = misread(tokenizer, encoder, heads, sentences)
        lines.append(f"{name}: {len(sentences) - len(wrong)} of {len(sentences)} understood")
        lines += [f"  {sentence.text!r} as {_named(reading)}" for sentence, reading in wrong]
    return "\n".join(lines)


def _named(edits: Edits) -> str:
    return (
        ", ".join(" ".join(filter(None, (edit.family, edit.swapped, edit.colour))) for edit in edits)
        or "nothing"
    )
