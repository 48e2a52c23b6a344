"""Writes completions of the command line for bash, zsh and fish from the program's own argument parsers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from command_line import Option, ShellCommand, Values, all_commands

NOTE = "# Generated from the argument parsers of the program."


def bash_completion(root: ShellCommand) -> str:
    """A completion for bash; it needs nothing but bash itself."""
    commands = dict(all_commands(root))
    known = " | ".join(f'"{" ".join(words)}"' for words in commands if len(words) > 1)
    function = f"_{_identifier(root.name)}"
    lines = [
        NOTE,
        f"{function}()",
        "{",
        '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"',
        f'    local called="{root.name}" at=1 flags="" words="" files=""',
        "    # bash takes the sign in --option=value for a word",
        '    [[ $word == "=" ]] && word=""',
        '    [[ $before == "=" ]] && before="${COMP_WORDS[COMP_CWORD - 2]}"',
        "    while ((at < COMP_CWORD)); do",
        '        case "$called ${COMP_WORDS[at]}" in',
        f'            {known}) called+=" ${{COMP_WORDS[at]}}" ;;',
        "            *) break ;;",
        "        esac",
        "        ((at++))",
        "    done",
        '    case "$called" in',
    ]
    for words, command in commands.items():
        lines += _bash_case(words, command)
    lines += [
        "    esac",
        '    if [[ $word == -* && -n $flags ]]; then words="$flags" files=""; fi',
        '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"',
        '        [[ -n $files ]] && compgen -f -- "$word")',
        "    [[ -n $files ]] && compopt -o filenames",
        "    return 0",
        "}",
        f"complete -F {function} {root.name}",
    ]
    return "\n".join(lines) + "\n"


def _bash_case(words: tuple[str, ...], command: ShellCommand) -> Iterator[str]:
    flags = " ".join(flag for option in command.options for flag in option.flags)
    below = " ".join(each.name for each in command.commands)
    yield f'        "{" ".join(words)}")'
    yield f'            flags="{flags}"'
    if below:
        # a command is only the first word; files may follow files
        yield f'            ((at == COMP_CWORD)) && words="{below}"'
    yield f'            files="{"yes" if _takes_files(command, words) else ""}"'
    yield '            case "$before" in'
    for option in command.options:
        if option.values is Values.NONE:
            continue
        pattern = " | ".join(option.flags)
        choices, files = " ".join(option.choices), "yes" if option.values is Values.PATHS else ""
        yield f'                {pattern}) flags="" words="{choices}" files="{files}" ;;'
    yield "            esac"
    yield "            ;;"


def zsh_completion(root: ShellCommand) -> str:
    """A completion for zsh."""
    lines = [f"#compdef {root.name}", NOTE]
    for words, command in all_commands(root):
        lines += _zsh_function(words, command)
    function = f"_{_identifier(root.name)}"
    lines += [f'{function} "$@"']
    return "\n".join(lines) + "\n"


def _zsh_function(words: tuple[str, ...], command: ShellCommand) -> Iterator[str]:
    yield f"_{_identifier(' '.join(words))}() {{"
    options = [line for option in command.options for line in _zsh_options(option)]
    if command.commands:
        yield "    local curcontext=$curcontext state line"
        yield "    _arguments -C \\"
        yield from (f"        {line} \\" for line in options)
        yield "        '1: :->first' '*:: :->rest'"
        yield "    case $state in"
        yield "        first)"
        yield "            local -a commands=("
        for each in command.commands:
            yield f"                {_quoted(f'{each.name}:{each.summary}')}"
        yield "            )"
        yield "            _describe command commands"
        if _takes_files(command, words):
            yield "            _files"
        yield "            ;;"
        yield "        rest)"
        yield "            case $words[1] in"
        for each in command.commands:
            yield f"                {each.name}) _{_identifier(' '.join((*words, each.name)))} ;;"
        if _takes_files(command, words):
            yield "                *) _files ;;"
        yield "            esac"
        yield "            ;;"
        yield "    esac"
    else:
        yield "    _arguments \\"
        places = [
            f"{_quoted(f'{at}:{_zsh_text(place.mark)}:{_zsh_action(place)}')}"
            for at, place in enumerate(command.places, 1)
        ]
        entries = [*options, *places]
        yield from (f"        {line} \\" for line in entries[:-1])
        yield f"        {entries[-1]}"
    yield "}"


def _zsh_options(option: Option) -> Iterator[str]:
    for flag in option.flags:
        spec = f"{flag}[{_zsh_text(option.help)}]"
        if option.values is not Values.NONE:
            # several values end at the next option
            several = "*-*" if "..." in option.mark else ""
            mark = _zsh_text(option.mark.split()[0])
            spec += (
                f":{several}:{mark}:{_zsh_action(option)}" if several else f":{mark}:{_zsh_action(option)}"
            )
        yield _quoted(spec)


def _zsh_action(option: Option) -> str:
    if option.values is Values.PATHS:
        return "_files"
    return f"({' '.join(option.choices)})" if option.choices else " "


def _zsh_text(text: str) -> str:
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def fish_completion(root: ShellCommand) -> str:
    """A completion for fish."""
    lines = [NOTE]
    for words, command in all_commands(root):
        lines += _fish_lines(root.name, words, command)
    return "\n".join(lines) + "\n"


def _fish_lines(program: str, words: tuple[str, ...], command: ShellCommand) -> Iterator[str]:
    names = " ".join(each.name for each in command.commands)
    conditions = [f"__fish_seen_subcommand_from {word}" for word in words[1:]]
    conditions += [f"not __fish_seen_subcommand_from {names}"] if names else []
    start = f"complete -c {program} -n {_fish_quoted('; and '.join(conditions))}"
    if not _takes_files(command, words):
        yield f"{start} -f"
    for each in command.commands:
        yield f"{start} -a {each.name} -d {_fish_quoted(each.summary)}"
    for option in command.options:
        names_of = " ".join(
            f"-l {flag.removeprefix('--')}" if flag.startswith("--") else f"-s {flag.removeprefix('-')}"
            for flag in option.flags
        )
        values = {Values.NONE: "", Values.PATHS: " -r -F", Values.TEXT: " -x"}.get(option.values)
        if values is None:
            values = f" -x -a {_fish_quoted(' '.join(option.choices))}"
        yield f"{start} {names_of}{values} -d {_fish_quoted(option.help)}"


def _takes_files(command: ShellCommand, words: tuple[str, ...]) -> bool:
    """Whether files may follow without an option; the program itself opens those that it is given."""
    several = any(option.values is Values.PATHS and "..." in option.mark for option in command.options)
    return len(words) == 1 or several or any(place.values is Values.PATHS for place in command.places)


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)


def _quoted(text: str) -> str:
    """Text in single quotes, for bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
