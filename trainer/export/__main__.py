"""`python -m trainer.export RUN --step N [--output FOLDER] [key=value …]`: exports what a run has learned.

RUN is the folder of a run, or of a model that was exported. Without any option the steps of a run are listed
whose weights were kept, in a checkpoint or a snapshot.

    --output FOLDER      a model folder; single files are written beside it with export.original_layout=ckpt
    --edit-pack FILE     one small file that other people drop on their window
    --lora FILE          a LoRA file that other programs read too
    --difference FILE    the whole change as a LoRA file, for trying it at several strengths

The model is exported with the settings of the run; others, such as `export.original_layout=ckpt`, or
`model.unet_config.from_pretrained=FOLDER` for start weights that have moved, can be given at the end. Each
file is reported in a line of JSON if `--json` is given.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.console import run_program
from engine.edit_packs.pack_file import LICENCE, LIMITS
from engine.errors import EngineError, InvalidRequest
from engine.files.bounded_reading import read_bounded
from engine.files.disk_space import size_text
from engine.library.cards import INDEX_NAME
from engine.resources import resources_folder
from trainer.export.kept_steps import MOST_STRENGTH, find_step, kept_steps
from trainer.export.pack_export import (
    ExportedLora,
    PackTexts,
    export_difference,
    export_lora,
    export_pack,
)
from trainer.export.step_export import export_step
from trainer.export.trained_edit import TrainedEdit, edit_of_model, edit_of_run
from trainer.learning.checkpoint import Checkpoints

DONE, FAILED = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exports, and prints what was written, or lists the steps; returns 0, or 2."""
    options = _parser().parse_intermixed_args(arguments)
    try:
        _check_strength(options.strength)
        if not _is_asked(options):
            sys.stdout.write(_listed(options.run))
            return DONE
        for line in _exported(options):
            sys.stdout.write(f"{line}\n")
    except EngineError as error:
        sys.stderr.write(f"{error.report()}\n")
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer.export",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, help="folder of a run, or of an exported model")
    parser.add_argument("--step", type=int, help="step whose weights are exported; by default the newest")
    parser.add_argument("--strength", type=float, default=1.0, help="of the training: 0 to 1.5, by default 1")
    parser.add_argument("--output", type=Path, help="folder of the model; by default RUN/model-step-N")
    parser.add_argument("--edit-pack", type=Path, metavar="FILE", help="write an edit pack")
    parser.add_argument("--lora", type=Path, metavar="FILE", help="write a LoRA file")
    parser.add_argument("--difference", type=Path, metavar="FILE", help="write the whole change")
    parser.add_argument("--rank", type=int, help="rank of LoRA or pack; by default the least that suffices")
    parser.add_argument("--base", type=Path, help="start model of an exported model; by default the starter")
    parser.add_argument("--name", default="", help="name in the pack")
    parser.add_argument("--instruction", action="append", default=[], help="instruction in the pack; several")
    parser.add_argument("--note", default="", help="note in the pack")
    parser.add_argument("--licence", default="", help="name of the licence of the pack")
    parser.add_argument("--licence-file", type=Path, metavar="FILE", help="text of the licence")
    parser.add_argument("--preview", type=Path, metavar="FILE", help="image in the pack; by default an edit")
    parser.add_argument("--json", action="store_true", help="print a JSON line for each file")
    parser.add_argument("settings", nargs="*", help="settings of the run that are others now")
    return parser


def _check_strength(strength: float) -> None:
    if not 0 <= strength <= MOST_STRENGTH:
        raise InvalidRequest(
            "request.strength",
            "The strength must be from 0 to {maximum:g}, not {strength:g}.",
            maximum=MOST_STRENGTH,
            strength=strength,
        )


def _is_asked(options: argparse.Namespace) -> bool:
    """Returns whether anything is to be exported."""
    asked = (options.step, options.output, options.edit_pack, options.lora, options.difference)
    return any(each is not None for each in asked)


def _exported(options: argparse.Namespace) -> Iterator[str]:
    """Writes all that is asked for; yields a line for each."""
    files = (options.edit_pack, options.lora, options.difference)
    if options.output or not any(files):
        step = find_step(options.run, options.step).step
        target = options.output or options.run / f"model-step-{step}"
        model = export_step(options.run, step, target, options.settings, strength=options.strength)
        yield json.dumps({"type": "exported", "path": str(model)}) if options.json else str(model)
    if not any(files):
        return
    edit = _edit(options)
    if options.edit_pack:
        texts = PackTexts(
            name=options.name,
            instructions=tuple(options.instruction),
            note=options.note,
            licence=options.licence,
            licence_text=_text_of(options.licence_file) if options.licence_file else "",
        )
        pack = export_pack(edit, options.edit_pack, texts, preview=options.preview, rank=options.rank)
        yield _line(options.edit_pack, pack, as_json=options.json)
    if options.lora:
        yield _line(options.lora, export_lora(edit, options.lora, rank=options.rank), as_json=options.json)
    if options.difference:
        yield _line(options.difference, export_difference(edit, options.difference), as_json=options.json)


def _edit(options: argparse.Namespace) -> TrainedEdit:
    if (options.run / INDEX_NAME).is_file():
        start = options.base or resources_folder() / "starter"
        return edit_of_model(options.run, start, strength=options.strength)
    return edit_of_run(options.run, options.step, options.settings, strength=options.strength)


def _text_of(path: Path) -> str:
    try:
        return read_bounded(path, LIMITS[LICENCE]).decode(errors="replace")
    except OSError as error:
        raise InvalidRequest(
            "request.licence-unreadable",
            "{file} cannot be read ({reason}).",
            "Choose a text file.",
            file=path,
            reason=error.strerror or error,
        ) from error


def _line(path: Path, made: ExportedLora, *, as_json: bool) -> str:
    fidelity = round(min(made.fidelity, 99.0), 1)
    if as_json:
        values = {"rank": made.rank, "fidelity": fidelity, "size": made.size}
        return json.dumps({"type": "exported", "path": str(path), **values})
    rank = f"rank {made.rank}" if made.rank else "whole"
    return f"{path}: {rank}, {size_text(made.size)}, {fidelity:g} dB to the trained model"


def _listed(run: Path) -> str:
    best, loss = Checkpoints(run, keep=-1).best()
    lines = []
    for step, kept in kept_steps(run).items():
        note = f"  the lowest validation loss, {loss:.4f}" if kept.path == best else ""
        lines.append(f"{step}{'  (snapshot)' if kept.is_snapshot else note}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(run_program(main))
