"""Checks of images, events and printed lines for the smoke test."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dev import VENV
from PIL import Image, ImageChops, ImageStat
from virtual_screen import CheckFailed

MAX_COLOUR_LEFT = 0.2
"""Share of the photo's mean saturation that may be left in a grey picture."""
MIN_LIKENESS = 0.9
"""Correlation of brightness between a photo and its grey picture."""
COMPARED_SIDE = 128


class CheckReport:
    """Prints each check with its measurement or its failure."""

    def __init__(self) -> None:
        self.failures = 0

    def check(self, name: str, work: Callable[[], str]) -> bool:
        """Run a check, which returns its measurement or raises `CheckFailed`."""
        try:
            measured = work()
        except (CheckFailed, OSError) as problem:
            self.failures += 1
            print(f"FAILED  {name}: {problem}", flush=True)
            return False
        print(f"ok      {name}{f': {measured}' if measured else ''}", flush=True)
        return True


def read_events(output: str) -> list[dict[str, Any]]:
    """The events of a training run; any other line is a failure."""
    events = []
    for line in output.splitlines():
        try:
            events.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            raise CheckFailed(f"a line is no event: {line[:200]}") from None
    return events


def check_events(events: Sequence[dict[str, Any]], total_steps: int) -> None:
    """Raises `CheckFailed` unless the run reported every step and its end."""
    types = [event.get("type") for event in events]
    steps = [event for event in events if event.get("type") == "step"]
    if [event.get("step") for event in steps] != list(range(1, total_steps + 1)):
        raise CheckFailed(f"the events do not tell of {total_steps} steps: {types}")
    if not all(math.isfinite(event.get("loss", math.nan)) for event in steps):
        raise CheckFailed("a loss is not a number.")
    if types[-1] != "finished" or not Path(events[-1].get("model", "?")).is_dir():
        raise CheckFailed(f"the run did not end with a model: {events[-1]}")


def check_grey(photo: Path, result: Path) -> str:
    """Raises `CheckFailed` unless the result is the photo without its colours."""
    with open_image(photo) as before, open_image(result) as after:
        small = (COMPARED_SIDE, COMPARED_SIDE)
        first, second = before.convert("RGB").resize(small), after.convert("RGB").resize(small)
    colour_left = mean_colour(second) / mean_colour(first)
    likeness = correlation(first.convert("L"), second.convert("L"))
    measured = f"{colour_left:.0%} of the colour is left, likeness {likeness:.2f}"
    if colour_left > MAX_COLOUR_LEFT or likeness < MIN_LIKENESS:
        raise CheckFailed(f"{measured}; at most {MAX_COLOUR_LEFT:.0%} and at least {MIN_LIKENESS} are asked.")
    return measured


def changed_share(before: Path, after: Path) -> float:
    """Share of the pixels of a photo that another image of the same size has otherwise, from 0 to 1.

    Raises `CheckFailed` if the sizes differ.
    """
    with open_image(before) as first, open_image(after) as second:
        if first.size != second.size:
            raise CheckFailed(f"{after.name} is {second.size}, {before.name} is {first.size}.")
        red, green, blue = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return 1 - largest.histogram()[0] / (first.width * first.height)


def check_instruction(result: Path, instruction: str) -> str:
    """Raises `CheckFailed` unless the metadata of the result contain the instruction."""
    with open_image(result) as image:
        texts = [str(value) for value in image.info.values()]
    if not any(instruction in text for text in texts):
        raise CheckFailed(f"it does not mention “{instruction}”.")
    return ""


def mean_colour(image: Image.Image) -> float:
    """Mean distance between the strongest and the weakest channel, from 0 to 255."""
    red, green, blue = image.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    return float(ImageStat.Stat(ImageChops.difference(strongest, weakest)).mean[0])


def correlation(first: Image.Image, second: Image.Image) -> float:
    """Pearson's correlation of two images of one channel and equal size; 0 if one of them is constant."""
    one, two = first.tobytes(), second.tobytes()
    mean_one, mean_two = sum(one) / len(one), sum(two) / len(two)
    products = sum((a - mean_one) * (b - mean_two) for a, b in zip(one, two, strict=True))
    squares = sum((a - mean_one) ** 2 for a in one) * sum((b - mean_two) ** 2 for b in two)
    return products / math.sqrt(squares) if squares else 0.0


def open_image(path: Path) -> Image.Image:
    """The image in a file, completely read. Raises `CheckFailed`."""
    try:
        image = Image.open(path)
        image.load()
    except OSError:
        raise CheckFailed(f"there is no picture {path.name}.") from None
    return image


def check_lines(output: Path, expected: tuple[str, ...]) -> str:
    """Raises `CheckFailed` for the first unexpected line."""
    for line in output.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.strip() and not line.startswith(expected):
            raise CheckFailed(f"unexpected line: {line[:300]}")
    return ""


def check_log(folder: Path) -> str:
    """Raises `CheckFailed` unless there is a log without errors."""
    logs = sorted(folder.glob("*.log"))
    if not logs:
        raise CheckFailed(f"there is no log in {folder.name}.")
    for log in logs:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if any(word in line for word in (" ERROR ", " CRITICAL ", "Traceback")):
                raise CheckFailed(f"the log says: {line[:300]}")
    return ""


def check_maps(process: int) -> str:
    """Raises `CheckFailed` if a running program uses a library of `.venv`."""
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        if str(VENV) in line:
            raise CheckFailed(f"it uses {line.split(maxsplit=5)[-1]}")
    return ""


def tail(output: Path) -> str:
    """The last lines of a log, for the message of a failure."""
    text = output.read_text(encoding="utf-8", errors="replace").strip()
    return f"It printed: …{text[-600:]}" if text else "It printed nothing."
