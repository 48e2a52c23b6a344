"""One edit on a loaded model: encoding, denoising and finishing, each with a plan that fits into memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import torch
from PIL import Image, ImageStat
from torch import Tensor

from engine.denoising.guidance import Denoiser, GuidedUNet
from engine.denoising.masking import LatentMask, composite
from engine.denoising.sampling import StepInfo, sample
from engine.denoising.schedulers import make_scheduler
from engine.denoising.turbo import TurboGuidance, TurboUNet
from engine.denoising.turbo_interval import depth_interval
from engine.devices.device import dtype_name
from engine.devices.memory import MemoryFallbacks, MemoryPart, MemoryPlan, is_shortage, release_memory
from engine.edit_settings import Detail, OutputSize
from engine.editing.conditioning import TextConditioning, added_conditions, decode_latents
from engine.editing.edit_parts import EditedPart, EditListener, Timings
from engine.editing.encodings import on_device
from engine.editing.framing import Frame, from_frame, source_part, source_region, to_frame
from engine.editing.placement import PlacedModel
from engine.editing.preview import Previewer
from engine.editing.tiling import in_tiles
from engine.editing.transfer import Transfer, fit_transfer, with_look
from engine.errors import ModelNotUsable
from engine.images.alpha_restoring import with_alpha_of
from engine.images.deep_images.deep_pixels import Deep, composite_deep
from engine.images.pixels import to_image
from engine.library.edit_looks import look_of
from engine.progress import Progress, Stage
from engine.request import EditRequest, FinishedImage
from engine.subject.background_fill import spread_background, with_halo

HARDLY_CHANGED = 6.5
"""Mean squared change in levels, 40 dB, below which a result counts as hardly changed."""

_Result = TypeVar("_Result")


class EditRun:
    """Computes the results of one request, one for each of its seeds."""

    def __init__(
        self,
        placed: PlacedModel,
        request: EditRequest,
        frame: Frame,
        memory: MemoryFallbacks,
        listener: EditListener,
        part: EditedPart,
        photo: Image.Image,
    ) -> None:
        """`request` has its photo on white; `photo` is the edited part of it, with its alpha."""
        self.timings = Timings()
        self.is_unchanged: tuple[bool, ...] = ()
        """For each image, whether it hardly differs from the photo; empty where that was not measured."""
        self.is_encoded = False
        """Whether the photo had been encoded by an earlier edit."""
        self._placed = placed
        self._model = placed.model
        self._request = request
        self._settings = request.settings
        self._frame = frame
        self._memory = memory
        self._listener = listener
        self._part = part
        self._photo = photo
        self._look = look_of(placed.card.looks, request.instruction)
        self._style_unet = placed.style_unet_for(request.instruction)
        with self._timed("framing"):
            self._framed = to_frame(request.source_image, frame)

    def images(self) -> tuple[Image.Image, ...]:
        """The results in the order of their seeds. Raises `Cancelled`, or the error of a memory shortage."""
        self._report(Progress(Stage.READING))
        with self._timed("reading"):
            image_latents = self._attempt(MemoryPart.VAE, self._encode_photo)
            texts = self._attempt(MemoryPart.NETWORKS, self._encode_texts)
        source_latents = self._source_latents(image_latents)
        images: list[Image.Image] = []
        while len(images) < self._request.variations:
            seeds = self._request.seeds[len(images) :]
            with self._timed("sampling"):
                made = self._denoise(seeds, image_latents, texts)
            for row in range(len(made)):
                self._report(Progress(Stage.FINISHING, len(images), self._request.variations))
                with self._timed("finishing"):
                    image, transfer = self._finish(made[row : row + 1], source_latents, seeds[row])
                    with self._timed("transferring"):
                        images.append(with_alpha_of(self._photo, image))
                        deep = self._deep(transfer) if transfer is not None else None
                self._deliver(len(images) - 1, images[-1], deep)
        self.timings.finishing -= self.timings.transferring
        return tuple(images)

    def _deliver(self, number: int, image: Image.Image, deep: Deep | None) -> None:
        is_unchanged = number < len(self.is_unchanged) and self.is_unchanged[number]
        finished = FinishedImage(number=number, image=image, is_unchanged=is_unchanged, deep=deep)
        with self._timed("storing"):
            self._listener.on_result(finished)

    def _attempt(self, part: MemoryPart, work: Callable[[MemoryPlan], _Result]) -> _Result:
        """The result of `work`, after the networks were moved to where the plan needs them."""

        def work_in_place(plan: MemoryPlan) -> _Result:
            self._placed.place(plan)
            try:
                return work(plan)
            except Exception as error:
                if not (is_shortage(error) and self._placed.clear_recordings()):
                    raise
            release_memory()
            return work(plan)

        return self._memory.attempt(part, work_in_place)

    def _report(self, progress: Progress) -> None:
        self._listener.cancel.raise_if_cancelled()
        self._listener.on_progress(progress)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        setattr(self.timings, stage, getattr(self.timings, stage) + time.perf_counter() - started)

    def _encode_photo(self, plan: MemoryPlan) -> Tensor:
        self.is_encoded = self._placed.encodings.has_photo(self._framed, self._placed.dtype, plan.tile)
        return self._placed.encodings.of_photo(
            self._framed, self._placed.device, self._placed.dtype, plan.tile
        )

    def _encode_texts(self, plan: MemoryPlan) -> tuple[TextConditioning, TextConditioning]:
        """The encoded instruction and its null."""
        encode = self._placed.encodings.of_instruction
        null = self._request.negative_instruction.strip()
        return encode(self._request.instruction, self._placed.device), encode(null, self._placed.device)

    def _denoise(
        self,
        seeds: tuple[int, ...],
        image_latents: Tensor,
        texts: tuple[TextConditioning, TextConditioning],
    ) -> Tensor:
        """Latents (N, C, H, W) of the first N seeds; the plan says how many are computed at once."""
        return self._finite(
            self._attempt(MemoryPart.UNET, partial(self._sample, seeds, image_latents, texts))
        )

    def _sample(
        self,
        seeds: tuple[int, ...],
        image_latents: Tensor,
        texts: tuple[TextConditioning, TextConditioning],
        plan: MemoryPlan,
    ) -> Tensor:
        """Latents (N, C, H, W) of the first N seeds, where N is that of the plan."""
        seeds = seeds[: plan.variations_at_once]
        device = self._placed.device
        image_latents = image_latents.to(device)
        return sample(
            self._denoiser(plan, image_latents, texts),
            make_scheduler(self._settings.scheduler, self._model.scheduler_config),
            tuple(image_latents.shape),
            steps=self._settings.num_inference_steps,
            seeds=seeds,
            device=device,
            on_step=self._step_reporter(seeds),
            cancel=self._listener.cancel,
            mask=self._latent_mask(image_latents),
        )

    def _denoiser(
        self, plan: MemoryPlan, image_latents: Tensor, texts: tuple[TextConditioning, TextConditioning]
    ) -> Denoiser:
        if self._style_unet is not None:  # so shallow that there are no inner blocks to skip
            return self._guided_unet(self._style_unet, plan, image_latents, texts)
        interval = depth_interval(self._settings.num_inference_steps) if self._settings.turbo else 1
        if interval == 1:
            return self._guided_unet(self._unet(), plan, image_latents, texts)
        turbo = TurboUNet(self._model.unet, interval=interval)
        return TurboGuidance(self._guided_unet(turbo, plan, image_latents, texts), interval=interval)

    def _guided_unet(
        self,
        unet: Callable[..., tuple[Tensor]],
        plan: MemoryPlan,
        image_latents: Tensor,
        texts: tuple[TextConditioning, TextConditioning],
    ) -> GuidedUNet:
        instruction, null = (on_device(text, image_latents.device) for text in texts)
        width, height = self._frame.padded
        return GuidedUNet(
            unet,
            dtype=self._placed.dtype,
            instruction_embeddings=instruction.embeddings,
            null_embeddings=null.embeddings,
            image_latents=image_latents,
            text_guidance_scale=self._settings.text_guidance_scale,
            image_guidance_scale=self._settings.image_guidance_scale,
            added=added_conditions(self._model, _rows(instruction, null), (height, width)),
            together=plan.branches_together,
        )

    def _unet(self) -> Callable[..., tuple[Tensor]]:
        """The UNet, or its compiled or recorded form."""
        if self._placed.compiled is not None:
            report = self._listener.on_progress
            self._placed.compiled.on_compiling = lambda: report(Progress(Stage.COMPILING))
        return self._placed.unet

    def _step_reporter(self, seeds: tuple[int, ...]) -> Callable[[StepInfo], None]:
        """Returns a callback that reports steps counted over all images."""
        steps, on_preview = self._settings.num_inference_steps, self._listener.on_preview
        before, total = (seeds[0] - self._settings.seed) * steps, self._request.variations * steps
        previewer = Previewer(self._model.vae, self._placed.dtype, on_preview) if on_preview else None
        content, padded = self._frame.content, self._frame.padded
        visible = (content[0] / padded[0], content[1] / padded[1])
        self._report(Progress(Stage.SAMPLING, before, total))

        def on_step(info: StepInfo) -> None:
            self._listener.on_progress(Progress(Stage.SAMPLING, before + info.step * len(seeds), total))
            if previewer and info.step < info.total:
                previewer.show(info.estimate[:1], visible)

        return on_step

    def _latent_mask(self, image_latents: Tensor) -> LatentMask | None:
        if self._request.mask is None:
            return None
        return LatentMask.of(self._framed_mask(self._request.mask), self._source_latents(image_latents))

    def _source_latents(self, image_latents: Tensor) -> Tensor:
        """The photo's latents, scaled like those that the UNet denoises."""
        scaling_factor: float = self._model.vae.config.scaling_factor
        return image_latents / self._model.image_latent_scale * scaling_factor

    def _framed_mask(self, mask: Image.Image) -> Image.Image:
        return to_frame(mask.convert("RGB"), self._frame).convert("L")

    def _finish(
        self, latents: Tensor, source_latents: Tensor, seed: int
    ) -> tuple[Image.Image, Transfer | None]:
        """The result at the requested size, with the photo's own pixels where the mask keeps them.

        With the transfer that made it of the photo; None if it shows the image of the model.
        """
        photo, mask = self._request.source_image, self._part.mask
        if self._settings.output_size is OutputSize.WORKING:
            painted = self._painted(latents)
            source = from_frame(self._framed, self._frame)
            shown = from_frame(self._framed_mask(mask), self._frame) if mask else None
            return composite(source, painted, shown) if shown else painted, None
        source = source_part(photo, self._frame)
        shown = source_part(mask, self._frame) if mask else None
        edited, transfer = self._transferred(source, latents, source_latents, seed)
        return composite(source, edited, shown) if shown else edited, transfer

    def _deep(self, transfer: Transfer) -> Deep | None:
        """The result with 16 bits for each colour, if the photo has them."""
        photo, mask = self._request.deep_source, self._part.mask
        if photo is None:
            return None
        left, top, right, bottom = source_region((photo.shape[1], photo.shape[0]), self._frame)
        source = photo[top:bottom, left:right]
        edited = transfer.apply_deep(source, on_band=self._listener.cancel.raise_if_cancelled)
        return composite_deep(source, edited, source_part(mask, self._frame)) if mask else edited

    def _transferred(
        self, source: Image.Image, latents: Tensor, source_latents: Tensor, seed: int
    ) -> tuple[Image.Image, Transfer | None]:
        """The edit at the size of `source`, the edited part of the photo, and the transfer that it is."""
        # strokes take the place of the photo's details
        if self._settings.detail is Detail.MODEL or self._style_unet is not None:
            painted = self._painted(latents)
            with self._timed("transferring"):
                return painted.resize(source.size, Image.Resampling.LANCZOS), None
        reconstruction = self._attempt(
            MemoryPart.VAE, lambda plan: self._reconstruction(plan, source_latents)
        )
        painted, working = self._painted(latents), from_frame(self._framed, self._frame)
        check = self._listener.cancel.raise_if_cancelled
        transfer = self._fitted(working, reconstruction, painted)
        transfer = with_look(transfer, self._look, source.size, seed)
        self.is_unchanged += (transfer.change <= HARDLY_CHANGED * self._edited_share(),)
        with self._timed("transferring"):
            return transfer.apply(source, on_band=check), transfer

    def _fitted(self, *images: Image.Image) -> Transfer:
        """The transfer of the edit, from the photo at the working size, its reconstruction and its edit."""
        keeps_detail = self._look is not None and self._look.keeps_detail
        transfer = fit_transfer(*images, keeps_detail=keeps_detail)
        if self._part.subject is None or not transfer.removes_detail:
            return transfer
        covered = with_halo(from_frame(self._framed_mask(self._part.subject), self._frame))
        return fit_transfer(*(spread_background(image, covered) for image in images))

    def _edited_share(self) -> float:
        """The share of the edited part of the photo that the mask allows to change."""
        mask = self._request.mask
        if mask is None:
            return 1.0
        return ImageStat.Stat(mask.crop(source_region(mask.size, self._frame))).mean[0] / 255

    def _painted(self, latents: Tensor) -> Image.Image:
        """The model's output as an image, without the frame's padding."""
        pixels = self._attempt(MemoryPart.VAE, lambda plan: self._decode(plan, latents))
        self._listener.cancel.raise_if_cancelled()
        return from_frame(to_image(pixels), self._frame)

    def _reconstruction(self, plan: MemoryPlan, source_latents: Tensor) -> Image.Image:
        """The photo encoded and decoded by the VAE, with the plan of the edit."""
        return self._placed.encodings.reconstruction_of(
            self._framed,
            self._placed.device,
            self._placed.dtype,
            plan.tile,
            lambda: from_frame(to_image(self._decode(plan, source_latents)), self._frame),
        )

    def _decode(self, plan: MemoryPlan, latents: Tensor) -> Tensor:
        pixels = in_tiles(
            lambda part: decode_latents(self._model.vae, part, dtype=self._placed.dtype),
            latents.to(self._placed.device),
            tile=(plan.tile or max(self._frame.padded)) // self._model.vae_scale_factor,
            unit=1,
            output_unit=self._model.vae_scale_factor,
        )
        return self._finite(pixels)

    def _finite(self, values: Tensor) -> Tensor:
        """The values themselves. Raises `ModelNotUsable` if one is NaN or infinite."""
        if bool(torch.isfinite(values).all()):
            return values
        if self._placed.dtype != torch.float32:
            raise ModelNotUsable(
                "model.not-finite-in-half",
                "The model {model} computed values that are not numbers in {dtype}, so there is no result.",
                "Choose the number type fp32. If that does not help, the model is damaged: install it again.",
                model=self._request.model.name,
                dtype=dtype_name(self._placed.dtype),
            )
        raise ModelNotUsable(
            "model.not-finite",
            "The model {model} computed values that are not numbers, so there is no result.",
            "It is damaged: install it again, or choose another one.",
            model=self._request.model.name,
        )


def _rows(instruction: TextConditioning, null: TextConditioning) -> TextConditioning:
    """The two encodings as two rows."""
    pooled = [each.pooled for each in (instruction, null) if each.pooled is not None]
    return TextConditioning(
        torch.cat([instruction.embeddings, null.embeddings]), torch.cat(pooled) if pooled else None
    )
