"""Codes and values of errors: of all that the source makes, and of one that travels."""

import pickle
import re
import string
from collections import defaultdict
from pathlib import Path

import pytest
from fakes.source_errors import MadeError, SourceErrors

from engine.errors import EngineError, ErrorReport, ModelNotUsable, Phrase, UnsafeCheckpoint
from trainer.distributed.launcher import WorkerLost
from trainer.learning.checkpoint import CheckpointNewer

CODE = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
SENTENCE_END = re.compile(r"[.?…}]$")
MADE = list(SourceErrors())


def fields(texts: tuple[str | None, ...]) -> set[str]:
    parsed = (part for text in texts for part in string.Formatter().parse(text or ""))
    return {name for _, name, _, _ in parsed if name is not None}


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.place)
def test_every_error_has_a_code_of_its_kind_and_a_value_for_each_placeholder(made: MadeError) -> None:
    assert None not in made.texts, "code, message and advice are literals or constants"
    code, *sentences = made.texts
    assert code is not None
    assert CODE.fullmatch(code)
    assert made.kind in ("", code.partition(".")[0])
    assert 1 <= len(sentences) <= 2
    names = fields(tuple(sentences))
    assert made.names <= names if made.is_partial else made.names == names
    assert not [name for name in names if not name.isidentifier() or name[-1].isdigit()]


def test_a_code_always_has_the_same_sentences() -> None:
    sentences: dict[str | None, set[tuple[str | None, ...]]] = defaultdict(set)
    for made in MADE:
        sentences[made.texts[0]].add(made.texts[1:])
    assert len(sentences) > 200
    assert {code: found for code, found in sentences.items() if len(found) > 1} == {}


def test_messages_are_sentences() -> None:
    for made in MADE:
        for text in filter(None, made.texts[1:]):
            assert SENTENCE_END.search(text), made
            assert text[0].isupper() or not text[0].isalpha() or "." in text.split()[0], made
            assert "!" not in text, made


def test_values_are_filled_in_and_kept_as_json_holds_them() -> None:
    error = ModelNotUsable(
        "model.example",
        "{file} has {{{count}}} parts.",
        "Remove {share:.1f}.",
        file=Path("a"),
        count=2,
        share=0.25,
    )
    assert str(error) == "a has {2} parts. Remove 0.2."
    report = error.report()
    assert report == ErrorReport(
        "model", "a has {2} parts.", "Remove 0.2.", "model.example", {"file": "a", "count": 2, "share": 0.25}
    )
    endless = EngineError("engine.example", "{number:g} is not finite.", number=float("inf"))
    assert (endless.message, endless.values) == ("inf is not finite.", {"number": "inf"})


def test_a_phrase_travels_with_its_own_values() -> None:
    phrase = Phrase("it is not there (HTTP {status})", status=404)
    error = ModelNotUsable("model.example", "{file}: {reason}.", file="a", reason=phrase)
    assert error.message == "a: it is not there (HTTP 404)."
    assert error.values == {"file": "a", "reason": "it is not there (HTTP {status})", "status": 404}


def test_phrases_are_literals() -> None:
    phrases = SourceErrors().phrases
    assert {"a {family} model that edits pictures", "its header is invalid", "number of steps"} <= set(
        phrases
    )
    assert "Choose an InstructPix2Pix model." in phrases


@pytest.mark.parametrize(
    "error",
    [
        UnsafeCheckpoint("unsafe.example", "{file} tries to run code.", "Get another.", file="{odd}"),
        WorkerLost(),
        CheckpointNewer(Path("step-00000004")),
        EngineError.unexpected(KeyError("x")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_arrives_whole_from_another_process(error: EngineError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert arrived.report() == error.report()
    assert (str(arrived), vars(arrived)) == (str(error), vars(error))
