"""The manual page and the completions of shells name every command and option of the real parsers."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from command_line import ShellCommand, all_commands, read_commands
from linux.completions import bash_completion, fish_completion, zsh_completion
from linux.manual import manual_page

from engine.edit_settings import EditSettings
from engine.settings_table import settings_of
from ip2p_desktop.cli import edit_command, models_command

ROOT = read_commands()


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def real_flags() -> dict[str, set[str]]:
    """Flags by the words of the command, straight from argparse."""
    real = [*parsers(edit_command.make_parser()), *parsers(models_command.make_parser())]
    flags: dict[str, set[str]] = {}
    for parser in real:
        found = {flag for action in parser._actions for flag in action.option_strings}
        flags[parser.prog] = flags.get(parser.prog, set()) | found
    return flags


def commands() -> dict[str, ShellCommand]:
    return {" ".join(words): command for words, command in all_commands(ROOT)}


def test_tree_has_every_command_with_its_flags() -> None:
    read = {
        name: {flag for each in command.options for flag in each.flags}
        for name, command in commands().items()
    }
    assert read == real_flags()


def test_manual_page_names_every_command_and_option() -> None:
    page = manual_page(ROOT, version="1.2.3", day=date(2026, 2, 1)).replace("\\-", "-")
    assert '"2026-02-01" "ip2p-desktop 1.2.3"' in page.replace(" 2026-02-01 ", ' "2026-02-01" ')
    for name, flags in real_flags().items():
        words = name.split()
        heading = f".SH COMMAND {words[-1].upper()}" if len(words) == 2 else f".SS {name}"
        section = page.split(heading)[1].split("\n.S")[0] if len(words) > 1 else page
        headings = "\n".join(re.findall(r"^\.TP\n(.*)$", section, flags=re.MULTILINE))
        assert [flag for flag in flags if f"\\fB{flag}\\fR" not in headings] == [], name


def complete_in_bash(folder: Path, *words: str) -> list[str]:
    """What bash proposes for the last word, in a folder."""
    file = folder.parent / "completion"
    file.write_text(bash_completion(ROOT), encoding="utf-8")
    script = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _ip2p_desktop; '
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "-c", script, "bash", file, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_flags_choices_and_files(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a photo.jpg").touch()
    assert set(complete_in_bash(folder, "ip2p-desktop", "")) == {"edit", "models", "a photo.jpg"}
    for name, flags in real_flags().items():
        assert set(complete_in_bash(folder, *name.split(), "-")) == flags, name
    schedulers = next(each for each in settings_of(EditSettings) if each.name == "scheduler").choices
    assert complete_in_bash(folder, "ip2p-desktop", "edit", "--scheduler", "") == list(map(str, schedulers))
    assert complete_in_bash(folder, "ip2p-desktop", "edit", "--scheduler", "=", "unip") == ["unipc"]
    assert complete_in_bash(folder, "ip2p-desktop", "edit", "--input", "a") == ["a photo.jpg"]
    assert complete_in_bash(folder, "ip2p-desktop", "edit", "--edit", "a") == [""]


def test_zsh_completion_knows_all_flags() -> None:
    functions = dict(
        re.findall(r"^(\w+)\(\) \{\n(.*?)^\}", zsh_completion(ROOT), flags=re.MULTILINE | re.DOTALL)
    )
    for name, flags in real_flags().items():
        body = functions["_" + re.sub(r"\W", "_", name)]
        assert {flag for flag in flags if f"'{flag}[" not in body} == set(), name


def test_fish_completion_knows_all_flags() -> None:
    lines = fish_completion(ROOT).splitlines()
    for name, flags in real_flags().items():
        words = name.split()[1:]
        seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in words)
        own = [line for line in lines if f"'{seen}" in line] if words else lines
        found = set(re.findall(r" (-[sl] \S+)", "\n".join(own)))
        wanted = {f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in flags}
        assert wanted <= found, name


@pytest.mark.parametrize(
    ("shell", "write"), [("bash", bash_completion), ("zsh", zsh_completion), ("fish", fish_completion)]
)
def test_shells_read_their_completion(shell: str, write: object, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert callable(write)
    file = tmp_path / "completion"
    file.write_text(write(ROOT), encoding="utf-8")
    subprocess.run([shell, "-n", file], check=True)
