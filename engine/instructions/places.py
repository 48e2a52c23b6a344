"""The place that an instruction names: "blur the background", "make everything but the dog sepia".

Only the subject and the background are places, because only they can be found in a photo. The sky, a face
and the like stay in the instruction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from engine.edit_settings import EditArea
from engine.instructions.language import is_command, subject_nouns
from engine.instructions.spelling import WORD, plain, typing_distance

BACKGROUND_WORDS = ("background", "backdrop", "surroundings", "behind")
SUBJECT_WORDS = ("subject", "foreground", "person", "people", "figure")
OPPOSITE = {EditArea.SUBJECT: EditArea.BACKGROUND, EditArea.BACKGROUND: EditArea.SUBJECT}
LONG = 8
"""Letters from which a word may contain two typing mistakes."""
REMOVALS = ("remove", "delete", "erase", "cut", "crop", "isolate", "extract")
"""Verbs with which an instruction names what goes, not where the photo changes."""

_DETERMINER = r"(?:the|my|our|this|that|these|those|his|her|their|its|your)"
_NOT_OF_IT = r"(?!\s*['’]s?\b)(?!\s+of\b)"
_OF_PHOTO = r"(?:\s+of\s+(?:it|(?:the|this|my)\s+(?:photo|picture|image|scene)))?"
_BACKGROUND = (
    rf"(?:{_DETERMINER}\s+)?(?:whole\s+|entire\s+)?(?:back\s?ground|backdrop|surroundings)\b{_OF_PHOTO}{_NOT_OF_IT}"
    r"(?!\s+(?:singer|music|noise|image|picture|photo|character|actor|vocal|story|person|people)s?\b)"
)
_SUBJECT = (
    rf"{_DETERMINER}\s+(?:main\s+|whole\s+|entire\s+)?"
    rf"(?:subjects?|foreground|person|people|figure|main object)\b{_NOT_OF_IT}"
)
_ELSE = (
    r"(?:everything else|all else|everyone else|all the rest|"
    r"the rest(?:\s+of\s+(?:it|(?:the|this|my)\s+(?:photo|picture|image|scene)))?|the others)\b"
)
_ALL = (
    r"(?:everything|everyone|everybody|all|all of it|"
    r"(?:the|my|this)\s+(?:whole\s+|entire\s+|rest of the\s+)?(?:photo|picture|image|scene|area))"
)
_BUT = r"(?:except(?:ing)?(?:\s+for)?|other than|apart from|aside from|besides|save for|outside(?:\s+of)?)"
_KEPT = (
    r"(?:(?:stays?|remains?|is|are|left|kept)\s+)?"
    r"(?:in (?:full |its |their |his |her )?(?:original )?colou?rs?|"
    r"as (?:it|he|she|they)(?:\s+(?:is|are|was|were)|['’]s|['’]re)?|as is|untouched|unchanged|unedited|alone|"
    r"the same|normal|original|intact|colou?red|colou?rful)\b"
)
_SHARP = r"(?:sharp|in focus|crisp|focused|focussed)\b"
_POLITE = re.compile(
    r"^(?:(?:please|kindly|(?:can|could|would|will) you|"
    r"i(?:['’]d| would)? (?:want|like)(?: you)? to)\b[\s,]*)+"
    r"|[\s,]+please[.!?]*$",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"(?:make\b)?\s*(?:it\b\s*)*\W*", re.IGNORECASE)
_WHOLE = re.compile(rf"\b(?:it|{_ALL})\b", re.IGNORECASE)
_AND = r"[,;]?\s*(?:(?:and|but|while|with|,)\s+)*"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that an instruction names, and the instruction without it."""

    area: EditArea
    """SUBJECT or BACKGROUND."""
    wordings: tuple[str, ...]
    """The instruction without the place, best first."""
    is_limit: bool
    """Whether words such as "only" and "except" say that all else stays; else a model may mean them."""
    is_object: bool = False
    """Whether the place is what the edit changes, as in "blur the background", and not where it adds."""


def find_place(instruction: str) -> NamedPlace | None:
    """The place that an instruction names; None if there is none, or if it is not certain."""
    text = _POLITE.sub("", " ".join(_spelt(instruction).split()))
    return next(
        (place for rule in _RULES for place in rule(text) if not _EMPTY.fullmatch(place.wordings[0])), None
    )


def names_place(words: str) -> bool:
    """Whether the name of an edit contains a place, as "background blur" does."""
    named = {*BACKGROUND_WORDS, *SUBJECT_WORDS}
    return any(plain(word) in named for word in WORD.findall(words))


def is_removal(instruction: str) -> bool:
    """Whether an instruction says what goes, so that a place in it is not where the photo changes."""
    words = WORD.findall(instruction)
    return bool(words) and plain(words[0]) in REMOVALS


def _spelt(instruction: str) -> str:
    """The instruction with the words for places spelt correctly."""

    def corrected(match: re.Match[str]) -> str:
        word = plain(match[0])
        if len(word) < LONG - 1:
            return match[0]
        right = ("background", "foreground", "everything")
        return next((each for each in right if typing_distance(word, each, 2) <= 2), match[0])

    return WORD.sub(corrected, instruction)


def _exceptions(text: str) -> Iterator[NamedPlace]:
    """ "everything but the dog", "…, except the dog", "…, not the background"."""
    for match in _pattern(
        rf"\b{_ALL}\s+(?:(?:that is|which is)\s+)?(?:{_BUT}|but|around)\s+{{place}}"
    ).finditer(text):
        yield _limit(OPPOSITE[_area(match)], text, match, "it")
    spared = r"(?:without|not)\s+(?:changing|touching|affecting|editing|altering|including)"
    for match in _pattern(rf"{_AND}(?<![^\s,;]){spared}\s+{{place}}[.!]*$").finditer(text):
        if match.start() > 0:
            yield from _beside_kept(match, text[: match.start()])
    behind = rf"\b(?:{_ALL}|what(?:['’]s|\s+is))\s+behind\s+(?:(?:him|her|them|it|me|us)\b|{{place}})"
    for match in _pattern(behind).finditer(text):
        if not match["background"]:
            yield _limit(EditArea.BACKGROUND, text, match, "it")
    for match in _pattern(rf"{_AND}\b(?:{_BUT}|(?:but\s+)?not)\s+(?:on\s+|in\s+)?{{place}}[.!]*$").finditer(
        text
    ):
        area = OPPOSITE[_area(match)]
        yield NamedPlace(area, _commands(_without(area, text[: match.start()])), is_limit=True)


def _kept_places(text: str) -> Iterator[NamedPlace]:
    """ "keep the dog in colour and make everything else black and white"."""
    keep = r"(?:(?:keep(?:ing)?|leave|leaving|let)\s+)"
    only = r"(?:only\s+|just\s+)?"
    state = rf"\s+(?:{_KEPT}|{_SHARP})"
    for match in _pattern(rf"^{keep}?{only}{{place}}(?P<state>{state})?{_AND}(?P<rest>\S.*)$").finditer(text):
        if match["state"] or _names(OPPOSITE[_area(match)], match["rest"]):
            yield from _beside_kept(match, match["rest"])
    joint = r"(?:[,;]|\b(?:and|but|while|with)\b)\s*"
    for ending in (
        rf"{_AND}(?<![^\s,;]){keep}{only}{{place}}(?:{state})?",
        rf"{joint}{only}{{place}}{state}",
    ):
        for match in _pattern(rf"{ending}\s*[.!]*$").finditer(text):
            if match.start() > 0:
                yield from _beside_kept(match, text[: match.start()])
    for ending, wordings in ((_KEPT, ("make it black and white",)), (_SHARP, ("blur it",))):
        only_kept = rf"^(?:make\s+|{keep})?(?:only|just)\s+{{place}}\s+{ending}\s*[.!]*$"
        for match in _pattern(only_kept).finditer(text):
            if ending is _SHARP or "colo" in match[0].lower():
                yield NamedPlace(OPPOSITE[_area(match)], wordings, is_limit=True)


def _beside_kept(match: re.Match[str], rest: str) -> Iterator[NamedPlace]:
    """The edit of all but a kept place, in the rest of the instruction.

    "add a hat, keep the background" is not limited, as a new thing reaches beyond the outline of the subject.
    """
    area = OPPOSITE[_area(match)]
    if area is EditArea.BACKGROUND or _names(area, rest) or _WHOLE.search(rest):
        yield NamedPlace(area, _commands(_without(area, rest)), is_limit=True)


def _names(area: EditArea, text: str) -> bool:
    """Whether a text names a place in an area, or all else."""
    return _without(area, text) != text


def _without(area: EditArea, text: str) -> str:
    """The text with "it" for the words that name an area, or for all else."""
    text = re.sub(_ELSE, "it", text, flags=re.IGNORECASE)
    for match in _pattern(r"\b{place}").finditer(text):
        if _area(match) is area:
            before, after = text[: match.start()], text[match.end() :]
            is_quality = not after.strip(" ,;.!") and not is_command(before)  # a black and white background
            return before if is_quality else f"{before}it{after}"
    return text


def _rest(text: str) -> Iterator[NamedPlace]:
    """ "make everything else black and white"."""
    if match := re.search(rf"\b{_ELSE}", text, re.IGNORECASE):
        yield _limit(EditArea.BACKGROUND, text, match, "it")


def _limits(text: str) -> Iterator[NamedPlace]:
    """ "make only the dog sepia", "only blur the background", "blur the background only"."""
    only = r"(?:only|just|nothing but|nothing except)"
    for match in _pattern(rf"\b{only}\s+(?P<to>(?:to|on|in|at|over)\s+)?{{place}}").finditer(text):
        is_added = match["to"] or text[: match.start()].rstrip().endswith(",")
        yield _limit(_area(match), text, match, "" if is_added else "it")
    for match in _pattern(r"(?P<to>\b(?:to|on|in|at|over)\s+)?\b{place}\s+(?:only|alone)\b").finditer(text):
        yield _limit(_area(match), text, match, "" if match["to"] else "it")
    last = r"(?:only|alone|and nothing else|nothing else)"
    for match in _pattern(
        rf"^(?P<before>[^,;]*?)\b(?P<to>(?:to|on|in|at|over)\s+)?{{place}}(?P<after>[^,;]*?)[,\s]+{last}[.!]*$"
    ).finditer(text):
        if len([*_pattern(r"\b{place}").finditer(text)]) == 1:
            it = "" if match["to"] else "it"
            yield NamedPlace(_area(match), _commands(f"{match['before']}{it}{match['after']}"), is_limit=True)
    for match in _pattern(rf"^{only}\s+(?=\w+\s)(?P<verb>.*?)\b{{place}}").finditer(text):
        to = re.search(r"\s(?:to|on|in|over)\s+$", match["verb"])
        verb = match["verb"][: to.start()] if to else match["verb"] + "it"
        yield NamedPlace(_area(match), _tidy(verb + text[match.end() :]), is_limit=True)


def _objects(text: str) -> Iterator[NamedPlace]:
    """ "blur the background", "add fog to the background", "a blurry background"."""
    named = rf"(?:(?P<background>{_BACKGROUND})|(?P<subject>{_SUBJECT}))"
    told = r"(?!\s+(?:is|are|was|were|looks?|seems?|that|which|who|with)\b)"
    pattern = re.compile(
        rf"(?P<to>\b(?:in|to|on|into|onto|for|over|of|at)\s+)?\b{named}{told}", re.IGNORECASE
    )
    matches = [*pattern.finditer(text)]
    if len(matches) != 1:
        return
    (match,) = matches
    area = _area(match)
    before, after = text[: match.start()], text[match.end() :]
    if match["to"]:
        yield NamedPlace(area, _tidy(before + after, f"{before}to it{after}"), is_limit=False)
        return
    if match["background"] and not re.match(rf"{_DETERMINER}\b", match["background"], re.IGNORECASE):
        yield from _unspecified(before.strip(), after.strip(" .!"))
        return
    yield NamedPlace(area, _tidy(f"{before}it{after}"), is_limit=False, is_object=True)


def _beyond(text: str) -> Iterator[NamedPlace]:
    """ "blur behind the dog", "darken around the person"."""
    for match in _pattern(r"\b(?:behind|around|outside(?:\s+of)?)\s+{place}").finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if match["background"] or _names(EditArea.SUBJECT, before + after):
            continue
        is_verb = len(before.split()) == 1
        yield NamedPlace(
            EditArea.BACKGROUND, _tidy(f"{before}{'it' if is_verb else ''}{after}"), is_limit=False
        )


def _unspecified(before: str, after: str) -> Iterator[NamedPlace]:
    """ "a blurry background", "background blur", "blur background"."""
    if not before:
        wordings = _tidy(f"{after} it", f"make it {after}", f"add {after}")
    elif (not after and not is_command(before)) or re.search(r"\san?\s", before):
        quality = re.sub(r"^(?:.*\s)?an?\s+", "", before, flags=re.IGNORECASE)
        wordings = _tidy(f"make it {quality}")
    elif " " not in before:
        wordings = _tidy(f"{before} it {after}")
    else:
        return
    yield NamedPlace(EditArea.BACKGROUND, wordings, is_limit=False)


_RULES: tuple[Callable[[str], Iterator[NamedPlace]], ...] = (
    _kept_places,
    _exceptions,
    _rest,
    _limits,
    _beyond,
    _objects,
)


def _limit(area: EditArea, text: str, match: re.Match[str], substitute: str) -> NamedPlace:
    """The place, where the words of the match are replaced."""
    before, after = text[: match.start()], text[match.end() :]
    return NamedPlace(
        area, _commands(f"{before}{' ' if substitute else ''}{substitute}{after}"), is_limit=True
    )


def _commands(text: str) -> tuple[str, ...]:
    """The instruction as a command, with the word "it" for "everything"."""
    (text,) = _tidy(text)
    whole = re.sub(r"\b(?:everything|all of it)\b", "it", text, flags=re.IGNORECASE)
    if is_command(whole):
        return (whole,)
    return (f"make {whole}",) if re.match(r"it\s", whole, re.IGNORECASE) else (f"make it {whole}", whole)


def _tidy(*texts: str) -> tuple[str, ...]:
    """The texts without double spaces, and without what is left over at their ends."""
    spaced = (re.sub(r"\s+(?=[,;.!?])", "", " ".join(each.split())) for each in texts)
    tidied = (re.sub(r"(?:[\s,;]|\b(?:and|but)$)+$", "", each) for each in spaced)
    return tuple(dict.fromkeys(each.strip(" ,;") for each in tidied))


def _area(match: re.Match[str]) -> EditArea:
    return EditArea.BACKGROUND if match["background"] else EditArea.SUBJECT


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """The pattern, in which `{place}` stands for any words that name a place."""
    nouns = "|".join(map(re.escape, subject_nouns()))
    things = rf"(?:{_DETERMINER}\s+)(?:(?!and\b)[\w-]+\s+){{0,2}}?(?:{nouns})\b{_NOT_OF_IT}"
    worn = r"(?:the|an?|his|her|its)\s+[\w-]+(?:\s+[\w-]+)?"
    tail = rf"(?:\s+(?:in|with|on|wearing|who is|that is)\s+{worn}(?=\s*$))?"
    place = rf"(?:(?P<background>{_BACKGROUND})|(?P<subject>{_SUBJECT}|{things}{tail}))"
    return re.compile(text.replace("{place}", place), re.IGNORECASE)
