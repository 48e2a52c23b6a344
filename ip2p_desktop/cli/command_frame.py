"""Shared by all subcommands: one-line error messages, exit codes and Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from engine.console import FAILED, INTERRUPTED, WRONG_INPUT, exit_code, is_reader_gone, print_line
from engine.errors import EngineError
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base.paths import log_file

log = logging.getLogger(__name__)

BEFORE_FIRST_STEP = 1e-6
"""Delay of the progress bar, in seconds, where standard error is a file or a pipe.

The bar is then first printed after the first step, so that an error before it is the only line.
"""


class OneSentenceParser(argparse.ArgumentParser):
    """An argument parser that reports an error in one line, without the usage text."""

    def error(self, message: str) -> NoReturn:
        """Report the error and exit with the code for wrong usage."""
        print_line(f"{message[0].upper()}{message[1:].rstrip('.')}. Try {self.prog} --help.")
        raise SystemExit(WRONG_INPUT)


def run(
    work: Callable[[CancelToken], int],
    *,
    when_cancelled: str,
    wrong_input: tuple[type[EngineError], ...] = (),
) -> int:
    """Run `work` and return its exit code; report what it raises in one line.

    Errors of the classes in `wrong_input` count as wrong input too. Ctrl-C cancels. Raises `OSError` if
    nobody reads the output any more.
    """
    cancel = CancelToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        return work(cancel)
    except Cancelled:
        print_line(when_cancelled)
        return INTERRUPTED
    except EngineError as error:
        print_line(error)
        return WRONG_INPUT if isinstance(error, wrong_input) else exit_code(error)
    except Exception as error:
        if is_reader_gone(error):
            raise
        _log_error(error)
        print_line(EngineError.unexpected(error))
        return FAILED


def _log_error(error: Exception) -> None:
    """Write the traceback to the log file that the error message names."""
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file(), encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.error("The command failed unexpectedly", exc_info=error)
