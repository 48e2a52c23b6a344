"""Real programs whose output is ASCII or a pipe that nobody reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.console import READER_GONE

PROGRAMS = {
    "models": ("ip2p_desktop", "models", "list"),
    "models as JSON": ("ip2p_desktop", "models", "list", "--json"),
    "help": ("ip2p_desktop", "edit", "--help"),
    "check": ("trainer.check", "--help"),
}


@pytest.fixture
def environment(surroundings: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """With a model whose name is not ASCII, and ASCII as the encoding of the streams."""
    model = tmp_path / "models" / "schnee"
    model.mkdir(parents=True)
    (model / "model_index.json").write_text("{}")
    (model / "ip2p.json").write_text('{"name": "Schnee · 雪"}', encoding="utf-8")
    buffered = {name: value for name, value in surroundings.items() if name != "PYTHONUNBUFFERED"}
    return {**buffered, "IP2P_DATA_DIR": str(tmp_path), "PYTHONIOENCODING": "ascii"}


@pytest.mark.parametrize("name", ["models as JSON", "check"])
def test_a_program_prints_in_ascii(environment: dict[str, str], name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *PROGRAMS[name]], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if name == "models as JSON":
        assert [card["name"] for card in json.loads(done.stdout)] == ["Starter", "Schnee · 雪"]
    else:
        assert b"usage: python -m trainer.check" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of another kind")
@pytest.mark.parametrize("name", ["models", "help", "check"])
def test_a_program_ends_quietly_when_nobody_reads(environment: dict[str, str], name: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *PROGRAMS[name]],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == READER_GONE
