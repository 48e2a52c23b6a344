"""What can be chosen of a run, and what the model that is kept of it is described with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.library import ModelCard, read_model_card, write_model_card
from ip2p_desktop.training.results.result_choice import kept_steps, own_photos
from ip2p_desktop.training.results.result_export import describe_model
from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun
from trainer.protocol.events import SnapshotSaved


def run_with(*settings: str) -> TrainingRun:
    here = Path()
    plan = TrainingPlan(
        dataset=here, base_model=here, base_model_name="", name="Night", steps=5, settings=settings
    )
    return TrainingRun(folder=here, plan=plan)


def test_steps_are_offered_once_in_order_and_not_the_first() -> None:
    progress = RunProgress(total_steps=5)
    for step in (4, 0, 2, 5):
        progress.take(SnapshotSaved(step=step, path=f"snapshots/step-{step}"))
    assert kept_steps(progress, 5) == (2, 4, 5)
    assert kept_steps(RunProgress(total_steps=5), 3) == (3,)


@pytest.mark.parametrize(
    ("value", "photos"),
    [('["a.jpg", "b.jpg"]', ["a.jpg", "b.jpg"]), ("[", []), ('"a.jpg"', []), ("[]", [])],
)
def test_own_photos_are_those_of_the_plan(value: str, photos: list[str]) -> None:
    assert list(own_photos(run_with("data.resolution=64", f"validation.photos={value}"))) == photos
    assert list(own_photos(run_with())) == []


def model_in(folder: Path) -> Path:
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    write_model_card(ModelCard(path=folder, name="Night", description="step 5"))
    return folder


def test_name_note_and_picture_are_on_the_card(tmp_path: Path) -> None:
    model, picture = model_in(tmp_path / "model"), tmp_path / "edit.jpg"
    Image.new("RGB", (8, 8), "red").save(picture)
    describe_model(model, "Old film", "For portraits", picture)
    card = read_model_card(model)
    assert (card.name, card.description) == ("Old film", "For portraits")
    assert card.preview_file == model / "preview.jpg"
    with Image.open(card.preview_file) as shown:
        assert shown.getpixel((4, 4))[0] > 200
    describe_model(model, "", "", None)
    assert read_model_card(model).name == "Old film", "what is not given stays"
    assert read_model_card(model).preview_file == model / "preview.jpg"


def test_a_picture_that_is_gone_is_no_reason_not_to_keep_the_model(tmp_path: Path) -> None:
    model = model_in(tmp_path / "model")
    describe_model(model, "Old film", "", tmp_path / "gone.jpg")
    card = read_model_card(model)
    assert (card.name, card.preview_file) == ("Old film", None)
