"""Editing photos from written instructions with InstructPix2Pix models. Knows no window."""

import os

__version__ = "0.1.0"

# The libraries below the engine read these when they are imported: no network, no chatter.
for _name, _value in {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}.items():
    os.environ.setdefault(_name, _value)
