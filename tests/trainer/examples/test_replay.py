"""Replay of the start weights' edits: as often as configured, made once, and exactly their outputs."""

from __future__ import annotations

import io
import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from fakes.trainer_programs import run_trainer

from engine.instructions.knowledge import (
    Knowledge,
    KnownEdit,
    knowledge_file,
    read_knowledge,
    write_knowledge,
)
from engine.library import ModelCard, read_model_card, write_model_card
from engine.models.loading import Model, load_model
from engine.progress import Cancelled, CancelToken
from trainer.batches.batch import Batch, Examples
from trainer.batches.draws import Draws
from trainer.config import ConfigNotValid, TrainingConfig, read_config
from trainer.config.replay_defaults import known_instructions
from trainer.datasets import PairSet, Source, find_pairs
from trainer.examples.replay import with_replay
from trainer.examples.sources import make_examples
from trainer.judging.judged_models import known_edits
from trainer.learning.loss import DenoisingLoss
from trainer.protocol.events import EventStream
from trainer.starter.data.held_out import HELD_OUT, HELD_OUT_PAIRS, UNKNOWN


@pytest.fixture
def found(pair_folder: Path) -> PairSet:
    return find_pairs([Source(pair_folder)])


@pytest.fixture
def model(tiny_editor: Path) -> Model:
    return load_model(tiny_editor, device=torch.device("cpu"), dtype=torch.float32)


def config(pair_folder: Path, run: Path, *words: str) -> TrainingConfig:
    usual = [
        f"data.data_path={pair_folder}",
        f"exp_manager.exp_dir={run}",
        f"data.cache.folder={run / 'cache'}",
        "data.cache.enable=True",
        "data.resolution=64",
        "data.replay.pairs=12",
        "data.replay.share=0.25",
        "model.micro_batch_size=10",
        "validation.steps=1",
    ]
    return read_config([*usual, *words])


def made(run: TrainingConfig, found: PairSet, model: Model) -> tuple[Examples, list[dict[str, object]]]:
    """The examples, and the events of making what is replayed."""
    lines = io.StringIO()
    events = EventStream(lines)
    both, replay = with_replay(run, found, model)
    examples = make_examples(run, both, model, events, replay=replay)
    sent = [json.loads(line) for line in lines.getvalue().splitlines()]
    return examples, [event for event in sent if event.get("stage") == "replaying"]


def rows(batch: Batch, found: PairSet) -> list[int]:
    """Those of a batch that are replayed."""
    return [row for row, text in enumerate(batch.instructions) if text not in found.instructions]


def test_at_the_last_timestep_the_target_is_what_the_weights_predict(
    pair_folder: Path, tmp_path: Path, found: PairSet, starter: Path
) -> None:
    model = load_model(starter, device=torch.device("cpu"), dtype=torch.float32)
    run = config(pair_folder, tmp_path)
    examples, _ = made(run, found, model)
    loss = DenoisingLoss(model, run.model)
    last = torch.ones(1)
    errors = {True: 0.0, False: 0.0}
    for number in range(2):
        batch = examples.batch(number)
        for row in range(10):
            one = batch[row : row + 1]
            noise = loss.noise_of(one, seed=0, first=row)
            with torch.no_grad():
                error = float(loss(one, replace(noise, time=last, dropout=last)))
            is_replayed = row in rows(batch, found)
            errors[is_replayed] = max(errors[is_replayed], error)
    assert errors[True] < 1e-6
    assert errors[False] > 1e-2


def test_processes_that_make_batches_get_no_network(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    """Where they are not forked, all that they need is pickled."""
    examples, _ = made(config(pair_folder, tmp_path), found, model)
    pickled = pickle.dumps(examples)
    assert len(pickled) < 100_000
    batch, copied = examples.batch(1), pickle.loads(pickled).batch(1)
    assert batch.instructions == copied.instructions
    assert torch.equal(batch.edited, copied.edited)


def test_each_is_of_a_cut_of_its_own(pair_folder: Path, tmp_path: Path, found: PairSet, model: Model) -> None:
    examples, _ = made(config(pair_folder, tmp_path, "data.replay.share=0.9"), found, model)
    batches = [examples.batch(number) for number in range(10)]
    replayed = [batch[row : row + 1] for batch in batches for row in rows(batch, found)]
    originals = torch.cat([one.original for one in replayed])
    edited = torch.cat([one.edited for one in replayed])
    noises = torch.cat([one.noise for one in replayed if one.noise is not None])
    for values in (originals, edited, noises):
        assert len(torch.unique(values.flatten(1), dim=0)) == 12


def test_others_begin_with_any_noise_and_have_their_deviation(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    examples, _ = made(config(pair_folder, tmp_path), found, model)
    batch = examples.batch(0)
    assert batch.noise is not None
    assert batch.edited_std is not None
    spread = [bool(deviation.any()) for deviation in batch.edited_std]
    assert [row for row in range(10) if not spread[row]] == rows(batch, found)
    assert batch.noise.std() == pytest.approx(1, abs=0.1)
    assert torch.equal(batch.noise, examples.batch(0).noise)  # type: ignore[arg-type]


def test_an_edit_in_many_steps_stores_no_noise(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    examples, _ = made(config(pair_folder, tmp_path, "validation.steps=3"), found, model)
    assert examples.batch(0).noise is None


def test_all_listed_instructions_are_combined_with_all_photos(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    listed = [f"make it number {number}" for number in range(20)]
    words = (f"data.replay.instructions={json.dumps(listed)}", "data.replay.pairs=160")
    both, _ = with_replay(config(pair_folder, tmp_path, *words), found, model)
    added = both.pairs[len(found.pairs) :]
    assert {pair.instruction for pair in added[:20]} == set(listed)
    assert len({(pair.name, pair.instruction) for pair in added}) == 160


def test_they_are_drawn_as_often_as_configured(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    both, _ = with_replay(config(pair_folder, tmp_path), found, model)
    draws = Draws(both, batch_size=10, seed=0, sizes=[(64, 64)])
    drawn = [draw.place for number in range(100) for draw in draws.batch(number)]
    assert sum(place >= len(found.pairs) for place in drawn) == 250


def test_they_are_made_once(pair_folder: Path, tmp_path: Path, found: PairSet, model: Model) -> None:
    run = config(pair_folder, tmp_path)
    first, events = made(run, found, model)
    assert [event["done"] for event in events] == list(range(13))
    again, events = made(run, found, model)
    assert [event["done"] for event in events] == [12]
    assert torch.equal(again.batch(3).edited, first.batch(3).edited)
    with torch.no_grad():  # another model
        model.unet.conv_out.weight.mul_(2)
    _, events = made(run, found, model)
    assert [event["done"] for event in events] == list(range(13))


def test_none_depends_on_how_many_are_made_at_a_time(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    before = torch.get_num_threads()
    batches = []
    try:
        for threads in (4, 1):
            torch.set_num_threads(threads)
            folder = f"data.cache.folder={tmp_path / str(threads)}"
            examples, _ = made(config(pair_folder, tmp_path, folder), found, model)
            assert torch.get_num_threads() == threads
            batches.append([examples.batch(number) for number in range(6)])
    finally:
        torch.set_num_threads(before)
    for several, one in zip(*batches, strict=True):
        own = rows(one, found)
        assert rows(several, found) == own
        assert torch.equal(several.edited[own], one.edited[own])


def test_making_them_can_be_stopped_and_resumed(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    run = config(pair_folder, tmp_path)
    both, replay = with_replay(run, found, model)
    cancel = CancelToken()
    stopping = StopRequestingStream(5, cancel)
    threads = torch.get_num_threads()
    with pytest.raises(Cancelled):
        make_examples(run, both, model, EventStream(stopping), cancel, replay)
    assert torch.get_num_threads() == threads
    _, events = made(run, found, model)
    assert events[0]["done"] == 5
    assert events[-1]["done"] == 12


class StopRequestingStream(io.StringIO):
    """Requests a stop once so many edits are made."""

    def __init__(self, count: int, cancel: CancelToken) -> None:
        super().__init__()
        self.count, self.cancel = count, cancel

    def write(self, text: str) -> int:
        if text.strip():
            event = json.loads(text)
            if event.get("stage") == "replaying" and event["done"] == self.count:
                self.cancel.cancel()
        return super().write(text)


def test_they_need_the_cache(pair_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigNotValid, match=r"needs data\.cache\.enable"):
        config(pair_folder, tmp_path, "data.cache.enable=False")


def test_a_model_without_suggestions_needs_configured_instructions(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    card = read_model_card(model.path)
    silent = tmp_path / "silent"
    silent.mkdir()
    (silent / "model_index.json").write_bytes((model.path / "model_index.json").read_bytes())
    write_model_card(replace(card, path=silent, suggestions=()))
    with pytest.raises(ConfigNotValid, match="suggests no edits"):
        with_replay(config(pair_folder, tmp_path), found, replace(model, path=silent))


def test_a_run_trains_on_them_by_default_and_validates_without(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    words = [
        f"data.data_path={pair_folder}",
        f"model.unet_config.from_pretrained={tiny_editor}",
        f"exp_manager.exp_dir={tmp_path / 'run'}",
        f"data.cache.folder={tmp_path / 'cache'}",
        "data.cache.variants=1",
        "data.resolution=64",
        "data.num_workers=0",
        "data.split.smallest_val=2",
        "model.micro_batch_size=2",
        "trainer.max_steps=4",
        "validation.edits=0",
    ]
    code, events, errors = run_trainer(words, tmp_path / "logs")
    assert code == 0, errors
    (note,) = [event for event in events if event.get("code") == "settings.replay-by-default"]
    assert note["values"] == {"pairs": 7, "percent": 80}, "as many as four steps of two draw"
    assert "data.replay.pairs=0 switches this off" in note["advice"]
    caching = [event for event in events if event["type"] == "caching"]
    assert caching[-1]["total"] == 6 + 8, "pairs, and the instructions of both"
    (made,) = [event for event in events if event.get("stage") == "replaying" and event["done"] == 7]
    assert made["total"] == 7
    (started,) = [event for event in events if event["type"] == "started"]
    assert started["examples"] == 6 + 7
    assert events[-1]["type"] == "finished"
    assert not (tmp_path / "run" / "encoders.pt").exists()
    suggested, base = (
        read_model_card(path).suggestions for path in (tmp_path / "run" / "model", tiny_editor)
    )
    assert suggested == ("turn it inside out", *base), "what it could do before it still can"


def test_no_more_are_made_than_the_steps_draw(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    short = config(pair_folder, tmp_path, "trainer.max_steps=3", "data.replay.share=0.3")
    both, _ = with_replay(short, found, model)
    assert len(both.pairs) - len(found.pairs) == 9
    draws = Draws(both, batch_size=10, seed=0, sizes=[(64, 64)])
    drawn = {draw.place for number in range(3) for draw in draws.batch(number)}
    assert sum(place >= len(found.pairs) for place in drawn) == 9


def test_later_instructions_are_as_frequent_as_an_edit_with_many_wordings(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    write_model_card(ModelCard(path=tmp_path, name="Trained", suggestions=("zorbify it", "make it snow")))
    edits = (KnownEdit("snowy", "make it snow"), KnownEdit("foggy", "add fog"))
    wordings = tuple(f"snow or fog, number {number}" for number in range(20))
    knowledge = Knowledge(edits=edits, vocabulary={}, instructions=("zorbify it",), wordings=wordings)
    write_knowledge(tmp_path, knowledge)
    known = known_instructions(read_model_card(tmp_path))
    assert known[:3] == ["zorbify it", "make it snow", "add fog"]
    assert known.count("zorbify it") == 1 + 10
    assert known[-20:] == list(wordings)
    many = tuple(f"edit {number}" for number in range(100))
    write_knowledge(tmp_path, replace(knowledge, instructions=many))
    assert [known_instructions(read_model_card(tmp_path)).count(text) for text in many] == [1] * 100


def test_painted_styles_are_not_replayed_by_the_unet_that_does_not_make_them(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    suggestions = ("turn it into a woodcut", "make it snow")
    card = ModelCard(path=tmp_path, name="M", suggestions=suggestions, painted_styles=("woodcut", "batik"))
    write_model_card(card)
    edits = (
        KnownEdit("snowy", "make it snow"),
        KnownEdit("woodcut", "turn it into a woodcut"),
        KnownEdit("batik", "make it batik"),
    )
    write_knowledge(tmp_path, Knowledge(edits=edits, vocabulary={}))
    card = read_model_card(tmp_path)
    assert card.painted_styles == ("woodcut", "batik")
    assert known_instructions(card) == ["make it snow"]
    assert known_edits(card, 9) == ["make it snow"]


def test_damaged_knowledge_leaves_the_suggestions(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    write_model_card(ModelCard(path=tmp_path, name="Trained", suggestions=("make it snow",)))
    knowledge_file(tmp_path).parent.mkdir()
    knowledge_file(tmp_path).write_text("[")
    assert known_instructions(read_model_card(tmp_path)) == ["make it snow"]


def test_all_instructions_of_the_knowledge_are_replayed(starter: Path) -> None:
    knowledge, card = read_knowledge(starter), read_model_card(starter)
    known = known_instructions(card)
    examples = knowledge.examples(without=card.painted_styles)
    painted = set(knowledge.examples()) - set(examples)
    assert painted.isdisjoint(known)
    suggestions = [text for text in card.suggestions if text not in painted]
    assert known[: len(suggestions)] == suggestions
    assert set(examples) <= set(known)
    assert len(knowledge.wordings) > 10 * len(examples)
    assert set(knowledge.wordings) <= set(known)
    measured_with = {sentence.text for sentence in (*HELD_OUT, *HELD_OUT_PAIRS)} | set(UNKNOWN)
    assert measured_with.isdisjoint(knowledge.wordings)
