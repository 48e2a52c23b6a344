"""Whether a model knows an instruction, and what a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from engine.instructions.classifier import FamilyClassifier
from engine.instructions.knowledge import Knowledge
from engine.instructions.language import clauses, english_words, function_words, is_denial
from engine.instructions.reading import InstructionReading, Verdict
from engine.instructions.similarity import SAME, closest, is_contrary
from engine.instructions.spelling import Vocabulary, words_of
from engine.instructions.text_network import Floats
from engine.instructions.wordings import Wording, wordings_of

NEAREST = 3
"""Known edits offered beside an instruction that is not known."""
KNOWN_CERTAINTY, SIMILAR_CERTAINTY = 0.0, -3.0
"""Above these an instruction is known, or at least similar to known ones."""
SURE_CERTAINTY = 6.0
"""From here on the likeliest correction is taken, and others are not looked at."""
UNKNOWN_CERTAINTY = -5.0
"""Below this, one of several commands in an instruction surely asks for something else."""
MIN_OFFERED_LOGIT = -6.0
"""Families less sure than this are no help to anybody."""
NONE_WEIGHT = 0.5
"""How much the logit for "no family at all" counts beside that of the surest family."""
UNSEEN_WORD_PENALTY, OTHER_WORD_PENALTY = 1.5, 2.0
"""What a word counts against an instruction that the model never saw, or only in unknown instructions."""
MOSTLY_UNSEEN_PENALTY = 8.0
"""What it counts against an instruction that most of its words are such words."""
DENIAL_PENALTY = 20.0
"""What it counts against an instruction that it says what is not to be done."""
CORRECTION_PENALTY = 5.0
"""What a typing mistake counts against a wording."""
MIN_SIMILARITY = 0.4


class Judge(Protocol):
    """Reads instructions for one model."""

    def read(self, instruction: str) -> InstructionReading: ...


@dataclass(frozen=True, slots=True)
class _Judgement:
    """How well one wording of the instruction is known."""

    wording: Wording
    certainty: float
    families: tuple[str, ...]
    nearest: tuple[str, ...]
    is_similar: bool

    @property
    def is_known(self) -> bool:
        return self.certainty > KNOWN_CERTAINTY


class ListJudge:
    """For a model whose card lists all instructions it knows."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = tuple(known)

    def read(self, instruction: str) -> InstructionReading:
        ranked = closest(instruction, self._known)
        reading = InstructionReading(typed=instruction, instruction=instruction)
        if ranked[0][0] >= SAME:
            return replace(reading, verdict=Verdict.KNOWN, families=(ranked[0][1],))
        is_similar = ranked[0][0] >= MIN_SIMILARITY
        return replace(
            reading,
            verdict=Verdict.SIMILAR if is_similar else Verdict.UNKNOWN,
            nearest=tuple(text for _, text in ranked[:NEAREST]),
        )


class FamilyJudge:
    """For a model with knowledge: its own text encoder tells, and the words of the instruction."""

    def __init__(self, knowledge: Knowledge, classifier: FamilyClassifier) -> None:
        self._knowledge, self._classifier = knowledge, classifier
        trained = dict.fromkeys((word for each in knowledge.instructions for word in words_of(each)), 1)
        known = trained | dict(knowledge.vocabulary)
        self._familiar = frozenset(known)
        self._vocabulary = Vocabulary(dict.fromkeys(knowledge.other_words, 1) | known, self._is_word)

    def read(self, instruction: str) -> InstructionReading:
        wordings = wordings_of(instruction, self._vocabulary, self._is_certain)
        judged = self._judged(wordings[:2])
        if judged[-1].certainty < SURE_CERTAINTY:
            judged += self._judged(wordings[2:])
        best = max(judged, key=lambda each: each.certainty - CORRECTION_PENALTY * each.wording.cost)
        if not best.is_known:
            best = judged[0]  # a correction that does not help is not made
        text = best.wording.instruction if best.is_known else instruction
        reading = InstructionReading(typed=instruction, instruction=text)
        if best.is_known and not self._has_unknown_part(text):
            return replace(reading, verdict=Verdict.KNOWN, families=best.families)
        is_similar = best.is_known or best.is_similar
        verdict = Verdict.SIMILAR if is_similar else Verdict.UNKNOWN
        return replace(reading, verdict=verdict, nearest=best.nearest)

    def _has_unknown_part(self, instruction: str) -> bool:
        """Whether one of several commands surely asks for something else."""
        parts = clauses(instruction)
        if len(parts) < 2:
            return False
        judged = self._judged([Wording(part) for part in parts])
        return any(each.certainty < UNKNOWN_CERTAINTY for each in judged)

    def _judged(self, wordings: Sequence[Wording]) -> list[_Judgement]:
        if not wordings:
            return []
        logits = self._classifier.logits([wording.instruction for wording in wordings])
        return [self._judge(*each) for each in zip(wordings, logits, strict=True)]

    def _judge(self, wording: Wording, logits: Floats) -> _Judgement:
        families, none = logits[:-1], float(logits[-1])
        surest = float(families.max())
        certainty = surest - NONE_WEIGHT * none - self._evidence_against(wording)
        ranked = closest(wording.instruction, self._knowledge.instructions)
        similarity, nearest = ranked[0] if ranked else (0.0, "")
        order = [int(place) for place in np.argsort(-families)]
        named = tuple(self._knowledge.edits[place].family for place in order if families[place] > 0)
        if similarity >= SAME and certainty <= KNOWN_CERTAINTY:
            certainty, named = KNOWN_CERTAINTY + similarity, (nearest,)
        return _Judgement(
            wording=wording,
            certainty=certainty,
            families=named or (self._knowledge.edits[order[0]].family,),
            nearest=self._nearest(wording, order, logits),
            is_similar=certainty > SIMILAR_CERTAINTY or similarity >= MIN_SIMILARITY,
        )

    def _nearest(self, wording: Wording, order: Sequence[int], logits: Floats) -> tuple[str, ...]:
        """Instructions to offer: those that the encoder takes it for, then those of similar words."""
        edits = self._knowledge.edits
        likely = [edits[place].example for place in order if logits[place] > MIN_OFFERED_LOGIT]
        examples = (*self._knowledge.instructions, *(edit.example for edit in edits if edit.example))
        alike = [text for each, text in closest(wording.instruction, examples) if each >= MIN_SIMILARITY]
        offered = [text for text in (*likely, *alike) if text and not is_contrary(wording.instruction, text)]
        return tuple(dict.fromkeys(offered))[:NEAREST]

    def _evidence_against(self, wording: Wording) -> float:
        """What the words say against an instruction, whatever the text encoder takes it for."""
        content = {word for word in wording.words if word not in function_words()}
        foreign = {word for word in content if not self._is_familiar(word)}
        other = sum(self._is_other(word) for word in foreign)
        against = UNSEEN_WORD_PENALTY * (len(foreign) - other) + OTHER_WORD_PENALTY * other
        if len(foreign) > len(content) / 2:
            against += MOSTLY_UNSEEN_PENALTY
        return against + DENIAL_PENALTY * is_denial(wording.instruction)

    def _is_familiar(self, word: str) -> bool:
        forms = (word, _without_apostrophe(word), _singular(word))
        return any(form in self._familiar or form in function_words() for form in forms)

    def _is_certain(self, word: str) -> bool:
        """Whether a word is surely meant as it stands."""
        return self._is_familiar(word) or self._is_other(word)

    def _is_other(self, word: str) -> bool:
        """Whether the model has only seen a word in instructions that it does not know."""
        forms = (word, _without_apostrophe(word), _singular(word))
        return not self._knowledge.other_words.isdisjoint(forms)

    def _is_word(self, word: str) -> bool:
        return _without_apostrophe(word) in english_words()


def _without_apostrophe(word: str) -> str:
    """The word without an apostrophe and what follows it."""
    return word.partition("'")[0]


def _singular(word: str) -> str:
    """The word without the s at its end, if it is not too short to have one for a plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
