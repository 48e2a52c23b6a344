"""Each fault is found in a folder that has it, and none in a folder without faults."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.paths import sample_photos
from trainer.check import CLEAN, FOUND, NOT_USABLE, check_pairs, main, usable_pairs
from trainer.datasets import Source, find_pairs
from trainer.datasets.checking.inspection import count_tokens
from trainer.datasets.checking.report import Consequence, DatasetReport
from trainer.datasets.opening import open_pair
from trainer.starter.data.edits import FAMILIES, Edit
from trainer.starter.data.recipes import apply_edits, noise_for

ROOT = Path(__file__).resolve().parents[2]
Spoil = Callable[[Path], None]
GOOD = 3


@pytest.fixture(scope="module")
def photos() -> list[Image.Image]:
    small = []
    for path in sample_photos():
        with Image.open(path) as photo:
            small.append(ImageOps.contain(photo.convert("RGB"), (320, 320)))
    return small


@pytest.fixture
def folder(tmp_path: Path, photos: list[Image.Image]) -> Path:
    """Three good pairs, and one between them to be spoilt: x-a.jpg and x-b.jpg."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    for name, photo in zip(("0", "x", "1", "2"), photos, strict=False):
        photo.save(folder / f"{name}-a.jpg", quality=95)
        ImageOps.invert(photo).save(folder / f"{name}-b.jpg", quality=95)
    write_metadata(folder, *(line(name) for name in ("0", "x", "1", "2")))
    return folder


def line(name: str, instruction: str = "turn it inside out") -> dict[str, str]:
    pictures = {"original_image": f"{name}-a.jpg", "edited_image": f"{name}-b.jpg"}
    return {**pictures, "edit_instruction": instruction}


def write_metadata(folder: Path, *lines: dict[str, str]) -> None:
    text = "\n".join(json.dumps(entry) for entry in lines)
    (folder / "metadata.jsonl").write_text(text, encoding="utf-8")


def change(path: Path, edit: Callable[[Image.Image], Image.Image], quality: int = 95) -> None:
    with Image.open(path) as photo:
        edit(photo.convert("RGB")).save(path, quality=quality)


def checked(folder: Path) -> DatasetReport:
    return check_pairs(find_pairs([Source(folder)]))


def kinds(report: DatasetReport) -> dict[str, int]:
    """What was found, but for the note that all instructions are the same."""
    return {concern.kind: concern.count for concern in report.concerns if concern.kind != "one instruction"}


def missing(folder: Path) -> None:
    (folder / "x-b.jpg").unlink()


def corrupt(folder: Path) -> None:
    (folder / "x-a.jpg").write_bytes(b"not a picture at all")


def truncated(folder: Path) -> None:
    data = (folder / "x-b.jpg").read_bytes()
    (folder / "x-b.jpg").write_bytes(data[: len(data) // 2])


def truncated_png(folder: Path) -> None:
    with Image.open(folder / "x-b.jpg") as photo:
        photo.save(folder / "x-b.png")
    data = (folder / "x-b.png").read_bytes()
    (folder / "x-b.jpg").write_bytes(data[: len(data) // 2])


def other_shape(folder: Path) -> None:
    change(folder / "x-b.jpg", lambda photo: photo.crop((0, 0, photo.width // 2, photo.height)))


def tiny(folder: Path) -> None:
    for side in "ab":
        change(folder / f"x-{side}.jpg", lambda photo: photo.resize((60, 40)))


def shifted(folder: Path) -> None:
    change(folder / "x-b.jpg", lambda photo: Image.fromarray(np.roll(np.asarray(photo), (9, 20), (0, 1))))


def unchanged(folder: Path) -> None:
    (folder / "x-b.jpg").write_bytes((folder / "x-a.jpg").read_bytes())


def saved_again(folder: Path) -> None:
    with Image.open(folder / "x-a.jpg") as photo:
        photo.save(folder / "x-b.jpg", quality=92)


def repeated(folder: Path) -> None:
    for side in "ab":
        (folder / f"x-{side}.jpg").write_bytes((folder / f"0-{side}.jpg").read_bytes())


def repeated_smaller(folder: Path) -> None:
    for side in "ab":
        with Image.open(folder / f"0-{side}.jpg") as photo:
            photo.resize((photo.width // 2, photo.height // 2)).save(folder / f"x-{side}.jpg", quality=80)


def without_words(folder: Path) -> None:
    write_metadata(folder, line("0"), line("x", "  "), line("1"), line("2"))


def overlong(folder: Path) -> None:
    write_metadata(
        folder, line("0"), line("x", "make it very " + "very " * 80 + "blue"), line("1"), line("2")
    )


def other_size(folder: Path) -> None:
    change(folder / "x-b.jpg", lambda photo: photo.resize((photo.width * 2, photo.height * 2)))


def with_exif(path: Path, orientation: int, turn: Image.Transpose | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(path) as photo:
        turned = photo if turn is None else photo.transpose(turn)
        turned.save(path, quality=95, exif=exif)


def rotated(folder: Path) -> None:
    """The original is rotated and its EXIF data contain that; the edited image is upright."""
    with_exif(folder / "x-a.jpg", 6, Image.Transpose.ROTATE_90)


def rotated_and_forgotten(folder: Path) -> None:
    """Both are rotated; the program that made the edit has removed the EXIF data."""
    with_exif(folder / "x-a.jpg", 6, Image.Transpose.ROTATE_90)
    change(folder / "x-b.jpg", lambda photo: photo.transpose(Image.Transpose.ROTATE_90))


def transparent(folder: Path) -> None:
    with Image.open(folder / "x-b.jpg") as photo:
        photo.putalpha(200)
        photo.save(folder / "x-b.png")
    (folder / "x-b.png").replace(folder / "x-b.jpg")


def four_inks(folder: Path) -> None:
    with Image.open(folder / "x-b.jpg") as photo:
        photo.convert("CMYK").save(folder / "x-b.jpg", quality=95)


def sixteen_bits(folder: Path) -> None:
    with Image.open(folder / "x-b.jpg") as photo:
        deep = np.asarray(photo.convert("L"), dtype=np.uint16) * 257
    Image.fromarray(deep).save(folder / "x-b.png")
    (folder / "x-b.png").replace(folder / "x-b.jpg")


LEFT_OUT: list[tuple[Spoil, str]] = [
    (missing, "missing"),
    (corrupt, "corrupt"),
    (truncated, "truncated"),
    (truncated_png, "truncated"),
    (other_shape, "different shapes"),
    (repeated, "duplicate"),
    (repeated_smaller, "duplicate"),
    (without_words, "no instruction"),
]
KEPT: list[tuple[Spoil, str]] = [
    (tiny, "tiny"),
    (shifted, "misaligned"),
    (unchanged, "unchanged"),
    (saved_again, "unchanged"),
    (overlong, "overlong instruction"),
]
REPAIRED: list[tuple[Spoil, str]] = [
    (other_size, "different sizes"),
    (rotated, "rotated"),
    (rotated_and_forgotten, "rotated"),
    (transparent, "converted"),
    (four_inks, "converted"),
    (sixteen_bits, "converted"),
]


def test_good_pairs_are_good(folder: Path) -> None:
    report = checked(folder)
    assert (report.pairs, report.usable, kinds(report), report.is_clean) == (4, 4, {}, True)
    (note,) = report.concerns
    assert note.consequence is Consequence.NOTE
    assert note.sentence.startswith("The same instruction for all: 4 (“turn it inside out”).")


@pytest.mark.parametrize(("spoil", "kind"), LEFT_OUT, ids=lambda value: getattr(value, "__name__", ""))
def test_what_cannot_be_used_is_left_out(folder: Path, spoil: Spoil, kind: str) -> None:
    spoil(folder)
    found = find_pairs([Source(folder)])
    report = check_pairs(found)
    assert kinds(report) == {kind: 1}
    assert len(usable_pairs(found, report).pairs) == report.usable == GOOD
    (concern,) = (concern for concern in report.concerns if concern.kind == kind)
    assert concern.consequence is Consequence.LEFT_OUT
    assert "Line 2" in concern.sentence or "Line 3" in concern.sentence


@pytest.mark.parametrize(("spoil", "kind"), KEPT, ids=lambda value: getattr(value, "__name__", ""))
def test_what_a_person_should_look_at_is_kept(folder: Path, spoil: Spoil, kind: str) -> None:
    spoil(folder)
    report = checked(folder)
    assert kinds(report) == {kind: 1}
    assert report.usable == GOOD + 1
    assert not report.is_clean


@pytest.mark.parametrize(("spoil", "kind"), REPAIRED, ids=lambda value: getattr(value, "__name__", ""))
def test_what_can_be_repaired_is_repaired_in_memory(folder: Path, spoil: Spoil, kind: str) -> None:
    with Image.open(folder / "x-b.jpg") as photo:
        expected = np.asarray(photo.convert("L"), dtype=np.float32)
    spoil(folder)
    files = {path: path.read_bytes() for path in folder.iterdir()}
    found = find_pairs([Source(folder)])
    report = check_pairs(found)
    assert kinds(report) == {kind: 1}
    assert report.usable == GOOD + 1
    assert report.is_clean
    original, edited = open_pair(found.pairs[1])
    assert original.size == edited.size
    assert (original.mode, edited.mode) == ("RGB", "RGB")
    grey = np.asarray(edited.convert("L"), dtype=np.float32)
    assert abs(np.corrcoef(grey.ravel(), expected.ravel())[0, 1]) > 0.97
    assert {path: path.read_bytes() for path in folder.iterdir()} == files, "nothing is written"


def test_how_far_a_picture_is_shifted(folder: Path) -> None:
    shifted(folder)
    sentences = [concern.sentence for concern in checked(folder).concerns]
    assert any("9% to the right, 3% down" in sentence for sentence in sentences)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_edit_of_the_starter_raises_a_false_alarm(
    tmp_path: Path, photos: list[Image.Image], family: str
) -> None:
    lines = []
    for number, photo in enumerate(photos):
        pixels = np.asarray(photo)
        edit = Edit(family, colour="purple", swapped="green")
        noise = noise_for(pixels.shape[:2], np.random.default_rng(number))
        edited = apply_edits((edit,), pixels, noise)
        if np.abs(edited.astype(np.int16) - pixels).mean() < 1:
            continue  # the recipe found nothing to change
        photo.save(tmp_path / f"{number}-a.jpg", quality=92)
        Image.fromarray(edited).save(tmp_path / f"{number}-b.jpg", quality=92)
        lines.append(line(str(number), f"make it {family} {number}"))
    write_metadata(tmp_path, *lines)
    assert len(lines) >= 2
    assert kinds(checked(tmp_path)) == {}


def test_one_original_with_several_edits_is_no_repetition(folder: Path) -> None:
    for name in ("x", "1"):
        (folder / f"{name}-a.jpg").write_bytes((folder / "0-a.jpg").read_bytes())
    with Image.open(folder / "0-a.jpg") as photo:
        ImageOps.grayscale(photo).save(folder / "x-b.jpg")
        ImageOps.solarize(photo).save(folder / "1-b.jpg")
    write_metadata(folder, *(line(name, f"edit {name}") for name in ("0", "x", "1", "2")))
    assert kinds(checked(folder)) == {}


def test_the_length_of_instructions_in_tokens() -> None:
    assert count_tokens("make it snow") == 5
    assert count_tokens("make it snow, please!") == 8
    assert count_tokens("word " * 76) > 77
    assert count_tokens("word " * 60) < 77


def test_progress_is_reported_and_a_check_can_be_cancelled(folder: Path) -> None:
    found = find_pairs([Source(folder)])
    told: list[tuple[int, int]] = []
    check_pairs(found, on_checked=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    token = CancelToken()
    with pytest.raises(Cancelled):
        check_pairs(found, on_checked=lambda done, total: token.cancel(), cancel=token)


def test_the_outcome_does_not_depend_on_the_number_of_threads(folder: Path) -> None:
    shifted(folder)
    found = find_pairs([Source(folder)])
    assert check_pairs(found, workers=1) == check_pairs(found, workers=4)


def test_the_command_prints_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == CLEAN
    assert "4 of 4 pairs can be trained on." in capsys.readouterr().out
    other_shape(folder)
    assert main([str(folder)]) == FOUND
    out = capsys.readouterr().out
    assert "3 of 4 pairs can be trained on." in out
    assert "- Images of different shape: 1 (Line 2: the original is 213 × 320" in out
    assert main([str(folder / "nowhere")]) == NOT_USABLE
    assert "nowhere is not there." in capsys.readouterr().err


def test_the_command_prints_json(folder: Path) -> None:
    truncated(folder)
    command = [sys.executable, "-m", "trainer.check", str(folder), "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == FOUND, run.stderr
    *events, report = [json.loads(text) for text in run.stdout.splitlines()]
    assert events[-1] == {"type": "preparing", "stage": "checking pairs", "done": 4, "total": 4}
    assert (report["type"], report["pairs"], report["usable"]) == ("report", 4, 3)
    (concern,) = (concern for concern in report["concerns"] if concern["kind"] == "truncated")
    assert (concern["count"], concern["consequence"]) == (1, "left out")
