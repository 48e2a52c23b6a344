"""The UNet of painted styles is trained from a teacher."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.models.loading import load_model
from engine.models.model_plan import STYLE_UNET
from ip2p_desktop.base.paths import starter_model
from trainer.starter.data.edits import PAINTED
from trainer.starter.data.style_teacher import BLOCKS, TEACHER_STYLES, WIDTH, StyleTeacher
from trainer.starter.scoring.scorer import STYLES_NAME
from trainer.starter.styles.style_examples import SHAPES, STYLES_OF_A_PART, StyleExamples
from trainer.starter.styles.style_loss import StyleLoss, texture_loss
from trainer.starter.styles.style_training import (
    MEASURES_NAME,
    STATE_NAME,
    StyleRun,
    StyleTraining,
    export,
    train,
)
from trainer.starter.styles.style_unet import StyleHints, new_style_unet

CPU = torch.device("cpu")


@pytest.fixture
def teacher(teacher_files: Path) -> StyleTeacher:
    return StyleTeacher(teacher_files / STYLES_NAME)


@pytest.fixture
def training(
    photo_set: Path, teacher_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StyleTraining:
    monkeypatch.setattr("trainer.starter.styles.style_examples.SHAPES", (((64, 64), 1, 1.0),))
    monkeypatch.setattr("trainer.starter.styles.style_training.VAL_BATCHES", 1)
    model = tmp_path / "model"
    shutil.copytree(starter_model(), model, ignore=shutil.ignore_patterns(STYLE_UNET))
    return StyleTraining(
        photos=photo_set,
        teacher=teacher_files / STYLES_NAME,
        model=model,
        run=tmp_path / "run",
        seconds=1000.0,
    )


def test_every_painted_style_has_one_number_of_the_teacher() -> None:
    assert tuple(TEACHER_STYLES) == PAINTED
    assert len(set(TEACHER_STYLES.values())) == len(PAINTED)
    assert set(TEACHER_STYLES.values()) <= set(range(26))


def test_the_teacher_paints_every_shape_in_each_style(teacher: StyleTeacher) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (47, 66, 3), dtype=np.uint8)
    painted = [teacher.paint(photo, style) for style in ("woodcut", "gouache", "woodcut")]
    assert all(image.shape == photo.shape for image in painted)
    assert np.array_equal(painted[0], painted[2])
    assert not np.array_equal(painted[0], painted[1])


def test_several_styles_of_a_photo_are_those_of_each_alone(teacher: StyleTeacher) -> None:
    pixels = torch.rand(2, 3, 32, 48)
    styles = ["woodcut", "batik", "cubist", "lava"]
    together, features = teacher.stages(pixels, styles)
    assert together.shape == (4, 3, 32, 48)
    assert [tuple(each.shape) for each in features] == [(4, WIDTH, 8, 12)] * (BLOCKS + 1)
    for row, style in enumerate(styles):
        alone, _ = teacher.stages(pixels[row // 2][None], [style])
        assert torch.allclose(alone[0], together[row], atol=1e-4)


def test_the_teacher_does_not_depend_on_brightness_and_contrast(teacher: StyleTeacher) -> None:
    """Instance norm takes them away, so the style decides both."""
    pixels = torch.rand(1, 3, 32, 32)
    plain, other = (teacher.stages(each, ["woodcut"])[0] for each in (pixels, 0.3 + 0.5 * pixels))
    assert torch.allclose(plain, other, atol=2e-3)


def test_examples_have_the_teachers_latents_and_the_photos_without_an_instruction(
    photo_set: Path, teacher: StyleTeacher
) -> None:
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    examples = StyleExamples(photo_set, model, teacher, split="train", seed=0)
    batches = [examples.batch(is_new=True) for _ in range(6)]
    null = model.text_encoders.encode([""])[0]
    counts = {True: 0, False: 0}
    for batch in batches:
        assert len(batch.styles) == len(batch.target) == len(batch.text)
        assert tuple(4 * side for side in batch.target.shape[-2:]) in [shape for shape, *_ in SHAPES]
        assert len(batch.styles) % STYLES_OF_A_PART == 0
        for row, is_complete in enumerate(batch.is_complete.tolist()):
            counts[is_complete] += 1
            is_photo = torch.equal(
                batch.target[row],
                batch.source[row] / model.image_latent_scale * model.vae.config.scaling_factor,
            )
            is_null = torch.allclose(batch.text[row], null[0], atol=1e-5)
            assert is_photo <= is_null
            assert is_complete <= (not is_null and not is_photo)
    assert counts[True] > 3 * counts[False] > 0


def test_latest_batches_are_used_again(
    photo_set: Path, teacher: StyleTeacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.starter.styles.style_examples.KEPT_BATCHES", 4)
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    examples = StyleExamples(photo_set, model, teacher, split="train", seed=0)
    made = [examples.batch(is_new=True) for _ in range(5)]
    again = [examples.batch(is_new=False) for _ in range(12)]
    assert {id(batch) for batch in again} <= {id(batch) for batch in made[1:]}


def test_hints_are_of_the_blocks_that_stand_for_the_teachers() -> None:
    unet = new_style_unet(8, 160)
    hints = StyleHints(unet)
    inputs, text = torch.randn(2, 16, 8, 12), torch.randn(2, 5, 160)
    unet(inputs, 999, text, return_dict=False)
    features = [torch.randn(2, WIDTH, 8, 12) for _ in range(BLOCKS + 1)]
    errors = hints(features, torch.tensor([True, False]))
    assert errors.shape == (BLOCKS + 1,)
    torch.autograd.backward(errors.sum())
    assert unet.conv_in.weight.grad is not None
    assert unet.conv_out.weight.grad is None, "what follows the last hint is not trained by them"


def test_a_new_unet_does_not_depend_on_the_initial_noise() -> None:
    unet = new_style_unet(8, 160)
    source, text = torch.randn(1, 8, 8, 8), torch.randn(1, 5, 160)
    with torch.no_grad():
        first, second = (
            unet(torch.cat([torch.randn(1, 8, 8, 8), source], 1), 999, text, return_dict=False)[0]
            for _ in range(2)
        )
    assert torch.equal(first, second)


def test_a_perfect_prediction_has_no_loss(photo_set: Path, teacher: StyleTeacher) -> None:
    model = load_model(starter_model(), device=CPU, dtype=torch.float32)
    batch = StyleExamples(photo_set, model, teacher, split="train", seed=0).batch(is_new=True)
    unet = new_style_unet(8, 160)
    hints = StyleHints(unet)

    class Fixed(torch.nn.Module):
        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

        def forward(self, inputs: torch.Tensor, *args: object, **options: object) -> tuple[torch.Tensor]:
            unet(inputs, *args, **options)
            return (-self.share * batch.target,)  # v at the last timestep

    with torch.no_grad():
        errors = StyleLoss(model, Fixed(1), hints)(batch, every_timestep=False)
        torch.manual_seed(0)
        decoded = StyleLoss(model, Fixed(1), hints, decoded=32)(batch, every_timestep=False)
        torch.manual_seed(0)
        worse = StyleLoss(model, Fixed(0.5), hints, decoded=32)(batch, every_timestep=False)
    assert errors.velocity < 1e-8
    assert errors.pixels is None
    assert decoded.pixels is not None
    assert worse.pixels is not None
    assert 0 < decoded.pixels < 0.8 * worse.pixels
    assert decoded.total > errors.total


def test_the_loss_of_texture_does_not_depend_on_where_strokes_are() -> None:
    strokes = torch.zeros(1, 3, 32, 32)
    strokes[..., ::4] = 1
    shifted, soft = strokes.roll(1, dims=3), torch.full_like(strokes, 0.25)
    assert texture_loss(strokes, shifted) < 0.01
    assert texture_loss(soft, strokes) > 0.3
    assert texture_loss(strokes + 0.5, strokes) == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_training_stops_resumes_and_exports(training: StyleTraining) -> None:
    first = StyleRun(training)
    training.run.mkdir()
    errors = [first.take_step()[0] for _ in range(12)]
    assert np.isfinite(errors).all()
    before = first.measures()
    first.save()
    resumed = StyleRun(training)
    assert (resumed.step, resumed.samples, resumed.spent) == (12, first.samples, first.spent)
    assert resumed.measures()["error"] == pytest.approx(before["error"], abs=1e-3)
    export(training)
    model = load_model(training.model, device=CPU, dtype=torch.float32)
    assert model.style_unet is not None
    stored = load_file(training.model / STYLE_UNET / "diffusion_pytorch_model.safetensors")
    assert all(torch.equal(first.unet.state_dict()[name].half(), value) for name, value in stored.items())


@pytest.mark.slow
def test_a_request_to_stop_ends_training_with_a_saved_state(training: StyleTraining) -> None:
    train(training, lambda: True)
    assert (training.run / STATE_NAME).exists()
    asked = iter([False, False, True])
    train(replace(training, seconds=900.0), lambda: next(asked))
    assert torch.load(training.run / STATE_NAME, weights_only=True)["step"] == 2
    lines = (training.run / MEASURES_NAME).read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [0]
