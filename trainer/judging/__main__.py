"""`python -m trainer.judging run=FOLDER [key=value …]`: says how good the result of a run is.

The start model and the trained one edit the pairs that the run held back, photos, and old edits, from the
same noise, with the settings that the model's card recommends. Each line on standard output is an event of
`trainer.judging.judging_events`; images and `judgement.json` are written to the run's folder “judgement”.
Settings: `trainer.judging.settings`. "stop" on standard input ends it, and so does the end of the window that
started it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.devices.waiting import AdaptiveWaitPolicy, adaptive_wait
from engine.errors import EngineError
from engine.progress import Cancelled
from trainer.distributed.priority import lower_priority
from trainer.judging.settings import JudgingSettings, read_judging_settings
from trainer.protocol.commands import ATTACHED_VARIABLE, Commands
from trainer.protocol.events import EventStream, TrainingFailed

if TYPE_CHECKING:
    from trainer.judging.result_judge import ResultJudge

log = logging.getLogger("trainer.judging")

DONE, FAILED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges; returns 0 if done or stopped, 1 if it failed, 2 for wrong settings or files."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or {"-h", "--help"} & set(words):
        sys.stdout.write(__doc__ or "")
        return DONE if words else BAD_USAGE
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    lower_priority()
    events, commands = EventStream(), Commands(sys.stdin, attached=ATTACHED_VARIABLE in os.environ)
    commands.obey_signals()
    has_begun = False
    try:
        with adaptive_wait(AdaptiveWaitPolicy.if_supported()):
            judge = _prepare(read_judging_settings(words), events, commands)
            has_begun = True
            events.send(judge.run())
    except Cancelled:
        return DONE
    except EngineError as error:
        events.send(TrainingFailed.of(error.report()))
        return FAILED if has_begun else BAD_USAGE
    except Exception as error:
        log.error("Judging failed unexpectedly", exc_info=error)
        events.send(TrainingFailed.of(EngineError.unexpected(error).report()))
        return FAILED
    return DONE


def _prepare(settings: JudgingSettings, events: EventStream, commands: Commands) -> ResultJudge:
    from trainer.judging.judged_models import prepare_judge  # loads torch

    return prepare_judge(settings, events, commands.cancel)


if __name__ == "__main__":
    sys.exit(main())
