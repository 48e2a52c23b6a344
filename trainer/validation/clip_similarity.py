"""How CLIP sees two pictures and what is said of them (Radford et al. 2021; Gal et al. 2022).

The formulas of the original's `metrics/clip_similarity.py`: directional similarity is the cosine between
the change of the picture and the change of its caption, image similarity that between both pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, interpolate, normalize
from transformers import CLIPModel, CLIPTokenizer

from engine.errors import ModelNotUsable
from engine.models.text_encoders import INVALID_CONFIGURATION

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Of the colours of the pictures CLIP was trained on, from 0 to 1."""
ADVICE = "Download the folder openai/clip-vit-large-patch14 and name it with --clip."


@dataclass(frozen=True, slots=True)
class Similarity:
    """Cosines, from -1 to 1."""

    source_to_caption: float
    """Between the photo and its caption ("sim_0" in the original)."""
    edited_to_caption: float
    """Between the edited picture and its caption ("sim_1")."""
    direction: float
    image: float


class ClipSimilarity:
    """A CLIP model from a local folder."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        """Raises `ModelNotUsable` if the folder holds no CLIP model."""
        if not (folder / "config.json").is_file():
            raise ModelNotUsable(
                "model.clip-missing",
                "{folder} contains no CLIP model, which the evaluation needs.",
                ADVICE,
                folder=folder,
            )
        try:
            self._model = CLIPModel.from_pretrained(folder, local_files_only=True).to(device).eval()
            self._tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, *INVALID_CONFIGURATION) as error:
            raise ModelNotUsable(
                "model.clip-unreadable", "The CLIP model in {folder} cannot be read.", ADVICE, folder=folder
            ) from error
        self._device = device

    @torch.no_grad()
    def __call__(self, source: Tensor, edited: Tensor, captions: tuple[str, str]) -> Similarity:
        """Of pictures (1, 3, h, w), which ought to be from 0 to 1, and what they show before and after."""
        before, after = self._of_picture(source), self._of_picture(edited)
        said_before, said_after = self._of_text(captions).chunk(2)
        return Similarity(
            source_to_caption=float(cosine_similarity(before, said_before)),
            edited_to_caption=float(cosine_similarity(after, said_after)),
            direction=float(cosine_similarity(after - before, said_after - said_before)),
            image=float(cosine_similarity(before, after)),
        )

    def _of_picture(self, picture: Tensor) -> Tensor:
        """Unit vectors (1, D)."""
        side = int(self._model.config.vision_config.image_size)
        pixels = picture.to(self._device, torch.float32)
        scaled = interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False)
        mean, deviation = (torch.tensor(of, device=self._device)[:, None, None] for of in (MEAN, DEVIATION))
        seen = self._model.vision_model(pixel_values=(scaled - mean) / deviation).pooler_output
        return normalize(self._model.visual_projection(seen), dim=-1)

    def _of_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (B, D)."""
        length = int(self._model.config.text_config.max_position_embeddings)
        tokens = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=length, return_tensors="pt"
        ).to(self._device)
        read = self._model.text_model(
            input_ids=tokens.input_ids, attention_mask=tokens.attention_mask
        ).pooler_output
        return normalize(self._model.text_projection(read), dim=-1)
