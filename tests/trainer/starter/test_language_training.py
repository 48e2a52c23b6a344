"""The text encoder learns the edits of sentences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from trainer.starter.data.edits import FAMILIES, PLAIN_COLOURS, STRENGTHS, SWAPPABLE, UNCHANGED, Edit
from trainer.starter.data.held_out import Sentence
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.stages.initial_model import TOKEN_LENGTH, make_text_encoder, make_tokenizer
from trainer.starter.stages.language_training import (
    COLOURED,
    MEANINGS,
    LanguageScores,
    LanguageStage,
    misclassified,
    predicted_edits,
    random_edits,
    summary_of,
    targets_of,
    tokens_of,
    train_language,
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"), sentences=1500)


def fresh_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    torch.manual_seed(0)
    return make_text_encoder(tokenizer).eval()


def test_sentences_fit_the_tokenizer(tokenizer: CLIPTokenizer) -> None:
    rng = np.random.default_rng(0)
    lengths = [len(tokenizer(draw_instruction(random_edits(rng), rng)).input_ids) for _ in range(500)]
    assert np.mean(np.array(lengths) <= TOKEN_LENGTH) > 0.99


def test_every_byte_has_its_token(tokenizer: CLIPTokenizer) -> None:
    every_character = "".join(map(chr, range(32, 256))) + "雪 🙂 \u00df"
    tokens = tokenizer(every_character).input_ids[1:-1]
    assert tokenizer.eos_token_id not in tokens
    assert tokenizer.unk_token_id not in tokens
    assert tokenizer.pad_token_id == tokenizer.eos_token_id


def test_a_meaning_holds_strengths_and_colours_only_where_they_are_spoken_of() -> None:
    swap = Edit("colour swap", colour="blue", swapped="red")
    meaning = targets_of([(Edit("warmer", 1.5), swap), (Edit(UNCHANGED),)])
    assert [MEANINGS[number] for number in meaning.families[0].nonzero().flatten()] == [
        "warmer",
        "colour swap",
    ]
    assert meaning.families[1].nonzero().flatten().tolist() == [len(FAMILIES)]
    assert (meaning.strengths >= 0).sum() == 1
    assert meaning.strengths[0, MEANINGS.index("warmer")] == STRENGTHS.index(1.5)
    assert (meaning.colours >= 0).sum() == 1
    assert meaning.swapped.tolist() == [SWAPPABLE.index("red"), -100]


def test_padding_that_is_cut_leaves_the_states_before_it(tokenizer: CLIPTokenizer) -> None:
    encoder = fresh_encoder(tokenizer)
    tokens = tokens_of(tokenizer, ["make it foggy", "add a touch of snow and turn it into a comic"])
    with torch.no_grad():
        whole = encoder(input_ids=tokens).last_hidden_state
        cut = encoder(input_ids=tokens[:, :20]).last_hidden_state
    assert tokens.shape == (2, TOKEN_LENGTH)
    torch.testing.assert_close(whole[:, :20], cut, atol=1e-5, rtol=1e-4)


def test_the_summary_is_the_mean_from_the_end_token_on(tokenizer: CLIPTokenizer) -> None:
    encoder = fresh_encoder(tokenizer)
    tokens = tokens_of(tokenizer, ["make it foggy"])
    with torch.no_grad():
        hidden = encoder(input_ids=tokens).last_hidden_state[0]
        summary = summary_of(encoder, tokens)[0]
    end = tokens[0].tolist().index(tokenizer.eos_token_id)
    torch.testing.assert_close(summary, hidden[end:].mean(0), atol=1e-5, rtol=1e-4)


def test_a_short_training_lowers_the_loss_and_repeats(tokenizer: CLIPTokenizer) -> None:
    def trained() -> tuple[CLIPTextModel, LanguageScores]:
        encoder = fresh_encoder(tokenizer)
        return encoder, train_language(tokenizer, encoder, LanguageStage(steps=16, batch_size=8))

    def loss(encoder: CLIPTextModel, heads: LanguageScores) -> float:
        rng = np.random.default_rng(1)
        asked = [random_edits(rng) for _ in range(64)]
        tokens = tokens_of(tokenizer, [draw_instruction(edits, rng) for edits in asked])
        with torch.no_grad():
            return heads.loss(summary_of(encoder, tokens), targets_of(asked)).item()

    encoder, heads = trained()
    untrained = fresh_encoder(tokenizer)
    assert loss(encoder, heads) < 0.7 * loss(untrained, LanguageScores(untrained.config.hidden_size))
    again, _ = trained()
    for first, second in zip(encoder.parameters(), again.parameters(), strict=True):
        assert torch.equal(first, second)


def test_readings_name_families_strengths_and_colours(tokenizer: CLIPTokenizer) -> None:
    """Heads set by hand read the same thing out of any sentence."""
    encoder = fresh_encoder(tokenizer)
    heads = LanguageScores(encoder.config.hidden_size)
    for layer in heads.children():
        layer.weight.data.zero_()
        layer.bias.data.fill_(-1.0)
    heads.families.bias.data[[MEANINGS.index("foggy"), MEANINGS.index("colour swap")]] = 1.0
    heads.strengths.bias.data.view(len(MEANINGS), -1)[MEANINGS.index("foggy"), 2] = 1.0
    heads.colours.bias.data.view(len(COLOURED), -1)[2, list(PLAIN_COLOURS).index("green")] = 1.0
    heads.swapped.bias.data[1] = 1.0
    asked = (Edit("colour swap", 1.0, "green", "orange"), Edit("foggy", 1.5))
    assert predicted_edits(tokenizer, encoder, heads, ["anything"]) == [asked]
    right, wrong = Sentence("one", asked[::-1]), Sentence("two", (Edit("foggy"),))
    assert misclassified(tokenizer, encoder, heads, [right, wrong]) == [(wrong, asked)]
