"""One edit, from request to result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from engine.conditioning import decode_latents, encode_instructions, encode_pixels
from engine.device import choose_device, choose_dtype, dtype_name
from engine.errors import OutOfMemory
from engine.framing import Frame, from_frame, plan_frame, to_frame
from engine.guidance import GuidedUNet
from engine.pixels import to_image, to_pixels
from engine.preview import Previewer
from engine.progress import CancelToken, Progress, ProgressCallback, Stage, ignore_progress
from engine.request import EditRequest, EditResult
from engine.sampling import StepInfo, sample
from engine.schedulers import make_scheduler
from engine.weights import WEIGHT_FILES, Model, load_model

SHORT_OF_MEMORY = ("out of memory", "not enough memory", "allocate memory")
"""How torch words it on CUDA and MPS, on Windows, and on other processors."""
PreviewCallback = Callable[[Image.Image], None]


class Editor:
    """Edits photos on one device. Keeps the model of the last edit loaded; not for several threads."""

    def __init__(self, *, device: str = "auto", dtype: str = "auto", compile_unet: bool = False) -> None:
        """`device` and `dtype` are names of `engine.device`; raises `DeviceNotUsable`.

        Compiling pays only for many edits of one size: on two CPU cores it costs minutes and gains
        nothing.
        """
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        self._compile_unet = compile_unet
        self._model: Model | None = None
        self._loaded: tuple[Path, int] | None = None

    def load(
        self,
        folder: Path,
        *,
        on_progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Model:
        """The model of a folder, loaded unless it is already. Raises `ModelNotUsable`, `Cancelled`."""
        wanted = (folder, _time_of_weights(folder))
        if self._model is not None and self._loaded == wanted:
            return self._model
        self._model = None
        with _memory_worded(
            f"Not enough memory to load {folder.name}.", "Close other programs and try again."
        ):
            model = load_model(
                folder, device=self.device, dtype=self.dtype, on_progress=on_progress, cancel=cancel
            )
        if self._compile_unet:
            model.unet.compile()
        self._model, self._loaded = model, wanted
        return model

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
        cancel = cancel or CancelToken()
        started = time.perf_counter()
        model = self.load(request.model, on_progress=on_progress, cancel=cancel)
        loaded = time.perf_counter()
        settings = request.settings
        frame = plan_frame(request.source_image.size, settings.fit, settings.resolution, model.size_multiple)
        width, height = frame.padded
        with _memory_worded(f"Not enough memory for {width} × {height}.", "Try a smaller resolution."):
            edited = self._edit_framed(model, request, frame, on_progress, on_preview, cancel)
        return EditResult(
            edited_image=edited,
            request=request,
            device=self.device.type,
            dtype=dtype_name(self.dtype),
            load_seconds=loaded - started,
            edit_seconds=time.perf_counter() - loaded,
        )

    def _edit_framed(
        self,
        model: Model,
        request: EditRequest,
        frame: Frame,
        on_progress: ProgressCallback,
        on_preview: PreviewCallback | None,
        cancel: CancelToken,
    ) -> Image.Image:
        cancel.raise_if_cancelled()
        on_progress(Progress(Stage.READING))
        image_latents = self._encode_photo(model, to_frame(request.source_image, frame))
        cancel.raise_if_cancelled()
        steps = request.settings.num_inference_steps
        on_progress(Progress(Stage.SAMPLING, 0, steps))
        previewer = Previewer(model.vae, on_preview) if on_preview else None
        visible = (frame.content[0] / frame.padded[0], frame.content[1] / frame.padded[1])

        def on_step(info: StepInfo) -> None:
            on_progress(Progress(Stage.SAMPLING, info.step, info.total))
            if previewer and info.step < info.total:
                previewer.show(info.estimate, visible)

        latents = sample(
            self._guided_unet(model, request, image_latents),
            make_scheduler(request.settings.scheduler, model.scheduler_config),
            tuple(image_latents.shape),
            steps=steps,
            seed=request.settings.seed,
            device=self.device,
            on_step=on_step,
            cancel=cancel,
        )
        on_progress(Progress(Stage.FINISHING))
        pixels = decode_latents(model.vae, latents)
        cancel.raise_if_cancelled()
        return from_frame(to_image(pixels), frame)

    def _encode_photo(self, model: Model, photo: Image.Image) -> Tensor:
        pixels = to_pixels(photo).to(self.device, memory_format=torch.channels_last)
        return encode_pixels(model.vae, pixels)

    def _guided_unet(self, model: Model, request: EditRequest, image_latents: Tensor) -> GuidedUNet:
        embeddings = encode_instructions(model, [request.instruction, ""])
        return GuidedUNet(
            model.unet,
            dtype=self.dtype,
            instruction_embeddings=embeddings[:1],
            null_embeddings=embeddings[1:],
            image_latents=image_latents,
            text_guidance_scale=request.settings.text_guidance_scale,
            image_guidance_scale=request.settings.image_guidance_scale,
        )


def _time_of_weights(folder: Path) -> int:
    """When the UNet was written: a model taught anew in its old place is another one."""
    weights = folder / "unet" / WEIGHT_FILES["unet"]
    return weights.stat().st_mtime_ns if weights.exists() else 0


@contextmanager
def _memory_worded(message: str, advice: str) -> Iterator[None]:
    """Turns every way torch and Python say that memory is short into `OutOfMemory`."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise OutOfMemory(message, advice) from error
    except RuntimeError as error:
        if not any(words in str(error).lower() for words in SHORT_OF_MEMORY):
            raise
        raise OutOfMemory(message, advice) from error
