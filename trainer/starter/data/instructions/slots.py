"""What may stand in the slots of a wording, and the filling of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

IT = (
    *("it",) * 8,
    *("this",) * 3,
    "(the|this|my|that) (photo|picture|image)",
    "(the|this|my|that) (photo|picture|image)",
    "(the|this|my) (pic|shot|photograph|snapshot)",
    "the (scene|view)",
    "the (whole|entire) (thing|photo|picture|image|scene)",
    "(everything|all of it|that|this one)",
)
"""The photo as the thing to change."""

PHOTO = (
    "photo",
    "picture",
    "image",
    "photo",
    "picture",
    "image",
    "pic",
    "shot",
    "photograph",
    "version",
    "one",
)

STRENGTH_SLOTS: dict[str, dict[float, tuple[str, ...]]] = {
    # before a comparative: "a bit warmer"
    "more": {
        0.5: (
            *("slightly ", "a bit ", "a little ", "a touch ", "somewhat ", "a little bit ", "a tad "),
            *(
                "just a (bit|little|touch|tad) ",
                "a tiny bit ",
                "ever so slightly ",
                "only slightly ",
                "a wee bit ",
            ),
            *("a hint ", "a fraction ", "just slightly ", "marginally "),
        ),
        1.0: ("",),
        1.5: (
            *("much ", "a lot ", "far ", "way ", "considerably ", "significantly ", "so much ", "much much "),
            *(
                "a great deal ",
                "dramatically ",
                "lots ",
                "a whole lot ",
                "tons ",
                "substantially ",
                "noticeably ",
            ),
        ),
    },
    # before an adjective: "very foggy"
    "very": {
        0.5: (
            *("slightly ", "a bit ", "a little ", "somewhat ", "faintly ", "mildly ", "lightly ", "subtly "),
            *(
                "kind of ",
                "a little bit ",
                "just a (bit|little) ",
                "a tad ",
                "a touch ",
                "gently ",
                "barely ",
            ),
        ),
        1.0: ("",),
        1.5: (
            *(
                "very ",
                "extremely ",
                "really ",
                "super ",
                "incredibly ",
                "so ",
                "strongly ",
                "heavily ",
                "ultra ",
            ),
            *("intensely ", "very very ", "really really ", "insanely ", "extra ", "totally ", "seriously "),
        ),
    },
    # after a verb: "blur it a lot"
    "lot": {
        0.5: (
            *(" slightly", " a bit", " a little", " a touch", " a tad", " just a (little|bit|tad|touch)"),
            *(
                " a little bit",
                " gently",
                " subtly",
                " somewhat",
                " ever so slightly",
                " a tiny bit",
                " lightly",
            ),
            *(" by a (bit|little|touch)", " just slightly", " a wee bit"),
        ),
        1.0: ("",),
        1.5: (
            *(" a lot", " strongly", " very much", " by a lot", " heavily", " dramatically", " a great deal"),
            *(
                " a whole lot",
                " massively",
                " as much as (possible|you can)",
                " significantly",
                " to the max",
            ),
            *(" really strongly", " way more", " extremely", " so much", " a ton", " intensely"),
        ),
    },
    # before a mass noun: "a touch of fog"
    "some": {
        0.5: (
            *(
                "a (touch|bit|hint|little bit|tiny bit|dash|trace|tad|pinch) of ",
                "a little ",
                "slight ",
                "light ",
            ),
            *(
                "subtle ",
                "just a (touch|bit|hint) of ",
                "faint ",
                "a (subtle|slight|small) (amount|touch) of ",
            ),
            *("gentle ", "mild ", "only a little "),
        ),
        1.0: ("", "", "some ", "some ", "some more ", "more "),
        1.5: (
            *(
                "a lot of ",
                "lots of ",
                "heavy ",
                "strong ",
                "loads of ",
                "tons of ",
                "plenty of ",
                "intense ",
            ),
            *(
                "very (strong|heavy) ",
                "a (ton|great deal|whole lot) of ",
                "so much ",
                "really (heavy|strong) ",
            ),
            *("extreme ", "massive ", "a lot more "),
        ),
    },
    # before a noun that is counted: "a subtle vignette"
    "a": {
        0.5: (
            *(
                "a slight ",
                "a subtle ",
                "a light ",
                "a soft ",
                "a gentle ",
                "a faint ",
                "a small ",
                "a mild ",
            ),
            *("a weak ", "a very (slight|subtle|light|faint) ", "just a slight ", "a delicate ", "a tiny "),
        ),
        1.0: ("a ", "a ", "a nice ", "some kind of "),
        1.5: (
            *("a strong ", "a heavy ", "a very (strong|heavy) ", "a big ", "an intense ", "a dramatic "),
            *("a (really|super) (strong|heavy|intense) ", "a powerful ", "an extreme ", "a bold ", "a huge "),
        ),
    },
}
"""Choices by slot and strength: 0.5 slightly, 1 plainly, 1.5 very."""

SAYS_STRENGTH = re.compile("{(" + "|".join(STRENGTH_SLOTS) + ")}")

_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"{(\w+)}")

Slots = Mapping[str, Sequence[str]]


def pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def slots_at(strength: float) -> dict[str, Sequence[str]]:
    """The slots every wording may use, at one strength."""
    at_strength = {slot: choices[strength] for slot, choices in STRENGTH_SLOTS.items()}
    return {"it": IT, "photo": PHOTO, **at_strength}


def filled(wording: str, slots: Slots, rng: np.random.Generator) -> str:
    """The wording with an alternative chosen everywhere and every slot filled, until none is left."""
    text = wording
    while "(" in text or "{" in text:
        text = _ALTERNATIVES.sub(lambda match: pick(match[1].split("|"), rng), text)
        text = _SLOT.sub(lambda match: pick(slots[match[1]], rng), text)
    return text
