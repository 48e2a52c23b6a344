"""What family a model is of, told by its weights."""

from __future__ import annotations

from pathlib import Path


def family_of(model: Path) -> str:
    """Name of the model's family. Loads the heavy libraries, but no numbers of the model.

    Raises `ModelNotUsable`, which says what it is, for weights that cannot edit.
    """
    from engine.files.tensor_files import open_component, open_tensors
    from engine.models.sniffing import identify

    is_folder = model.is_dir()
    source = open_component(model / "unet", "diffusion_pytorch_model") if is_folder else open_tensors(model)
    try:
        identified = identify(source)
    finally:
        source.close()
    identified.require_editor()
    return identified.family or ""
