"""Merges InstructPix2Pix with a custom Stable Diffusion model, by adding the difference to its base.

merged = editor + multiplier · (custom − base), where the editor (InstructPix2Pix) and the custom model were
both trained from the base. If the editor's first convolution has eight input channels and those of the others
four, the difference is added to the first four, those of the noisy latents; the weights of the image latents
stay the editor's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import ErrorReport, ModelNotUsable, Phrase
from engine.models.original_layout import ema_name
from engine.progress import CancelToken, Progress, ProgressCallback, Stage, ignore_progress
from engine.tensors.tensor_files import ORIGINAL_UNET, renamed
from engine.tensors.tensor_source import TensorSource
from engine.tensors.tensor_writer import TensorSpec, TensorWriter

EMA = "model_ema."
FIRST_CONVOLUTIONS = (f"{ORIGINAL_UNET}input_blocks.0.0.weight", "conv_in.weight")
EDITOR_CHANNELS = 8
FAMILY_ADVICE = "Choose three models of the same family and layout, the editor first."


def add_difference(
    editor: TensorSource,
    custom: TensorSource,
    base: TensorSource,
    target: Path,
    *,
    multiplier: float = 1.0,
    dtype: torch.dtype = torch.float16,
    on_progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> ErrorReport | None:
    """Writes editor + multiplier · (custom − base) to a safetensors file, tensor by tensor.

    Returns a warning if the custom model has tensors that the editor lacks, which are left out.

    All three models must use the same names of tensors. Tensors that only the editor has are copied; tensors
    that it lacks are counted. Of two sets of UNet weights the averaged one is used, and only that one is
    written. Tensors that are not floating point keep their dtype.

    Raises `ModelNotUsable` if the models do not fit each other, `OutputNotWritable` if the disk space does
    not suffice, and `Cancelled`; in each case no file is left.
    """
    cancel = cancel or CancelToken()
    editor, custom, base = _averaged(editor), _averaged(custom), _averaged(base)
    _check_roles(editor, custom, base)
    changed = {name for name in editor.names() if _has_difference(name, editor, custom, base)}
    forms = {name: _written_form(editor, name, dtype) for name in editor.names()}
    with TensorWriter(target, forms, _record(editor, custom, base, multiplier)) as writer:
        for done, name in enumerate(writer.names):
            cancel.raise_if_cancelled()
            on_progress(Progress(Stage.MERGING, done, len(forms)))
            tensor = editor.read(name)
            if name in changed:
                tensor = _added(tensor, custom.read(name), base.read(name), multiplier)
            writer.write(_converted(name, tensor, forms[name].dtype))
    on_progress(Progress(Stage.MERGING, len(forms), len(forms)))
    return _unused_report(editor, custom, base)


def _unused_report(editor: TensorSource, custom: TensorSource, base: TensorSource) -> ErrorReport | None:
    both = [name for name in custom.names() if name in base.names() and custom.dtype(name).is_floating_point]
    unused = sorted(name for name in both if name not in editor.names())
    if not unused:
        return None
    return ModelNotUsable(
        "model.merged-in-part",
        "{unused} of {count} tensors of {file} do not fit {editor} and are not used, for example {tensor}.",
        FAMILY_ADVICE,
        unused=len(unused),
        count=len(both),
        file=custom.location,
        editor=editor.location,
        tensor=unused[0],
    ).report()


def _averaged(source: TensorSource) -> TensorSource:
    """The source with the averaged weights under the names of the live ones, if it has both."""
    present = source.names()
    names = {name: name for name in present if not name.startswith(EMA)}
    for name in names:
        average = EMA + ema_name(name.removeprefix(ORIGINAL_UNET))
        if name.startswith(ORIGINAL_UNET) and average in present:
            names[name] = average
    return renamed(source, names)


def _check_roles(editor: TensorSource, custom: TensorSource, base: TensorSource) -> None:
    first = next((name for name in FIRST_CONVOLUTIONS if name in editor.names()), None)
    if first is None or editor.shape(first)[1] != EDITOR_CHANNELS:
        raise ModelNotUsable(
            "model.merge-not-an-editor",
            "{file} is not an InstructPix2Pix model.",
            FAMILY_ADVICE,
            file=editor.location,
        )
    for source in (custom, base):
        if first not in source.names():
            raise ModelNotUsable(
                "model.merge-names-differ",
                "{file} does not name its tensors as {editor} does.",
                FAMILY_ADVICE,
                file=source.location,
                editor=editor.location,
            )


def _has_difference(name: str, editor: TensorSource, custom: TensorSource, base: TensorSource) -> bool:
    """Whether custom and base both have the tensor. Raises `ModelNotUsable` if its shapes do not fit."""
    if name not in custom.names() or name not in base.names() or not editor.dtype(name).is_floating_point:
        return False
    own = editor.shape(name)
    allowed = {own, (own[0], own[1] // 2, *own[2:])} if name in FIRST_CONVOLUTIONS else {own}
    for source in (custom, base):
        if source.shape(name) not in allowed or source.shape(name) != custom.shape(name):
            raise ModelNotUsable(
                "model.merge-shapes-differ",
                "The tensor {tensor} is {shape} in {file} and {expected} in {editor}.",
                FAMILY_ADVICE,
                tensor=name,
                shape=_shape_text(source.shape(name)),
                file=source.location,
                expected=_shape_text(own),
                editor=editor.location,
            )
    return True


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or Phrase("a single number")


def _written_form(editor: TensorSource, name: str, dtype: torch.dtype) -> TensorSpec:
    stored = editor.dtype(name)
    return TensorSpec(dtype if stored.is_floating_point else stored, editor.shape(name))


def _added(editor: Tensor, custom: Tensor, base: Tensor, multiplier: float) -> Tensor:
    """The merged tensor in float32; equal to the editor's where custom and base are equal."""
    difference = custom.to(torch.float32, copy=True).sub_(base.to(torch.float32)).mul_(multiplier)
    merged = editor.to(torch.float32, copy=True)
    part = merged if difference.shape == merged.shape else merged[:, : difference.shape[1]]
    part.add_(difference)
    return merged


def _converted(name: str, tensor: Tensor, dtype: torch.dtype) -> Tensor:
    converted = tensor.to(dtype)
    if dtype.is_floating_point and not converted.isfinite().all():
        raise ModelNotUsable(
            "model.merge-overflow",
            "The merged tensor {tensor} contains numbers that are too large or not finite.",
            "Choose another custom model or a smaller multiplier.",
            tensor=name,
        )
    return converted


def _record(
    editor: TensorSource, custom: TensorSource, base: TensorSource, multiplier: float
) -> Mapping[str, str]:
    recipe = f"{editor.location} + {multiplier:g} · ({custom.location} − {base.location})"
    return {"merged": recipe}
