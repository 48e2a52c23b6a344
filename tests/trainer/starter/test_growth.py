"""A starter is trained further on old edits and edits at places."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

from engine.models.loading import load_model
from ip2p_desktop.base.paths import starter_model
from trainer.export.run_record import RunNotUsable
from trainer.runs.run_lock import run_lock
from trainer.starter.data.edits import FAMILIES, PAINTED, PLACED, UNCHANGED, Edit
from trainer.starter.data.growth_draws import draw_new, draw_painted, draw_placed, is_old
from trainer.starter.growth import LOSSES_NAME, Growth, GrowthRun, Stop, export, train
from trainer.starter.scoring.growth_curve import MEASURES_NAME, panels, read_measures
from trainer.starter.scoring.place_gate import SplitScore, balanced_accuracy, change_share, gate_summary
from trainer.starter.stages.growth_examples import SHAPES, GrowthExamples, kind_of
from trainer.starter.stages.growth_loss import GrowthLoss, MaskHead
from trainer.starter.stages.language_growth import LanguageGrowth, grow_language
from trainer.starter.stages.language_training import ALL_MEANINGS, summary_of, targets_of, tokens_of
from trainer.starter.stages.pixel_training import LatentLoss
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE

CPU = torch.device("cpu")


@pytest.fixture
def growth(photo_set: Path, teacher_files: Path, tmp_path: Path) -> Growth:
    (tmp_path / "run").mkdir()
    return Growth(
        photos=photo_set,
        teachers=teacher_files,
        run=tmp_path / "run",
        model=starter_model(),
        measured_batches=1,
        gate_photos=1,
        gate_side=64,
    )


@pytest.fixture
def small_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "trainer.starter.stages.growth_examples.SHAPES", (((64, 64), 1, 0.5), ((64, 96), 1, 0.5))
    )


def test_edits_are_drawn_of_every_new_kind() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_new(rng) for _ in range(3000)]
    meanings = {edits[0].meaning for edits in drawn}
    assert meanings == {*ALL_MEANINGS} - {*FAMILIES, UNCHANGED}
    assert not any(is_old(edits) for edits in drawn)
    assert is_old((Edit("sepia"), Edit("night")))
    assert is_old((Edit(UNCHANGED),))
    seconds = [edits[1] for edits in drawn if len(edits) == 2]
    assert 0.05 < len(seconds) / len(drawn) < 0.3
    assert all(edit.family in FAMILIES and edit.place is None for edit in seconds)
    assert {draw_painted(("woodcut",), rng)[0].family for _ in range(9)} == {"woodcut"}
    assert all(
        edits[0].family in PLACED[str(edits[0].place)] for edits in (draw_placed(rng) for _ in range(99))
    )


def test_batches_have_all_kinds_and_follow_from_their_number(photo_set: Path, teacher_files: Path) -> None:
    examples = GrowthExamples(photo_set, teacher_files, split="train", seed=0)
    assert examples.subjects == 3
    again = GrowthExamples(photo_set, teacher_files, split="train", seed=0).batch(4)
    assert torch.equal(again.batch.edited, examples.batch(4).batch.edited)
    assert again.batch.instructions == examples.batch(4).batch.instructions
    kinds = set()
    for number in range(14):
        growth = examples.batch(number)
        height, width = growth.batch.original.shape[-2:]
        assert (height, width) in [shape for shape, *_ in SHAPES]
        assert growth.masks.shape == (len(growth.edits), 1, height // 4, width // 4)
        assert len(growth.edits) % EDITS_PER_SQUARE == 0
        kinds |= {kind_of(edits) for edits in growth.edits}
        has_mask = growth.masks[:, 0, 0, 0] >= 0
        assert all(has_mask[row] for row, edits in enumerate(growth.edits) if edits[0].place)
    assert kinds == {"old", "placed"}


def test_edits_at_a_place_leave_photos_without_a_subject(
    photo_set: Path,
    teacher_files: Path,
    small_shapes: None,
    tmp_path: Path,
) -> None:
    teachers = shutil.copytree(teacher_files, tmp_path / "teachers")
    empty = sorted((teachers / "subjects").iterdir())[1:3]
    for path in empty:
        Image.new("L", (320, 320)).save(path)
    examples = GrowthExamples(photo_set, teachers, split="train", seed=0, shares=(0.4, 0.6))
    assert examples.subjects == 1
    asked = 0
    for number in range(100):
        growth = examples.batch(number)
        if (growth.masks == 0).all():
            rows = [row for row, edits in enumerate(growth.edits) if edits == (Edit(UNCHANGED),)]
            batch = growth.batch
            assert all(torch.equal(batch.edited[row], batch.original[row]) for row in rows)
            assert not any(edits[0].place for edits in growth.edits)
            asked += sum("background" in batch.instructions[row] for row in rows)
    assert asked > 3


def test_examples_count_by_their_weights(photo_set: Path, teacher_files: Path, small_shapes: None) -> None:
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    growth = GrowthExamples(photo_set, teacher_files, split="train", seed=0).batch(0)
    loss_of = LatentLoss(model, other_noise=0)
    count = len(growth.edits)
    with torch.no_grad():
        plain, even, only_first, none = (
            loss_of(growth.batch, growth.edits, 0, weights).loss
            for weights in (None, torch.ones(count), torch.eye(count)[0], torch.zeros(count))
        )
    assert plain == even > only_first > none == 0


def test_larger_batches_have_more_images(photo_set: Path, teacher_files: Path, small_shapes: None) -> None:
    one, three = (
        GrowthExamples(photo_set, teacher_files, split="train", seed=0, larger=larger).batch(0)
        for larger in (1, 3)
    )
    assert len(three.edits) == 3 * len(one.edits) == 3 * EDITS_PER_SQUARE
    assert three.masks.shape[1:] == one.masks.shape[1:]
    assert three.to(CPU).batch.instructions == three.batch.instructions


def test_batches_of_processes_that_train_together_have_one_shape(
    photo_set: Path, teacher_files: Path, small_shapes: None
) -> None:
    examples = GrowthExamples(photo_set, teacher_files, split="train", seed=0, together=2)
    batches = [examples.batch(number).batch for number in range(12)]
    shapes = [batch.original.shape[-2:] for batch in batches]
    assert shapes[::2] == shapes[1::2]
    assert len(set(shapes)) == 2
    assert not any(
        torch.equal(one.original, other.original)
        for one, other in zip(batches[::2], batches[1::2], strict=True)
    )


def test_without_files_of_teachers_it_says_so(photo_set: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no subjects"):
        GrowthExamples(photo_set, tmp_path, split="train", seed=0)


def test_the_mask_is_learned_beside_the_edits(
    photo_set: Path, teacher_files: Path, small_shapes: None
) -> None:
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    head = MaskHead(model.unet)
    examples = GrowthExamples(photo_set, teacher_files, split="train", seed=0)
    growth = next(batch for batch in map(examples.batch, range(60)) if (batch.masks[:, 0, 0, 0] >= 0).all())
    loss_of = GrowthLoss(model, head)
    with torch.no_grad():
        head.layer.weight.zero_()
        undecided = loss_of(growth, 0)
        head.layer.bias.fill_(-3.0)  # most of the part is background, or not
        decided = loss_of(growth, 0)
    assert undecided != decided
    with torch.no_grad():
        assert GrowthLoss(model, head, decoded=32)(growth, 0) > decided
    torch.autograd.backward(loss_of(growth, 0))
    assert head.layer.bias.grad is not None
    assert head.layer.bias.grad.abs().item() > 0


@pytest.mark.slow
def test_training_stops_resumes_and_exports(growth: Growth, small_shapes: None, tmp_path: Path) -> None:
    first = GrowthRun(growth)
    losses = [first.take_step(Stop()) for _ in range(2)]
    assert np.isfinite(losses).all()
    first.save()
    resumed = GrowthRun(replace(growth, processes=1))
    assert (resumed.step, resumed.samples) == (2, first.samples)
    assert resumed.take_step(Stop()) == pytest.approx(first.take_step(Stop()), rel=0.2)
    export(growth, tmp_path / "model")
    before, after = (
        load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
        for folder in (starter_model(), tmp_path / "model")
    )
    assert before.keys() == after.keys()
    assert all(after[name].dtype == value.dtype for name, value in before.items())
    assert any(not torch.equal(after[name], value) for name, value in before.items())


@pytest.mark.slow
def test_a_request_to_stop_ends_training_with_a_saved_state(growth: Growth, small_shapes: None) -> None:
    stop = Stop()
    stop.request()
    train(growth, stop)
    assert growth.state_file.exists()
    measures = [json.loads(line) for line in (growth.run / MEASURES_NAME).read_text().splitlines()]
    assert [line["step"] for line in measures] == [0]
    assert set(measures[0]["errors"]) == {"old", "placed"}
    assert "others" in measures[0]["gate"]
    assert not (growth.run / LOSSES_NAME).exists()


def test_two_trainings_never_share_a_folder(growth: Growth) -> None:
    with run_lock(growth.run), pytest.raises(RunNotUsable, match="Another"):
        train(growth, Stop())
    assert not growth.state_file.exists()


def test_the_balanced_accuracy_is_one_half_by_chance() -> None:
    wanted = np.zeros((20, 20), dtype=np.float32)
    wanted[:, 15:] = 1
    all_counted = np.ones_like(wanted)
    assert balanced_accuracy(wanted, wanted, all_counted) == 1
    assert balanced_accuracy(np.zeros_like(wanted), wanted, all_counted) == 0.5
    assert balanced_accuracy(1 - wanted, wanted, all_counted) == 0
    assert np.isnan(balanced_accuracy(wanted, np.zeros_like(wanted), all_counted))
    assert balanced_accuracy(np.zeros_like(wanted), wanted, wanted + (wanted == 0) * (all_counted)) == 0.5


def test_the_change_is_a_share_of_that_of_the_whole_photo() -> None:
    before = torch.full((3, 16, 16), 0.2)
    whole = torch.full((3, 16, 16), 0.9)
    whole[:, :4] = 0.2  # nothing can be told where the edit changes nothing
    after = before.clone()
    after[:, :, 8:] = 0.9
    share, told = change_share(before, after, whole)
    assert (told[0] == 0).all()
    assert (told[1:] == 1).all()
    assert np.allclose(share[1:, :2], 0, atol=1e-3)
    assert np.allclose(share[1:, 2:], 1, atol=1e-3)


def test_the_gate_tells_portraits_from_others() -> None:
    scores = [
        SplitScore("a", "darker background", False, 0.6, 30.0),
        SplitScore("b", "darker background", False, 0.8, 34.0),
        SplitScore("c", "darker background", True, 0.9, 30.0),
        SplitScore("d", "darker background", False, float("nan"), 30.0),
    ]
    assert gate_summary(scores) == {
        "others": 0.7,
        "darker background": 0.7,
        "outside dB": 32.0,
        "portraits": 0.9,
    }


def test_new_words_are_learned_while_old_states_stay() -> None:
    torch.set_num_threads(1)
    tokenizer = CLIPTokenizer.from_pretrained(starter_model() / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(starter_model() / "text_encoder")
    earlier = CLIPTextModel.from_pretrained(starter_model() / "text_encoder")
    heads = grow_language(tokenizer, encoder, LanguageGrowth(steps=12, batch_size=16))
    assert heads.meanings == ALL_MEANINGS
    old = tokens_of(tokenizer, ["make it warmer", "turn it into a pencil sketch"])
    with torch.no_grad():
        change = (summary_of(encoder, old) - summary_of(earlier, old)).square().mean()
        scale = summary_of(earlier, old).square().mean()
    assert 0 < change < 0.1 * scale


def test_meanings_at_places_have_classes_of_their_own() -> None:
    edits = (Edit("plain", colour="white", place="background"), Edit("warmer", 1.5))
    targets = targets_of([edits, (Edit("woodcut"),)], ALL_MEANINGS)
    named = [[ALL_MEANINGS[number] for number in row.nonzero().flatten()] for row in targets.families]
    assert named == [["warmer", "plain background"], ["woodcut"]]
    assert (targets.colours >= 0).sum() == 1
    assert len(PAINTED) == 24


def test_the_curve_shows_gate_and_errors_against_the_first(tmp_path: Path) -> None:
    lines = [
        {"samples": 0, "errors": {"old": 0.1, "placed": 0.4}, "gate": {"others": 0.5, "portraits": 0.5}},
        {"samples": 3000, "errors": {"old": 0.11, "placed": 0.2}, "gate": {"others": 0.7}},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + '{"samples": 40'
    (tmp_path / MEASURES_NAME).write_text(text)
    measures = read_measures(tmp_path)
    assert measures == lines
    gate, errors = panels(measures)
    assert gate.lines[0].points == [(0, 0.5), (3, 0.7)]
    assert gate.lines[1].points == [(0, 0.5)]
    assert [line.points[1] for line in errors.lines] == [(3, pytest.approx(1.1)), (3, 0.5)]
