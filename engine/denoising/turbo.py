"""Faster edits by reusing what changes little between two steps: a UNet's depth, and the pull of guidance.

The first idea is that of DeepCache (Ma et al. 2023). The outermost level of the UNet, which sees the noise
in full, is computed at every step; all levels below it only at some steps. Between those, the outermost
up block is given what the depth said last.

The second is that of FasterCache (Lv et al. 2024): how far guidance moves a prediction is computed at some
steps, and carried on in a straight line between those, where only one branch is computed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn

from engine.denoising.guidance import GuidedUNet

MAX_INTERVAL = 4
"""Most steps from one computation of the depth to the next; see `tests/benchmarks/turbo.py`."""
GUIDANCE_INTERVAL = 2
"""Steps from one computation of all branches to the next; begins anew where the depth is computed."""


def depth_interval(steps: int) -> int:
    """Steps from one computation of the depth to the next, in an edit of `steps` steps.

    Few steps differ much from each other: below 8 nothing can be reused without being seen.
    """
    return max(1, min(MAX_INTERVAL, (steps + 2) // 5))


class TurboUNet:
    """Stands before the UNet of one edit, and is called like it; a new edit needs a new one.

    Calls with the same timestep tensor belong to one step, in the same order at every step; later ones may
    be left out, and the last rows of a call, where the depth is not computed. The sides
    of the latents must be multiples of what the UNet halves them by.
    """

    def __init__(self, unet: UNet2DConditionModel, *, interval: int) -> None:
        """`interval` is that of `depth_interval`; at 1 the predictions are the UNet's own."""
        self._unet = unet
        self._interval = interval
        self._timestep: Tensor | None = None
        self._step = -1
        self._call = 0
        self._from_depth: list[Tensor] = []

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        *,
        added_cond_kwargs: Mapping[str, Tensor] | None = None,
        return_dict: bool = False,
    ) -> tuple[Tensor]:
        """The prediction for latents (B, C, H, W), as the UNet gives it without `return_dict`."""
        assert not return_dict
        self._count(timestep)
        unet = self._unet
        condition = _BlockInputs(unet, sample, timestep, encoder_hidden_states, added_cond_kwargs)
        skips = [unet.conv_in(sample)]
        hidden = condition.down(unet.down_blocks[0], skips[0], skips)
        outermost = skips[: len(unet.up_blocks[-1].resnets)]
        if self._step % self._interval == 0:
            self._from_depth.append(self._depth(condition, hidden, skips))
        # where only the first branch is asked for, its rows come first
        from_depth = self._from_depth[self._call][: len(sample)]
        hidden = condition.up(unet.up_blocks[-1], from_depth, outermost)
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
            self._from_depth = []

    def _depth(self, condition: _BlockInputs, hidden: Tensor, skips: list[Tensor]) -> Tensor:
        """What the levels below the outermost make of its output; takes their own from `skips`."""
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
    """The `Denoiser` of one edit, with all branches at some steps only; a new edit needs a new one."""

    def __init__(self, guided: GuidedUNet, *, interval: int) -> None:
        """`guided` looks through a `TurboUNet` of the same `interval`."""
        self._guided = guided
        self._interval = interval
        self._step = -1
        self._differences: deque[tuple[int, Tensor]] = deque(maxlen=2)
        """How far guidance moved the first branch's prediction, at which steps."""

    def __call__(self, latents: Tensor, timestep: Tensor) -> Tensor:
        self._step += 1
        is_whole = self._step % self._interval % GUIDANCE_INTERVAL == 0
        predictions = self._guided.predictions(latents, timestep, self._guided.branches if is_whole else 1)
        if not is_whole:
            return predictions[0] + self._predicted_difference()
        guided = self._guided.guided(predictions)
        self._differences.append((self._step, guided - predictions[0]))
        return guided

    def _predicted_difference(self) -> Tensor:
        """On the straight line through the last two."""
        (before, earlier), (last, pull) = self._differences[0], self._differences[-1]
        if before == last:
            return pull
        return pull + (pull - earlier) * ((self._step - last) / (last - before))


class _BlockInputs:
    """What every block of a UNet is told besides the latents."""

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
        """The output of a down block; adds to `skips` what the up block across will take."""
        output: Tensor
        output, own = block(hidden, temb=self._embedding, **self._text_for(block))
        skips += own
        return output

    def up(self, block: nn.Module, hidden: Tensor, skips: list[Tensor]) -> Tensor:
        """The output of an up block; `skips` in the order the down block across gave them."""
        output: Tensor = block(
            hidden, temb=self._embedding, res_hidden_states_tuple=tuple(skips), **self._text_for(block)
        )
        return output

    def _text_for(self, block: nn.Module) -> dict[str, Tensor]:
        attends = getattr(block, "has_cross_attention", False)
        return {"encoder_hidden_states": self._text} if attends else {}
