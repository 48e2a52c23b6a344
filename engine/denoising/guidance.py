"""Two-scale classifier-free guidance, which computes only the branches that the scales need.

Shapes: N variations, B branches, T tokens, D embedding width, C latent channels, H x W latents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoising.branches import guidance_branches

Denoiser = Callable[[Tensor, Tensor], Tensor]
"""Maps noisy latents (N, C, H, W) and a timestep to a prediction of the same shape, float32."""


@dataclass(frozen=True, slots=True)
class _Conditions:
    """The inputs of the UNet beside the noisy latents, in rows."""

    image_latents: Tensor
    embeddings: Tensor
    added: dict[str, Tensor]

    def of_first(self, rows: int) -> _Conditions:
        added = {name: values[:rows] for name, values in self.added.items()}
        return _Conditions(self.image_latents[:rows], self.embeddings[:rows], added)

    def calls(self, variations: int, at_once: int) -> list[_Conditions]:
        """Each row repeated for the variations, split into the rows of each call of the UNet."""

        def cut(values: Tensor) -> tuple[Tensor, ...]:
            return torch.split(values.repeat_interleave(variations, dim=0), at_once)

        added = {name: cut(values) for name, values in self.added.items()}
        return [
            _Conditions(image_latents, embeddings, {name: values[call] for name, values in added.items()})
            for call, (image_latents, embeddings) in enumerate(
                zip(cut(self.image_latents), cut(self.embeddings), strict=True)
            )
        ]


class GuidedUNet:
    """The `Denoiser` of one instruction, one photo and two scales, for any N."""

    def __init__(
        self,
        unet: Callable[..., tuple[Tensor]],
        *,
        dtype: torch.dtype,
        instruction_embeddings: Tensor,
        null_embeddings: Tensor,
        image_latents: Tensor,
        text_guidance_scale: float,
        image_guidance_scale: float,
        added: Mapping[str, Tensor] | None = None,
        together: bool = True,
    ) -> None:
        """Embeddings are (1, T, D), `image_latents` (1, C, H, W) in the scale of the model's training.

        `null_embeddings` are those of the empty instruction, or of a negative one; the null image is
        zeros. `added` holds further conditions of two rows each, for the instruction and the null
        (SDXL's `text_embeds` and `time_ids`). `together` computes branches and variations in one call,
        which needs more memory and less time.
        """
        branches = guidance_branches(text_guidance_scale, image_guidance_scale)
        rows = [0 if branch.with_instruction else 1 for branch in branches]
        self._unet = unet
        self._dtype = dtype
        self._together = together
        self._weights = [branch.weight for branch in branches]
        self._conditions = _Conditions(
            torch.cat(
                [
                    image_latents if branch.with_image else torch.zeros_like(image_latents)
                    for branch in branches
                ]
            ).to(dtype),
            torch.cat([instruction_embeddings, null_embeddings])[rows].to(dtype),
            {name: values[rows] for name, values in (added or {}).items()},
        )
        self._calls: dict[tuple[int, int], list[_Conditions]] = {}

    @property
    def branches(self) -> int:
        """The number of branches."""
        return len(self._weights)

    def __call__(self, latents: Tensor, timestep: Tensor) -> Tensor:
        return self.guided(self.predictions(latents, timestep, self.branches))

    def predictions(self, latents: Tensor, timestep: Tensor, branches: int) -> Tensor:
        """Predictions (B, N, C, H, W) of the first B = `branches` branches."""
        variations = len(latents)
        at_once = variations * branches if self._together else 1
        if (variations, branches) not in self._calls:
            # computed once, because at every step it would wait for the GPU
            calls = self._conditions.of_first(branches).calls(variations, at_once)
            self._calls[variations, branches] = calls
        noisy = torch.split(latents.to(self._dtype).repeat(branches, 1, 1, 1), at_once)
        predictions = [
            self._predict(rows, timestep, conditions)
            for rows, conditions in zip(noisy, self._calls[variations, branches], strict=True)
        ]
        return torch.cat(predictions).view(branches, *latents.shape)

    def _predict(self, noisy: Tensor, timestep: Tensor, conditions: _Conditions) -> Tensor:
        """The prediction for some rows of branches and variations."""
        unet_input = torch.cat([noisy, conditions.image_latents], dim=1)
        unet_input = unet_input.contiguous(memory_format=torch.channels_last)
        options = {"added_cond_kwargs": conditions.added} if conditions.added else {}
        predicted = self._unet(unet_input, timestep, conditions.embeddings, return_dict=False, **options)
        return predicted[0].float()

    def guided(self, predictions: Tensor) -> Tensor:
        """The guided prediction (N, C, H, W), the weighted sum of predictions (B, N, C, H, W)."""
        guided = self._weights[0] * predictions[0]
        for weight, prediction in zip(self._weights[1:], predictions[1:], strict=True):
            guided = guided + weight * prediction
        return guided
