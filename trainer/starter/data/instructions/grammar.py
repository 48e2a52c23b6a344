"""Draws sentences for edits: puts the words of their families into frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from trainer.starter.data.edits import UNCHANGED, Edit, Edits
from trainer.starter.data.instructions.family_words import Words, read_words
from trainer.starter.data.instructions.frames import ALL, ASKING, COMMANDS, QUANTITY, STATEMENTS, TOO
from trainer.starter.data.instructions.slots import SAYS_STRENGTH, Slots, filled, pick, slots_at
from trainer.starter.data.instructions.wording_files import read_choices

WORDS: Mapping[str, Words] = read_words(
    *("tones", "scenes", "styles", "finishes", "colours", "painted", "places", "unchanged")
)
"""The wordings of every family, also at places, and those of UNCHANGED; the keys are meanings of edits."""

COLOUR_NAMES = read_choices("colour_slots", "names")
COLOUR_ADJECTIVES = read_choices("colour_slots", "adjectives")
COLOUR_SLOTS = read_choices("colour_slots", "slots")
PLACE_SLOTS = read_choices("place_slots", "slots")
UNCHANGED_SLOTS = read_choices("unchanged_slots", "slots")

TWICE_SHARE = 0.06
"""Share of sentences for one edit that ask for it twice: "it is too dark, make it brighter"."""
COMMAND_SHARE = 0.6
"""Share of commands among wordings that fit commands and statements."""

JOINTS = (
    *("{first} and {second}",) * 6,
    *(
        "{first} and then {second}",
        "{first}, then {second}",
        "{first} then {second}",
        "first {first}, then {second}",
    ),
    *("{first} and also {second}", "{first}, and also {second}", "{first}, {second}", "{first}. {second}"),
    *("{first} plus {second}", "{first} & {second}", "{first}, after that {second}", "{first}, and {second}"),
    *("{first}, but also {second}", "{first} and afterwards {second}", "{first}. then {second}"),
    *("{first}, and then {second}", "{first} and after that {second}", "both {first} and {second}"),
    "{first} and (at the same time|finally|in addition|on top of that|next) {second}",
    *("{first} and {second} (too|as well)", "{first}. also {second}", "{first}; {second}"),
    *("{first}, and while you're at it {second}", "{first} + {second}", "{first}, finally {second}"),
    *("do two things, {first} and {second}", "{first} before you {second}", "{first}, next {second}"),
    *("{first} and when that's done {second}", "{first}. (oh, and|and then|after that,|finally,) {second}"),
    "first of all {first}, (and then|and next|and after that|secondly) {second}",
)
"""Frames that join two commands."""

TWICE = (
    "{0}, {1}",
    "{0}. {1}",
    "{0} - {1}",
    "{0}, so {1}",
    "{0}, i mean {1}",
    "{0}, please {1}",
    "{0} and {1}",
    "{0}; {1}",
    "{0}, in other words {1}",
    "{0}, you know, {1}",
)
"""Frames that join two sentences for the same edit."""

BLENDS = (
    *(("states", " and ", "states", "states"),) * 4,
    *(("states", " with ", "things", "states"),) * 2,
    *(("results", " with ", "things", "results"),) * 3,
    *(("things", " and ", "things", "things"),) * 3,
    ("results", " ", "settings", "results"),
    ("states", " ", "settings", "states"),
    ("states", ", ", "states", "states"),
    ("states", " but ", "states", "states"),
    ("results", ", but ", "states", "results"),
    ("results", " and ", "states", "results"),
    ("events", " and ", "events", "events"),
    ("things", ", ", "things", "things"),
    ("settings", " with ", "things", "settings"),
    ("settings", " but ", "states", "settings"),
    ("settings", ", ", "states", "settings"),
    ("states", " as well as ", "states", "states"),
    ("states", " and also ", "states", "states"),
    ("things", " as well as ", "things", "things"),
    ("things", " plus ", "things", "things"),
    *(("more_of", " and ", "more_of", "more_of"),) * 2,
    *(("less_of", " and ", "less_of", "less_of"),) * 2,
    *(("too", " and ", "too", "too"),) * 2,
)
"""Blends of two wordings: part of the first, the text between, part of the second, and the frame for both."""

Wording = tuple[str, str]
"""A part of speech and a wording for it."""


def sentence(edits: Edits, rng: np.random.Generator) -> str:
    """Returns a random sentence for the edits, before spelling, punctuation and typos are varied."""
    if len(edits) == 1:
        text = _single(edits[0], rng)
        if edits[0].family == UNCHANGED or rng.random() >= TWICE_SHARE:
            return text
        return pick(TWICE, rng).format(text, _single(edits[0], rng))
    first, second = edits
    chance = rng.random()
    if chance < 0.5:
        return _joined(first, second, rng)
    if chance < 0.9:
        return _blended(first, second, rng)
    return _described(first, second, rng)


def _single(edit: Edit, rng: np.random.Generator) -> str:
    part, wording = _drawn_wording(edit, rng)
    is_command = part in COMMANDS and (not STATEMENTS[part] or rng.random() < COMMAND_SHARE)
    frame = _framed(part, wording, edit, COMMANDS if is_command else STATEMENTS, rng)
    text = filled(frame, _slots(edit), rng)
    return filled(pick(ASKING, rng).replace("{act}", text), {}, rng) if is_command else text


def _command(edit: Edit, rng: np.random.Generator, *, short: bool = False) -> str:
    """Returns a command without polite phrases; with `short`, the photo is "it", as in a second command."""
    wordings = [
        wording for wording in _wordings(edit.meaning, edit.strength == 1.0) if wording[0] in COMMANDS
    ]
    part, wording = wordings[int(rng.integers(len(wordings)))]
    slots = {**_slots(edit), "it": ("it",)} if short else _slots(edit)
    return filled(_framed(part, wording, edit, COMMANDS, rng), slots, rng)


def _joined(first: Edit, second: Edit, rng: np.random.Generator) -> str:
    """Returns two commands in one sentence, in the order of the edits."""
    short = bool(rng.random() < 0.8)
    joint = filled(pick(JOINTS, rng).replace("{first}", "<1>").replace("{second}", "<2>"), {}, rng)
    text = joint.replace("<1>", _command(first, rng)).replace("<2>", _command(second, rng, short=short))
    return filled(pick(ASKING, rng).replace("{act}", text), {}, rng)


def _blended(first: Edit, second: Edit, rng: np.random.Generator) -> str:
    """Returns one frame with both wordings in any order: "make it foggy and black and white"."""
    if rng.random() < 0.5:
        first, second = second, first
    blends = [
        (frame_part, joint, ours, theirs)
        for part, joint, other, frame_part in BLENDS
        if (ours := _of_part(first, part)) and (theirs := _of_part(second, other))
    ]
    if not blends:
        return _joined(first, second, rng)
    frame_part, joint, ours, theirs = blends[int(rng.integers(len(blends)))]
    before = filled(pick(ours, rng), _slots(first), rng)
    after = filled(pick(theirs, rng), _slots(second), rng)
    return _in_frame(frame_part, before + joint + after, rng)


def _described(first: Edit, second: Edit, rng: np.random.Generator) -> str:
    """Returns a result with an adjective: "a foggy oil painting"; without one, a blend."""
    for state, result in ((first, second), (second, first)):
        states, results = _of_part(state, "states"), _of_part(result, "results")
        if states and results:
            text = filled(pick(results, rng), _slots(result), rng)
            article, _, noun = text.partition(" ")
            if article in ("a", "an") and noun:
                adjective = filled(pick(states, rng), _slots(state), rng)
                return _in_frame("results", f"a {adjective} {noun}", rng)
    return _blended(first, second, rng)


def _in_frame(part: str, text: str, rng: np.random.Generator) -> str:
    """Returns a text without slots in a frame for its part of speech."""
    is_command = rng.random() < COMMAND_SHARE
    frame = pick((COMMANDS if is_command else STATEMENTS)[part], rng)
    frame = frame.replace("{q}", pick(QUANTITY, rng)).replace("{words}", "<words>")
    framed = filled(frame, {**slots_at(1.0), "too": TOO}, rng).replace("<words>", text)
    return filled(pick(ASKING, rng).replace("{act}", framed), {}, rng) if is_command else framed


def _framed(
    part: str, wording: str, edit: Edit, frames: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> str:
    """Returns the wording in a frame for its part, with open slots; one is for a strength other than 1."""
    choices = frames[part]
    if edit.strength != 1.0 and not SAYS_STRENGTH.search(wording):
        choices = [frame for frame in choices if SAYS_STRENGTH.search(frame)]
    frame = pick(choices, rng).replace("{q}", pick(QUANTITY, rng)).replace("{all}", pick(ALL, rng))
    return frame.replace("{words}", wording.replace("{all}", pick(ALL, rng)))


def _drawn_wording(edit: Edit, rng: np.random.Generator) -> Wording:
    wordings = _wordings(edit.meaning, edit.strength == 1.0)
    return wordings[int(rng.integers(len(wordings)))]


@cache
def _wordings(meaning: str, plain: bool) -> tuple[Wording, ...]:
    """Returns the wordings of a meaning; unless `plain`, only those that can express a strength."""
    return tuple(
        (part, wording)
        for part, wordings in WORDS[meaning].parts().items()
        for wording in wordings
        if plain or part in ("more_of", "less_of", "too") or SAYS_STRENGTH.search(wording)
    )


@cache
def _of_part(edit: Edit, part: str) -> tuple[str, ...]:
    if edit.strength != 1.0 and part in ("more_of", "less_of", "too"):
        return ()  # the frame expresses their strength, and would apply it to both wordings
    wordings = _wordings(edit.meaning, edit.strength == 1.0)
    return tuple(wording for name, wording in wordings if name == part)


def _slots(edit: Edit) -> Slots:
    """Returns the choices for all slots in the wordings of an edit."""
    slots = {**slots_at(edit.strength), "all": ALL, "too": TOO}
    if edit.family == UNCHANGED:
        slots |= UNCHANGED_SLOTS
    if edit.place:
        slots |= PLACE_SLOTS
    if edit.colour:
        slots |= {"colour": COLOUR_NAMES[edit.colour], "colourish": COLOUR_ADJECTIVES[edit.colour]}
    if edit.swapped:
        slots |= {**COLOUR_SLOTS, "swapped": COLOUR_NAMES[edit.swapped]}
    return slots
