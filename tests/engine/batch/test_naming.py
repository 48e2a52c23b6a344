"""The naming rule of a batch."""

from __future__ import annotations

import pytest

from engine.batch.naming import FIELDS, MAX_STEM_BYTES, NamingRule
from engine.errors import InvalidRequest

VALUES = {
    "stem": "IMG 0042",
    "instruction": "make it foggy, then black & white",
    "number": "07",
    "seed": "5",
    "model": "Starter: small",
    "date": "2026-11-30",
}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("{stem}-{instruction}", "IMG 0042-make-it-foggy-then-black-white"),
        ("{number} {stem}", "07 IMG 0042"),
        ("{date}_{model}_{seed}", "2026-11-30_Starter-small_5"),
        ("{stem}/{stem}", "IMG 0042_IMG 0042"),
        ("a{{b}}", "a{b}"),
        ("CON", "_CON"),
        ("{stem}. ", "IMG 0042"),
    ],
)
def test_a_rule_gives_names_that_every_file_system_takes(rule: str, name: str) -> None:
    assert NamingRule(rule).stem(VALUES) == name


def test_every_field_can_be_used() -> None:
    name = NamingRule("".join(f"{{{field}}}" for field in FIELDS)).stem(VALUES)
    assert all(part in name for part in ("IMG 0042", "make-it-foggy", "07", "Starter", "2026-11-30"))


def test_a_long_name_is_cut_so_that_a_number_and_a_suffix_fit() -> None:
    long = {**VALUES, "stem": "ü" * 200, "instruction": "wörter " * 60, "model": "m" * 200}
    name = NamingRule("{stem}-{instruction}-{model}").stem(long)
    assert 100 < len(name.encode()) <= MAX_STEM_BYTES


@pytest.mark.parametrize("rule", ["", "  ", "{name}", "{stem!r}", "{number:3}", "{", "{}", "{0}", "{stem.x}"])
def test_a_wrong_rule_is_refused(rule: str) -> None:
    with pytest.raises(InvalidRequest):
        NamingRule(rule)
