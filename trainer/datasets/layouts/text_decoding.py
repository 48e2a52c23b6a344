"""Decodes texts that people wrote with any program: UTF-8, UTF-16, UTF-32 and Windows-1252."""

from __future__ import annotations

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; that of UTF-32 begins with that of UTF-16, so it comes first."""
NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
OTHER_ALPHABET = re.compile(r"[^\x00-\x7f\s]{4}")
"""Western European texts have no four such letters in a row; those of other code pages do."""


def decode_text(data: bytes) -> str:
    """Returns the text of a file. Raises `ValueError` if it is no text, or of an encoding that is not known.

    Without a byte order mark, text that is not UTF-8 is read as UTF-16 if it has many zero bytes, else as
    Windows-1252, unless it then looks like text of another code page.
    """
    text = _decoded(data)
    if NOT_TEXT.search(text):
        raise ValueError("control characters")
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    if data.count(0) * 4 > len(data):
        is_little_endian = data[1::2].count(0) > data[::2].count(0)
        return data.decode("utf-16-le" if is_little_endian else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    if OTHER_ALPHABET.search(text):
        raise ValueError("another code page")
    return text
