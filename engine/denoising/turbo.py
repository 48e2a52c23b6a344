"""Faster edits by reusing what changes little between steps: deep features of the UNet, and guidance.

Deep features, as in DeepCache (Ma et al. 2023): the outermost level of the UNet is computed at every step,
all deeper levels only at some steps. At the other steps the outermost up block gets their last output.

Guidance, as in FasterCache (Lv et al. 2024): the difference that guidance makes to the prediction is computed
at some steps, and extrapolated linearly at the others, where only one branch is computed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn

from engine.denoising.guidance import GuidedUNet

GUIDANCE_INTERVAL = 2
"""Steps from one computation of all branches to the next; restarts when the deep levels are computed."""


class TurboUNet:
    """A UNet that reuses deep features, for one edit; called like a UNet without `return_dict`.

    Calls with the same timestep tensor belong to one step and come in the same order at every step. Where the
    deep levels are not computed, later calls, and the last rows of a call, may be left out. The sides of the
    latents must be multiples of the UNet's factor of reduction.
    """

    def __init__(self, unet: UNet2DConditionModel, *, interval: int) -> None:
        """`interval` is a result of `depth_interval`; with 1 the predictions equal the UNet's own."""
        self._unet = unet
        self._interval = interval
        self._timestep: Tensor | None = None
        self._step = -1
        self._call = 0
        self._deep_outputs: list[Tensor] = []

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        *,
        added_cond_kwargs: Mapping[str, Tensor] | None = None,
        return_dict: bool = False,
    ) -> tuple[Tensor]:
        """Returns the prediction for latents (B, C, H, W), as the UNet does without `return_dict`."""
        assert not return_dict
        self._count(timestep)
        unet = self._unet
        condition = _BlockInputs(unet, sample, timestep, encoder_hidden_states, added_cond_kwargs)
        skips = [unet.conv_in(sample)]
        hidden = condition.down(unet.down_blocks[0], skips[0], skips)
        outermost = skips[: len(unet.up_blocks[-1].resnets)]
        if self._step % self._interval == 0:
            self._deep_outputs.append(self._depth(condition, hidden, skips))
        # the rows of the first branch come first, if only that is computed
        deep_output = self._deep_outputs[self._call][: len(sample)]
        hidden = condition.up(unet.up_blocks[-1], deep_output, outermost)
        if unet.conv_norm_out is not None:
            hidden = unet.conv_act(unet.conv_norm_out(hidden))
        return (unet.conv_out(hidden),)

    def _count(self, timestep: Tensor) -> None:
        self._call += 1
        if timestep is self._timestep:
            return
        self._timestep, self._call = timestep, 0
        self._step += 1
        if self._step % self._interval == 0:
            self._deep_outputs = []

    def _depth(self, condition: _BlockInputs, hidden: Tensor, skips: list[Tensor]) -> Tensor:
        """The output of the deeper levels for the hidden states; removes their entries of `skips`."""
        unet = self._unet
        for block in unet.down_blocks[1:]:
            hidden = condition.down(block, hidden, skips)
        if unet.mid_block is not None:
            hidden = condition.through(unet.mid_block, hidden)
        for block in unet.up_blocks[:-1]:
            count = len(block.resnets)
            hidden = condition.up(block, hidden, skips[-count:])
            del skips[-count:]
        return hidden


class TurboGuidance:
    """The `Denoiser` of one edit that computes all branches only at some steps."""

    def __init__(self, guided: GuidedUNet, *, interval: int) -> None:
        """`guided` uses a `TurboUNet` with the same `interval`."""
        self._guided = guided
        self._interval = interval
        self._step = -1
        self._differences: deque[tuple[int, Tensor]] = deque(maxlen=2)
        """The last steps with all branches: their number, and guided minus first branch's prediction."""

    def __call__(self, latents: Tensor, timestep: Tensor) -> Tensor:
        self._step += 1
        is_complete = self._step % self._interval % GUIDANCE_INTERVAL == 0
        predictions = self._guided.predictions(latents, timestep, self._guided.branches if is_complete else 1)
        if not is_complete:
            return predictions[0] + self._predicted_difference()
        guided = self._guided.guided(predictions)
        self._differences.append((self._step, guided - predictions[0]))
        return guided

    def _predicted_difference(self) -> Tensor:
        """The difference at this step, by linear extrapolation of the last two."""
        (before, earlier), (last, latest) = self._differences[0], self._differences[-1]
        if before == last:
            return latest
        return latest + (latest - earlier) * ((self._step - last) / (last - before))


class _BlockInputs:
    """The inputs of a UNet's blocks beside the latents: timestep embedding and text."""

    def __init__(
        self,
        unet: UNet2DConditionModel,
        sample: Tensor,
        timestep: Tensor,
        text: Tensor,
        added: Mapping[str, Tensor] | None,
    ) -> None:
        # in the order of UNet2DConditionModel.forward
        embedding = unet.time_embedding(unet.get_time_embed(sample=sample, timestep=timestep))
        extra = unet.get_aug_embed(emb=embedding, encoder_hidden_states=text, added_cond_kwargs=added)
        self._embedding = embedding if extra is None else embedding + extra
        self._text = unet.process_encoder_hidden_states(encoder_hidden_states=text, added_cond_kwargs=added)

    def through(self, block: nn.Module, hidden: Tensor) -> Tensor:
        """The output of the middle block."""
        output: Tensor = block(hidden, temb=self._embedding, **self._text_for(block))
        return output

    def down(self, block: nn.Module, hidden: Tensor, skips: list[Tensor]) -> Tensor:
        """The output of a down block; appends the skip connections to `skips`."""
        output: Tensor
        output, own = block(hidden, temb=self._embedding, **self._text_for(block))
        skips += own
        return output

    def up(self, block: nn.Module, hidden: Tensor, skips: list[Tensor]) -> Tensor:
        """The output of an up block; `skips` in the order of the matching down block."""
        output: Tensor = block(
            hidden, temb=self._embedding, res_hidden_states_tuple=tuple(skips), **self._text_for(block)
        )
        return output

    def _text_for(self, block: nn.Module) -> dict[str, Tensor]:
        attends = getattr(block, "has_cross_attention", False)
        return {"encoder_hidden_states": self._text} if attends else {}
