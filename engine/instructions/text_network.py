"""A CLIP text encoder in NumPy, which computes small encoders in milliseconds without torch.

Shapes: B sentences, T tokens, D width, H heads.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import ADVICE

Floats: TypeAlias = NDArray[np.float32]

WEIGHTS_NAME = "model.safetensors"
_PREFIX = "text_model."


@dataclass(frozen=True, slots=True)
class NumpyTextEncoder:
    """The weights of a CLIP text encoder, and its tokenizer."""

    tokenizer: Tokenizer
    weights: dict[str, Floats]
    layers: int
    heads: int
    length: int
    """Number of tokens, including start and end."""
    end: int
    """Id of the end token."""

    @classmethod
    def load(cls, model: Path) -> NumpyTextEncoder:
        """The text encoder of a diffusers folder. Raises `ModelNotUsable` if it is not a supported CLIP."""
        try:
            config = json.loads((model / "text_encoder" / "config.json").read_text(encoding="utf-8"))
            stored = load_file(model / "text_encoder" / WEIGHTS_NAME)
            tokenizer = Tokenizer.from_file(str(model / "tokenizer" / "tokenizer.json"))
            if config["hidden_act"] != "quick_gelu":
                raise ValueError("its activation is not quick_gelu")
            weights = {
                name.removeprefix(_PREFIX): np.asarray(array, np.float32) for name, array in stored.items()
            }
            if len(weights["embeddings.position_embedding.weight"]) != config["max_position_embeddings"]:
                raise ValueError("it has another number of positions than it says")
            return cls(
                tokenizer,
                weights,
                layers=int(config["num_hidden_layers"]),
                heads=int(config["num_attention_heads"]),
                length=int(config["max_position_embeddings"]),
                end=int(config["eos_token_id"]),
            )
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise ModelNotUsable(
                "model.text-encoder-unreadable",
                "The text encoder of {model} cannot be read.",
                ADVICE,
                model=model,
            ) from error

    @property
    def width(self) -> int:
        """Channels D."""
        return len(self.weights["final_layer_norm.bias"])

    def summaries(self, sentences: Sequence[str]) -> Floats:
        """(B, D): the mean hidden state of the end token and the padding, which the UNet reads too."""
        rows = [encoding.ids[: self.length] for encoding in self.tokenizer.encode_batch(list(sentences))]
        ids = np.full((len(rows), self.length), self.end)
        for row, tokens in zip(ids, rows, strict=True):
            row[: len(tokens)] = tokens
        ids[:, -1] = self.end
        hidden = self._hidden_states(ids)
        ending = (ids == self.end).astype(np.float32)[..., None]
        summary: Floats = (hidden * ending).sum(1) / ending.sum(1)
        return summary

    def _hidden_states(self, ids: NDArray[np.int64]) -> Floats:
        """(B, T, D) of token ids (B, T)."""
        length = ids.shape[1]
        hidden = self.weights["embeddings.token_embedding.weight"][ids]
        hidden = hidden + self.weights["embeddings.position_embedding.weight"][:length]
        mask = np.triu(np.full((length, length), -np.inf, np.float32), 1)
        for number in range(self.layers):
            layer = f"encoder.layers.{number}"
            normed = self._norm(hidden, f"{layer}.layer_norm1")
            hidden = hidden + self._attention(normed, f"{layer}.self_attn", mask)
            inner = self._linear(self._norm(hidden, f"{layer}.layer_norm2"), f"{layer}.mlp.fc1")
            inner = inner / (1 + np.exp(-1.702 * inner))
            hidden = hidden + self._linear(inner, f"{layer}.mlp.fc2")
        return self._norm(hidden, "final_layer_norm")

    def _attention(self, hidden: Floats, name: str, mask: Floats) -> Floats:
        query, key, value = (
            self._by_head(self._linear(hidden, f"{name}.{part}_proj")) for part in ("q", "k", "v")
        )
        scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1]) + mask
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        shares = scores / scores.sum(-1, keepdims=True)
        joined = (shares @ value).swapaxes(1, 2).reshape(hidden.shape)
        return self._linear(joined, f"{name}.out_proj")

    def _by_head(self, array: Floats) -> Floats:
        """(B, H, T, D / H) of (B, T, D)."""
        batch, length, width = array.shape
        return array.reshape(batch, length, self.heads, width // self.heads).swapaxes(1, 2)

    def _linear(self, array: Floats, name: str) -> Floats:
        product: Floats = array @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return product

    def _norm(self, array: Floats, name: str) -> Floats:
        centred = array - array.mean(-1, keepdims=True)
        scale = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        normed: Floats = centred * scale * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return normed
