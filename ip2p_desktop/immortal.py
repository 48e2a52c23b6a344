"""Keeps Python alive through a long session of signals and slots.

Since Python 3.12, `None`, `True` and their like are immortal, and the wheels of PySide 6.12 rely on
that: they hand them out without counting. On Python 3.11 every `Signal.emit` and every slot then
takes a reference away, until the interpreter aborts with "deallocating None".
"""

from __future__ import annotations

import ctypes
import sys

ENOUGH = 1 << 40
"""References that no session uses up; an object holds its count in 64 bits."""


def make_constants_immortal() -> None:
    """Do for an older Python what 3.12 does by itself. Call it before the first window."""
    if sys.version_info < (3, 12):
        for constant in (None, True, False, NotImplemented, Ellipsis):
            ctypes.c_int64.from_address(id(constant)).value += ENOUGH
