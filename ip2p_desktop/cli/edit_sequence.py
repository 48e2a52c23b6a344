"""Runs the edits of one instruction one after the other, without a window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from PIL import Image

from engine.instructions import InstructionReading
from engine.instructions.sequence import split_sequence
from engine.request import EditRequest, EditResult

T = TypeVar("T")
RunEdit = Callable[[EditRequest], EditResult]


def run_sequence(
    request: EditRequest, readings: Sequence[InstructionReading], run: RunEdit
) -> Iterator[EditResult]:
    """The results of a request whose instruction was read as these edits; each edits the result before it.

    A single edit gives one result with all variations. A sequence gives one result for each variation, which
    goes through all edits with its own seed; the request of that result is the one for the whole sequence.
    """
    first = run(readings[0].applied_to(request))
    if len(readings) == 1:
        yield first
        return
    instruction = request.instruction
    if len(split_sequence(instruction)) != len(readings):  # split at "and", which a saved result does not do
        instruction = ", then ".join(reading.typed for reading in readings)
    for seed, image in zip(request.seeds, first.edited_images, strict=True):
        alone = replace(
            request, instruction=instruction, variations=1, settings=replace(request.settings, seed=seed)
        )
        results = [first]
        for reading in readings[1:]:
            step = reading.applied_to(_on(alone, image))
            results.append(run(step))
            image = results[-1].edited_image
        yield replace(
            results[-1],
            request=alone,
            load_seconds=sum(result.load_seconds for result in results),
            edit_seconds=sum(result.edit_seconds for result in results),
            fallbacks=_each_once(result.fallbacks for result in results),
            warnings=_each_once(result.warnings for result in results),
        )


def _each_once(parts: Iterable[Sequence[T]]) -> tuple[T, ...]:
    found: list[T] = []
    for part in parts:
        found += [each for each in part if each not in found]
    return tuple(found)


def _on(request: EditRequest, image: Image.Image) -> EditRequest:
    """The request for another photo, the result of an edit; the mask is scaled to its size."""
    mask = request.mask
    if mask is not None and mask.size != image.size:
        mask = mask.resize(image.size, Image.Resampling.BILINEAR)
    return replace(request, source_image=image, mask=mask)
