"""Whatever way a dataset is arranged, folder or zip, the trainer trains on it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as tables
import pytest

from trainer.config import read_settings
from trainer.program import TrainerRun
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream, TrainingFinished, TrainingStarted, parse_event

PAIRS = 4
INSTRUCTION = "turn it inside out"
Sides = list[tuple[Path, Path]]
Arrange = Callable[[Sides, Path], None]


def metadata_lines(sides: Sides, folder: Path) -> None:
    rows = _with_metadata(sides, folder)
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))


def metadata_table(sides: Sides, folder: Path) -> None:
    rows = _with_metadata(sides, folder)
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _with_metadata(sides: Sides, folder: Path) -> list[dict[str, str]]:
    for before, after in sides:
        shutil.copy(before, folder)
        shutil.copy(after, folder)
    return [
        {"original_image": before.name, "edited_image": after.name, "edit_instruction": INSTRUCTION}
        for before, after in sides
    ]


def two_folders(sides: Sides, folder: Path) -> None:
    for side in ("before", "after"):
        (folder / side).mkdir()
    for number, (before, after) in enumerate(sides):
        shutil.copy(before, folder / "before" / f"{number}.png")
        shutil.copy(after, folder / "after" / f"{number}.png")
    (folder / "instruction.txt").write_text(INSTRUCTION)


def name_endings(sides: Sides, folder: Path) -> None:
    for number, (before, after) in enumerate(sides):
        shutil.copy(before, folder / f"{number}_before.png")
        shutil.copy(after, folder / f"{number}_after.png")
        (folder / f"{number}.txt").write_text(INSTRUCTION)


def release(sides: Sides, folder: Path) -> None:
    seeds = []
    for number, (before, after) in enumerate(sides):
        scene = folder / f"{number:07}"
        scene.mkdir()
        shutil.copy(before, scene / f"{number}_0.png")
        shutil.copy(after, scene / f"{number}_1.png")
        for end in ("0", "1"):
            (scene / f"{number}_{end}.png").rename(scene / f"{number}_{end}.jpg")
        (scene / "prompt.json").write_text(json.dumps({"edit": INSTRUCTION, "input": "a", "output": "b"}))
        seeds.append([scene.name, [str(number)]])
    (folder / "seeds.json").write_text(json.dumps(seeds))


def parquet(sides: Sides, folder: Path) -> None:
    rows = [
        {
            "original_image": {"bytes": before.read_bytes(), "path": before.name},
            "edited_image": {"bytes": after.read_bytes(), "path": after.name},
            "edit_prompt": INSTRUCTION,
        }
        for before, after in sides
    ]
    tables.write_table(arrow.Table.from_pylist(rows), folder / "train-00000-of-00001.parquet")


LAYOUTS = (metadata_lines, metadata_table, two_folders, name_endings, release, parquet)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("arrange", LAYOUTS)
def test_it_is_trained_on(
    arrange: Arrange,
    zipped: bool,
    pair_folder: Path,
    tiny_editor: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    names = ((f"{number}-before.png", f"{number}-after.png") for number in range(PAIRS))
    arrange([(pair_folder / before, pair_folder / after) for before, after in names], data)
    if zipped:
        data = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", data))
    settings = [
        f"data.data_path={data}",
        f"model.unet_config.from_pretrained={tiny_editor}",
        f"exp_manager.exp_dir={tmp_path / 'run'}",
        "data.resolution=32",
        "data.num_workers=1",
        "data.replay.pairs=0",
        "model.micro_batch_size=2",
        "trainer.max_steps=2",
        "trainer.threads=1",
        "trainer.val_check_interval=0",
        "validation.edits=0",
    ]
    TrainerRun(EventStream(), Commands())(read_settings(settings))
    events = [parse_event(line) for line in capsys.readouterr().out.splitlines()]
    (started,) = (event for event in events if isinstance(event, TrainingStarted))
    assert started.examples == PAIRS
    assert isinstance(events[-1], TrainingFinished)
    assert (tmp_path / "run" / "model" / "ip2p.json").exists()
