"""CLIP similarity of two images and their captions (Radford et al. 2021; Gal et al. 2022).

The formulas are those of the original's `metrics/clip_similarity.py`: directional similarity is the cosine
between the change of the image and the change of its caption, image similarity that between both images.
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
"""Mean and standard deviation of the colours (0 to 1) of CLIP's training images."""
ADVICE = "Download the folder openai/clip-vit-large-patch14 and name it with --clip."


@dataclass(frozen=True, slots=True)
class Similarity:
    """Cosine similarities, from -1 to 1."""

    source_to_caption: float
    """Of the photo and its caption ("sim_0" in the original)."""
    edited_to_caption: float
    """Of the edited image and its caption ("sim_1")."""
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
        """Returns the similarities of images (1, 3, h, w), usually from 0 to 1, and their captions."""
        before, after = self._embed_image(source), self._embed_image(edited)
        caption_before, caption_after = self._embed_texts(captions).chunk(2)
        return Similarity(
            source_to_caption=float(cosine_similarity(before, caption_before)),
            edited_to_caption=float(cosine_similarity(after, caption_after)),
            direction=float(cosine_similarity(after - before, caption_after - caption_before)),
            image=float(cosine_similarity(before, after)),
        )

    def _embed_image(self, image: Tensor) -> Tensor:
        """Returns a unit vector (1, D)."""
        side = int(self._model.config.vision_config.image_size)
        pixels = image.to(self._device, torch.float32)
        scaled = interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False)
        mean, deviation = (torch.tensor(of, device=self._device)[:, None, None] for of in (MEAN, DEVIATION))
        features = self._model.vision_model(pixel_values=(scaled - mean) / deviation).pooler_output
        return normalize(self._model.visual_projection(features), dim=-1)

    def _embed_texts(self, texts: Sequence[str]) -> Tensor:
        """Returns unit vectors (B, D)."""
        length = int(self._model.config.text_config.max_position_embeddings)
        tokens = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=length, return_tensors="pt"
        ).to(self._device)
        features = self._model.text_model(
            input_ids=tokens.input_ids, attention_mask=tokens.attention_mask
        ).pooler_output
        return normalize(self._model.text_projection(features), dim=-1)
