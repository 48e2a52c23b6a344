"""Splits an instruction that asks for several edits, one after the other.

Only clear markers count, such as ", then" and "after that". "And" alone does not: it also joins the words of
one edit, as in "black and white", and most models make two edits at once. For a model that does not, more
counts: "and" before a command, as in "make it night and add some fog", or before a comparison, as in "make it
foggy and a bit darker", "with" before what is put over a photo, as in "make it sepia with a vignette", and a
pause between two commands, as in "make it night, add some fog". Another pause does not: "it looks dull, make
the colours pop" is one edit.
"""

from __future__ import annotations

import re
from functools import cache

from engine.instructions.language import command_pattern, comparatives, is_command, overlays
from engine.library import ModelCard

DEFAULT_LEAD = "make it"
"""Put before a step that names only how the photo should be, such as "black and white"."""

_PAUSE = r"\s*(?:[,;.!&]|\s[-–—](?=\s))[,;.!&\s]*"
_ORDER = r"(?:then|after that|after this|afterwards?|finally|lastly)\b(?!\s+(?:and|&)\b)[,:]?"
_NOW_AND = r"(?<!\bnow)(?<!\bagain)"
_CONDITION = re.compile(r"(?:what\s+)?(?:if|when|once)\b", re.IGNORECASE)
_ADDITION = re.compile(
    r"(?:add|put|insert|place|draw|paint|show)\s+(?:an?|the|some|two|three)\b", re.IGNORECASE
)
_BEGINNING = re.compile(r"(?:first of all|first(?:ly)?|to begin with)\b[,:]?\s+(?=\S)", re.IGNORECASE)
_POLITE = r"(?:(?:please|kindly|also|just|maybe|perhaps)[,\s]+)*"
_SENTENCE = re.compile(
    r"(?:i|we|you|it|this|that|they|what|let|can|could|would|should|may|do|don't|don’t|never)\b",
    re.IGNORECASE,
)
_NOT_A_THING = r"(?!bit\b|little\b|lot\b|touch\b|tad\b)"
_THING = re.compile(rf"(?:an?\s+{_NOT_A_THING}|some\s|more\s|the\s|less\s)", re.IGNORECASE)
_OBJECT = (
    r"(?:it|this|that|everything|(?:the|my|this|that)\s+(?:(?:whole|entire)\s+)?"
    r"(?:photo|photograph|picture|image|scene|background|foreground|subject|person))"
)
_STATE_LEAD = re.compile(rf"make\s+{_OBJECT}(?=\s)", re.IGNORECASE)
_THING_LEAD = re.compile(
    rf"(?:(?:turn|change|convert|transform|make)\s+{_OBJECT}\s+(?:in)?to|give\s+{_OBJECT}|add|apply)(?=\s)",
    re.IGNORECASE,
)
_RUN = re.compile(r"([,;.!?&])[,;.!?&\s]*(?=[,;.!?&])")
_AND = re.compile(r"(?:\s*[,;.!?]+)?\s+(?:and|but|&)\s+", re.IGNORECASE)
_WITH = re.compile(r"(?:\s*,)?\s+(?:with|plus)\s+", re.IGNORECASE)
_NEXT = re.compile(r"(?:\s*[,;]|[.!?])\s+(?!(?:and|but|then)\b)", re.IGNORECASE)
_ALSO = re.compile(r"also[\s,]", re.IGNORECASE)
_ASKED = re.compile(r"(?:(?:can|could|would|will)\s+you\s+)?", re.IGNORECASE)
_COVERING = re.compile(
    r"\b(?:blanket|blend|cover|drape|drown|dust|fill|flood|frame|hide|mix|overlay|replace|shroud|soak|sprinkle|"
    r"surround|swap|veil|wrap)\b",
    re.IGNORECASE,
)
"""Verbs to which "with" belongs: "fill the scene with mist"."""
_OBJECT_AFTER = re.compile(
    r"\s+(?:(?:up|down|out|in|on)\s+)?(?:it|this|that|them|the|an?|my|our|his|her|its|their|everything|all|some|"
    r"more|less|rain|snow|fog|grain)\b",
    re.IGNORECASE,
)
_TRANSITION = re.compile(r"(?:in)?to\s", re.IGNORECASE)


def steps_for(instruction: str, card: ModelCard) -> tuple[str, ...]:
    """The edits of an instruction in their order, as a model makes them; at least one.

    For a model that makes one edit at a time more separates edits, unless it was trained on the instruction.
    """
    own = (suggestion.casefold() for suggestion in card.suggestions)
    at_and = card.one_edit_at_a_time and instruction.strip().casefold() not in own
    return split_sequence(instruction, at_and=at_and)


def split_sequence(instruction: str, *, at_and: bool = False) -> tuple[str, ...]:
    """The edits of an instruction in their order, each a complete instruction; at least one.

    "make it foggy, then black and white" gives "make it foggy" and "make it black and white". An instruction
    without a marker is returned as it is, without spaces around it. `at_and` is for models that make one edit
    at a time.
    """
    # long runs of spaces and commas would take the patterns minutes
    parts = _parts(" ".join(_RUN.sub(r"\1", instruction).split()), at_and=at_and)
    if len(parts) == 1:
        return (instruction.strip(),)
    steps = [_BEGINNING.sub("", parts[0], count=1)]
    for part in parts[1:]:
        steps.append(_completed(part, steps[-1]))
    return tuple(steps)


def _parts(instruction: str, *, at_and: bool) -> list[str]:
    """The text between the markers; a marker without text on both sides does not count."""
    parts: list[str] = []
    start, lead = 0, ""
    for marker in _markers(at_and).finditer(instruction):
        before, after = instruction[start : marker.start()].strip(), instruction[marker.end() :]
        if not re.search(r"\w", before) or not re.search(r"\w", after) or _is_no_step(before, marker[0]):
            continue
        if _AND.fullmatch(marker[0]) and not _separates(before, marker[0], after):
            continue
        if _NEXT.fullmatch(marker[0]) and not _separates_at_pause(before, after):
            continue
        if _WITH.fullmatch(marker[0]) and _COVERING.search(before):
            continue
        parts.append(lead + before)
        start, lead = marker.end(), "add " if _WITH.fullmatch(marker[0]) else ""
    rest = lead + instruction[start:].strip()
    return [*parts, rest.rstrip(" ,;.&") if parts else rest]


def _is_no_step(before: str, marker: str) -> bool:
    """Whether a marker belongs to a condition ("if …, then"), or to a thing ("a dog followed by a cat")."""
    if "followed" in marker.lower():
        return marker[:1].isspace() and _ADDITION.match(before) is not None
    return _CONDITION.match(before) is not None


def _completed(step: str, before: str) -> str:
    """The step with the verb of the step before it, unless it has its own or neither has one."""
    if _is_complete(step) or not _is_complete(before):
        return step
    if _TRANSITION.match(step):
        return f"turn it {step}"
    lead = _THING_LEAD.match(before) if _THING.match(step) else _STATE_LEAD.match(before)
    return f"{lead[0] if lead else DEFAULT_LEAD} {step}"


def _is_complete(step: str) -> bool:
    """Whether a step is a command or a sentence of its own."""
    words = re.sub(rf"^{_POLITE}", "", step, flags=re.IGNORECASE)
    return bool(is_command(words) or _SENTENCE.match(words))


def _separates(before: str, marker: str, after: str) -> bool:
    """Whether "and" or "but" between two parts separates two edits."""
    if _comparison().match(after):
        has_own_verb = _STATE_LEAD.match(before) or _comparison().match(before)
        return bool(has_own_verb) or "but" in marker.lower()
    return _is_complete(before) and _is_command_with_object(after)


def _separates_at_pause(before: str, after: str) -> bool:
    """Whether a comma or the end of a sentence between two parts separates two edits."""
    is_next = _ALSO.match(after) is not None or _is_command_with_object(before)
    return is_next and _is_command_with_object(after)


def _is_command_with_object(words: str) -> bool:
    """Whether words begin with a command that says what it changes; "pen and colour" is no command."""
    words = re.sub(rf"^{_POLITE}{_ASKED.pattern}{_POLITE}", "", words, flags=re.IGNORECASE)
    verb = command_pattern().match(words)
    if verb is None:
        return False
    adds = verb[0].lower() in ("add", "apply") and re.match(r"\s+\w", words[verb.end() :])
    return bool(" " in verb[0] or adds or _OBJECT_AFTER.match(words, verb.end()))


@cache
def _comparison() -> re.Pattern[str]:
    """Matches a comparison alone, such as "a bit darker" or "less saturated"."""
    return re.compile(
        r"(?:(?:a\s+(?:little|bit|touch|tad|lot)|slightly|somewhat|much|very|far)\s+)?"
        rf"(?:(?:more|less)\s+\w+|{'|'.join(comparatives())})(?:[\s,]+please)?[.!?]*$",
        re.IGNORECASE,
    )


@cache
def _overlay() -> str:
    """A pattern of something that is put over a photo, at the end of an instruction."""
    amount = r"(?:(?:an?|some|the|lots\s+of|a\s+lot\s+of|a\s+bit\s+of|a\s+little)\s+)?"
    return rf"{amount}(?:[a-z]+\s+){{0,2}}(?:{'|'.join(overlays())})(?:[\s,]+please)?[.!?]*$"


@cache
def _markers(at_and: bool) -> re.Pattern[str]:
    after_pause = rf"{_PAUSE}(?:(?:and|but)\s+)?(?:{_ORDER}|followed\s+by\b)"
    after_and = rf"{_NOW_AND}\s+(?:and|&)\s+(?:{_ORDER}|followed\s+by\b)"
    before_command = rf"\s+(?:then|after that|afterwards)\s+(?={_POLITE}(?:{command_pattern().pattern}))"
    others = rf"|{_AND.pattern}|{_WITH.pattern}(?={_overlay()})|{_NEXT.pattern}" if at_and else ""
    markers = rf"{after_pause}|{after_and}|\s+followed\s+by\b|{before_command}{others}"
    return re.compile(markers, re.IGNORECASE)
