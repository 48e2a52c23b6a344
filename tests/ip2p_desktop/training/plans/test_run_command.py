"""The copied command starts the very run, from a real shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor

from ip2p_desktop.training.plans.run_command import Launcher, command_line, command_words
from ip2p_desktop.training.plans.setting_words import quoted, quoted_list
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun

ROOT = Path(__file__).resolve().parents[4]
AWKWARD = 'it\'s "50 %" & more; $HOME `x` (1)'
SMALL = (
    "data.resolution=64",
    "data.num_workers=0",
    "data.replay.pairs=0",
    "model.micro_batch_size=2",
    "validation.edits=0",
    f"data.wordings={quoted_list([AWKWARD, 'two words'])}",
)


@pytest.fixture
def settings(pairs: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    model = shared_folder(tmp_path_factory, "editor", save_tiny_editor)
    awkward = pairs.rename(tmp_path / "it's my pairs $5")
    plan = TrainingPlan(
        dataset=awkward,
        base_model=model,
        base_model_name="Tiny",
        name=AWKWARD,
        steps=1,
        settings=(*SMALL, f"data.cache.folder={quoted(tmp_path / 'cache')}"),
    )
    return TrainingRun(folder=tmp_path / "a run", plan=plan).settings()


def run_in_shell(line: str, tmp_path: Path) -> list[dict[str, object]]:
    """The events of a command that a shell runs in another folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(row) for row in done.stdout.splitlines() if row.startswith("{")]


@pytest.fixture
def told_words(tmp_path: Path) -> None:
    """In this folder there is another trainer, which prints the words that it is given."""
    package = tmp_path / "trainer"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import json, sys\nprint(json.dumps({'words': sys.argv[1:]}))")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no POSIX shell")
def test_the_copied_command_trains_the_very_run(settings: list[str], tmp_path: Path) -> None:
    line = command_line(command_words(settings, Launcher.TRAINER), for_windows=False)
    events = run_in_shell(line, tmp_path)
    assert events[-1]["type"] == "finished"
    card = json.loads((tmp_path / "a run" / "model" / "ip2p.json").read_text(encoding="utf-8"))
    assert card["name"] == AWKWARD


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no POSIX shell")
@pytest.mark.parametrize("launcher", [Launcher.TORCHRUN, Launcher.ACCELERATE])
def test_launchers_hand_over_the_words_of_the_copied_command(
    settings: list[str], told_words: None, tmp_path: Path, launcher: Launcher
) -> None:
    if launcher is Launcher.ACCELERATE and not shutil.which(
        "accelerate", path=str(Path(sys.executable).parent)
    ):
        pytest.skip("accelerate has no command here")
    line = command_line(command_words(settings, launcher, processes=1), for_windows=False)
    words = command_words(settings, Launcher.TRAINER)[3:]
    assert run_in_shell(line, tmp_path) == [{"words": words}]


def windows_arguments(line: str) -> list[str]:
    """The words of a command line by the rules of Microsoft's C runtime."""
    words: list[str] = []
    word, is_in_word, is_quoted, place = "", False, False, 0
    while place < len(line):
        slashes = len(line[place:]) - len(line[place:].lstrip("\\"))
        after = line[place + slashes : place + slashes + 1]
        if slashes:
            is_in_word = True
            word += "\\" * (slashes // 2 if after == '"' else slashes)
            place += slashes
            if after == '"' and slashes % 2:
                word += '"'
                place += 1
        elif after == '"':
            is_in_word, is_quoted = True, not is_quoted
            place += 1
        elif after == " " and not is_quoted:
            words += [word] if is_in_word else []
            word, is_in_word = "", False
            place += 1
        else:
            is_in_word = True
            word += after
            place += 1
    return [*words, word] if is_in_word else words


@pytest.mark.parametrize(
    "word",
    [
        "plain=1",
        "data.data_path=C:\\My photos\\pairs\\",
        "data.data_path=C:\\photos&pairs\\",
        f"model.name={AWKWARD}",
        'model.name="null"',
        'data.wordings=["a b", "c"]',
        "model.name=semi;colon",
    ],
)
def test_words_for_windows_are_read_back_unchanged(word: str) -> None:
    line = command_line(["python", word, "last=1"], for_windows=True)
    assert windows_arguments(line) == ["python", word, "last=1"]


def test_several_gpus_have_a_process_each() -> None:
    torchrun = command_words(["a=1"], Launcher.TORCHRUN, processes=3)
    assert torchrun[1:] == ["--nproc-per-node=3", "-m", "trainer", "a=1"]
    accelerate = command_words(["a=1"], Launcher.ACCELERATE, processes=3)
    assert accelerate[1:] == ["launch", "--multi_gpu", "--num_processes=3", "-m", "trainer", "a=1"]
