"""Finds the instructions of images without metadata: in a text file for each pair, or in one for all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from engine.images.image_files import OPENABLE_SUFFIXES
from trainer.datasets.columns import INSTRUCTION_NAMES, plain_name
from trainer.datasets.layouts.name_lookup import folded
from trainer.datasets.layouts.text_decoding import decode_text
from trainer.datasets.layouts.trees import Tree

TEXT_SUFFIXES = (".txt", ".caption", ".cap", ".text", ".prompt")
JSON = ".json"
TEXT_FOLDERS = ("instructions", "instruction", "edits", "texts", "text", "prompts", "captions")
TEXT_FILES = ("instruction", "instructions", "edit", "prompt", "caption", "edit_instruction", "edit_prompt")
"""Names of a text file for all pairs, beside the images or in a folder that contains theirs."""
OWN = re.compile(rf"(?P<stem>.+)[._-]({'|'.join(TEXT_FILES)})", re.IGNORECASE)
OWN_START = re.compile(rf"({'|'.join(TEXT_FILES)})[._-]+(?P<stem>.+)", re.IGNORECASE)
"""How the name of a pair's own text file is made of its stem: `cat_instruction.txt`, `prompt_cat.txt`."""
OTHER = re.compile("readme|licen[cs]e|credits", re.IGNORECASE)
"""Text files that are not instructions."""


class TextNotReadable(ValueError):
    """A file that should hold an instruction is not text, or of an encoding that is not known."""


class InstructionTexts:
    """The instructions of the pairs in a folder: their own, else those for all pairs."""

    def __init__(self, tree: Tree, root: str, folders: Iterable[str], instruction: str) -> None:
        """`folders` are those of the images; `instruction` goes before a text file for all pairs."""
        self._tree, self._root = tree, root
        self._read: dict[str, dict[str, str]] = {}
        _, inside = tree.entries(root)
        self._folders = [f"{root}{name}/" for name in inside if name.lower() in TEXT_FOLDERS]
        self._instruction = wordings_of(instruction)
        self._image_folders = tuple(folders)
        parts = root.split("/")[:-1]
        above = ("/".join((*parts[:depth], "")) for depth in reversed(range(len(parts))))
        places = (root, *self._image_folders, *above)
        self._common_file = next(filter(None, map(self._file_for_all, places)), "")
        self._common: tuple[str, ...] | None = None

    def of(self, key: str, files: Iterable[str]) -> tuple[str, ...]:
        """Returns the wordings of a pair's instruction; none if no file has them. Raises `TextNotReadable`.

        `key` is what the names of the two `files` share.
        """
        stems = [self._root + key, *(str(PurePosixPath(file).with_suffix("")) for file in files)]
        for place in dict.fromkeys((*stems, *files, *(folder + key for folder in self._folders))):
            folder, _, stem = place.rpartition("/")
            found = self._own_files(f"{folder}/" if folder else "").get(folded(stem))
            if found and (own := self._lines(found)):
                return own
        return self._instruction or self._for_all()

    def _own_files(self, folder: str) -> dict[str, str]:
        """Returns the text files in a folder by the names of the images they belong to."""
        if folder not in self._read:
            own = self._read[folder] = {}
            names = (name for name in self._tree.entries(folder)[0] if _is_text(name) or _is_json(name))
            for name in sorted(names, key=lambda name: (_is_json(name), name)):
                stem = PurePosixPath(name).stem
                own.setdefault(folded(stem), folder + name)
                if found := OWN.fullmatch(stem) or OWN_START.fullmatch(stem):
                    own.setdefault(folded(found["stem"]), folder + name)
        return self._read[folder]

    def _for_all(self) -> tuple[str, ...]:
        if self._common is None:
            self._common = self._lines(self._common_file) if self._common_file else ()
        return self._common

    def _file_for_all(self, folder: str) -> str:
        names, _ = self._tree.entries(folder)
        texts = sorted(name for name in names if _is_text(name) and not OTHER.match(name))
        known = [name for name in texts if PurePosixPath(name.lower()).stem in TEXT_FILES]
        if not known and folder == self._root and len(texts) == 1 and not any(map(is_image, names)):
            known = [name for name in texts if not self._is_of_an_image(name)]
        return folder + known[0] if known else ""

    def _is_of_an_image(self, text: str) -> bool:
        """Returns whether a text file has the name of an image, and so belongs to it alone."""
        images = (name for folder in self._image_folders for name in self._tree.entries(folder)[0])
        return folded(PurePosixPath(text).stem) in {folded(PurePosixPath(name).stem) for name in images}

    def _lines(self, name: str) -> tuple[str, ...]:
        try:
            text = decode_text(self._tree.read(name))
            lines = _json_lines(text) if _is_json(name) else wordings_of(text)
        except (OSError, ValueError) as error:
            raise TextNotReadable(name) from error
        return tuple(line.strip() for line in lines if line.strip())


def wordings_of(text: str) -> tuple[str, ...]:
    """Returns the wordings of one edit in a text: its lines, without empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _json_lines(text: str) -> list[str]:
    """Returns the wordings in a JSON file beside an image, as webdatasets have it."""
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(values, dict):
        return []
    values = {plain_name(name): value for name, value in values.items()}
    value = next((values[name] for name in INSTRUCTION_NAMES if name in values), "")
    listed = value if isinstance(value, list) else [value]
    return [line for line in listed if isinstance(line, str)]


def is_image(name: str) -> bool:
    """Returns whether a file is an image by its name."""
    return PurePosixPath(name).suffix.lower() in OPENABLE_SUFFIXES


def _is_json(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() == JSON


def _is_text(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in TEXT_SUFFIXES
