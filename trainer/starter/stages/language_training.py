"""Trains the text encoder on sentences and their edits, before the UNet is trained on images.

Linear heads on the encoder's outputs, which the UNet will use, predict the families, strengths and colours
that a sentence names. The heads are discarded afterwards.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
    PAINTED,
    PLACED,
    PLACED_MEANINGS,
    PLAIN_COLOURS,
    STRENGTHS,
    SWAPPABLE,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
    Edits,
    meaning_of,
)
from trainer.starter.data.held_out import (
    HELD_OUT,
    HELD_OUT_PAINTED,
    HELD_OUT_PAINTED_PAIRS,
    HELD_OUT_PAIRS,
    HELD_OUT_PLACED,
    UNKNOWN,
    Sentence,
)
from trainer.starter.data.instructions import draw_instruction

MEANINGS = (*FAMILIES, UNCHANGED)
ALL_MEANINGS = (*FAMILIES, *PAINTED, *PLACED_MEANINGS, UNCHANGED)
"""Those of the starter that ships, and those with painted styles and edits at places."""
COLOURED = ("tint", "duotone", "colour swap", "plain background", "tint background")
"""Meanings with a named colour."""
_COLOUR_NAMES = tuple(PLAIN_COLOURS)
_UNNAMED = -100
"""The class of a property that a sentence does not name; the loss ignores it."""

SHARE_UNCHANGED = 0.12
SHARE_OF_PAIRS = 0.27
SHARE_PLAIN = 0.5
MORE_OFTEN = {"tint": 3.0, "duotone": 2.0, "colour swap": 4.0}
"""Weights of families with many colours, which are drawn more often than the others."""
_WEIGHTS = np.array([MORE_OFTEN.get(family, 1.0) for family in FAMILIES])
_WEIGHTS /= _WEIGHTS.sum()

LEARNING_RATE = 1.2e-3
SORTED_BATCHES = 8
FULL_LENGTH_EVERY = 12
MEASURED_EVERY = 600
NOISE_SHARE = 0.2
"""Share of sentences in which a random token replaces one or is inserted, so that unknown words matter
less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageStage:
    """How the text encoder is trained on sentences."""

    vocabulary_sentences: int = 40_000
    """Number of sentences from which the tokenizer's vocabulary is learned."""
    steps: int = 3000
    batch_size: int = 64


@dataclass(frozen=True, slots=True)
class InstructionTargets:
    """The edits of a batch of sentences, as classes."""

    families: Tensor
    """(B, meanings) float, 1 where the sentence has the meaning; the last one is UNCHANGED."""
    strengths: Tensor
    """(B, meanings) index into STRENGTHS, or unnamed."""
    colours: Tensor
    """(B, COLOURED) index into PLAIN_COLOURS for each of COLOURED, or unnamed."""
    swapped: Tensor
    """(B,) index into SWAPPABLE, or unnamed."""


class LanguageScores(nn.Module):
    """The heads: linear layers from the encoder's hidden states to scores of all classes."""

    def __init__(self, width: int, meanings: tuple[str, ...] = MEANINGS) -> None:
        super().__init__()
        self.meanings = meanings
        self.families = nn.Linear(width, len(meanings))
        self.strengths = nn.Linear(width, len(meanings) * len(STRENGTHS))
        self.colours = nn.Linear(width, len(COLOURED) * len(_COLOUR_NAMES))
        self.swapped = nn.Linear(width, len(SWAPPABLE))

    def loss(self, summary: Tensor, targets: InstructionTargets) -> Tensor:
        """Returns the loss of summaries (B, width); unnamed strengths and colours are ignored."""
        families = functional.binary_cross_entropy_with_logits(self.families(summary), targets.families)
        strengths = self.strengths(summary).unflatten(-1, (len(self.meanings), -1))
        colours = self.colours(summary).unflatten(-1, (len(COLOURED), -1))
        return (
            10.0 * families
            + 0.3 * _class_loss(strengths, targets.strengths)
            + _class_loss(colours, targets.colours)
            + _class_loss(self.swapped(summary), targets.swapped)
        )

    def edits(self, summary: Tensor) -> list[Edits]:
        """Returns the predicted edits of each summary (B, width), in the order of the meanings."""
        named = (self.families(summary) > 0).tolist()
        strengths = self.strengths(summary).unflatten(-1, (len(self.meanings), -1)).argmax(-1).tolist()
        colours = self.colours(summary).unflatten(-1, (len(COLOURED), -1)).argmax(-1).tolist()
        swapped = self.swapped(summary).argmax(-1).tolist()
        return [
            _as_edits(self.meanings, *each) for each in zip(named, strengths, colours, swapped, strict=True)
        ]


def _class_loss(logits: Tensor, classes: Tensor) -> Tensor:
    """Returns the cross-entropy per sentence of logits (B, ..., C) and the named classes (B, ...)."""
    flat = functional.cross_entropy(
        logits.flatten(0, -2), classes.flatten(), ignore_index=_UNNAMED, reduction="sum"
    )
    return flat / len(classes)


def _as_edits(
    meanings: tuple[str, ...], named: list[bool], strengths: list[int], colours: list[int], swapped: int
) -> Edits:
    edits = []
    for number, meaning in enumerate(meanings):
        if not named[number]:
            continue
        family, place = _PLACES_OF.get(meaning, (meaning, None))
        strength = STRENGTHS[strengths[number]] if family in WITH_STRENGTH else 1.0
        colour = _COLOUR_NAMES[colours[COLOURED.index(meaning)]] if meaning in COLOURED else None
        swapped_colour = SWAPPABLE[swapped] if family == "colour swap" else None
        edits.append(Edit(family, strength, colour, swapped_colour, place))
    return tuple(edits)


_PLACES_OF = {
    meaning_of(family, place): (family, place) for place, families in PLACED.items() for family in families
}


def targets_of(
    edits_of_sentences: Sequence[Edits], meanings: tuple[str, ...] = MEANINGS
) -> InstructionTargets:
    """Returns the classes of the edits of some sentences."""
    count = len(edits_of_sentences)
    families = torch.zeros(count, len(meanings))
    strengths = torch.full((count, len(meanings)), _UNNAMED)
    colours = torch.full((count, len(COLOURED)), _UNNAMED)
    swapped = torch.full((count,), _UNNAMED)
    for row, edits in enumerate(edits_of_sentences):
        for edit in edits:
            number = meanings.index(edit.meaning)
            families[row, number] = 1.0
            if edit.family in WITH_STRENGTH:
                strengths[row, number] = STRENGTHS.index(edit.strength)
            if edit.colour:
                colours[row, COLOURED.index(edit.meaning)] = _COLOUR_NAMES.index(edit.colour)
            if edit.swapped:
                swapped[row] = SWAPPABLE.index(edit.swapped)
    return InstructionTargets(families, strengths, colours, swapped)


def random_edit(family: str, rng: np.random.Generator) -> Edit:
    """Returns a random edit of the family; half of them have strength 1."""
    strength = 1.0
    if family in WITH_STRENGTH and rng.random() >= SHARE_PLAIN:
        strength = STRENGTHS[0] if rng.random() < 0.5 else STRENGTHS[2]
    if family == "colour swap":
        swapped, colour = rng.choice(SWAPPABLE, size=2, replace=False)
        return Edit(family, strength, str(colour), str(swapped))
    return Edit(family, strength, str(rng.choice(list(COLOURS))) if family in COLOURED else None)


def random_edits(rng: np.random.Generator, pairs: float = SHARE_OF_PAIRS) -> Edits:
    """Returns the edits of a random sentence: one, two, or UNCHANGED for an unknown instruction.

    `pairs` is the share of two edits.
    """
    if rng.random() < SHARE_UNCHANGED:
        return (Edit(UNCHANGED),)
    if rng.random() >= pairs:
        return (random_edit(str(rng.choice(FAMILIES, p=_WEIGHTS)), rng),)
    first, second = rng.choice(FAMILIES, size=2, replace=False, p=_WEIGHTS)
    return (random_edit(str(first), rng), random_edit(str(second), rng))


def summary_of(encoder: CLIPTextModel, tokens: Tensor) -> Tensor:
    """Returns the mean hidden state (B, width), float32, of all end tokens in (B, T), padding included.

    The UNet's attention uses those positions too, and most of them are padding.
    """
    return summary_of_states(encoder(input_ids=tokens).last_hidden_state.float(), tokens, encoder)


def summary_of_states(hidden: Tensor, tokens: Tensor, encoder: CLIPTextModel) -> Tensor:
    """Returns the mean (B, width) of those hidden states (B, T, width) that are of end tokens."""
    ending = (tokens == encoder.config.eos_token_id).float().unsqueeze(-1)
    return torch.as_tensor((hidden * ending).sum(1) / ending.sum(1))


def tokens_of(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """Returns token ids (B, model length), padded as for the UNet."""
    rows = tokenizer(list(texts), padding="max_length", truncation=True, return_tensors="pt")
    return torch.as_tensor(rows.input_ids)


def train_language(
    tokenizer: CLIPTokenizer,
    encoder: CLIPTextModel,
    stage: LanguageStage,
    *,
    seed: int = 0,
) -> LanguageScores:
    """Trains the encoder in place, reports progress on stderr, and returns the heads."""
    torch.manual_seed(seed)
    heads = LanguageScores(encoder.config.hidden_size)
    weights = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, stage.steps))
    batches = sentence_batches(tokenizer, stage.batch_size, np.random.default_rng(seed))
    started, loss_sum = time.monotonic(), 0.0
    encoder.train()
    encoder.set_attn_implementation("eager")  # for sentences this short the fused kernel is slower
    for step in range(1, stage.steps + 1):
        tokens, edits = next(batches)
        with autocast_on_cpu():
            summary = summary_of(encoder, tokens)
        loss = heads.loss(summary, targets_of(edits))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        loss_sum += loss.item()
        if step % 100 == 0:
            seconds = time.monotonic() - started
            _report(f"step {step} of {stage.steps}, loss {loss_sum / 100:.3f}, {seconds:.0f} s")
            loss_sum = 0.0
        if step % MEASURED_EVERY == 0:
            _report(accuracy_report(tokenizer, encoder, heads))
            encoder.train()
    encoder.set_attn_implementation("sdpa")
    encoder.eval()
    return heads


def _rate(step: int, steps: int) -> float:
    """Returns the factor of the learning rate: a short warm-up, then half a cosine."""
    return min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))


def sentence_batches(
    tokenizer: CLIPTokenizer,
    batch_size: int,
    rng: np.random.Generator,
    draw: Callable[[np.random.Generator], Edits] = random_edits,
) -> Iterator[tuple[Tensor, list[Edits]]]:
    """Yields endless batches of the tokens of sentences of similar length, with their edits.

    The encoder is causal, so cutting off padding does not change the states before the cut. Every
    `FULL_LENGTH_EVERY`-th batch is not cut, so that the last positions are trained too.
    """
    end = tokenizer.eos_token_id
    number = 0
    while True:
        drawn = [draw(rng) for _ in range(batch_size * SORTED_BATCHES)]
        tokens = tokens_of(tokenizer, [draw_instruction(edits, rng) for edits in drawn])
        tokens = _with_noise(tokens, end, len(tokenizer), rng)
        lengths = (tokens != end).sum(1) + 1
        for rows in torch.split(torch.argsort(lengths), batch_size):
            number += 1
            longest = int(lengths[rows].max()) + 2
            width = tokens.shape[1] if number % FULL_LENGTH_EVERY == 0 else longest
            yield tokens[rows, :width], [drawn[row] for row in rows.tolist()]


def _with_noise(tokens: Tensor, end: int, vocabulary: int, rng: np.random.Generator) -> Tensor:
    """Returns the tokens with a random token in some rows, in place of another or inserted."""
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
def predicted_edits(
    tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores, texts: Sequence[str]
) -> list[Edits]:
    """Returns the edits that encoder and heads predict for each text."""
    encoder.set_attn_implementation("sdpa")
    encoder.eval()
    return heads.edits(summary_of(encoder, tokens_of(tokenizer, texts)))


def misclassified(
    tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores, sentences: Sequence[Sentence]
) -> list[tuple[Sentence, Edits]]:
    """Returns the sentences whose families or colours are predicted wrongly, with the predictions."""
    predictions = predicted_edits(tokenizer, encoder, heads, [sentence.text for sentence in sentences])
    return [
        (sentence, prediction)
        for sentence, prediction in zip(sentences, predictions, strict=True)
        if _families_and_colours(sentence.edits) != _families_and_colours(prediction)
    ]


def _families_and_colours(edits: Edits) -> set[tuple[str, str | None, str | None]]:
    """Returns the edits without order and strength."""
    return {(edit.meaning, edit.colour, edit.swapped) for edit in edits}


def accuracy_report(tokenizer: CLIPTokenizer, encoder: CLIPTextModel, heads: LanguageScores) -> str:
    """Returns how many held-out sentences are classified correctly, and lists the others."""
    unknown = tuple(Sentence(text, (Edit(UNCHANGED),)) for text in UNKNOWN)
    kinds = {"held out": HELD_OUT, "pairs": HELD_OUT_PAIRS, "unknown": unknown}
    if len(heads.meanings) > len(MEANINGS):
        kinds |= {
            "painted": HELD_OUT_PAINTED,
            "placed": HELD_OUT_PLACED,
            "painted pairs": HELD_OUT_PAINTED_PAIRS,
        }
    lines = []
    for name, sentences in kinds.items():
        wrong = misclassified(tokenizer, encoder, heads, sentences)
        lines.append(f"{name}: {len(sentences) - len(wrong)} of {len(sentences)} correct")
        lines += [f"  {sentence.text!r} as {_description(prediction)}" for sentence, prediction in wrong]
    return "\n".join(lines)


def _description(edits: Edits) -> str:
    return (
        ", ".join(" ".join(filter(None, (edit.meaning, edit.swapped, edit.colour))) for edit in edits)
        or "nothing"
    )
