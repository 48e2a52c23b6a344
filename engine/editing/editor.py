"""The editor: loads a model and computes the result of a request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import torch
from PIL import Image

from engine.denoising.branches import guidance_branches
from engine.devices.compilation import CompiledUNet, set_compile_cache
from engine.devices.device import check_threads, choose_device, choose_dtype, dtype_name, torch_threads
from engine.devices.memory import (
    MemoryFallbacks,
    MemoryPart,
    MemoryPlan,
    first_plan,
    is_shortage,
    peak_memory,
    release_memory,
)
from engine.devices.recording import RecordedUNet
from engine.devices.waiting import AdaptiveWaitPolicy, adaptive_wait
from engine.edit_settings import EditArea
from engine.editing.cost_history import CostHistory
from engine.editing.costs import EditKind, Measurement, result_pixels
from engine.editing.edit_parts import EditedPart, EditListener, PreviewCallback
from engine.editing.edit_run import EditRun
from engine.editing.framing import Frame, plan_frame, source_part
from engine.editing.placement import PlacedModel, load_target
from engine.errors import OutOfMemory
from engine.images.alpha_restoring import with_alpha_of
from engine.images.transparency import flattened
from engine.model_options import ModelOptions
from engine.models.loading import Model, load_model
from engine.progress import CancelToken, Progress, ProgressCallback, Stage, ignore_progress
from engine.request import EditRequest, EditResult, ResultCallback, ignore_result
from engine.subject.area import area_mask, needs_subject
from engine.subject.finder import SubjectFinder

PREVIEW_SIDE = 512
"""Longer side of the copy of a photo from which previews get their alpha."""


@dataclass(frozen=True, slots=True)
class _ModelKey:
    """Identifies a loaded model: its path, its options, and the state of its files."""

    path: Path
    options: ModelOptions
    written: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, path: Path, options: ModelOptions) -> _ModelKey:
        used = [path, *([options.vae] if options.vae else []), *(lora.path for lora in options.loras)]
        return cls(path, options, tuple(chain.from_iterable(map(_file_stamps, used))))


@dataclass(frozen=True, slots=True)
class _FittingPlan:
    """A plan for which memory sufficed, and the sentences about what it replaced."""

    plan: MemoryPlan
    fallbacks: tuple[str, ...]

    @classmethod
    def of(cls, memory: MemoryFallbacks) -> _FittingPlan:
        return cls(memory.plan, memory.fallbacks)


class Editor:
    """Edits photos on one device. Keeps the model of the last edit loaded. Not thread-safe."""

    def __init__(
        self,
        *,
        device: str = "auto",
        dtype: str = "auto",
        compile_unet: bool | None = None,
        threads: int | None = None,
        compiled_folder: Path | None = None,
        history: CostHistory | None = None,
    ) -> None:
        """`device` and `dtype` are names of `engine.devices.device`; raises `DeviceNotUsable`.

        By default the UNet is compiled on CUDA only. Compiled kernels are stored in `compiled_folder` for the
        next start. On CUDA the UNet is also recorded as a graph. A CPU computes with `threads` threads, or
        with torch's default. The cost of every edit is added to `history`.
        """
        check_threads(threads)
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        self._compile_unet = self.device.type == "cuda" if compile_unet is None else compile_unet
        self._threads = threads
        self._history = history
        self._waiting = AdaptiveWaitPolicy.if_supported() if self.device.type == "cpu" else None
        self._loaded_key: _ModelKey | None = None
        self._placed: PlacedModel | None = None
        self._loading_plan = _FittingPlan(first_plan(self.device), ())
        self._fitting_plans: dict[tuple[int, int], _FittingPlan] = {}
        """The plan for each working size, width and height, with this model."""
        self._subjects = SubjectFinder()
        if compiled_folder is not None:
            set_compile_cache(compiled_folder)

    def load(
        self,
        path: Path,
        options: ModelOptions = ModelOptions(),
        *,
        on_progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Model:
        """The model of a folder or file, which is loaded unless it already is.

        Raises `ModelNotUsable`, `OutOfMemory`, `Cancelled`.
        """
        return self._load(path, options, on_progress, cancel or CancelToken()).model

    def _load(
        self, path: Path, options: ModelOptions, on_progress: ProgressCallback, cancel: CancelToken
    ) -> PlacedModel:
        wanted = _ModelKey.of(path, options)
        if self._placed is not None and self._loaded_key == wanted:
            return self._placed
        self.unload()

        def load(plan: MemoryPlan) -> PlacedModel:
            device, dtype = load_target(plan, self.device, self.dtype)
            model = load_model(
                path, device=device, dtype=dtype, options=options, on_progress=on_progress, cancel=cancel
            )
            return PlacedModel(model, plan, self.device, self.dtype)

        memory = MemoryFallbacks(first_plan(self.device), self.device)
        shortage = OutOfMemory(
            "memory.loading",
            "There is not enough memory to load {model}.",
            "Close other programs and try again.",
            model=path.name,
        )
        with _shortage_as(shortage), torch_threads(self._threads):
            placed = memory.attempt(MemoryPart.NETWORKS, load)
        if self._compile_unet and placed.is_fully_on_device:
            placed.compiled = CompiledUNet(placed.model.unet, on_compiling=lambda: None)
        if self.device.type == "cuda" and placed.is_fully_on_device:
            placed.recorded = RecordedUNet(placed.compiled or placed.model.unet)
        self._loaded_key, self._placed, self._loading_plan = wanted, placed, _FittingPlan.of(memory)
        return placed

    def unload(self) -> None:
        """Releases the memory of the model, its encodings and its plans."""
        if self._placed is not None:
            self._placed = self._loaded_key = None
            self._fitting_plans.clear()
            release_memory()

    @torch.inference_mode()
    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback = ignore_progress,
        on_preview: PreviewCallback | None = None,
        on_result: ResultCallback = ignore_result,
        cancel: CancelToken | None = None,
    ) -> EditResult:
        """The result of a request. Raises `Cancelled` within one step of `cancel`, or an `EngineError`.

        `on_result` is called with each image as soon as it is made, on the thread of the edit.
        """
        listener = EditListener(on_progress, on_preview, cancel or CancelToken(), on_result)
        return self._edit(request, listener, self._history)

    @torch.inference_mode()
    def preview(self, request: EditRequest, *, cancel: CancelToken | None = None) -> EditResult:
        """Like `edit`, for one of many small previews: its cost is not added to the history."""
        return self._edit(request, EditListener(ignore_progress, None, cancel or CancelToken()), None)

    def _edit(self, request: EditRequest, listener: EditListener, history: CostHistory | None) -> EditResult:
        on_white = replace(request, source_image=flattened(request.source_image))
        part = self._edited_part(on_white, listener)
        started, before = time.perf_counter(), self._placed
        placed = self._load(request.model, request.model_options, listener.on_progress, listener.cancel)
        loaded = time.perf_counter()
        frame = _frame(request, placed.model)
        memory = self._memory(frame)
        width, height = frame.padded
        shortage = OutOfMemory(
            "memory.editing",
            "There is not enough memory to edit at {width} × {height} pixels.",
            "Choose a smaller resolution.",
            width=width,
            height=height,
        )
        with _shortage_as(shortage), torch_threads(self._threads), adaptive_wait(self._waiting):
            photo = source_part(request.source_image, frame)
            run = EditRun(placed, on_white, frame, memory, _with_alpha(listener, photo), part, photo)
            images = run.images()
        self._fitting_plans[frame.padded] = _FittingPlan.of(memory)
        result = EditResult(
            edited_images=images,
            request=request,
            device=placed.device.type,
            dtype=dtype_name(placed.dtype),
            load_seconds=0.0 if placed is before else loaded - started,
            edit_seconds=time.perf_counter() - loaded,
            fallbacks=memory.fallbacks + placed.failures,
            warnings=placed.model.warnings,
            is_unchanged=run.is_unchanged,
        )
        if history is not None:
            history.add(_measurement(result, frame, run))
        return result

    def _edited_part(self, request: EditRequest, listener: EditListener) -> EditedPart:
        """What of a photo is edited. Raises `SubjectNotFound` and `Cancelled`.

        The model edits the photo as a whole also for a part: where it had to keep the latents of the rest,
        tone edits came 1.5 dB less close to their recipes (mean of 80 edits of the starter on 8 val photos).
        """
        area = request.settings.area
        if not needs_subject(area):
            return EditedPart(request.mask)
        with torch_threads(self._threads):
            subject = self._subjects.mask(
                request.source_image,
                cancel=listener.cancel,
                on_work=lambda: listener.on_progress(Progress(Stage.FINDING_SUBJECT)),
            )
        mask = area_mask(area, subject, request.mask)
        return EditedPart(mask, subject if area is EditArea.BACKGROUND else None)

    def _memory(self, frame: Frame) -> MemoryFallbacks:
        """Starts with the plan that sufficed for this size before."""
        width, height = frame.padded
        known = self._fitting_plans.get(frame.padded, self._loading_plan)
        return MemoryFallbacks(known.plan.for_size(width * height), self.device, known.fallbacks)


def _with_alpha(listener: EditListener, photo: Image.Image) -> EditListener:
    """The listener, whose previews get the alpha of the edited part of a photo."""
    on_preview = listener.on_preview
    if photo.mode != "RGBA" or on_preview is None:
        return listener
    small = photo.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return replace(listener, on_preview=lambda image: on_preview(with_alpha_of(small, image)))


def edit_kind(request: EditRequest, frame: Frame, *, device: str, dtype: str) -> EditKind:
    """The properties of a request that determine its cost."""
    settings = request.settings
    scales = settings.text_guidance_scale, settings.image_guidance_scale
    photo_pixels = request.source_image.width * request.source_image.height
    return EditKind(
        model=str(request.model.resolve()),
        device=device,
        dtype=dtype,
        pixels=frame.padded[0] * frame.padded[1],
        branches=max(1, len(guidance_branches(*scales))),
        turbo=settings.turbo,
        steps=settings.num_inference_steps,
        variations=request.variations,
        photo_pixels=photo_pixels,
        result_pixels=result_pixels(settings, photo_pixels, frame.content),
        detail=settings.detail,
    )


def _measurement(result: EditResult, frame: Frame, run: EditRun) -> Measurement:
    request, timings = result.request, run.timings
    count = request.variations
    return Measurement(
        kind=edit_kind(request, frame, device=result.device, dtype=result.dtype),
        load_seconds=result.load_seconds,
        reading_seconds=timings.reading,
        step_seconds=timings.sampling / (request.settings.num_inference_steps * count),
        decode_seconds=timings.finishing / count,
        framing_seconds=timings.framing,
        transfer_seconds=timings.transferring / count,
        storing_seconds=timings.storing / count,
        is_encoded=run.is_encoded,
        peak_bytes=peak_memory(torch.device(result.device)),
    )


def _frame(request: EditRequest, model: Model) -> Frame:
    settings = request.settings
    return plan_frame(request.source_image.size, settings.fit, settings.resolution, model.size_multiple)


def _file_stamps(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and modification times of a model's files, to notice a model that was replaced."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [(str(file), file.stat()) for file in files if file.is_file()]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


@contextmanager
def _shortage_as(shortage: OutOfMemory) -> Iterator[None]:
    """Raises `shortage` for every error of torch and Python that reports a memory shortage."""
    try:
        yield
    except Exception as error:
        if not is_shortage(error):
            raise
        raise shortage from error
