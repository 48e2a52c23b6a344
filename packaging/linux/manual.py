"""Writes the manual page of the command line from the program's own argument parsers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from command_line import Option, ShellCommand, all_commands

EXIT_CODES = {
    "0": "The work is done; of an edit, all results are written.",
    "1": "It failed. With many photos: some of them failed.",
    "2": "The arguments are wrong, or the input or the model cannot be used.",
    "130": "It was cancelled with Ctrl-C.",
}
VARIABLES = {
    "IP2P_DATA_DIR": "Another folder for everything that the program keeps.",
    "HF_ENDPOINT, HF_HOME, HF_TOKEN": "Address, folder and access token of the Hugging Face hub.",
}
DATA_FOLDER = "~/.local/share/IP2P Desktop"
"""Where `platformdirs` puts the data of the program on Linux, unless `XDG_DATA_HOME` says otherwise."""
EXAMPLES = {
    "ip2p-desktop photo.jpg": "Opens a photo, in the window that is already open if there is one.",
    'ip2p-desktop edit --input photo.jpg --output night.png --edit "make it night"': "Edits one photo.",
    'ip2p-desktop edit --input holiday --output edited --edit "make it foggy" --recursive --skip-existing': (
        "Edits all photos of a folder that have no result yet."
    ),
}


def manual_page(root: ShellCommand, *, version: str, day: date) -> str:
    """The page in the language of `man`, for section 1."""
    name = root.name
    lines = [
        '.\\" Generated from the argument parsers of the program.',
        f'.TH {name.upper()} 1 {day.isoformat()} "{name} {version}" "User Commands"',
        ".nh",  # names of options are not split at the end of a line
        ".ad l",
        ".SH NAME",
        f"{_text(name)} \\- edit photos by writing what should change",
        ".SH SYNOPSIS",
        *_synopsis(root),
        ".SH DESCRIPTION",
        _text(root.description),
        "Files are photos, folders of photos, a project (.ip2p) or edit packs (.ip2p\\-edit).",
        "Photos stay on this computer.",
        *_options(root),
    ]
    for words, command in list(all_commands(root))[1:]:
        depth = len(words)
        title = _text(" ".join(words[1:]))
        lines += [f".SH COMMAND {title.upper()}" if depth == 2 else f".SS {_text(' '.join(words))}"]
        lines += [_text(command.description)]
        lines += [".PP", *_usage(command)] if not command.commands else []
        lines += _options(command)
    lines += [".SH EXIT STATUS", *_list(EXIT_CODES)]
    lines += [".SH ENVIRONMENT", *_list(VARIABLES)]
    lines += [
        ".SH FILES",
        ".TP",
        f".I {_text(DATA_FOLDER)}",
        "Models, sessions, training runs, preferences and the log. Removing the program leaves this folder.",
        ".SH EXAMPLES",
        *_list(EXAMPLES),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(root: ShellCommand) -> Iterator[str]:
    yield from _usage(root, ["FILE ..."])
    for _, command in list(all_commands(root))[1:]:
        if not command.commands:
            yield ".br"
            yield from _usage(command)


def _usage(command: ShellCommand, parts: list[str] | None = None) -> Iterator[str]:
    """How a command is called, its own words in bold."""
    words = re.split(r"\s(?=\[|-|[A-Z{])", command.usage, maxsplit=1)
    yield f".B {_text(words[0])}"
    if parts is not None:
        yield _text("[" + "] [".join(parts) + "]")
    elif len(words) > 1:
        yield _text(words[1])


def _options(command: ShellCommand) -> Iterator[str]:
    for group in command.groups:
        yield ".PP"
        title = {"options": "Options", "positional arguments": "Arguments"}.get(group.title, group.title)
        yield f".B {_text(title[:1].upper() + title[1:])}"
        if group.description:
            yield ".br"
            yield _text(group.description)
        for option in group.options:
            yield ".TP"
            yield _heading(option)
            yield _text(option.help)


def _heading(option: Option) -> str:
    mark = f" \\fI{_text(option.mark, starts_line=False)}\\fR" if option.mark else ""
    if not option.flags:
        return f"\\fI{_text(option.mark, starts_line=False)}\\fR"
    return ", ".join(f"\\fB{_text(flag, starts_line=False)}\\fR{mark}" for flag in option.flags)


def _list(entries: dict[str, str]) -> Iterator[str]:
    for name, text in entries.items():
        yield ".TP"
        yield f"\\fB{_text(name, starts_line=False)}\\fR"
        yield _text(text)


def _text(text: str, *, starts_line: bool = True) -> str:
    """Text with the characters escaped that have a meaning to `man`."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("~", "\\(ti")
    escaped = escaped.replace("^", "\\(ha").replace("`", "\\(ga")
    return f"\\&{escaped}" if starts_line and escaped.startswith((".", "\\(aq")) else escaped
