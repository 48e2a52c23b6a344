"""Decides whether a place that an instruction names limits the edit, or belongs to an edit of the model."""

from __future__ import annotations

from dataclasses import replace

from engine.edit_settings import EditArea
from engine.instructions.judge import Judge
from engine.instructions.places import NamedPlace, find_place, is_removal, names_place
from engine.instructions.reading import InstructionReading, Verdict


def with_place(reading: InstructionReading, judge: Judge | None) -> InstructionReading:
    """The reading with the place that its instruction names, and then without that place in its instruction.

    An edit of the model that has a place in its name stays as it is. A place counts if the model knows the
    instruction without it, or if it is a limit, as in "only the dog". A model that is not judged may know
    places itself: it gets an instruction like "change the background to a beach" as it is, with the place as
    a limit, because all else should stay; and the subject counts only as a limit, because a new thing, such
    as a hat, reaches beyond its outline.
    """
    place = find_place(reading.instruction)
    if place is None:
        return reading
    if judge is None:
        return _not_judged(reading, place)
    if reading.verdict is Verdict.KNOWN and any(map(names_place, reading.families)):
        return reading
    readings = [judge.read(wording) for wording in place.wordings]
    for read in readings:
        if read.verdict is Verdict.KNOWN:
            return _limited(read, reading, place)
    if place.is_limit and not is_removal(reading.instruction):
        return _limited(readings[0], reading, place)
    return reading


def _not_judged(reading: InstructionReading, place: NamedPlace) -> InstructionReading:
    if is_removal(reading.instruction):
        return reading
    if place.is_limit:
        wording = place.wordings[0]
        return replace(reading, instruction=wording, without_place=wording, area=place.area)
    if place.is_object and place.area is EditArea.BACKGROUND:
        return replace(reading, area=place.area)
    return reading


def _limited(read: InstructionReading, whole: InstructionReading, place: NamedPlace) -> InstructionReading:
    """The reading of one wording without the place as that of the whole instruction."""
    return replace(read, typed=whole.typed, without_place=read.typed, area=place.area)
