"""Recognises files that are not models by their first bytes, for a precise error."""

from __future__ import annotations

import re

from engine.errors import ModelNotUsable

CHOOSE_ADVICE = "Choose a model in the safetensors, ckpt, pt, bin or nemo format."
FOREIGN_FORMATS = (
    (rb"GGUF|ggjt|ggla|lmgg|fmgg", "is a GGUF model, which this program does not read", CHOOSE_ADVICE),
    (
        rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype|html|head|\?xml)",
        "is a web page, not a model",
        "Download it again; the site may want you to sign in first.",
    ),
    (
        rb"version https://git-lfs",
        "is only a pointer to the real file",
        "Download the file itself, for example with “git lfs pull”.",
    ),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM....\0\0\0\0|II\*\0|MM\0\*|....ftyp(avif|heic|mif1)",
        "is a picture, not a model",
        CHOOSE_ADVICE,
    ),
    (rb"7z\xbc\xaf|Rar!|\xfd7zXZ|BZh|PK\x05\x06|\x28\xb5\x2f\xfd", "is an archive", "Unpack it first."),
    (rb"\x89HDF", "is a Keras model, which this program does not read", CHOOSE_ADVICE),
    (
        rb"\x08[\x01-\x1f](\x12|B)[\x01-\x7f]",
        "is an ONNX model, which this program does not read",
        CHOOSE_ADVICE,
    ),
    (rb"%PDF|#!|MZ|\x7fELF|\xca\xfe\xba\xbe", "is a document or program, not a model", CHOOSE_ADVICE),
)
"""Patterns of the first bytes, with the message and the advice for such a file."""


def refuse_foreign(head: bytes, location: str) -> None:
    """Raises `ModelNotUsable`, which names the format, if the file has a known other format."""
    for pattern, what, advice in FOREIGN_FORMATS:
        if re.match(pattern, head, re.DOTALL):
            raise ModelNotUsable(f"{location} {what}.", advice)
