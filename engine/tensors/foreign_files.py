"""Recognises files that are not models by their first bytes, for a precise error."""

from __future__ import annotations

import re
from functools import partial

from engine.errors import ModelNotUsable
from engine.tensors.quantised_files import FULL_ADVICE

CHOOSE_ADVICE = "Choose a model in the safetensors, ckpt, pt, bin or nemo format."
FOREIGN_FORMATS = (
    (
        rb"GGUF|ggjt|ggla|lmgg|fmgg",
        partial(ModelNotUsable, "model.gguf", "{file} is a GGUF model, which is not supported.", FULL_ADVICE),
    ),
    (
        rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype|html|head|\?xml)",
        partial(
            ModelNotUsable,
            "model.web-page",
            "{file} is a web page, not a model.",
            "Download it again; the site may require you to sign in first.",
        ),
    ),
    (
        rb"version https://git-lfs",
        partial(
            ModelNotUsable,
            "model.git-lfs-pointer",
            "{file} is only a pointer to the real file.",
            "Download the file itself, for example with “git lfs pull”.",
        ),
    ),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM....\0\0\0\0|II\*\0|MM\0\*|....ftyp(avif|heic|mif1)",
        partial(ModelNotUsable, "model.image", "{file} is an image, not a model.", CHOOSE_ADVICE),
    ),
    (
        rb"7z\xbc\xaf|Rar!|\xfd7zXZ|BZh|PK\x05\x06|\x28\xb5\x2f\xfd",
        partial(ModelNotUsable, "model.archive", "{file} is an archive.", "Unpack it first."),
    ),
    (
        rb"\x89HDF",
        partial(
            ModelNotUsable, "model.keras", "{file} is a Keras model, which is not supported.", CHOOSE_ADVICE
        ),
    ),
    (
        rb"\x08[\x01-\x1f](\x12|B)[\x01-\x7f]",
        partial(
            ModelNotUsable, "model.onnx", "{file} is an ONNX model, which is not supported.", CHOOSE_ADVICE
        ),
    ),
    (
        rb"%PDF|#!|MZ|\x7fELF|\xca\xfe\xba\xbe",
        partial(
            ModelNotUsable, "model.document", "{file} is a document or program, not a model.", CHOOSE_ADVICE
        ),
    ),
)
"""Patterns of the first bytes, and the error for such a file."""


def refuse_foreign(head: bytes, location: str) -> None:
    """Raises `ModelNotUsable`, which names the format, if the file has a known other format."""
    for pattern, error in FOREIGN_FORMATS:
        if re.match(pattern, head, re.DOTALL):
            raise error(file=location)
