"""Classifies an instruction into families of edits, from the embedding by the model's text encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import ADVICE, CLASSIFIER_NAME, KNOWLEDGE_FOLDER
from engine.instructions.text_network import Floats, NumpyTextEncoder


@dataclass(frozen=True, slots=True)
class FamilyClassifier:
    """A text encoder and a classifier of two layers that was fitted on it."""

    network: NumpyTextEncoder
    weights: dict[str, Floats]

    @classmethod
    def load(cls, model: Path, families: int) -> FamilyClassifier:
        """The classifier of a model folder, with `families` outputs. Raises `ModelNotUsable`."""
        file = model / KNOWLEDGE_FOLDER / CLASSIFIER_NAME
        network = NumpyTextEncoder.load(model)
        try:
            weights = {name: np.asarray(array, np.float32) for name, array in load_file(file).items()}
            width, outputs = len(weights["mean"]), len(weights["outer.bias"])
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelNotUsable(
                "model.knowledge-unreadable",
                "{file} cannot be read ({reason}).",
                ADVICE,
                file=file,
                reason=error,
            ) from error
        if (width, outputs) != (network.width, families + 1):
            raise ModelNotUsable(
                "model.knowledge-of-other-model", "{file} belongs to another model.", ADVICE, file=file
            )
        return cls(network, weights)

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Logits (B, families + 1), above 0 for families that a sentence asks for; the last means none."""
        weights = self.weights
        normed = (self.network.summaries(sentences) - weights["mean"]) / weights["scale"]
        inner = np.maximum(normed @ weights["inner.weight"].T + weights["inner.bias"], 0)
        logits: Floats = inner @ weights["outer.weight"].T + weights["outer.bias"]
        return logits
