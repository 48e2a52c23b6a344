"""`python -m trainer.practice --photos FOLDER --recipe NAME --output FOLDER`: pairs to try training with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.console import run_program
from engine.errors import EngineError
from engine.images.photo_search import photos_of_folder
from trainer.practice.practice_set import PracticeFile, make_practice_set
from trainer.practice.recipes import recipe_names

DONE, NOT_USABLE, INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the set; returns 0 if done, 2 if nothing can be made, 130 after an interruption."""
    options = _parser().parse_args(arguments)
    if options.list:
        sys.stdout.writelines(f"{name}\n" for name in recipe_names())
        return DONE
    if not (options.photos and options.recipe and options.output):
        _parser().error("--photos, --recipe and --output are needed")
    try:
        given = [Path(each) for each in options.photos]
        photos = [file for path in given for file in (photos_of_folder(path) if path.is_dir() else [path])]
        made = make_practice_set(
            list(map(PracticeFile, photos)),
            options.recipe,
            Path(options.output),
            count=options.count,
            instructions=options.instruction,
            strength=options.strength,
            seed=options.seed,
            on_made=_show_progress,
        )
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_USABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    for report in made.skipped:
        sys.stderr.write(f"{report}\n")
    sys.stdout.write(f"{made.pairs} pairs in {made.folder}: {made.instructions[0]}\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer.practice", description=__doc__)
    parser.add_argument("--photos", nargs="+", metavar="FOLDER", help="folders of photos, or photos")
    parser.add_argument(
        "--recipe", action="append", metavar="NAME", help="recipe; several are made one after the other"
    )
    parser.add_argument("--output", metavar="FOLDER", help="new or empty folder for the pairs")
    parser.add_argument("--count", type=int, default=0, help="number of pairs, further ones of other crops")
    parser.add_argument(
        "--instruction", action="append", default=[], metavar="TEXT", help="wording of the edit; repeatable"
    )
    parser.add_argument("--strength", type=float, default=1.0, help="0.5 slightly, 1 plainly, 1.5 strongly")
    parser.add_argument("--seed", type=int, default=0, help="of crops and grain")
    parser.add_argument("--list", action="store_true", help="list the recipes and end")
    return parser


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total}" + ("\n" if done == total else ""))


if __name__ == "__main__":
    sys.exit(run_program(main))
