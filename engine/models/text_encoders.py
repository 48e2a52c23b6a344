"""The one or two CLIP text encoders of a model, each with its tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from huggingface_hub.errors import StrictDataclassError
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from engine.errors import ModelNotUsable
from engine.models.families import clip_vocabulary
from engine.models.parts import RESTORE_ADVICE

TextNetwork: TypeAlias = CLIPTextModel | CLIPTextModelWithProjection
INVALID_CONFIGURATION = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
    StrictDataclassError,
)
"""Exceptions of the libraries for an invalid configuration."""
TEXT_CLASSES: dict[str, Any] = {
    "CLIPTextModel": CLIPTextModel,
    "CLIPTextModelWithProjection": CLIPTextModelWithProjection,
}


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """One text encoder and its tokenizer."""

    network: TextNetwork
    tokenizer: CLIPTokenizer
    pad_token_id: int

    def tokenize(self, instructions: Sequence[str]) -> Tensor:
        """Token ids (B, T), truncated and padded to the network's length.

        The tokenizer does not pad: with "!" as padding it would also treat every "!" of a sentence as
        padding.
        """
        length = int(self.network.config.max_position_embeddings)
        rows: list[list[int]] = self.tokenizer(
            list(instructions), truncation=True, max_length=length
        ).input_ids
        return torch.tensor([row + [self.pad_token_id] * (length - len(row)) for row in rows])

    def encode(self, instructions: Sequence[str], layer: str) -> tuple[Tensor, Tensor | None]:
        """Embeddings (B, T, D) of the "last" or "penultimate" layer, and pooled (B, P) if it projects."""
        ids = self.tokenize(instructions).to(self.network.device)
        output = self.network(ids, output_hidden_states=layer == "penultimate")
        embeddings = output.hidden_states[-2] if layer == "penultimate" else output.last_hidden_state
        return embeddings, getattr(output, "text_embeds", None)


@dataclass(frozen=True, slots=True)
class TextEncoders:
    """All text encoders of a model, whose embeddings are concatenated."""

    encoders: tuple[TextEncoder, ...]
    layer: str = "last"
    """"last" with the final norm, or "penultimate" without."""
    zeros_for_empty: bool = False
    """Whether the empty instruction is zeros instead of its encoding."""

    @property
    def networks(self) -> tuple[TextNetwork, ...]:
        """The networks in order."""
        return tuple(encoder.network for encoder in self.encoders)

    @property
    def width(self) -> int:
        """Channels D of the embeddings."""
        return sum(int(network.config.hidden_size) for network in self.networks)

    def encode(self, instructions: Sequence[str]) -> tuple[Tensor, Tensor | None]:
        """Embeddings (B, T, D) and pooled (B, P), the latter only from an encoder that projects."""
        encoded = [encoder.encode(instructions, self.layer) for encoder in self.encoders]
        embeddings, pooled = torch.cat([each[0] for each in encoded], dim=-1), encoded[-1][1]
        if not self.zeros_for_empty:
            return embeddings, pooled
        kept = torch.tensor([bool(text) for text in instructions], device=embeddings.device).to(embeddings)
        return embeddings * kept[:, None, None], None if pooled is None else pooled * kept[:, None]


def make_text_network(config: dict[str, Any], class_name: str) -> nn.Module:
    """A text encoder without weights, on torch's current default device."""
    network: nn.Module = TEXT_CLASSES[class_name](CLIPTextConfig.from_dict(config))
    return network


def restore_positions(network: nn.Module, device: torch.device) -> None:
    """Sets the position ids, which files do not contain, in a network created without memory."""
    for module in network.modules():
        positions = getattr(module, "position_ids", None)
        if isinstance(positions, Tensor) and positions.is_meta:
            module.position_ids = torch.arange(positions.shape[-1], device=device).expand(1, -1)


def load_tokenizer(folder: Path, part: str) -> CLIPTokenizer:
    """The tokenizer of a model folder. Raises `ModelNotUsable`."""
    needed = () if (folder / part / "tokenizer.json").is_file() else ("vocab.json", "merges.txt")
    for name in needed:
        if not (folder / part / name).is_file():
            raise ModelNotUsable(
                "model.part-missing", "The model lacks {file}.", RESTORE_ADVICE, file=f"{part}/{name}"
            )
    try:
        return CLIPTokenizer.from_pretrained(folder / part, local_files_only=True)
    except Exception as error:
        # the library raises plain Exception for a list of merges that it cannot read
        raise ModelNotUsable(
            "model.tokenizer-damaged", "The model's tokenizer is damaged.", RESTORE_ADVICE
        ) from error


def shared_tokenizer() -> CLIPTokenizer:
    """The tokenizer of all CLIP text encoders, for files without one."""
    return CLIPTokenizer.from_pretrained(clip_vocabulary(), local_files_only=True)
