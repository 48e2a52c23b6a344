"""Lowers the priority of a training run, so that it does not slow down the user's other programs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

NICENESS = 10
"""Gives about a tenth of the time that a program of ordinary priority gets on the same core."""
AUTOGROUP = Path("/proc/self/autogroup")
"""Linux shares cores among sessions first. Within one it goes by the niceness of the processes, among several
by that in this file."""
PRIORITY_VARIABLE, ORDINARY = "IP2P_TRAINER_PRIORITY", "ordinary"
"""With this value, the variable leaves the priority as it is: on a computer with no other work, or with much
that never rests."""
BELOW_NORMAL_PRIORITY_CLASS = 0x4000
"""The name and value of Windows."""


def lower_priority() -> None:
    """Lowers the priority of this process and of those it starts; call it before other threads exist.

    With its niceness Linux lowers the priority of its reads and writes too.
    """
    if os.environ.get(PRIORITY_VARIABLE) == ORDINARY:
        return
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS)
    else:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(own, NICENESS))
        if os.getsid(0) == os.getpid():  # else it is the session of the window, or of a terminal
            with suppress(OSError):
                AUTOGROUP.write_text(str(NICENESS), encoding="ascii")
