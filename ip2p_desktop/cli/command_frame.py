"""What all sub-commands share: refusals in one line, exit codes, and Ctrl-C as a polite end."""

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
"""Seconds for which a bar that nobody watches, in a file or a pipe, is held back: until it first moves,
so that a refusal stands alone there."""


def report(sentence: object) -> None:
    """One line for people, on standard error."""
    print(" ".join(str(sentence).split()), file=sys.stderr)


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        report(f"{message[0].upper()}{message[1:].rstrip('.')}. Try {self.prog} --help.")
        raise SystemExit(BAD_USAGE)


def run(work: Callable[[CancelToken], int], *, bad_input_kinds: Collection[str], when_cancelled: str) -> int:
    """The exit code of `work`, or of what it raises, which is said in one line.

    Errors of `bad_input_kinds` are wrong input, other ones failures. Ctrl-C cancels.
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
    """The details, where the sentence says they are."""
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file(), encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.error("The command failed unexpectedly", exc_info=error)
