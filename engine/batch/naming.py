"""The rule by which a batch names its results, such as "{stem}-{instruction}"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from unicodedata import category

from engine.errors import InvalidRequest
from engine.files.file_names import cut_to_bytes, valid_stem

STANDARD_RULE = "{stem}-{instruction}"
FIELDS = ("stem", "instruction", "number", "seed", "model", "date")
MAX_STEM_BYTES = 200
"""Leaves room for a number, a suffix and what other programs add, below the 255 of file systems."""
MAX_FIELD_BYTES = {"stem": 128, "instruction": 80, "model": 60}


@dataclass(frozen=True, slots=True)
class NamingRule:
    """A text with fields in braces. Raises `InvalidRequest` for an unknown field, or if it is empty."""

    text: str = STANDARD_RULE

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidRequest(
                "request.naming-rule-empty",
                "The naming rule is empty.",
                "Write one, for example {example}.",
                example=STANDARD_RULE,
            )
        for _, field, form, conversion in self._parts():
            ending = (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            if field is not None and (field not in FIELDS or ending):
                raise _unknown_field(f"{{{field}{ending}}}")

    @property
    def tells_photo(self) -> bool:
        """Whether a photo gets the same name in every batch, and another one than other photos."""
        fields = {field for _, field, _, _ in self._parts()}
        return "stem" in fields and "number" not in fields

    def stem(self, values: Mapping[str, str]) -> str:
        """A file name without suffix; `values` has a text for each of `FIELDS`."""
        texts = []
        for literal, field, _, _ in self._parts():
            texts += [literal, _field_text(field, values[field]) if field is not None else ""]
        return cut_to_bytes(valid_stem("".join(texts)), MAX_STEM_BYTES).rstrip(". ")

    def _parts(self) -> list[tuple[str, str | None, str | None, str | None]]:
        try:
            return list(Formatter().parse(self.text))
        except ValueError as error:
            raise _unknown_field(self.text) from error


def _field_text(field: str, value: str) -> str:
    if field in ("instruction", "model"):
        value = words(value)
    return cut_to_bytes(value, MAX_FIELD_BYTES.get(field, MAX_STEM_BYTES)).strip("- ")


def words(text: str) -> str:
    """The words of a text with hyphens between them, for a file name: "make-it-foggy-then-darker"."""
    letters = "".join(each if _is_of_a_word(each) else "-" for each in text)
    return re.sub(r"-+", "-", letters).strip("-") or "edited"


def _is_of_a_word(character: str) -> bool:
    return character == "_" or category(character)[0] in "LMN"


def _unknown_field(field: str) -> InvalidRequest:
    return InvalidRequest(
        "request.naming-rule",
        "The naming rule contains “{field}”, which is not one of its fields.",
        "Choose from {known}.",
        field=field,
        known=", ".join(f"{{{name}}}" for name in FIELDS),
    )
