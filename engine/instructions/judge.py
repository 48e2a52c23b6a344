"""Judges whether a model knows an instruction, and finds the most likely correction of a misspelt one."""

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
"""Number of known instructions offered for one that is not known."""
KNOWN_CERTAINTY, SIMILAR_CERTAINTY = 0.0, -3.0
"""Above these, an instruction is known, or similar to known ones."""
SURE_CERTAINTY = 6.0
"""From this certainty on, the most likely correction is used and the others are not judged."""
UNKNOWN_CERTAINTY = -5.0
"""Below this, one of several commands in an instruction is certainly unknown."""
MIN_OFFERED_LOGIT = -6.0
"""Families with a lower logit are not offered."""
NONE_WEIGHT = 0.5
"""Weight of the logit for "no family", relative to that of the best family."""
UNSEEN_WORD_PENALTY, OTHER_WORD_PENALTY = 1.5, 2.0
"""Penalty for a word that training never used, or used only in instructions unknown to the model."""
MOSTLY_UNSEEN_PENALTY = 8.0
"""Penalty for an instruction in which most words are of these kinds."""
DENIAL_PENALTY = 20.0
"""Penalty for an instruction that says what should not be done."""
CORRECTION_PENALTY = 5.0
"""Penalty for each corrected typing mistake."""
MIN_SIMILARITY = 0.4


class Judge(Protocol):
    """Judges instructions for one model."""

    def read(self, instruction: str) -> InstructionReading:
        """The instruction with corrections, and whether the model knows it."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The certainty with which the model knows one wording of the instruction."""

    wording: Wording
    certainty: float
    families: tuple[str, ...]
    nearest: tuple[str, ...]
    is_similar: bool

    @property
    def is_known(self) -> bool:
        return self.certainty > KNOWN_CERTAINTY


class ListJudge:
    """Judge of a model whose card lists all instructions that it knows."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = tuple(known)

    def read(self, instruction: str) -> InstructionReading:
        """Compares the instruction with the list; nothing is corrected."""
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
    """Judge of a model with a knowledge file, by its text encoder and by the words of the instruction."""

    def __init__(self, knowledge: Knowledge, classifier: FamilyClassifier) -> None:
        self._knowledge, self._classifier = knowledge, classifier
        trained = dict.fromkeys((word for each in knowledge.instructions for word in words_of(each)), 1)
        known = trained | dict(knowledge.vocabulary)
        self._familiar = frozenset(known)
        self._vocabulary = Vocabulary(dict.fromkeys(knowledge.other_words, 1) | known, self._is_word)

    def read(self, instruction: str) -> InstructionReading:
        """Judges the instruction and its possible corrections, and uses the best."""
        wordings = wordings_of(instruction, self._vocabulary, self._is_certain)
        judged = self._judged(wordings[:2])
        if judged[-1].certainty < SURE_CERTAINTY:
            judged += self._judged(wordings[2:])
        best = max(judged, key=lambda each: each.certainty - CORRECTION_PENALTY * each.wording.cost)
        if not best.is_known:
            best = judged[0]  # a correction that does not make it known is not used
        text = best.wording.instruction if best.is_known else instruction
        reading = InstructionReading(typed=instruction, instruction=text)
        if best.is_known and not self._has_unknown_part(text):
            return replace(reading, verdict=Verdict.KNOWN, families=best.families)
        is_similar = best.is_known or best.is_similar
        verdict = Verdict.SIMILAR if is_similar else Verdict.UNKNOWN
        return replace(reading, verdict=verdict, nearest=best.nearest)

    def _has_unknown_part(self, instruction: str) -> bool:
        """Whether one of several commands is certainly unknown."""
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
        certainty = surest - NONE_WEIGHT * none - self._word_penalty(wording)
        ranked = closest(wording.instruction, self._knowledge.instructions)
        similarity, nearest = ranked[0] if ranked else (0.0, "")
        order = [int(place) for place in np.argsort(-families)]
        named = tuple(self._knowledge.edits[place].family for place in order if families[place] > 0)
        if similarity >= SAME:  # an edit of later training comes first
            named = (nearest, *named) if certainty > KNOWN_CERTAINTY else (nearest,)
            certainty = max(certainty, KNOWN_CERTAINTY + similarity)
        return _Judgement(
            wording=wording,
            certainty=certainty,
            families=named or (self._knowledge.edits[order[0]].family,),
            nearest=self._nearest(wording, order, logits),
            is_similar=certainty > SIMILAR_CERTAINTY or similarity >= MIN_SIMILARITY,
        )

    def _nearest(self, wording: Wording, order: Sequence[int], logits: Floats) -> tuple[str, ...]:
        """Instructions to offer: first of the most likely families, then those with similar words."""
        edits = self._knowledge.edits
        likely = [edits[place].example for place in order if logits[place] > MIN_OFFERED_LOGIT]
        examples = (*self._knowledge.instructions, *(edit.example for edit in edits if edit.example))
        similar = [text for each, text in closest(wording.instruction, examples) if each >= MIN_SIMILARITY]
        offered = [
            text for text in (*likely, *similar) if text and not is_contrary(wording.instruction, text)
        ]
        return tuple(dict.fromkeys(offered))[:NEAREST]

    def _word_penalty(self, wording: Wording) -> float:
        """The penalty for the words of an instruction, independent of the text encoder."""
        content = {word for word in wording.words if word not in function_words()}
        unseen = {word for word in content if not self._is_familiar(word)}
        other = sum(self._is_other(word) for word in unseen)
        penalty = UNSEEN_WORD_PENALTY * (len(unseen) - other) + OTHER_WORD_PENALTY * other
        if len(unseen) > len(content) / 2:
            penalty += MOSTLY_UNSEEN_PENALTY
        return penalty + DENIAL_PENALTY * is_denial(wording.instruction)

    def _is_familiar(self, word: str) -> bool:
        forms = (word, _without_apostrophe(word), _singular(word))
        return any(form in self._familiar or form in function_words() for form in forms)

    def _is_certain(self, word: str) -> bool:
        """Whether a word is certainly spelt as intended."""
        return self._is_familiar(word) or self._is_other(word)

    def _is_other(self, word: str) -> bool:
        """Whether training used a word only in instructions that the model does not know."""
        forms = (word, _without_apostrophe(word), _singular(word))
        return not self._knowledge.other_words.isdisjoint(forms)

    def _is_word(self, word: str) -> bool:
        return _without_apostrophe(word) in english_words()


def _without_apostrophe(word: str) -> str:
    """The word without an apostrophe and what follows it."""
    return word.partition("'")[0]


def _singular(word: str) -> str:
    """The word without a plural s, unless it is too short to have one."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
