"""The README of a trained model: base model, data, settings, training curves and samples."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import getitem
from pathlib import Path

import yaml

from engine.library import ModelCard
from trainer.config import TrainingConfig
from trainer.export.plots import Line, Panel, plot
from trainer.learning.history import History, smoothed

README, CURVES, SAMPLES = "README.md", "curves.svg", "samples"
PLACES = (
    *("data.cache.folder", "model.unet_config.from_pretrained", "model.ckpt_path"),
    *("model.resume_from_checkpoint", "exp_manager.resume_from_checkpoint"),
    *("exp_manager.exp_dir", "exp_manager.explicit_log_dir"),
)
"""Settings whose values are files or folders."""
LISTED = 40
"""Number of instructions that are listed, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFacts:
    """The data that a model was trained on."""

    paths: Sequence[Path] = ()
    layouts: Sequence[str] = ()
    train: int = 0
    val: int = 0
    test: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Number of entries left out, by reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A photo of the val pairs before and after."""

    instruction: str
    source: Path
    edited: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRecord:
    """The contents of a model card."""

    config: TrainingConfig
    data: DataFacts
    history: History
    steps: int
    examples_seen: int
    hardware: str
    samples: Sequence[Sample] = ()
    name: str = ""
    base: ModelCard | None = None
    instructions: tuple[str, ...] = ()
    steps_elsewhere: int = 0
    """Number of the steps that another run took, perhaps on other pairs."""


def write_readme(folder: Path, record: TrainingRecord) -> None:
    """Writes `README.md`, the curves and the sample images into a model's folder. Raises `OSError`."""
    samples = list(_copied(folder, record.samples))
    (folder / CURVES).write_text(plot(_panels(record.history)), encoding="utf-8")
    sections = (
        _opening(record),
        _instructions(record),
        _samples(samples),
        _data(record),
        _training(record),
        _settings(record),
        _use(record),
    )
    text = "\n\n".join(section for section in sections if section)
    (folder / README).write_text(text + "\n", encoding="utf-8")


def _copied(folder: Path, samples: Sequence[Sample]) -> Iterator[Sample]:
    for number, sample in enumerate(samples):
        (folder / SAMPLES).mkdir(exist_ok=True)
        before, after = (folder / SAMPLES / f"{number}-{side}.png" for side in ("before", "after"))
        shutil.copyfile(sample.source, before)
        shutil.copyfile(sample.edited, after)
        yield Sample(
            instruction=sample.instruction,
            source=before.relative_to(folder),
            edited=after.relative_to(folder),
        )


def _panels(history: History) -> list[Panel]:
    panels = [Panel("training loss", "mean squared error", (Line("loss", smoothed(history.losses)),))]
    if history.validations:
        points = [(float(step), loss) for step, loss in history.validations]
        panels.append(Panel("val pairs", "mean squared error", (Line("loss", points, dots=True),)))
    return panels


def _opening(record: TrainingRecord) -> str:
    base = record.base
    licence = base.licence if base and base.licence else "not known; that of the base model applies"
    started = f"{base.name}{f' ({base.source})' if base.source else ''}" if base else "not known"
    kind = "a LoRA over it" if record.config.model.lora.enable else "all weights of its UNet"
    return (
        f"# {_plain(record.name)}\n\n"
        "An InstructPix2Pix model: it edits a photo as a sentence asks.\n\n"
        f"- **Base model**: {_plain(started)}\n"
        f"- **Trained**: {kind}\n"
        f"- **Licence**: {_plain(licence)}"
    )


def _instructions(record: TrainingRecord) -> str:
    listed = record.instructions[:LISTED]
    if not listed:
        return ""
    rest = len(record.instructions) - len(listed)
    lines = [f"- {_plain(text)}" for text in listed] + ([f"- … and {rest} more"] if rest else [])
    return "## Instructions\n\n" + "\n".join(lines)


def _samples(samples: Sequence[Sample]) -> str:
    if not samples:
        return ""
    rows = [
        f"| {_plain(sample.instruction)} "
        f"| ![before]({sample.source.as_posix()}) | ![after]({sample.edited.as_posix()}) |"
        for sample in samples
    ]
    return "## Samples\n\n| instruction | photo | edited |\n|---|---|---|\n" + "\n".join(rows)


def _data(record: TrainingRecord) -> str:
    data = record.data
    sources = [
        f"- {_plain(path.name)}: {layout}" for path, layout in zip(data.paths, data.layouts, strict=True)
    ]
    left_out = {**data.skipped, "damaged during training": len(record.history.unusable)}
    skipped = ", ".join(f"{count} {reason}" for reason, count in left_out.items() if count)
    counts = f"{data.train} pairs for training, {data.val} for validation, {data.test} for testing"
    if record.examples_seen < data.train:
        counts += f"; at most {record.examples_seen} of them were trained on so far"
    return "\n".join(["## Data\n", *sources, f"- {counts}", f"- Left out: {skipped or 'nothing'}"])


def _training(record: TrainingRecord) -> str:
    history, earlier = record.history, record.steps_elsewhere
    lines = [
        f"- {record.steps} steps, {record.examples_seen} examples",
        *([f"- {earlier} of the steps in an earlier run, perhaps on other pairs"] if earlier else []),
        f"- {_duration(history.seconds)} on {_plain(record.hardware)}",
    ]
    if history.losses:
        tail = history.losses[-max(1, len(history.losses) // 20) :]
        lines.append(f"- Loss at the end: {sum(tail) / len(tail):.4f}")
    if history.best is not None:
        lines.append(f"- Lowest loss of the val pairs: {history.best:.4f}")
    return "\n".join(["## Training\n", *lines, "", f"![Loss over steps]({CURVES})"])


def _settings(record: TrainingRecord) -> str:
    settings = asdict(record.config)
    # the card must not reveal the folders of the user's computer
    settings["data"]["data_path"] = [path.name for path in record.data.paths]
    settings["validation"]["photos"] = [Path(photo).name for photo in settings["validation"]["photos"]]
    for key in PLACES:
        *groups, name = key.split(".")
        group = reduce(getitem, groups, settings)
        group[name] = Path(group[name] or "").name
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    return f"## Settings\n\n```yaml\n{text.strip()}\n```"


def _use(record: TrainingRecord) -> str:
    text = (
        "## Use\n\nChoose this folder as a model in IP2P Desktop, or load it with the InstructPix2Pix "
        "pipeline of diffusers."
    )
    if record.config.model.lora.enable:
        text += (
            " `lora.safetensors` holds what was learned, by the names of diffusers, `lora-kohya.safetensors` "
            "the same by those of sd-scripts; both need the base model, with eight input channels."
        )
    return text


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s" if minutes else f"{left} s"


def _plain(text: str) -> str:
    """Returns the text on one line, with markup escaped."""
    line = " ".join(text.split())
    for mark in "\\`*_[]<>|":
        line = line.replace(mark, f"\\{mark}")
    return line
