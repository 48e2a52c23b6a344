"""The knowledge files of a model: the edits it knows and the vocabulary of its training.

`knowledge/knowledge.json` lists the edits and the words. `knowledge/families.safetensors` holds a small
network that classifies a sentence into families of edits, from its embedding by the model's own text encoder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import ModelNotUsable

KNOWLEDGE_FOLDER = "knowledge"
KNOWLEDGE_NAME = "knowledge.json"
CLASSIFIER_NAME = "families.safetensors"
MAX_INSTRUCTIONS = 1000
ADVICE = "Remove the model and add it again."


@dataclass(frozen=True, slots=True)
class KnownEdit:
    """A family of edits."""

    family: str
    example: str = ""
    """An instruction for it; empty if it should not be offered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """The edits and words that a model knows."""

    edits: tuple[KnownEdit, ...]
    """In the order of the classifier's outputs; its last output, beyond these, means none of them."""
    vocabulary: Mapping[str, int]
    """Words of known instructions, in lower case, and how often they occur."""
    other_words: frozenset[str] = frozenset()
    """Words that training used only in instructions unknown to the model."""
    instructions: tuple[str, ...] = ()
    """Instructions of later training, which the classifier does not know."""
    wordings: tuple[str, ...] = ()
    """Instructions for the edits in many wordings, for replay during fine-tuning; none for painted styles."""

    def examples(self, *, without: Collection[str] = ()) -> list[str]:
        """The instructions to offer, in order, except those of the families `without`."""
        return [edit.example for edit in self.edits if edit.example and edit.family not in without]


def knowledge_file(model: Path) -> Path:
    """The path of a model's knowledge file."""
    return model / KNOWLEDGE_FOLDER / KNOWLEDGE_NAME


def has_knowledge(model: Path) -> bool:
    """Whether a model has a knowledge file."""
    return knowledge_file(model).is_file()


def read_knowledge(model: Path) -> Knowledge:
    """The knowledge of a model folder; unknown fields are ignored. Raises `ModelNotUsable`."""
    try:
        values: dict[str, Any] = json.loads(knowledge_file(model).read_text(encoding="utf-8"))
        return Knowledge(
            edits=tuple(_edit_from(each) for each in values["edits"]),
            vocabulary={str(word): int(count) for word, count in values["vocabulary"].items()},
            other_words=frozenset(map(str, values.get("other_words", ()))),
            instructions=tuple(map(str, values.get("instructions", ()))),
            wordings=tuple(map(str, values.get("wordings", ()))),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelNotUsable(
            "model.knowledge-unreadable",
            "{file} cannot be read ({reason}).",
            ADVICE,
            file=knowledge_file(model),
            reason=error,
        ) from error


def _edit_from(values: dict[str, Any]) -> KnownEdit:
    return KnownEdit(str(values["family"]), str(values.get("example", "")))


def copy_knowledge(source: Path, target: Path, trained: Sequence[str], *, keeps_edits: bool) -> None:
    """Writes the knowledge of `source` and the instructions `trained` for a model fine-tuned from it.

    Without `keeps_edits`, earlier edits may be forgotten: they are not offered any more, but still count as
    known. A model trained with more than `MAX_INSTRUCTIONS` gets no knowledge, because a list does not
    describe it. Raises `OSError` or `ModelNotUsable`.
    """
    if not has_knowledge(source) or len(trained) > MAX_INSTRUCTIONS:
        return
    knowledge = read_knowledge(source)
    edits = knowledge.edits if keeps_edits else tuple(KnownEdit(edit.family) for edit in knowledge.edits)
    instructions = tuple(dict.fromkeys((*trained, *(knowledge.instructions if keeps_edits else ()))))
    wordings = knowledge.wordings if keeps_edits else ()
    kept = replace(knowledge, edits=edits, instructions=instructions, wordings=wordings)
    write_knowledge(target, kept)
    shutil.copyfile(source / KNOWLEDGE_FOLDER / CLASSIFIER_NAME, target / KNOWLEDGE_FOLDER / CLASSIFIER_NAME)


def write_knowledge(model: Path, knowledge: Knowledge) -> None:
    """Writes the knowledge into a model folder that is being created. Raises `OSError`."""
    target = knowledge_file(model)
    target.parent.mkdir(exist_ok=True)
    values = asdict(knowledge) | {
        "vocabulary": dict(knowledge.vocabulary),
        "other_words": sorted(knowledge.other_words),
    }
    target.write_text(json.dumps(values, ensure_ascii=False) + "\n", encoding="utf-8")
