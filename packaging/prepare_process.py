"""Runs first in the packaged program, before its own code: makes a bundle feel like a normal process."""

import os
import sys

# A windowed program on Windows has no standard streams, and libraries write to them unasked.
for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
    if getattr(sys, name) is None:
        setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115

# The loader has read this by now; a file manager or browser started from here must not.
if sys.platform == "linux" and sys._MEIPASS in os.environ.get("LD_LIBRARY_PATH", ""):
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
    os.environ.pop("LD_LIBRARY_PATH")
    if original:
        os.environ["LD_LIBRARY_PATH"] = original
