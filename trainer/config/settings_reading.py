"""Reads settings from files and `key=value` arguments, and recognises NeMo's settings among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast

from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException, ValidationError
from yaml import YAMLError

from trainer.config.checks import ConfigNotValid
from trainer.config.nemo_settings import ALWAYS, notes_on, reason_for
from trainer.config.training import TrainingConfig, validate
from trainer.config.typed_words import literal, typed_value, types_of, value_not_usable
from trainer.protocol.events import WarningRaised

CONFIG_FLAG, PROBE_FLAG = "--config", "--probe"
MOVED = {"model.data.": "data.", "data.rehearsal.": "data.replay."}
"""The prefix of a group of settings in NeMo or in an earlier version, and its prefix here."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """The arguments of a run, read."""

    config: TrainingConfig
    notes: tuple[WarningRaised, ...] = ()
    """Warnings about settings that were ignored."""
    probe: tuple[int, ...] | None = None
    """None to train; else numbers of steps whose duration to estimate from a few steps."""


def read_config(arguments: Sequence[str]) -> TrainingConfig:
    """Returns the settings of `key=value` arguments. Raises `ConfigNotValid`."""
    return read_settings(arguments).config


def read_settings(arguments: Sequence[str]) -> ReadSettings:
    """Returns the settings of `[--config FILE.yaml] [--probe[=STEPS,STEPS]] key=value …`.

    Later arguments override earlier ones. A value is read as what its setting is, so texts need no quotes.
    Empty values (null, ???) are the defaults, `${…}` refers to other settings, and a "+" before a key is
    ignored. Raises `ConfigNotValid`.
    """
    files, words, probe = _sorted_out(arguments)
    try:
        given = _given(files, words)
        config, ignored = _structured(given)
    except OmegaConfBaseException as error:
        raise _not_usable(error) from error
    validate(config)
    return ReadSettings(config, notes_on(ignored), probe)


def stored_config(values: Mapping[str, Any], words: Sequence[str] = ()) -> TrainingConfig:
    """Returns settings that were stored by their dotted keys, with changes as `key=value`.

    Keys of other versions of the program are ignored. Raises `ConfigNotValid`.
    """
    known = _setting_types()
    try:
        given = {key: value for key, value in values.items() if key in known}
        config, _ = _structured(given | _given((), _sorted_out(words)[1]))
    except OmegaConfBaseException as error:
        raise _not_usable(error) from error
    validate(config)
    return config


def _sorted_out(arguments: Sequence[str]) -> tuple[list[Path], list[str], tuple[int, ...] | None]:
    files: list[Path] = []
    words: list[str] = []
    probe: tuple[int, ...] | None = None
    remaining = iter(arguments)
    for argument in remaining:
        flag, _, value = argument.partition("=")
        if flag == CONFIG_FLAG:
            files.append(Path(value or next(remaining, "")))
        elif flag == PROBE_FLAG:
            probe = _step_numbers(value)
        elif "=" in argument and not flag.startswith(("-", "~")):
            words.append(argument.lstrip("+"))
        else:
            raise ConfigNotValid(
                "configuration.not-a-setting",
                "“{argument}” is not a setting.",
                "Write settings as key=value, for example trainer.max_steps=200.",
                argument=argument,
            )
    return files, words, probe


def _step_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(",") if number)
    except ValueError as error:
        raise ConfigNotValid(
            "configuration.not-steps",
            "“{text}” is not a list of steps.",
            "Separate them with commas: {flag}=200,1000.",
            text=text,
            flag=PROBE_FLAG,
        ) from error


def _given(files: Iterable[Path], words: list[str]) -> dict[str, Any]:
    """Returns every setting that was given, by its dotted key, with references resolved."""
    own = OmegaConf.merge(OmegaConf.create(), *map(_load, files))
    for key, value in map(_read_word, words):
        OmegaConf.update(own, key, value, force_add=True)
    defaults = OmegaConf.to_container(OmegaConf.structured(TrainingConfig))
    whole = OmegaConf.merge(OmegaConf.create(cast(dict[str, Any], defaults)), own)
    resolved = dict(_leaves(cast(dict[str, Any], OmegaConf.to_container(whole, resolve=True))))
    keys = [key for key, _ in _leaves(cast(dict[str, Any], OmegaConf.to_container(own)))]
    return {key: resolved[key] for key in keys if key in resolved}


def _read_word(word: str) -> tuple[str, Any]:
    """Returns key and value of a `key=value` argument."""
    key, _, text = word.partition("=")
    types = _setting_types()
    if (here := _place(key)) in types:
        return key, typed_value(here, types[here], text)
    try:  # a setting of NeMo's, or a group of settings
        return key, OmegaConf.select(OmegaConf.from_dotlist([word]), key)
    except (YAMLError, OmegaConfBaseException):
        return key, text


def _load(path: Path) -> DictConfig:
    try:
        loaded = OmegaConf.load(path)
    except OSError as error:
        raise ConfigNotValid(
            "configuration.file-unreadable",
            "The settings file {file} cannot be read ({reason}).",
            "Check its name.",
            file=path,
            reason=error.strerror or error,
        ) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigNotValid(
            "configuration.not-yaml",
            "{file} is not a YAML file.",
            "Check its brackets and indentation.",
            file=path,
        ) from error
    if not isinstance(loaded, DictConfig):
        raise ConfigNotValid(
            "configuration.no-settings",
            "{file} contains no settings.",
            "Write them as key: value.",
            file=path,
        )
    return loaded


def _leaves(values: Mapping[Any, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


@cache
def _setting_types() -> dict[str, Any]:
    return dict(types_of(TrainingConfig))


def _structured(given: dict[str, Any]) -> tuple[TrainingConfig, list[str]]:
    """Returns the typed settings, and the keys that have no meaning here."""
    known, ignored = set(_setting_types()), []
    kept = OmegaConf.create()
    for key, value in given.items():
        here = _place(key)
        if here in known:
            if value is not None and value != MISSING:
                OmegaConf.update(kept, here, _literal(value), force_add=True)
        elif here in ALWAYS:
            _check_always(key, value, ALWAYS[here])
        elif reason_for(here):
            ignored += [] if value is None else [key]
        else:
            raise _unknown(key, known)
    try:
        merged = OmegaConf.merge(OmegaConf.structured(TrainingConfig), kept)
    except ValidationError as error:
        key = (error.full_key or "").partition("[")[0]
        if key not in known:
            raise
        raise value_not_usable(key, _setting_types()[key], OmegaConf.select(kept, key)) from error
    missing = sorted(OmegaConf.missing_keys(merged))
    if missing:
        raise ConfigNotValid(
            "configuration.setting-missing",
            "The setting {setting} is missing.",
            "Add {setting}=…",
            setting=missing[0],
        )
    return cast(TrainingConfig, OmegaConf.to_object(merged)), ignored


def _place(key: str) -> str:
    for theirs, ours in MOVED.items():
        if key.startswith(theirs):
            return ours + key.removeprefix(theirs)
    return key


def _literal(value: object) -> object:
    """Returns the value escaped, so that OmegaConf finds no references in it again."""
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return literal(value) if isinstance(value, str) else value


def _check_always(key: str, value: object, accepted: tuple[Any, ...]) -> None:
    if value is not None and value not in accepted:
        raise ConfigNotValid(
            "configuration.fixed-setting",
            "{setting} can only be {accepted} here, not {value}.",
            "Leave it out, or train with NeMo.",
            setting=key,
            accepted=accepted[0],
            value=value,
        )


def _unknown(key: str, known: set[str]) -> ConfigNotValid:
    groups = {name.rpartition(".")[0] for name in known}
    if key in groups:
        return ConfigNotValid(
            "configuration.setting-group",
            "{setting} is a group of settings.",
            "Name one of them: {setting}.…=…",
            setting=key,
        )
    nearest = get_close_matches(key, known, n=1, cutoff=0.5)
    if nearest:
        return ConfigNotValid(
            "configuration.setting-misspelt",
            "There is no setting called {setting}.",
            "Did you mean {nearest}?",
            setting=key,
            nearest=nearest[0],
        )
    return ConfigNotValid(
        "configuration.setting-unknown",
        "There is no setting called {setting}.",
        "Check its name.",
        setting=key,
    )


def _not_usable(error: OmegaConfBaseException) -> ConfigNotValid:
    reason = str(error).splitlines()[0].rstrip(".")
    if error.full_key:
        return ConfigNotValid(
            "configuration.reference-not-usable",
            "The value of {setting} cannot be used: {reason}.",
            "“${{…}}” refers to another setting; write “\\${{” for the characters themselves.",
            setting=error.full_key,
            reason=reason,
        )
    return ConfigNotValid(
        "configuration.not-usable",
        "A setting cannot be used: {reason}.",
        "Check the names and values.",
        reason=reason,
    )
