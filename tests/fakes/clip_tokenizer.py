"""The tokenizers of small models, in the older of their two formats."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.models.families import clip_vocabulary


def keep_plain_vocabulary(model: Path) -> None:
    """Give every tokenizer of a model folder vocabulary and merges as CLIP's own files hold them.

    They are read three times as fast as `tokenizer.json`, and many tests load a model.
    """
    for file in model.glob("tokenizer*/tokenizer.json"):
        file.unlink()
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(clip_vocabulary() / name, file.with_name(name))
