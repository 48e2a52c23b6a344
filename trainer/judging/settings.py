"""Settings of `python -m trainer.judging`, as `key=value`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from trainer.config import ConfigNotValid
from trainer.export.kept_steps import MOST_STRENGTH

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgingSettings:
    """What is judged, and on how many pictures."""

    run: str = ""
    """Folder of the run."""
    step: int = 0
    """Step whose kept weights are judged; 0 takes the newest."""
    model: str = ""
    """Folder of an exported model of the run to judge instead of a step."""
    strength: float = 1.0
    """Strength of the training, from 0 to 1.5."""
    pairs: int = 10
    """Held-back pairs at most."""
    photos: tuple[str, ...] = ()
    """The user's photos to edit too."""
    instruction: str = ""
    """Instruction for the photos; empty takes the first one of the training."""
    old_edits: int = 40
    """Edits that the start model knows, at most."""
    old_photos: int = 3
    """Photos on which each of them is tried."""
    old_resolution: int = 256
    """Longer side in pixels of the results of old edits, which are only compared."""
    resolution: int = 0
    """Longer side in pixels of all other results; 0 takes what the card recommends."""
    seed: int = 0
    """Seed of every edit, the same for both models."""
    minutes: float = 0.0
    """Time that judging may take, about: fewer pairs and old edits are tried then; 0 tries all."""
    threads: int = 0
    """Threads on a processor; 0 takes one for each core."""
    device: str = "auto"
    """"cpu", "gpu", "mps", or "auto" for the fastest."""
    output: str = ""
    """Folder for the images and the judgement; empty is “judgement” in the run."""
    base: str = ""
    """The start model, if it has moved since the run began."""

    @property
    def run_folder(self) -> Path:
        """The folder of the run."""
        return Path(self.run)

    @property
    def folder(self) -> Path:
        """The folder that is written."""
        return Path(self.output) if self.output else self.run_folder / "judgement"


def read_judging_settings(words: Sequence[str]) -> JudgingSettings:
    """Returns the settings of a command line. Raises `ConfigNotValid`."""
    settings = JudgingSettings()
    names = [field.name for field in fields(JudgingSettings)]
    for word in words:
        name, mark, text = word.partition("=")
        if not mark or name not in names:
            nearest = get_close_matches(name, names, n=1, cutoff=0.5)
            raise ConfigNotValid(
                "configuration.judging-setting-unknown",
                "There is no setting called {setting}.",
                "Did you mean {nearest}?",
                setting=name,
                nearest=", ".join(nearest or names),
            )
        value: dict[str, Any] = {name: _value(name, text, getattr(settings, name))}
        settings = replace(settings, **value)
    _check(settings)
    return settings


def _value(name: str, text: str, default: object) -> object:
    """Returns a value of the type of its default."""
    try:
        if isinstance(default, tuple):
            listed = json.loads(text) if text.startswith("[") else [text] if text else []
            return tuple(map(str, listed))
        return text if isinstance(default, str) else float(text) if isinstance(default, float) else int(text)
    except ValueError as error:
        raise ConfigNotValid(
            "configuration.judging-value-invalid",
            "{setting} cannot be “{value}”.",
            'Photos are written as a list such as ["a.jpg", "b.jpg"], others as text or a number.',
            setting=name,
            value=text,
        ) from error


def _check(settings: JudgingSettings) -> None:
    counts = (settings.step, settings.pairs, settings.old_edits, settings.old_photos, settings.threads)
    holds = (
        bool(settings.run)
        and 0 <= settings.strength <= MOST_STRENGTH
        and min(counts) >= 0
        and settings.minutes >= 0
        and settings.old_resolution >= 64
        and (settings.resolution == 0 or settings.resolution >= 64)
    )
    if not holds:
        raise ConfigNotValid(
            "configuration.judging-out-of-range",
            "A setting of judging is missing or out of range.",
            "Name the folder as run=FOLDER; the strength is from 0 to {maximum:g}, sizes are at least 64 "
            "pixels and counts at least 0.",
            maximum=MOST_STRENGTH,
        )


def evenly_spread(values: Sequence[T], count: int) -> list[T]:
    """Returns at most so many of the values, at even distances."""
    chosen = min(count, len(values))
    return [values[place * len(values) // chosen] for place in range(chosen)]
