"""Edits of folders and of several photos on the command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.images.edit_record import read_edit_record

RunEdit = Callable[..., "subprocess.CompletedProcess[str]"]
SMALL = ("--resolution", "96", "--steps", "1", "--seed", "5", "--dtype", "fp32", "--device", "cpu")
EDIT = ("--edit", "make it foggy, then black and white")


def small_photo(sample: Path, path: Path, shift: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(sample) as image:
        image.rotate(shift).resize((96, 64)).save(path)


@pytest.fixture(scope="module")
def photos(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two photos, a damaged one, and one in a folder below."""
    folder = tmp_path_factory.mktemp("photos")
    for number, name in enumerate(("a.jpg", "b.png", "sub/c.jpg")):
        small_photo(sample, folder / name, 90 * number)
    (folder / "broken.jpg").write_bytes((folder / "a.jpg").read_bytes()[:300])
    return folder


@pytest.fixture(scope="module")
def done(
    run_edit: RunEdit, photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A batch over the folder, and the folder of its results."""
    output = tmp_path_factory.mktemp("results") / "out"
    given = ("--input", photos, "--output", output, "--recursive", "--json")
    return run_edit(*given, *EDIT, *SMALL), output


def lines(process: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.stdout.splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_broken_photo_does_not_stop_the_others(
    done: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    process, output = done
    assert process.returncode == 1
    name = "make-it-foggy-then-black-and-white"
    assert files(output) == [f"a-{name}.jpg", f"b-{name}.png", f"sub/c-{name}.jpg"]
    assert "broken.jpg is damaged or incomplete." in process.stderr
    assert process.stderr.splitlines()[-1].endswith("3 of 4 photos edited, 1 failed.")
    assert " left" in process.stderr


def test_each_photo_has_a_line_of_json(
    done: tuple[subprocess.CompletedProcess[str], Path], photos: Path
) -> None:
    process, output = done
    described = {Path(line["input"]).name: line for line in lines(process)}
    assert {name: line["status"] for name, line in described.items()} == {
        **{"a.jpg": "done", "b.png": "done", "c.jpg": "done"},
        "broken.jpg": "failed",
    }
    assert described["broken.jpg"]["error"] == "broken.jpg is damaged or incomplete."
    assert described["broken.jpg"]["output"] is None
    line = described["b.png"]
    assert (line["instruction"], line["seed"], line["size"]) == (EDIT[1], 5, [96, 64])
    assert line["output"] == str(output / "b-make-it-foggy-then-black-and-white.png")
    assert [step["verdict"] for step in line["steps_read"]] == ["known", "known"]


def test_both_steps_of_the_instruction_are_made(done: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, output = done
    result = output / "b-make-it-foggy-then-black-and-white.png"
    with Image.open(result) as image:
        _, saturation, _ = image.convert("HSV").split()
        assert max(saturation.tobytes()) < 40
    record = read_edit_record(result)
    assert record is not None
    assert record.instruction == EDIT[1]


def test_a_second_run_skips_what_exists_and_makes_what_is_missing(
    run_edit: RunEdit, photos: Path, done: tuple[subprocess.CompletedProcess[str], Path], tmp_path: Path
) -> None:
    _, made = done
    output = tmp_path / "out"
    shutil.copytree(made, output)
    missing = output / "sub" / "c-make-it-foggy-then-black-and-white.jpg"
    whole = missing.read_bytes()
    missing.unlink()
    kept = output / "b-make-it-foggy-then-black-and-white.png"
    before = kept.stat().st_mtime_ns
    given = ("--input", photos, "--output", output, "--recursive", "--skip-existing", "--json")
    process = run_edit(*given, *EDIT, *SMALL)
    assert sorted(line["status"] for line in lines(process)) == ["done", "failed", "skipped", "skipped"]
    assert missing.read_bytes() == whole
    assert kept.stat().st_mtime_ns == before
    assert "1 of 4 photos edited, 2 skipped because their results exist, 1 failed." in process.stderr


def test_several_files_with_a_rule_a_format_and_without_metadata(
    edit_here: RunEdit, photos: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    given = ("--input", photos / "a.jpg", photos / "sub" / "c.jpg", "--output", output)
    process = edit_here(
        *given,
        *("--name", "{number}_{stem}_{seed}", "--format", "webp", "--quality", "60", "--no-metadata"),
        *("--edit", "make it night"),
        *SMALL,
    )
    assert process.returncode == 0
    assert files(output) == ["1_a_5.webp", "2_c_5.webp"]
    assert read_edit_record(output / "1_a_5.webp") is None


REFUSED = {
    "a file as output": (("--output", "out.png"), "out.png is not a folder. Several photos need a folder"),
    "unknown field": (("--name", "{name}"), "The naming rule contains “{name}”, which is not one of its"),
    "a field with a form": (("--name", "{stem:>9}"), "contains “{stem:>9}”, which is not one of its"),
    "quality of 0": (("--quality", "0"), "The quality must be from 1 to 100, not 0."),
    "a quality in words": (("--quality", "high"), "“high” is not a whole number."),
    "a mask": (("--mask", "broken.jpg"), "--mask works with one photo only. Leave it out"),
    "a mask to invert": (("--invert-mask",), "--invert-mask works with one photo only."),
    "variations": (("--variations", "2"), "--variations works with one photo only."),
    "no variation": (("--variations", "0"), "--variations works with one photo only."),
    "several scales": (("--cfg-text", "1,2"), "--cfg-text works with one photo only."),
    "no instruction": (("--edit", " "), "The instruction is empty."),
    "unknown format": (("--format", "gif"), "invalid choice: 'gif'"),
    "nothing to edit": (("--input", "empty"), "empty contains no photo. Choose a photo"),
    "a folder that is not there": (("--input", "nowhere"), "nowhere does not exist."),
    "a pattern without matches": (("--input", "*.gif"), "*.gif does not exist."),
    "an empty name": (("--output", ""), "Argument --output: the path is empty."),
    "a folder that cannot be made": (("--output", "a.jpg/out"), "out cannot be written (Not a directory)."),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_wrong_usage_is_refused_in_one_line_before_anything_is_written(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    from ip2p_desktop.cli.edit_command import main

    folder = tmp_path / "photos"
    shutil.copytree(photos, folder)
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder)
    before = files(folder)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    given = ("--input", str(photos), "--output", "out", "--edit", "make it night", *arguments)
    assert main(["edit", *given]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1
    assert files(folder) == before


def test_a_result_that_loses_its_transparency_is_named(
    edit_here: RunEdit, sample: Path, tmp_path: Path
) -> None:
    with Image.open(sample) as image:
        image.resize((96, 64)).save(tmp_path / "whole.png")
        image.putalpha(90)
        image.resize((96, 64)).save(tmp_path / "clear.png")
    given = ("--input", tmp_path, "--output", tmp_path / "out", "--format", "jpg", "--name", "{stem}")
    process = edit_here(*given, *EDIT, *SMALL)
    assert process.returncode == 0
    assert process.stderr.count("is on white") == 1
    assert "clear.jpg is on white, as its format has no transparency." in process.stderr


def test_two_batches_into_one_folder_lose_no_result(
    program: list[str], surroundings: dict[str, str], sample: Path, tmp_path: Path
) -> None:
    photos, output = tmp_path / "in", tmp_path / "out"
    for number in range(6):
        small_photo(sample, photos / f"{number}.jpg", number)
    command = [*program, "edit", "--input", str(photos), "--output", str(output), *EDIT, *SMALL]
    both = [subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    name = "make-it-foggy-then-black-and-white"
    assert files(output) == sorted(f"{n}-{name}{end}.jpg" for n in range(6) for end in ("", "-2"))


def test_a_long_name_with_a_line_break_leaves_the_bar_in_its_line(
    edit_here: RunEdit, sample: Path, tmp_path: Path
) -> None:
    for name in ("a\nb.jpg", f"{'c' * 200}.jpg"):
        small_photo(sample, tmp_path / "in" / name, 0)
    process = edit_here("--input", tmp_path / "in", "--output", tmp_path / "out", *EDIT, *SMALL)
    assert process.returncode == 0
    assert "a?b.jpg, " in process.stderr
    assert f"{'c' * 39}…, " in process.stderr


def test_ctrl_c_ends_with_whole_results_and_a_summary(
    program: list[str], surroundings: dict[str, str], sample: Path, tmp_path: Path
) -> None:
    photos, output = tmp_path / "in", tmp_path / "out"
    for number in range(40):
        small_photo(sample, photos / f"{number:02}.jpg", number)
    process = subprocess.Popen(
        [*program, "edit", "--input", str(photos), "--output", str(output), "--json", *EDIT, *SMALL],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(output.glob("*.jpg")):
        time.sleep(0.02)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    described, printed = process.communicate()
    assert process.returncode == 130
    states = [json.loads(line)["status"] for line in described.splitlines()]
    assert sorted(states) == ["done"] * states.count("done") + ["waiting"] * (40 - states.count("done"))
    made = files(output)
    assert 1 <= len(made) < 40
    assert f"Cancelled. {len(made)} of 40 photos edited, {40 - len(made)} not edited." in printed
    for name in made:
        with Image.open(output / name) as image:
            image.load()
