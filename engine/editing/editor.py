"""One edit, from request to result."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch

from engine.denoising.guidance import guidance_branches
from engine.devices.compilation import CompiledUNet, keep_compiled
from engine.devices.device import check_threads, choose_device, choose_dtype, computing_threads, dtype_name
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
from engine.devices.waiting import AdaptiveWait, adaptive_wait
from engine.editing.costs import CostHistory, EditKind, Measurement
from engine.editing.edit_run import EditListener, EditRun, PreviewCallback, Timings
from engine.editing.framing import Frame, plan_frame
from engine.editing.placement import PlacedModel, loading_place
from engine.errors import OutOfMemory
from engine.models.loading import Model, load_model
from engine.progress import CancelToken, ProgressCallback, ignore_progress
from engine.request import EditRequest, EditResult, ModelOptions


@dataclass(frozen=True, slots=True)
class _Loading:
    """Which model was loaded: its path, what was taken from it, and when these files were written."""

    path: Path
    options: ModelOptions
    written: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, path: Path, options: ModelOptions) -> _Loading:
        used = [path, *([options.vae] if options.vae else []), *(lora.path for lora in options.loras)]
        return cls(path, options, tuple(chain.from_iterable(map(_written, used))))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A plan that there was memory for, and what was given up on the way to it."""

    plan: MemoryPlan
    fallbacks: tuple[str, ...]

    @classmethod
    def of(cls, descent: MemoryFallbacks) -> _Outcome:
        return cls(descent.plan, descent.fallbacks)


class Editor:
    """Edits photos on one device. Keeps the model of the last edit loaded; not for several threads."""

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

        The UNet is compiled on CUDA unless `compile_unet` says otherwise, and kept in `compiled_folder`
        for the next start; compiled or not, CUDA launches it whole. A processor computes with so many
        `threads`, or with torch's own number. What every edit costs is added to `history`.
        """
        check_threads(threads)
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        self._compile_unet = self.device.type == "cuda" if compile_unet is None else compile_unet
        self._threads = threads
        self._history = history
        self._waiting = AdaptiveWait.where_possible() if self.device.type == "cpu" else None
        self._loading: _Loading | None = None
        self._placed: PlacedModel | None = None
        self._loaded_with = _Outcome(first_plan(self.device), ())
        self._outcomes: dict[tuple[int, int], _Outcome] = {}
        """What was right for each working size, width and height, with this model."""
        if compiled_folder is not None:
            keep_compiled(compiled_folder)

    def load(
        self,
        path: Path,
        options: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
        *,
        on_progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Model:
        """The model of a folder or file, loaded unless it is already.

        Raises `ModelNotUsable`, `OutOfMemory`, `Cancelled`.
        """
        return self._load(path, options, on_progress, cancel or CancelToken()).model

    def _load(
        self, path: Path, options: ModelOptions, on_progress: ProgressCallback, cancel: CancelToken
    ) -> PlacedModel:
        wanted = _Loading.of(path, options)
        if self._placed is not None and self._loading == wanted:
            return self._placed
        self.unload()

        def load(plan: MemoryPlan) -> PlacedModel:
            device, dtype = loading_place(plan, self.device, self.dtype)
            model = load_model(
                path, device=device, dtype=dtype, options=options, on_progress=on_progress, cancel=cancel
            )
            return PlacedModel(model, plan, self.device, self.dtype)

        descent = MemoryFallbacks(first_plan(self.device), self.device)
        shortage = OutOfMemory(
            "memory.loading",
            "There is not enough memory to load {model}.",
            "Close other programs and try again.",
            model=path.name,
        )
        with _shortage_as(shortage), computing_threads(self._threads):
            placed = descent.attempt(MemoryPart.NETWORKS, load)
        if self._compile_unet and placed.is_at_home:
            placed.compiled = CompiledUNet(placed.model.unet, on_compiling=lambda: None)
        if self.device.type == "cuda" and placed.is_at_home:
            placed.recorded = RecordedUNet(placed.compiled or placed.model.unet)
        self._loading, self._placed, self._loaded_with = wanted, placed, _Outcome.of(descent)
        return placed

    def unload(self) -> None:
        """Give the memory of the model back, and with it all that was made with it."""
        if self._placed is not None:
            self._placed = self._loading = None
            self._outcomes.clear()
            release_memory()

    @torch.inference_mode()
    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback = ignore_progress,
        on_preview: PreviewCallback | None = None,
        cancel: CancelToken | None = None,
    ) -> EditResult:
        """The edited photo. Raises `Cancelled` within one step of `cancel`, or an `EngineError`."""
        listener = EditListener(on_progress, on_preview, cancel or CancelToken())
        started, before = time.perf_counter(), self._placed
        placed = self._load(request.model, request.model_options, on_progress, listener.cancel)
        loaded = time.perf_counter()
        frame = _frame(request, placed.model)
        descent = self._descent(frame)
        width, height = frame.padded
        shortage = OutOfMemory(
            "memory.editing",
            "There is not enough memory to edit at {width} × {height} pixels.",
            "Choose a smaller resolution.",
            width=width,
            height=height,
        )
        with _shortage_as(shortage), computing_threads(self._threads), adaptive_wait(self._waiting):
            run = EditRun(placed, request, frame, descent, listener)
            pictures = run.pictures()
        self._outcomes[frame.padded] = _Outcome.of(descent)
        result = EditResult(
            edited_images=pictures,
            request=request,
            device=placed.device.type,
            dtype=dtype_name(placed.dtype),
            load_seconds=0.0 if placed is before else loaded - started,
            edit_seconds=time.perf_counter() - loaded,
            fallbacks=descent.fallbacks + placed.failures,
            is_unchanged=run.is_unchanged,
        )
        if self._history is not None:
            self._history.add(_measurement(result, frame, run.timings))
        return result

    def _descent(self, frame: Frame) -> MemoryFallbacks:
        """Begins with the plan that was right for this size before."""
        width, height = frame.padded
        known = self._outcomes.get(frame.padded, self._loaded_with)
        return MemoryFallbacks(known.plan.for_size(width * height), self.device, known.fallbacks)


def edit_kind(request: EditRequest, frame: Frame, *, device: str, dtype: str) -> EditKind:
    """What the cost of a request depends on."""
    settings = request.settings
    scales = settings.text_guidance_scale, settings.image_guidance_scale
    return EditKind(
        model=str(request.model.resolve()),
        device=device,
        dtype=dtype,
        pixels=frame.padded[0] * frame.padded[1],
        branches=max(1, len(guidance_branches(*scales))),
        turbo=settings.turbo,
        steps=settings.num_inference_steps,
        variations=request.variations,
    )


def _measurement(result: EditResult, frame: Frame, timings: Timings) -> Measurement:
    request = result.request
    return Measurement(
        kind=edit_kind(request, frame, device=result.device, dtype=result.dtype),
        load_seconds=result.load_seconds,
        reading_seconds=timings.reading,
        step_seconds=timings.sampling / (request.settings.num_inference_steps * request.variations),
        decode_seconds=timings.finishing / request.variations,
        peak_bytes=peak_memory(torch.device(result.device)),
    )


def _frame(request: EditRequest, model: Model) -> Frame:
    settings = request.settings
    return plan_frame(request.source_image.size, settings.fit, settings.resolution, model.size_multiple)


def _written(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of a model's files: one taught anew in its old place is another."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [(str(file), file.stat()) for file in files if file.is_file()]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


@contextmanager
def _shortage_as(shortage: OutOfMemory) -> Iterator[None]:
    """Turns every error of torch and Python for too little memory into this one."""
    try:
        yield
    except Exception as error:
        if not is_shortage(error):
            raise
        raise shortage from error
