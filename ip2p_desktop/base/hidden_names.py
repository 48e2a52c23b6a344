"""Leaves the names of photos, and the user's own, out of a text that is meant for others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from engine.images.image_files import OPENABLE_SUFFIXES

SUFFIX = "|".join(re.escape(each.lstrip(".")) for each in sorted(OPENABLE_SUFFIXES, key=len, reverse=True))
QUOTED = re.compile(rf"""(["'“])[^"'“”\n]*\.({SUFFIX})(["'”])""", re.IGNORECASE)
"""A name in quotes, which may have spaces."""
PATH = re.compile(rf"(?:[A-Za-z]:)?[\\/][^\n\"'<>|*?]*?\.({SUFFIX})\b", re.IGNORECASE)
WORD = re.compile(rf"[^\s\\/\"'“(\[=]+\.({SUFFIX})\b", re.IGNORECASE)
HIDDEN = r"photo.\g<1>"
FEWEST_LETTERS = 4
"""Shorter names of folders and files stay, since they would also be found inside other words."""


def without_names(text: str, known: Iterable[Path] = ()) -> str:
    """The text with `photo.jpg` and the like for names of photos, and `~` for the home folder.

    `known` are files of the user, whose names are found wherever they stand. A name that is neither known nor
    in quotes, and has no folder, may lose only its last word.
    """
    for path in known:
        for name in (str(path), path.name, path.stem):
            if len(name) >= FEWEST_LETTERS:
                text = text.replace(name, "[hidden]")
    text = QUOTED.sub(r"\g<1>photo.\g<2>\g<3>", text)
    text = PATH.sub(HIDDEN, text)
    text = WORD.sub(HIDDEN, text)
    with suppress(RuntimeError):  # there is no home folder
        home = Path.home()
        text = text.replace(str(home), "~") if home != home.parent else text
    return text
