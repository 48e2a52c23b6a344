"""The sentences around the words of a family, from `wordings/frames.toml`."""

from __future__ import annotations

from trainer.starter.data.instructions.wording_files import read_choices, read_list

ASKING = read_list("frames", "asking")
"""Ways to ask for "{act}", a command."""
COMMANDS = read_choices("frames", "commands")
"""Commands by part of speech."""
STATEMENTS = read_choices("frames", "statements")
"""Sentences by part of speech that are no command."""
QUANTITY = read_list("frames", "quantity")
"""What "{q}" stands for."""
TOO = read_list("frames", "too")
"""What "{too}" stands for."""
ALL = read_list("frames", "all")
"""What "{all}" stands for."""
