"""`python -m trainer key=value …`: fine-tunes a model on a folder of pairs, one JSON line an event."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.library import read_model_card
from trainer.commands import Commands
from trainer.config import TrainingConfig, read_config
from trainer.events import EventStream, Failed, Preparing
from trainer.pairs import find_pairs

if TYPE_CHECKING:
    from trainer.loop import Training

log = logging.getLogger("trainer")

DONE, FAILED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads, runs, reports; 0 done or stopped, 1 failed, 2 bad settings or dataset."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    events = EventStream()
    commands = Commands(sys.stdin)
    signal.signal(signal.SIGINT, lambda *_: commands.request_stop())
    signal.signal(signal.SIGTERM, lambda *_: commands.request_stop())
    started = False
    try:
        config = read_config(sys.argv[1:] if arguments is None else arguments)
        training = _prepare(config, events, commands)
        started = True
        training.run()
    except EngineError as error:
        events.send(Failed(kind=error.kind, message=error.message, advice=error.advice))
        return FAILED if started else BAD_USAGE
    except Exception as error:  # the last line of a run must say how it ended
        log.exception("The run failed unexpectedly")
        report = EngineError.unexpected(error).report()
        events.send(Failed(kind=report.kind, message=report.message, advice=report.advice))
        return FAILED
    return DONE


def _prepare(config: TrainingConfig, events: EventStream, commands: Commands) -> Training:
    """Everything before the first step. What is quick to refuse is refused before torch is loaded."""
    events.send(Preparing(stage="reading dataset"))
    listing = find_pairs(Path(config.data.data_path))
    for problem in listing.problems:
        log.warning("Left out: %s", problem)
    read_model_card(Path(config.model.unet_config.from_pretrained))
    events.send(Preparing(stage="loading libraries"))
    import torch

    from engine.device import choose_device
    from engine.weights import load_model
    from trainer.dataset import PairExamples
    from trainer.loop import Training

    events.send(Preparing(stage="loading model"))
    model = load_model(
        Path(config.model.unet_config.from_pretrained), device=choose_device("auto"), dtype=torch.float32
    )
    examples = PairExamples(
        listing,
        resolution=config.data.resolution,
        flip=config.data.flip,
        batch_size=config.model.micro_batch_size,
        seed=config.model.seed,
    )
    return Training(
        config, model, examples, instructions=listing.instructions, events=events, commands=commands
    )


if __name__ == "__main__":
    sys.exit(main())
