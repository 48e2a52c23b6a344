"""The chosen columns of a dataset as settings of the trainer."""

from __future__ import annotations

from ip2p_desktop.training.plans.setting_words import quoted
from trainer.datasets import ColumnNames


def column_settings(columns: ColumnNames) -> tuple[str, ...]:
    """The settings for chosen columns; none for the usual ones."""
    named = {"original": columns.original, "edited": columns.edited, "instruction": columns.instruction}
    return tuple(f"data.columns.{side}={quoted(name)}" for side, name in named.items() if name)
