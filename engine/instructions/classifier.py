"""Which families of edits a model's text encoder takes a sentence to ask for."""

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
    """A text encoder and the two layers that were fitted on it."""

    network: NumpyTextEncoder
    weights: dict[str, Floats]

    @classmethod
    def load(cls, model: Path, families: int) -> FamilyClassifier:
        """That of a model folder which knows so many families. Raises `ModelNotUsable`."""
        file = model / KNOWLEDGE_FOLDER / CLASSIFIER_NAME
        network = NumpyTextEncoder.load(model)
        try:
            weights = {name: np.asarray(array, np.float32) for name, array in load_file(file).items()}
            width, outputs = len(weights["mean"]), len(weights["outer.bias"])
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelNotUsable(f"{file} cannot be read ({error}).", ADVICE) from error
        if (width, outputs) != (network.width, families + 1):
            raise ModelNotUsable(f"{file} belongs to another model.", ADVICE)
        return cls(network, weights)

    def logits(self, sentences: Sequence[str]) -> Floats:
        """(B, families + 1): above 0 where a family is asked for; the last where none of them is."""
        weights = self.weights
        normed = (self.network.summaries(sentences) - weights["mean"]) / weights["scale"]
        inner = np.maximum(normed @ weights["inner.weight"].T + weights["inner.bias"], 0)
        logits: Floats = inner @ weights["outer.weight"].T + weights["outer.bias"]
        return logits
