"""Runs a program of the command line: its exit code, and output that can be printed anywhere.

Standard output and standard error may have any encoding, for example ASCII or that of a Windows console.
Characters that it lacks are written as JSON writes them (`\\u00e4`), so that JSON stays JSON. If the reader
of the output goes away, as `head` does, the program ends without a message.
"""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from engine.errors import EngineError

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
READER_GONE = 141
"""The exit code of a program that SIGPIPE ends, in all shells."""
STANDARD_ERROR = 2
"""The highest of the descriptors that every process has."""
_ESCAPES = "ip2p-json-escapes"


def run_program(main: Callable[[], int]) -> int:
    """Runs `main` and returns the exit code; an `EngineError` is printed as one line."""
    make_printable()
    try:
        code = _run(main)
    except OSError as error:
        if not is_reader_gone(error):
            raise
        discard_output(sys.stdout, sys.stderr)
        return READER_GONE
    try:
        sys.stderr.flush()
    except OSError:
        discard_output(sys.stderr)  # nobody reads it; with what is left in it, Python would end with 120
    try:
        sys.stdout.flush()
    except OSError as error:
        discard_output(sys.stdout)
        if is_reader_gone(error):
            return READER_GONE
        print_line(f"The output cannot be written ({error.strerror}).")
        return FAILED
    return code


def _run(main: Callable[[], int]) -> int:
    try:
        return main()
    except SystemExit as early_exit:  # of argparse
        return early_exit.code if isinstance(early_exit.code, int) else DONE
    except EngineError as error:
        print_line(error)
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED


def exit_code(error: EngineError) -> int:
    """2 for an error that is caused by what the user gave, else 1."""
    return WRONG_INPUT if error.is_wrong_input else FAILED


def print_line(sentence: object) -> None:
    """Prints one line on standard error."""
    sys.stderr.write(" ".join(str(sentence).split()) + "\n")


def make_printable() -> None:
    """Lets standard output and standard error print every character, and exist."""
    _open_standard_descriptors()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed, or a program without a console
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPES)


def _open_standard_descriptors() -> None:
    """Opens those of the descriptors 0 to 2 that are closed; else files that are opened later would get their
    numbers, and whatever a library prints would be written into them."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def is_reader_gone(error: BaseException) -> bool:
    """Whether an error says that nobody reads a pipe any more; Windows calls that an invalid argument."""
    gone = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
    return isinstance(error, OSError) and error.errno in gone


def discard_output(*streams: TextIO) -> None:
    """Redirects standard streams to nowhere, so that Python's last flush does not end in a traceback."""
    with open(os.devnull, "w") as nothing:  # noqa: PTH123 (no path of a file)
        for stream in streams:
            with suppress(OSError, ValueError):  # not a file of the system
                os.dup2(nothing.fileno(), stream.fileno())


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPES, _escape)
