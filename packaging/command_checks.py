"""The checks of what the program does without its window: edits, training, judging, export, edit packs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from findings import check_events, check_grey, check_instruction, open_image, read_events
from PIL import Image, ImageOps
from program_under_test import ProgramUnderTest, words_of
from virtual_screen import CheckFailed

INSTRUCTION = "make it black and white"
SAMPLE = "city-skyline.jpg"
EDIT_LIMIT, TRAINING_LIMIT = 600.0, 600.0
PAIRS = ("dog", "old-truck", "onion-and-spices", "otter")
PAIR_SIDE = 128
STEPS = 2
EXPECTED_TRAINER_LINES = ("INFO ", "WARNING trainer")
WRONG_INPUT = 2


def check_commands(tested: ProgramUnderTest) -> None:
    """The command line, and the doors that the window opens for training."""
    check, home = tested.check, tested.home
    sample = tested.resources / "samples" / SAMPLE
    result, run, pack = home / "by command.png", home / "run of two", home / "edit.ip2p-edit"
    if check("edit from the command line", lambda: _edit(tested, sample, result)):
        check("it is the photo in grey", lambda: check_grey(sample, result))
        check("it contains its instruction", lambda: check_instruction(result, INSTRUCTION))
    check("edits of a folder", lambda: _edit_folder(tested))
    check("compiling is refused with a sentence", lambda: _refuse_compiling(tested, sample))
    if not check("training, with a forked loader", lambda: _train(tested, run)):
        return
    check(
        "trained model edits", lambda: _edit(tested, sample, home / "trained.png", "--model", run / "model")
    )
    check("judging", lambda: _judge(tested, run))
    if check("export as an edit pack", lambda: _export(tested, run, pack)):
        check("edit pack is installed and edits", lambda: _use_pack(tested, pack, sample))


def _edit(tested: ProgramUnderTest, photo: Path, target: Path, *more: str | Path) -> str:
    steps = ("--steps", "2") if more else ()
    words = ("edit", "--edit", INSTRUCTION, "--seed", "1", "--json", "--input", photo, "--output", target)
    started = time.monotonic()
    description = _json(tested.finish(*words, *more, *steps, limit=EDIT_LIMIT))
    with open_image(target) as image:
        if list(image.size) != description["size"]:
            raise CheckFailed(f"the result is {image.size}, the program reports {description['size']}.")
    seconds = description["seconds"]["edit"]
    return f"{time.monotonic() - started:.1f} s, of which the edit took {seconds:.1f} s"


def _edit_folder(tested: ProgramUnderTest) -> str:
    photos, results = tested.home / "photos", tested.home / "edited photos"
    photos.mkdir()
    for name in PAIRS[:2]:
        with Image.open(tested.resources / "samples" / f"{name}.jpg") as photo:
            ImageOps.fit(photo, (PAIR_SIDE, PAIR_SIDE)).save(photos / f"{name}.png")
    tested.give(photos, *photos.iterdir())
    words = ("edit", "--input", photos, "--output", results, "--edit", "blur the background", "--json")
    lines = tested.finish(*words, limit=EDIT_LIMIT).splitlines()
    written = len(list(results.glob("*.*")))
    if written != len(lines) or written != len(list(photos.iterdir())):
        raise CheckFailed(f"{written} results and {len(lines)} lines for two photos.")
    return f"{written} photos"


def _refuse_compiling(tested: ProgramUnderTest, photo: Path) -> str:
    words = ("edit", "--edit", INSTRUCTION, "--input", photo, "--output", tested.home / "none.png")
    tested.finish(*words, "--compile", limit=EDIT_LIMIT, expected_code=WRONG_INPUT)
    return ""


def _train(tested: ProgramUnderTest, run: Path) -> str:
    settings = {
        "data.data_path": make_pairs(tested),
        "data.resolution": PAIR_SIDE // 2,
        "data.num_workers": 1,
        "data.split.val": 0.25,
        "model.unet_config.from_pretrained": tested.resources / "starter",
        "trainer.max_steps": STEPS,
        "exp_manager.exp_dir": run,
    }
    started = time.monotonic()
    printed = tested.finish(
        "--trainer", *words_of(settings), limit=TRAINING_LIMIT, expected_messages=EXPECTED_TRAINER_LINES
    )
    check_events(read_events(printed), STEPS)
    return f"{time.monotonic() - started:.1f} s for {STEPS} steps, loading and export included"


def _judge(tested: ProgramUnderTest, run: Path) -> str:
    few = {"old_edits": 1, "old_photos": 1, "pairs": 1, "resolution": PAIR_SIDE}
    events = read_events(tested.finish("--judging", *words_of({"run": run, **few}), limit=EDIT_LIMIT))
    if not (run / "judgement" / "judgement.json").is_file():
        raise CheckFailed(f"there is no judgement; the last event is {events[-1:]}")
    return f"{len(events)} events"


def _export(tested: ProgramUnderTest, run: Path, pack: Path) -> str:
    preview = tested.resources / "samples" / SAMPLE
    words = ("--edit-pack", pack, "--name", "Grey", "--instruction", INSTRUCTION, "--preview", preview)
    tested.finish("--export", run, *words, limit=EDIT_LIMIT)
    return f"{pack.stat().st_size / 2**20:.1f} MiB"


def _use_pack(tested: ProgramUnderTest, pack: Path, photo: Path) -> str:
    tested.finish("models", "add", pack, limit=EDIT_LIMIT)
    return _edit(tested, photo, tested.home / "by pack.png", "--model", "Grey")


def make_pairs(tested: ProgramUnderTest) -> Path:
    """A folder of training pairs whose edit is greyscale."""
    folder = tested.home / "pairs"
    folder.mkdir()
    lines = []
    for name in PAIRS:
        with Image.open(tested.resources / "samples" / f"{name}.jpg") as photo:
            square = ImageOps.fit(photo.convert("RGB"), (PAIR_SIDE, PAIR_SIDE))
        square.save(folder / f"{name}.png")
        square.convert("L").convert("RGB").save(folder / f"{name}-grey.png")
        pair = {"original_image": f"{name}.png", "edited_image": f"{name}-grey.png"}
        lines.append(json.dumps({**pair, "edit_instruction": INSTRUCTION}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    tested.give(folder, *folder.iterdir())
    return folder


def _json(printed: str) -> dict[str, Any]:
    try:
        return dict(json.loads(printed))
    except (ValueError, TypeError):
        raise CheckFailed(f"instead of JSON the program printed: {printed[-300:]}") from None
