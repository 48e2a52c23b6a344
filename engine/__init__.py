"""Edits photos from written instructions with InstructPix2Pix models. Imports nothing of the window."""

import os

__version__ = "0.1.0"

HUB_OFFLINE = "YES"
"""The value of `HF_HUB_OFFLINE` set below. A user who wants no downloads at all sets it to 1."""

# The libraries below the engine read these when they are imported: no network, no progress output.
for _name, _value in {
    "HF_HUB_OFFLINE": HUB_OFFLINE,
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}.items():
    os.environ.setdefault(_name, _value)
