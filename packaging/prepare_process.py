"""Runs first in the packaged program and prepares its process."""

import os
import sys

# A windowed program on Windows has no standard streams, but libraries write to them.
for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
    if getattr(sys, name) is None:
        setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115

# The loader has already read this variable; programs started from here must not use it.
if sys.platform == "linux" and sys._MEIPASS in os.environ.get("LD_LIBRARY_PATH", ""):
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
    os.environ.pop("LD_LIBRARY_PATH")
    if original:
        os.environ["LD_LIBRARY_PATH"] = original
