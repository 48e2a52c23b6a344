"""Practice sets: pairs of real photos and recipes, which the finder and the check of datasets accept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import OutputNotWritable
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.paths import sample_photos
from trainer.check import check_pairs
from trainer.datasets import Source, find_pairs
from trainer.practice.practice_set import PracticeFile, PracticeNotPossible, make_practice_set
from trainer.practice.recipes import RecipeUnknown, edits_of, longer_side, recipe_names, suggested_instruction

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def few_photos() -> list[PracticeFile]:
    return list(map(PracticeFile, sample_photos()[:3]))


def test_a_set_is_a_dataset_without_faults(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    made = make_practice_set(few_photos, ["sepia", "vignette"], tmp_path / "set", count=7)
    assert made.pairs == 7
    assert made.instructions == ("make it sepia and add a vignette",)
    found = find_pairs([Source(tmp_path / "set")])
    assert len(found.pairs) == 7
    assert found.problems == ()
    assert check_pairs(found, workers=1).usable == 7


def test_the_edited_image_is_the_recipe_of_the_original(
    few_photos: list[PracticeFile], tmp_path: Path
) -> None:
    make_practice_set(few_photos[:1], ["black and white"], tmp_path / "set")
    with Image.open(tmp_path / "set" / "0001-before.jpg") as before:
        assert max(before.size) == 1024
        grey = np.asarray(before.convert("L"), dtype=float)
    with Image.open(tmp_path / "set" / "0001-after.jpg") as after:
        edited = np.asarray(after.convert("RGB"), dtype=float)
    assert np.ptp(edited, axis=2).mean() < 1
    assert np.abs(edited.mean(axis=2) - grey).mean() < 4


def test_patterns_are_made_at_the_size_they_are_defined_for() -> None:
    assert longer_side(edits_of(["sepia", "vignette"])) == 1024
    assert longer_side(edits_of(["sepia", "film grain"])) == 512


def test_every_recipe_has_words_and_changes_a_photo(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    with Image.open(few_photos[0].path) as photo:
        photo.convert("RGB").resize((320, 240)).save(small)
    for number, name in enumerate(recipe_names()):
        assert suggested_instruction([name])
        assert edits_of([name], 1.5)
        if "duotone" in name or "tint" in name:
            continue
        folder = tmp_path / str(number)
        make_practice_set([PracticeFile(small)], [name], folder)
        with Image.open(folder / "0001-before.jpg") as before, Image.open(folder / "0001-after.jpg") as after:
            difference = np.abs(np.asarray(before, dtype=float) - np.asarray(after, dtype=float))
        assert difference.mean() > 0.5, name


def test_two_additions_in_a_row_have_one_verb() -> None:
    assert suggested_instruction(["vignette", "film grain"]) == "add a vignette and film grain"
    assert suggested_instruction(["sepia", "vignette"]) == "make it sepia and add a vignette"
    words = suggested_instruction(["vignette", "film grain", "white frame", "night"])
    assert words == "add a vignette, film grain, a white frame and make it night"


def test_the_same_seed_gives_the_same_files(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_practice_set(few_photos, ["film grain"], tmp_path / name, count=4, seed=3)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_photos_that_cannot_be_used_are_left_out(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    broken, small = tmp_path / "broken.jpg", tmp_path / "small.png"
    broken.write_bytes(b"\xff\xd8\xff")
    Image.new("RGB", (20, 20)).save(small)
    made = make_practice_set(
        [PracticeFile(broken), PracticeFile(small), few_photos[0]], ["sepia"], tmp_path / "set", count=6
    )
    assert made.pairs == 2
    assert [report.code for report in made.skipped] == ["image.damaged", "practice.photo-too-small"]
    with pytest.raises(PracticeNotPossible, match=r"small\.png is too small"):
        make_practice_set([PracticeFile(small)], ["sepia"], tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_cancelling_leaves_nothing_and_keeps_what_others_wrote(
    few_photos: list[PracticeFile], tmp_path: Path
) -> None:
    token, folder = CancelToken(), tmp_path / "set"

    def cancel(done: int, total: int) -> None:
        if done == 2:
            (folder / "notes.txt").write_text("mine")
            token.cancel()

    with pytest.raises(Cancelled):
        make_practice_set(few_photos, ["sepia"], folder, on_made=cancel, cancel=token)
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]
    with pytest.raises(OutputNotWritable, match="is not empty"):
        make_practice_set(few_photos, ["sepia"], folder)


def test_unknown_recipes_are_refused(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    for name in ("lomography", "tint", "colour swap", "tint mauve"):
        with pytest.raises(RecipeUnknown, match="There is no recipe"):
            make_practice_set(few_photos, [name], tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_the_command_makes_a_set(few_photos: list[PracticeFile], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "trainer.practice",
        "--photos",
        *(str(photo.path) for photo in few_photos),
    ]
    output = ["--recipe", "tint teal", "--output", str(tmp_path / "set"), "--instruction", "cool it"]
    done = subprocess.run([*command, *output], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"3 pairs in {tmp_path / 'set'}: cool it\n"
    assert find_pairs([Source(tmp_path / "set")]).instructions == ("cool it",)
    again = subprocess.run([*command, *output], cwd=ROOT, capture_output=True, text=True)
    assert again.returncode == 2
    assert again.stderr.endswith("is not empty. Choose a new or an empty folder.\n")
