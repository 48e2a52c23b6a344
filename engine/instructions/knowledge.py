"""What a model knows of the instructions it reads, in a folder beside its weights: edits and vocabulary.

`knowledge/knowledge.json` lists the edits and the words, `knowledge/families.safetensors` holds a small
network that tells the families of edits apart by what the model's own text encoder makes of a sentence.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
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
    """An instruction that asks for it; empty where it is not to be offered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """The edits and words a model knows."""

    edits: tuple[KnownEdit, ...]
    """In the order of the classifier's outputs; one more output, the last, says that it is none of them."""
    vocabulary: Mapping[str, int]
    """Words of instructions that it knows, in lower case, and how often they occur."""
    other_words: frozenset[str] = frozenset()
    """Words that it has only seen in instructions it does not know."""
    instructions: tuple[str, ...] = ()
    """Instructions of later training, which the classifier knows nothing of."""
    wordings: tuple[str, ...] = ()
    """Instructions that ask for the edits in many ways, for fine-tuning that replays them."""


def knowledge_file(model: Path) -> Path:
    """Where the knowledge of a model lies."""
    return model / KNOWLEDGE_FOLDER / KNOWLEDGE_NAME


def has_knowledge(model: Path) -> bool:
    """Whether a model says which instructions it knows."""
    return knowledge_file(model).is_file()


def read_knowledge(model: Path) -> Knowledge:
    """What a model folder says it knows; unknown fields are passed over. Raises `ModelNotUsable`."""
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
        raise ModelNotUsable(f"{knowledge_file(model)} cannot be read ({error}).", ADVICE) from error


def _edit_from(values: dict[str, Any]) -> KnownEdit:
    return KnownEdit(str(values["family"]), str(values.get("example", "")))


def copy_knowledge(source: Path, target: Path, trained: Sequence[str], *, keeps_edits: bool) -> None:
    """Give a model that was fine-tuned from `source` its knowledge, and the instructions of the training.

    Unless `keeps_edits`, what it knew before may be lost: those edits are not offered any more, though
    nobody can call them unknown. A model trained with more than `MAX_INSTRUCTIONS` gets no knowledge, since
    a list says too little of it. Raises `OSError` or `ModelNotUsable`.
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
    """Store it in a model folder that is being written. Raises `OSError`."""
    target = knowledge_file(model)
    target.parent.mkdir(exist_ok=True)
    values = asdict(knowledge) | {
        "vocabulary": dict(knowledge.vocabulary),
        "other_words": sorted(knowledge.other_words),
    }
    target.write_text(json.dumps(values, ensure_ascii=False) + "\n", encoding="utf-8")
