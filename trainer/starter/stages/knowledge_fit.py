"""`python -m trainer.starter.stages.knowledge_fit --model DIR`: writes which instructions the starter knows.

A small network on the frozen text encoder classifies instructions by their family of edits, or as unknown. It
is fitted on sentences of the training grammar and on instructions beyond it (`unknown.toml`). It is stored
beside the weights, and the window classifies instructions with it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from engine.console import run_program
from engine.instructions.knowledge import (
    CLASSIFIER_NAME,
    KNOWLEDGE_FOLDER,
    Knowledge,
    KnownEdit,
    write_knowledge,
)
from engine.instructions.spelling import WORD
from engine.library import read_model_card
from trainer.starter.data.edits import FAMILIES, PAINTED, UNCHANGED, Edit, Edits
from trainer.starter.data.growth_draws import draw_painted
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.data.instructions.grammar import UNCHANGED_SLOTS, sentence
from trainer.starter.data.instructions.slots import filled, pick
from trainer.starter.data.instructions.spelling_variants import in_american, tidied, typed
from trainer.starter.stages.language_training import (
    random_edit,
    random_edits,
    summary_of,
    targets_of,
    tokens_of,
)

DENIED_SHARE = 0.2
"""Share of the unknown instructions that ask not to make a known edit, or to undo it."""
OF_COLOURS = ("tint", "duotone", "colour swap")
"""Families that cannot be applied to a single thing: "make the house red" is unknown."""
HIDDEN = 256
BATCH = 256
WORDINGS = 15
"""Number of wordings of each family that fine-tuning replays."""
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.02
FAMILIES_WEIGHT = 10.0
_FOLDER = Path(__file__).parent
_PHOTO = re.compile(
    r"\b(it|(the|this|my|that) (photo|picture|image|pic|shot|photograph|snapshot|scene|view))\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeFit:
    """Numbers of sentences for the classifier and the vocabulary, and the epochs."""

    styles: tuple[str, ...] = ()
    """Those of `PAINTED` that the starter knows, too: those on its card."""
    grammar_sentences: int = 56_000
    subject_sentences: int = 4_000
    """Sentences of the grammar about a thing instead of the photo."""
    unknown_sentences: int = 15_000
    other_style_sentences: int = 3_000
    """Sentences for the painted styles that the starter does not know."""
    vocabulary_sentences: int = 120_000
    epochs: int = 12
    seed: int = 0

    @property
    def families(self) -> tuple[str, ...]:
        """All families that the starter knows."""
        return (*FAMILIES, *self.styles)

    @property
    def other_styles(self) -> tuple[str, ...]:
        """The painted styles that the starter does not know."""
        return tuple(style for style in PAINTED if style not in self.styles)

    def draw_edits(self, rng: np.random.Generator) -> Edits:
        """Returns the edits of a random sentence: known ones, or UNCHANGED for an unknown instruction."""
        share = len(self.styles) / len(self.families)
        return draw_painted(self.styles, rng) if rng.random() < share else random_edits(rng)


class FamilyHeads(nn.Module):
    """Maps summaries (B, width) to logits of each family and of none of them (B, families + 1)."""

    def __init__(self, summaries: Tensor, outputs: int) -> None:
        """`summaries` (N, width) give mean and scale of the inputs."""
        super().__init__()
        self.mean = nn.Buffer(summaries.mean(0))
        self.scale = nn.Buffer(summaries.std(0))
        self.inner = nn.Linear(summaries.shape[1], HIDDEN)
        self.outer = nn.Linear(HIDDEN, outputs)

    def forward(self, summaries: Tensor) -> Tensor:
        """Returns the logits."""
        normed = (summaries - self.mean) / self.scale
        logits: Tensor = self.outer(functional.relu(self.inner(normed)))
        return logits


def examples() -> dict[str, str]:
    """Returns an example instruction for each family."""
    read = tomllib.loads((_FOLDER / "examples.toml").read_text(encoding="utf-8"))
    return {str(family): str(text) for family, text in read["examples"].items()}


def unknown_instructions(count: int, rng: np.random.Generator) -> list[str]:
    """Returns instructions beyond the training grammar, which no starter knows; a share denies known ones."""
    slots = _slots()
    texts = []
    for _ in range(count):
        frame = pick(slots["denials" if rng.random() < DENIED_SHARE else "frames"], rng)
        command = _command(slots["verbs"], rng) if "{asked}" in frame else ""
        texts.append(typed(tidied(filled(frame.replace("{asked}", command), slots, rng)), rng))
    return texts


def sentences_about_things(
    count: int, rng: np.random.Generator, known: Sequence[str] = FAMILIES
) -> list[tuple[Edits, str]]:
    """Returns edits of the known families, with sentences of the grammar about a thing, not the photo."""
    slots = _slots()
    drawn: list[tuple[Edits, str]] = []
    things = [*slots["thing"], *(noun for noun in UNCHANGED_SLOTS["noun"] if "{" not in noun)]
    families = [family for family in known if family not in OF_COLOURS]
    while len(drawn) < count:
        edits = (random_edit(pick(families, rng), rng),)
        text = draw_instruction(edits, rng)
        if _PHOTO.search(text):
            subject = filled(pick(slots["subjects"], rng), {**slots, "thing": things}, rng)
            drawn.append((edits, _PHOTO.sub(subject, text, count=1)))
    return drawn


def _slots() -> dict[str, list[str]]:
    return tomllib.loads((_FOLDER / "unknown.toml").read_text(encoding="utf-8"))


def _command(verbs: Sequence[str], rng: np.random.Generator) -> str:
    """Returns a sentence of the grammar that begins with one of the verbs."""
    while True:
        text = tidied(sentence((random_edit(pick(FAMILIES, rng), rng),), rng))
        if text.split()[0] in verbs:
            return text


def vocabulary(
    sentences: int, rng: np.random.Generator, draw: Callable[[np.random.Generator], Edits] = random_edits
) -> tuple[dict[str, int], frozenset[str]]:
    """Returns the words of known instructions with their counts, and those of unknown ones only.

    Both spellings are counted. Words that occur once are left out, since the grammar makes up words for
    unknown instructions.
    """
    known: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for _ in range(sentences):
        edits = draw(rng)
        text = tidied(sentence(edits, rng)).lower()
        counts = others if edits[0].family == UNCHANGED else known
        counts.update({word for spelled in (text, in_american(text)) for word in WORD.findall(spelled)})
    kept = {word: count for word, count in known.most_common() if count > 1}
    return kept, frozenset(word for word, count in others.items() if count > 1 and word not in kept)


def wordings(seed: int = 0) -> tuple[str, ...]:
    """Returns instructions of the training grammar, of each family of recipes in turn; some are unknown ones.

    None of them is a held-out sentence, with which models are scored.
    """
    rng = np.random.default_rng(seed)
    families = (*FAMILIES, UNCHANGED)
    drawn = (
        draw_instruction((random_edit(family, rng),), rng) for _ in range(WORDINGS) for family in families
    )
    return tuple(dict.fromkeys(drawn))


def fit_classifier(summaries: Tensor, families: Tensor, fit: KnowledgeFit) -> FamilyHeads:
    """Returns a classifier fitted on summaries (N, width) and their families (N, families + 1), 0 or 1."""
    torch.manual_seed(fit.seed)
    network = FamilyHeads(summaries, families.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    batches = len(summaries) // BATCH
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, fit.epochs * batches)
    for _ in range(fit.epochs):
        for rows in torch.split(torch.randperm(len(summaries))[: batches * BATCH], BATCH):
            logits = network(summaries[rows])
            loss = FAMILIES_WEIGHT * functional.binary_cross_entropy_with_logits(logits, families[rows])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
    return network


@torch.no_grad()
def summaries_of(model: Path, texts: Sequence[str]) -> Tensor:
    """Returns the summaries (N, width) of texts by the text encoder of a model folder."""
    tokenizer = CLIPTokenizer.from_pretrained(model / "tokenizer", local_files_only=True)
    encoder = CLIPTextModel.from_pretrained(model / "text_encoder", local_files_only=True).eval()
    batches = (texts[first : first + BATCH] for first in range(0, len(texts), BATCH))
    return torch.cat([summary_of(encoder, tokens_of(tokenizer, batch)) for batch in batches])


def write_starter_knowledge(model: Path, fit: KnowledgeFit) -> None:
    """Fits the classifier on the text encoder of a model folder, and writes its folder `knowledge`."""
    rng = np.random.default_rng(fit.seed)
    edits_of_texts: list[Edits] = [fit.draw_edits(rng) for _ in range(fit.grammar_sentences)]
    texts = [draw_instruction(edits, rng) for edits in edits_of_texts]
    about_things = sentences_about_things(fit.subject_sentences, rng, fit.families)
    edits_of_texts += [edits for edits, _ in about_things]
    texts += [text for _, text in about_things]
    edits_of_texts += [(Edit(UNCHANGED),)] * fit.unknown_sentences
    texts += unknown_instructions(fit.unknown_sentences, rng)
    if fit.other_styles:
        edits_of_texts += [(Edit(UNCHANGED),)] * fit.other_style_sentences
        texts += [
            draw_instruction((Edit(pick(fit.other_styles, rng)),), rng)
            for _ in range(fit.other_style_sentences)
        ]
    targets = targets_of(edits_of_texts, (*fit.families, UNCHANGED)).families
    network = fit_classifier(summaries_of(model, texts), targets, fit)
    known, others = vocabulary(fit.vocabulary_sentences, rng, fit.draw_edits)
    example_texts = examples()
    write_knowledge(
        model,
        Knowledge(
            edits=tuple(KnownEdit(family, example_texts[family]) for family in fit.families),
            vocabulary=known,
            other_words=others,
            wordings=wordings(fit.seed),
        ),
    )
    weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, model / KNOWLEDGE_FOLDER / CLASSIFIER_NAME)


def main() -> int:
    """Writes the knowledge; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.stages.knowledge_fit", description=__doc__
    )
    parser.add_argument("--model", type=Path, required=True, help="the starter's folder")
    arguments = parser.parse_args()
    styles = read_model_card(arguments.model).painted_styles
    write_starter_knowledge(arguments.model, KnowledgeFit(styles=styles))
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
