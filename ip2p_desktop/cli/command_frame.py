"""Shared by all subcommands: one-line error messages, exit codes and Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NoReturn

from engine.errors import EngineError
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.paths import log_file

log = logging.getLogger(__name__)

DONE, FAILED, BAD_USAGE, CANCELLED = 0, 1, 2, 130
BEFORE_FIRST_STEP = 1e-6
"""Delay of the progress bar, in seconds, where standard error is a file or a pipe.

The bar is then first printed after the first step, so that an error before it is the only line.
"""


def report(sentence: object) -> None:
    """Print one line on standard error."""
    print(" ".join(str(sentence).split()), file=sys.stderr)


class OneSentenceParser(argparse.ArgumentParser):
    """An argument parser that reports an error in one line, without the usage text."""

    def error(self, message: str) -> NoReturn:
        """Report the error and exit with the code for wrong usage."""
        report(f"{message[0].upper()}{message[1:].rstrip('.')}. Try {self.prog} --help.")
        raise SystemExit(BAD_USAGE)


def run(work: Callable[[CancelToken], int], *, bad_input_kinds: Collection[str], when_cancelled: str) -> int:
    """Run `work` and return its exit code; report what it raises in one line.

    An error of one of `bad_input_kinds` counts as wrong input, any other as a failure. Ctrl-C cancels.
    """
    cancel = CancelToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        return work(cancel)
    except Cancelled:
        report(when_cancelled)
        return CANCELLED
    except EngineError as error:
        report(error)
        return BAD_USAGE if error.kind in bad_input_kinds else FAILED
    except Exception as error:
        _log_error(error)
        report(EngineError.unexpected(error))
        return FAILED


def _log_error(error: Exception) -> None:
    """Write the traceback to the log file that the error message names."""
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file(), encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.error("The command failed unexpectedly", exc_info=error)
