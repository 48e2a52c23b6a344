"""The sentences around the words of a family, from `wordings/frames.toml`."""

from __future__ import annotations

from trainer.starter.data.instructions.wording_files import read_choices, read_list

ASKING = read_list("frames", "asking")
"""Ways to ask for "{act}", a command."""
COMMANDS = read_choices("frames", "commands")
"""Commands by part of speech."""
STATEMENTS = read_choices("frames", "statements")
"""Sentences by part of speech that are not commands."""
QUANTITY = read_list("frames", "quantity")
"""Choices for "{q}"."""
TOO = read_list("frames", "too")
"""Choices for "{too}"."""
ALL = read_list("frames", "all")
"""Choices for "{all}"."""
