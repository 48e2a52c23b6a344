"""`python -m trainer.starter.scoring.growth_curve --run DIR --plot FILE.svg`: the curves of further training.

Draws what `trainer.starter.growth` measured on val photos: the gate of places, and the errors of one step by
kind of edit, each as a share of that of the starter that training began with.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.console import run_program
from engine.files.text_files import write_text_file
from trainer.export.plots import Line, Panel, plot

MEASURES_NAME = "measures.jsonl"
GATES = {"others": "photos without portraits", "portraits": "portraits"}


def read_measures(run: Path) -> list[dict[str, Any]]:
    """Returns the measurements of a run in their order; a torn last line is left out."""
    lines = (run / MEASURES_NAME).read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def panels(measures: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Returns two panels over thousands of samples: balanced accuracies, and errors by kind."""
    places = [Line(name, _points(measures, "gate", key)) for key, name in GATES.items()]
    first = measures[0]["errors"]
    kinds = [
        Line(kind, [(at, error / error_before) for at, error in _points(measures, "errors", kind)])
        for kind, error_before in first.items()
        if error_before
    ]
    return [
        Panel("Subject or background", "balanced accuracy", places),
        Panel("Errors of latents", "share of the first", kinds),
    ]


def _points(measures: Sequence[Mapping[str, Any]], table: str, key: str) -> list[tuple[float, float]]:
    return [(each["samples"] / 1000, each[table][key]) for each in measures if key in each[table]]


def main() -> int:
    """Writes the plot; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.scoring.growth_curve", description=__doc__
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--plot", type=Path, required=True, help="the SVG file to write")
    arguments = parser.parse_args()
    write_text_file(arguments.plot, plot(panels(read_measures(arguments.run))))
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
